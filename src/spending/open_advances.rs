//! Advances that others pay from: those that were handed out, and those that came with an opening balance.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::advance_store::{self, AdvanceRow};
use super::fault::Fault;
use crate::authz::Visit;
use crate::basics::PublicCode;
use crate::db::DbError;
use crate::ledger::accounts::Account;
use crate::ledger::kinds::Kind;
use crate::ledger::store as ledger;

/// The advance of an entry, by its public code: one that was handed out, or one of old books, which is known from the first time it
/// is paid from ([`known`]).
pub fn of_code(conn: &mut PgConnection, code: &PublicCode) -> Result<Option<AdvanceRow>, DbError> {
    match advance_store::of_code(conn, code.as_str())? {
        Some(known) => Ok(Some(known)),
        None => of_opening(conn, code.as_str()),
    }
}

fn of_opening(conn: &mut PgConnection, code: &str) -> Result<Option<AdvanceRow>, DbError> {
    let Some(entry) = ledger::by_codes(conn, &[code.to_owned()])?.into_keys().next() else { return Ok(None) };
    let Some(written) = ledger::written(conn, entry)? else { return Ok(None) };
    let posting = written.postings.iter().find(|p| p.account == Account::Advance && p.amount > 0);
    Ok(posting.filter(|_| written.kind == Kind::OpeningBalance).map(|posting| AdvanceRow {
        code: code.to_owned(),
        entry_id: entry,
        chapter_id: written.chapter,
        fund_id: posting.fund.0,
        order_id: None,
        amount_vnd: posting.amount,
        open_vnd: posting.amount,
        due_on: None,
    }))
}

/// The same, known from now on; `None` where its opening balance is reversed. Its row stands before that is looked at: whoever
/// reverses the opening waits for it, and finds it.
pub fn known(conn: &mut PgConnection, advance: AdvanceRow) -> Result<Option<AdvanceRow>, DbError> {
    if let Some(known) = advance_store::of_code(conn, &advance.code)? {
        return Ok(Some(known));
    }
    advance_store::insert(conn, &advance)?;
    let stands = ledger::booked(conn, &[advance.entry_id])?.remove(&advance.entry_id);
    match stands.is_some_and(|entry| entry.reversed_by.is_none()) {
        true => advance_store::of_code(conn, &advance.code),
        false => Ok(None),
    }
}

/// Holds an advance that has as much open: what is paid from it comes one after the other.
pub fn hold(v: &mut Visit<'_>, entry: Uuid, amount_vnd: i64) -> Result<(), Fault> {
    let advance = advance_store::hold(v.conn, entry)?.ok_or(Fault::Unknown)?;
    if advance.open_vnd < amount_vnd {
        return Err(Fault::conflict(
            "Khoản tạm ứng này không còn nhiều như vậy: đã được thanh toán bớt.",
            "There is not as much open of this advance any more: it was cleared meanwhile.",
        ));
    }
    Ok(())
}
