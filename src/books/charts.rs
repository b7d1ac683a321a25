//! The numbers that the ministry's charts of accounts give our accounts.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;

use crate::db::DbError;
use crate::db::schema::statutory_account;
use crate::ledger::accounts::Account;

/// What a chart calls an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charted {
    pub number: String,
    pub name: String,
}

/// The numbers of a day.
pub fn of_day(conn: &mut PgConnection, day: NaiveDate) -> Result<HashMap<Account, Charted>, DbError> {
    use statutory_account as s;
    let rows: Vec<(String, String, String)> = s::table
        .filter(s::valid_from.le(day))
        .distinct_on(s::account)
        .order((s::account, s::valid_from.desc()))
        .select((s::account, s::number, s::name))
        .load(conn)?;
    let charted = |(account, number, name): (String, String, String)| Some((Account::parse(&account)?, Charted { number, name }));
    Ok(rows.into_iter().filter_map(charted).collect())
}
