//! The terms of the equation by place, fund and day: exact at commit, read in one index range.
//!
//! `part` divides a measure further: what was received by its channel, what was spent or came in by its category; empty
//! where there is neither. Each entry adds to its chapter (own and subtree) and to every chapter above (subtree only). A reversal adds its
//! negative on its own day, so each day's total is the sum of that day's entries and never changes afterwards.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use uuid::Uuid;

use super::entry::NewEntry;
use super::kinds::Channel;
use super::measures::Measure;
use crate::db::DbError;
use crate::db::schema::{fund, total_by_day, total_overall};

/// What is added to a sum.
#[derive(Default, Clone, Copy)]
pub(super) struct Sum {
    pub own_vnd: i64,
    pub own_count: i64,
    pub subtree_vnd: i64,
    pub subtree_count: i64,
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

/// What divides a measure of an entry further.
pub(super) fn part(measure: Measure, entry: &NewEntry) -> &str {
    match measure {
        Measure::Received => entry.channel.map_or("", Channel::name),
        Measure::Paid | Measure::OtherIncome => entry.detail.category.as_deref().unwrap_or_default(),
        _ => "",
    }
}

/// What is added to the sums of all time: by scope, fund, measure and part.
pub(super) type Overall<'e> = BTreeMap<(Uuid, i32, &'static str, &'e str), Sum>;
/// What is added to the sums of each day.
pub(super) type ByDay<'e> = BTreeMap<(Uuid, i32, &'static str, &'e str, NaiveDate), Sum>;

/// What entries add, in key order.
pub(super) fn added<'e>(entries: impl Iterator<Item = &'e NewEntry>) -> (Overall<'e>, ByDay<'e>) {
    let (mut overall, mut by_day) = (Overall::new(), ByDay::new());
    for entry in entries {
        let count = entry.postings.counts();
        for ((fund, measure), vnd) in entry.postings.measures() {
            let (measure, part) = (measure.name(), part(measure, entry));
            for step in &entry.place.path {
                let own = step.id == entry.place.id;
                by_day.entry((step.id.0, fund.0, measure, part, entry.day)).or_default().add(vnd, count, own);
                overall.entry((step.id.0, fund.0, measure, part)).or_default().add(vnd, count, own);
            }
        }
    }
    (overall, by_day)
}

/// One stored total with the fund it belongs to.
#[derive(Debug, Clone, Queryable)]
pub struct TotalRow {
    pub fund: String,
    pub restriction: String,
    pub appeal: Option<String>,
    /// Name of a [`Measure`].
    pub measure: String,
    /// See the module.
    pub part: String,
    pub own_vnd: i64,
    pub own_count: i64,
    pub subtree_vnd: i64,
    pub subtree_count: i64,
}

impl TotalRow {
    /// Whether it is of a measure.
    pub fn is(&self, measure: Measure) -> bool {
        self.measure == measure.name()
    }
}

/// The columns of a [`TotalRow`], with the fund joined.
macro_rules! columns {
    ($t:ident) => {
        (
            fund::code,
            fund::restriction,
            fund::appeal,
            $t::measure,
            $t::part,
            $t::own_vnd,
            $t::own_count,
            $t::subtree_vnd,
            $t::subtree_count,
        )
    };
}

/// All-time totals of a scope, one row a fund, measure and part; of one appeal (its fund and its quarantine) if named.
pub fn overall(conn: &mut PgConnection, scope: Uuid, appeal: Option<&str>) -> Result<Vec<TotalRow>, DbError> {
    let rows = overall_of_scopes(conn, &[scope], appeal)?;
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// All-time totals of several scopes, for a list of chapters; of one appeal if named.
pub fn overall_of_scopes(
    conn: &mut PgConnection,
    scopes: &[Uuid],
    appeal: Option<&str>,
) -> Result<Vec<(Uuid, TotalRow)>, DbError> {
    use total_overall as t;
    let mut query = t::table
        .inner_join(fund::table.on(fund::id.eq(t::fund_id)))
        .filter(t::scope_id.eq_any(scopes))
        .order((t::scope_id, fund::code, t::measure, t::part))
        .select((t::scope_id, columns!(t)))
        .into_boxed();
    if let Some(appeal) = appeal {
        query = query.filter(fund::appeal.eq(appeal.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// What several scopes received: of each its rows by fund and channel; of one appeal if named.
pub fn received_of_scopes(
    conn: &mut PgConnection,
    scopes: &[Uuid],
    appeal: Option<&str>,
) -> Result<Vec<(Uuid, TotalRow)>, DbError> {
    use total_overall as t;
    let mut query = t::table
        .inner_join(fund::table.on(fund::id.eq(t::fund_id)))
        .filter(t::scope_id.eq_any(scopes))
        .filter(t::measure.eq(Measure::Received.name()))
        .order((t::scope_id, fund::code, t::measure, t::part))
        .select((t::scope_id, columns!(t)))
        .into_boxed();
    if let Some(appeal) = appeal {
        query = query.filter(fund::appeal.eq(appeal.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// Of a scope: the name of a measure, the scope's own sum, and that with everything below it.
pub type ScopeSum = (Uuid, String, i64, i64);

/// What several scopes have of some measures, without what is kept apart, added up over funds and parts; of one appeal if named.
pub fn sums_of_scopes(
    conn: &mut PgConnection,
    scopes: &[Uuid],
    appeal: Option<&str>,
    measures: &[Measure],
) -> Result<Vec<ScopeSum>, DbError> {
    use total_overall as t;
    let (own, subtree) = (sql::<BigInt>("sum(own_vnd)::bigint"), sql::<BigInt>("sum(subtree_vnd)::bigint"));
    let mut query = t::table
        .inner_join(fund::table.on(fund::id.eq(t::fund_id)))
        .filter(t::scope_id.eq_any(scopes))
        .filter(t::measure.eq_any(measures.iter().map(|measure| measure.name())))
        .filter(fund::restriction.ne("QUARANTINE"))
        .group_by((t::scope_id, t::measure))
        .select((t::scope_id, t::measure, own, subtree))
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
    use total_by_day as t;
    let mut query = t::table
        .inner_join(fund::table.on(fund::id.eq(t::fund_id)))
        .filter(t::scope_id.eq(scope))
        .filter(t::day.between(from, to))
        .select((t::day, columns!(t)))
        .order((t::day, fund::code, t::measure, t::part))
        .into_boxed();
    if let Some(appeal) = appeal {
        query = query.filter(fund::appeal.eq(appeal.to_owned()));
    }
    Ok(query.load(conn)?)
}

/// What all chapters together received, in how many gifts.
pub fn national(conn: &mut PgConnection) -> Result<(i64, i64), DbError> {
    let sums = (sql::<BigInt>("coalesce(sum(own_vnd), 0)::bigint"), sql::<BigInt>("coalesce(sum(own_count), 0)::bigint"));
    Ok(total_overall::table.filter(total_overall::measure.eq(Measure::Received.name())).select(sums).first(conn)?)
}
