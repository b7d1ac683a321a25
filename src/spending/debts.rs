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
    if owed < row.amount_vnd {
        return Err(CannotUndo::StandsOnIt(Say::fixed(
            "Khoản mua chịu này đã được trả: hãy hủy khoản trả nợ trước.",
            "What was bought on credit has been paid for: reverse that payment first.",
        )));
    }
    Ok(())
}
