//! What a chapter holds, or owes, in a fund and an account now.

use diesel::pg::PgConnection;
use diesel::prelude::*;

use super::accounts::Account;
use super::model::FundId;
use crate::db::DbError;
use crate::db::schema::balance;
use crate::tree::ChapterId;

/// The balance; debits are positive.
pub fn now(conn: &mut PgConnection, chapter: ChapterId, fund: FundId, account: Account) -> Result<i64, DbError> {
    let key = (chapter.0, fund.0, account.name());
    let found: Option<i64> = balance::table.find(key).select(balance::amount_vnd).first(conn).optional()?;
    Ok(found.unwrap_or_default())
}
