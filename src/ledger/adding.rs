//! What entries add to what is left and to the totals, in one statement: the last thing a booking does.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::entry::NewEntry;
use super::{left, totals};
use crate::db::DbError;
use crate::db::shown;
use crate::db::statement::statement;

// What is left, all of time, each day: in this order whatever the plan, each waiting for the one before, so that nobody who books
// waits for another in a circle.
statement! {
    struct Add {
        left_scopes: Vec<Uuid> => Array<SqlUuid>,
        left_funds: Vec<i32> => Array<Integer>,
        left_accounts: Vec<&'static str> => Array<Text>,
        left_own: Vec<i64> => Array<BigInt>,
        left_subtree: Vec<i64> => Array<BigInt>,
        scopes: Vec<Uuid> => Array<SqlUuid>,
        funds: Vec<i32> => Array<Integer>,
        measures: Vec<&'static str> => Array<Text>,
        parts: Vec<&'a str> => Array<Text>,
        own_vnd: Vec<i64> => Array<BigInt>,
        own_count: Vec<i64> => Array<BigInt>,
        subtree_vnd: Vec<i64> => Array<BigInt>,
        subtree_count: Vec<i64> => Array<BigInt>,
        day_scopes: Vec<Uuid> => Array<SqlUuid>,
        day_funds: Vec<i32> => Array<Integer>,
        day_measures: Vec<&'static str> => Array<Text>,
        day_parts: Vec<&'a str> => Array<Text>,
        days: Vec<NaiveDate> => Array<Date>,
        day_own_vnd: Vec<i64> => Array<BigInt>,
        day_own_count: Vec<i64> => Array<BigInt>,
        day_subtree_vnd: Vec<i64> => Array<BigInt>,
        day_subtree_count: Vec<i64> => Array<BigInt>,
    } -> (),
    "WITH lies AS (
         INSERT INTO left_overall AS t (scope_id, fund_id, account, own_vnd, subtree_vnd)
         SELECT * FROM unnest(?::uuid[], ?::int4[], ?::text[], ?::int8[], ?::int8[])
         ON CONFLICT (scope_id, fund_id, account) DO UPDATE SET own_vnd = t.own_vnd + excluded.own_vnd,
             subtree_vnd = t.subtree_vnd + excluded.subtree_vnd
         RETURNING 1),
     overall AS (
         INSERT INTO total_overall AS t (scope_id, fund_id, measure, part, own_vnd, own_count, subtree_vnd, subtree_count)
         SELECT a.* FROM unnest(?::uuid[], ?::int4[], ?::text[], ?::text[], ?::int8[], ?::int8[], ?::int8[], ?::int8[]) a
         WHERE (SELECT count(*) FROM lies) >= 0
         ON CONFLICT (scope_id, fund_id, measure, part) DO UPDATE SET own_vnd = t.own_vnd + excluded.own_vnd,
             own_count = t.own_count + excluded.own_count, subtree_vnd = t.subtree_vnd + excluded.subtree_vnd,
             subtree_count = t.subtree_count + excluded.subtree_count
         RETURNING 1)
     INSERT INTO total_by_day AS t (scope_id, fund_id, measure, part, day, own_vnd, own_count, subtree_vnd, subtree_count)
     SELECT a.* FROM unnest(?::uuid[], ?::int4[], ?::text[], ?::text[], ?::date[], ?::int8[], ?::int8[], ?::int8[], ?::int8[]) a
     WHERE (SELECT count(*) FROM overall) >= 0
     ON CONFLICT (scope_id, fund_id, measure, part, day) DO UPDATE SET own_vnd = t.own_vnd + excluded.own_vnd,
         own_count = t.own_count + excluded.own_count, subtree_vnd = t.subtree_vnd + excluded.subtree_vnd,
         subtree_count = t.subtree_count + excluded.subtree_count"
}

/// Adds what entries move, in key order.
pub(super) fn add<'e>(conn: &mut PgConnection, entries: impl Iterator<Item = &'e NewEntry> + Clone) -> Result<(), DbError> {
    let lies = left::moved(entries.clone());
    let (overall, by_day) = totals::added(entries);
    if overall.is_empty() && lies.is_empty() {
        return Ok(());
    }
    shown::adds(conn);
    Add {
        left_scopes: &lies.keys().map(|k| k.0).collect(),
        left_funds: &lies.keys().map(|k| k.1).collect(),
        left_accounts: &lies.keys().map(|k| k.2).collect(),
        left_own: &lies.values().map(|v| v.0).collect(),
        left_subtree: &lies.values().map(|v| v.1).collect(),
        scopes: &overall.keys().map(|k| k.0).collect(),
        funds: &overall.keys().map(|k| k.1).collect(),
        measures: &overall.keys().map(|k| k.2).collect(),
        parts: &overall.keys().map(|k| k.3).collect(),
        own_vnd: &overall.values().map(|s| s.own_vnd).collect(),
        own_count: &overall.values().map(|s| s.own_count).collect(),
        subtree_vnd: &overall.values().map(|s| s.subtree_vnd).collect(),
        subtree_count: &overall.values().map(|s| s.subtree_count).collect(),
        day_scopes: &by_day.keys().map(|k| k.0).collect(),
        day_funds: &by_day.keys().map(|k| k.1).collect(),
        day_measures: &by_day.keys().map(|k| k.2).collect(),
        day_parts: &by_day.keys().map(|k| k.3).collect(),
        days: &by_day.keys().map(|k| k.4).collect(),
        day_own_vnd: &by_day.values().map(|s| s.own_vnd).collect(),
        day_own_count: &by_day.values().map(|s| s.own_count).collect(),
        day_subtree_vnd: &by_day.values().map(|s| s.subtree_vnd).collect(),
        day_subtree_count: &by_day.values().map(|s| s.subtree_count).collect(),
    }
    .execute(conn)?;
    Ok(())
}
