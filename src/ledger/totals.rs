//! What was received, by place, fund, channel and day: exact at commit, read in one index range.
//!
//! Each entry adds to its chapter (own and subtree) and to every chapter above (subtree only). A reversal adds its
//! negative on its own day, so each day's total is the sum of that day's entries and never changes afterwards.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, Text};
use uuid::Uuid;

use super::entry::NewEntry;
use super::kinds::{Channel, Kind};
use crate::db::DbError;
use crate::db::schema::{fund, received_by_day, received_overall};
use crate::db::shown;
use crate::db::statement::statement;

#[derive(Default, Clone, Copy)]
struct Sum {
    own_vnd: i64,
    own_count: i64,
    subtree_vnd: i64,
    subtree_count: i64,
}

impl Sum {
    fn add(&mut self, vnd: i64, count: i64, own: bool) {
        self.subtree_vnd += vnd;
        self.subtree_count += count;
        if own {
            self.own_vnd += vnd;
            self.own_count += count;
        }
    }
}

statement! {
    struct AddOverall {
        scopes: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        funds: Vec<i32> => Array<Integer>,
        channels: Vec<&'static str> => Array<Text>,
        own_vnd: Vec<i64> => Array<BigInt>,
        own_count: Vec<i64> => Array<BigInt>,
        subtree_vnd: Vec<i64> => Array<BigInt>,
        subtree_count: Vec<i64> => Array<BigInt>,
    } -> (),
    "INSERT INTO received_overall AS t (scope_id, fund_id, channel, own_vnd, own_count, subtree_vnd, subtree_count)
     SELECT * FROM unnest(?::uuid[], ?::int4[], ?::text[], ?::int8[], ?::int8[], ?::int8[], ?::int8[])
     ON CONFLICT (scope_id, fund_id, channel) DO UPDATE SET own_vnd = t.own_vnd + excluded.own_vnd, own_count = t.own_count + excluded.own_count,
         subtree_vnd = t.subtree_vnd + excluded.subtree_vnd, subtree_count = t.subtree_count + excluded.subtree_count"
}

statement! {
    struct AddByDay {
        scopes: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        funds: Vec<i32> => Array<Integer>,
        channels: Vec<&'static str> => Array<Text>,
        days: Vec<NaiveDate> => Array<Date>,
        own_vnd: Vec<i64> => Array<BigInt>,
        own_count: Vec<i64> => Array<BigInt>,
        subtree_vnd: Vec<i64> => Array<BigInt>,
        subtree_count: Vec<i64> => Array<BigInt>,
    } -> (),
    "INSERT INTO received_by_day AS t (scope_id, fund_id, channel, day, own_vnd, own_count, subtree_vnd, subtree_count)
     SELECT * FROM unnest(?::uuid[], ?::int4[], ?::text[], ?::date[], ?::int8[], ?::int8[], ?::int8[], ?::int8[])
     ON CONFLICT (scope_id, fund_id, channel, day) DO UPDATE SET own_vnd = t.own_vnd + excluded.own_vnd, own_count = t.own_count + excluded.own_count,
         subtree_vnd = t.subtree_vnd + excluded.subtree_vnd, subtree_count = t.subtree_count + excluded.subtree_count"
}

/// Adds what entries received, in key order.
pub(super) fn add<'e>(conn: &mut PgConnection, entries: impl Iterator<Item = &'e NewEntry>) -> Result<(), DbError> {
    let mut by_day: BTreeMap<(Uuid, i32, &'static str, NaiveDate), Sum> = BTreeMap::new();
    let mut overall: BTreeMap<(Uuid, i32, &'static str), Sum> = BTreeMap::new();
    for entry in entries {
        let Some(channel) = entry.channel.map(Channel::name) else {
            continue;
        };
        let count = if entry.postings.kind() == Kind::Reversal { -1 } else { 1 };
        for (fund, vnd) in entry.postings.received() {
            for step in &entry.place.path {
                let own = step.id == entry.place.id;
                by_day.entry((step.id.0, fund.0, channel, entry.day)).or_default().add(vnd, count, own);
                overall.entry((step.id.0, fund.0, channel)).or_default().add(vnd, count, own);
            }
        }
    }
    if overall.is_empty() {
        return Ok(());
    }
    shown::adds(conn);
    AddOverall {
        scopes: &overall.keys().map(|k| k.0).collect(),
        funds: &overall.keys().map(|k| k.1).collect(),
        channels: &overall.keys().map(|k| k.2).collect(),
        own_vnd: &overall.values().map(|s| s.own_vnd).collect(),
        own_count: &overall.values().map(|s| s.own_count).collect(),
        subtree_vnd: &overall.values().map(|s| s.subtree_vnd).collect(),
        subtree_count: &overall.values().map(|s| s.subtree_count).collect(),
    }
    .execute(conn)?;
    AddByDay {
        scopes: &by_day.keys().map(|k| k.0).collect(),
        funds: &by_day.keys().map(|k| k.1).collect(),
        channels: &by_day.keys().map(|k| k.2).collect(),
        days: &by_day.keys().map(|k| k.3).collect(),
        own_vnd: &by_day.values().map(|s| s.own_vnd).collect(),
        own_count: &by_day.values().map(|s| s.own_count).collect(),
        subtree_vnd: &by_day.values().map(|s| s.subtree_vnd).collect(),
        subtree_count: &by_day.values().map(|s| s.subtree_count).collect(),
    }
    .execute(conn)?;
    Ok(())
}

/// One stored total with the fund it belongs to.
#[derive(Debug, Clone, Queryable)]
pub struct TotalRow {
    pub fund: String,
    pub restriction: String,
    pub appeal: Option<String>,
    pub channel: String,
    pub own_vnd: i64,
    pub own_count: i64,
    pub subtree_vnd: i64,
    pub subtree_count: i64,
}

/// All-time totals of a scope, one row a fund and channel; of one appeal (its fund and its quarantine) if named.
pub fn overall(conn: &mut PgConnection, scope: Uuid, appeal: Option<&str>) -> Result<Vec<TotalRow>, DbError> {
    use received_overall as t;
    let mut query = t::table
        .inner_join(fund::table.on(fund::id.eq(t::fund_id)))
        .filter(t::scope_id.eq(scope))
        .select((
            fund::code,
            fund::restriction,
            fund::appeal,
            t::channel,
            t::own_vnd,
            t::own_count,
            t::subtree_vnd,
            t::subtree_count,
        ))
        .order((fund::code, t::channel))
        .into_boxed();
    if let Some(appeal) = appeal {
        query = query.filter(fund::appeal.eq(appeal.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// All-time totals of several scopes, for a list of chapters; of one appeal if named.
pub fn overall_of_scopes(
    conn: &mut PgConnection,
    scopes: &[Uuid],
    appeal: Option<&str>,
) -> Result<Vec<(Uuid, TotalRow)>, DbError> {
    use received_overall as t;
    let mut query = t::table
        .inner_join(fund::table.on(fund::id.eq(t::fund_id)))
        .filter(t::scope_id.eq_any(scopes))
        .select((
            t::scope_id,
            (fund::code, fund::restriction, fund::appeal, t::channel, t::own_vnd, t::own_count, t::subtree_vnd, t::subtree_count),
        ))
        .into_boxed();
    if let Some(appeal) = appeal {
        query = query.filter(fund::appeal.eq(appeal.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// Totals of a scope day by day within `from ..= to`.
pub fn by_day(
    conn: &mut PgConnection,
    scope: Uuid,
    appeal: Option<&str>,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<(NaiveDate, TotalRow)>, DbError> {
    use received_by_day as t;
    let mut query = t::table
        .inner_join(fund::table.on(fund::id.eq(t::fund_id)))
        .filter(t::scope_id.eq(scope))
        .filter(t::day.between(from, to))
        .select((
            t::day,
            (fund::code, fund::restriction, fund::appeal, t::channel, t::own_vnd, t::own_count, t::subtree_vnd, t::subtree_count),
        ))
        .order((t::day, fund::code, t::channel))
        .into_boxed();
    if let Some(appeal) = appeal {
        query = query.filter(fund::appeal.eq(appeal.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// What all chapters together received, in how many gifts.
pub fn national(conn: &mut PgConnection) -> Result<(i64, i64), DbError> {
    use diesel::dsl::sql;
    let sums = (sql::<BigInt>("coalesce(sum(own_vnd), 0)::bigint"), sql::<BigInt>("coalesce(sum(own_count), 0)::bigint"));
    Ok(received_overall::table.select(sums).first(conn)?)
}
