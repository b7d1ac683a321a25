//! What was bought on credit stands as long as it is paid for.

use diesel::pg::PgConnection;

use super::store::OrderRow;
use crate::house::undo::CannotUndo;
use crate::http::Say;
use crate::ledger::accounts::Account;
use crate::ledger::held;
use crate::ledger::model::FundId;

/// Before an order is reversed that made a debt: as much is still owed by its fund.
pub fn require_owed(conn: &mut PgConnection, row: &OrderRow) -> Result<(), CannotUndo> {
    if row.credited() != Some(Account::Payable) {
        return Ok(());
    }
    let owed = -held::now(conn, row.chapter(), FundId(row.fund_id), Account::Payable)?;
    if owed < row.amount_vnd { Err(paid()) } else { Ok(()) }
}

/// The same once the mirror is booked, which holds the balance: a payment of the debt may have come between.
pub fn require_none_overpaid(conn: &mut PgConnection, row: &OrderRow) -> Result<(), CannotUndo> {
    let is_debt = row.credited() == Some(Account::Payable);
    let overpaid = is_debt && held::now(conn, row.chapter(), FundId(row.fund_id), Account::Payable)? > 0;
    if overpaid { Err(paid()) } else { Ok(()) }
}

fn paid() -> CannotUndo {
    CannotUndo::StandsOnIt(Say::fixed(
        "Khoản mua chịu này đã được trả: hãy hủy khoản trả nợ trước.",
        "What was bought on credit has been paid for: reverse that payment first.",
    ))
}
