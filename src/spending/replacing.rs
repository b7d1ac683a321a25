//! An order that takes the place of an earlier one. Both are booked in one moment, so that only what lies between them has to be
//! covered: cash that was banked by mistake comes back while the rest of its deposit may have been spent.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use super::kind::Orders;
use super::model::{OrderState, wrong};
use super::store;
use crate::authz::Visit;
use crate::changes::{self, Change};
use crate::db::DbError;
use crate::decisions::Approval;
use crate::http::FieldError;
use crate::ledger::draft::Draft;
use crate::ledger::entry::NewEntry;
use crate::ledger::kinds::Kind;
use crate::ledger::model::FundId;
use crate::ledger::store as ledger;
use crate::tree::ChapterId;

/// Why the earlier entry is reversed, as reversals of entries say it in public.
const REASON: &str = "WRONG_AMOUNT";

/// The standing entry of a kind, by its code, in the books of a chapter and of this fund.
pub fn standing(
    conn: &mut PgConnection,
    (at, code): (&str, &str),
    here: ChapterId,
    (kind, fund): (Kind, FundId),
) -> Result<Result<Uuid, FieldError>, DbError> {
    let no_such = || {
        Err(wrong(
            at,
            "NO_SUCH_ENTRY",
            "Không có lần nộp tiền nào còn hiệu lực mang mã này ở đơn vị và quỹ này.",
            "No deposit of this code stands in the books of this chapter and fund.",
        ))
    };
    let Some(entry) = ledger::by_codes(conn, &[code.to_owned()])?.into_keys().next() else { return Ok(no_such()) };
    let fits = ledger::written(conn, entry)?.is_some_and(|written| {
        written.kind == kind && written.chapter == here.0 && written.postings.iter().all(|posting| posting.fund == fund)
    });
    let reversed = ledger::booked(conn, &[entry])?.remove(&entry).is_none_or(|booked| booked.reversed_by.is_some());
    Ok(if fits && !reversed { Ok(entry) } else { no_such() })
}

/// The mirror of the entry whose place an order of this kind takes; its own order, of the same kind, is reversed with it.
pub fn mirror(v: &mut Visit<'_>, by: &Approval, of: &dyn Orders, old: Uuid) -> Result<NewEntry, Fault> {
    let row = store::hold_of_entry(v.conn, old)?.filter(|row| row.state == OrderState::Approved.name()).ok_or_else(gone)?;
    store::reverse(v.conn, row.id)?;
    changes::note(v.conn, &[Change::of(of.feed(), row.chapter(), row.id)])?;
    let written = ledger::written(v.conn, old)?.ok_or(Fault::Unknown)?;
    Draft::today(v.conn, v.vault, v.now, &by.grant)?.reversal(old, &written, REASON).map_err(Fault::broken)
}

/// Somebody reversed it meanwhile.
pub fn gone() -> Fault {
    Fault::conflict(
        "Lần nộp trước đã bị hủy: hãy từ chối đề nghị này và ghi lại như một lần nộp mới.",
        "The earlier deposit is reversed already: refuse this request, and ask for a deposit of its own.",
    )
}
