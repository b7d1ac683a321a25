//! Members on any day, by what they are: one question to the spans. Levels above get counts and no persons, so READ suffices.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use diesel::pg::PgConnection;
use diesel::prelude::*;

use super::fault::Fault;
use super::model::{AgeBand, MemberKind};
use super::wire::{MemberCount, MemberCounts};
use crate::authz::{Read, Seen, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::member_span;
use crate::http::{FieldError, Say};
use crate::tree;

/// The members of a chapter and of all below it on a day that is not to come.
pub fn of(v: &mut Visit<'_>, chapter: &str, on: Option<NaiveDate>) -> Result<MemberCounts, Fault> {
    let (here, place) = v.see_code::<Read>(chapter)?;
    let today = vietnam_date(v.now);
    let on = on.unwrap_or(today);
    if on > today {
        return Err(Fault::Fields(vec![FieldError::new(
            "on",
            "IN_THE_FUTURE",
            Say::fixed("Ngày này chưa tới.", "This day lies in the future."),
        )]));
    }
    let rows = counted(v.conn, &here, on)?;
    Ok(MemberCounts { chapter: place.code, on, members: rows.iter().map(|row| row.members).sum(), rows })
}

fn counted(conn: &mut PgConnection, here: &Seen<Read>, on: NaiveDate) -> Result<Vec<MemberCount>, DbError> {
    use member_span as s;
    type Row = (String, Option<String>, Option<i16>, String, i64);
    let rows: Vec<Row> = s::table
        .filter(s::chapter_id.eq_any(tree::at_and_below(here.chapter().0)))
        .filter(s::from_day.le(on))
        .filter(s::to_day.is_null().or(s::to_day.gt(on)))
        .group_by((s::kind, s::sex, s::birth_year, s::sector))
        .select((s::kind, s::sex, s::birth_year, s::sector, diesel::dsl::count_star()))
        .load(conn)?;
    let mut counts: BTreeMap<(String, Option<String>, Option<AgeBand>, String), i64> = BTreeMap::new();
    for (kind, sex, born, sector, members) in rows {
        let is_person = kind != MemberKind::Collective.name();
        let age = is_person.then(|| AgeBand::of(born.map(i32::from), on.year()));
        *counts.entry((kind, sex, age, sector)).or_default() += members;
    }
    let row = |((kind, sex, age, sector), members)| MemberCount { kind, sex, age, sector, members };
    Ok(counts.into_iter().map(row).collect())
}
