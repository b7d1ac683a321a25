//! What stands on the accounts of a chapter's fund at this moment.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;

use super::accounts::Account;
use super::model::FundId;
use crate::db::DbError;
use crate::db::schema::balance;
use crate::tree::ChapterId;

/// Balances of these accounts; one that was never touched is absent.
pub fn held(
    conn: &mut PgConnection,
    chapter: ChapterId,
    fund: FundId,
    accounts: &[Account],
) -> Result<HashMap<Account, i64>, DbError> {
    let rows: Vec<(String, i64)> = balance::table
        .filter(balance::chapter_id.eq(chapter.0))
        .filter(balance::fund_id.eq(fund.0))
        .filter(balance::account.eq_any(accounts.iter().map(|account| account.name())))
        .select((balance::account, balance::amount_vnd))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(account, amount)| Some((Account::parse(&account)?, amount))).collect())
}
