//! What was bought on credit stands as long as it is paid for. What a chapter owed that went up in another one is owed by that one since.

use diesel::pg::PgConnection;

use super::store::OrderRow;
use crate::db::DbError;
use crate::house::undo::CannotUndo;
use crate::http::Say;
use crate::ledger::accounts::Account;
use crate::ledger::held;
use crate::ledger::model::FundId;
use crate::tree;

/// Before an order is reversed that made a debt: as much is still owed by its fund.
pub fn require_owed(conn: &mut PgConnection, row: &OrderRow) -> Result<(), CannotUndo> {
    if row.credited() != Some(Account::Payable) {
        return Ok(());
    }
    let owed = -held_now(conn, row)?;
    if owed < row.amount_vnd { Err(paid()) } else { Ok(()) }
}

/// The same once the mirror is booked, which holds the balance: a payment of the debt may have come between.
pub fn require_none_overpaid(conn: &mut PgConnection, row: &OrderRow) -> Result<(), CannotUndo> {
    let is_debt = row.credited() == Some(Account::Payable);
    let overpaid = is_debt && held_now(conn, row)? > 0;
    if overpaid { Err(paid()) } else { Ok(()) }
}

fn held_now(conn: &mut PgConnection, row: &OrderRow) -> Result<i64, DbError> {
    let debtor = tree::successor(conn, row.chapter())?.unwrap_or(row.chapter());
    held::now(conn, debtor, FundId(row.fund_id), Account::Payable)
}

fn paid() -> CannotUndo {
    CannotUndo::StandsOnIt(Say::fixed(
        "Khoản mua chịu này đã được trả: hãy hủy khoản trả nợ trước.",
        "What was bought on credit has been paid for: reverse that payment first.",
    ))
}
