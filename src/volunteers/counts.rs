//! Volunteers on any day, by kind: levels above get counts and no persons, so READ suffices.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::fault::Fault;
use super::out::{VolunteerCount, VolunteerCounts};
use crate::authz::{Read, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::statement::statement;
use crate::http::Say;
use crate::tree;

statement! {
    struct Counted { chapters: Vec<Uuid> => Array<SqlUuid>, from: NaiveDate => Date, to: NaiveDate => Date } -> (Text, BigInt),
    "SELECT s.kind, count(*) FROM (
         SELECT DISTINCT ON (coalesce(party_id, volunteer_id)) kind FROM volunteer_span
         WHERE chapter_id = ANY(?) AND from_day <= ? AND (to_day IS NULL OR to_day > ?)
         ORDER BY coalesce(party_id, volunteer_id), from_day, volunteer_id
     ) s GROUP BY 1 ORDER BY 1 DESC"
}

/// The volunteers of a chapter and of all below it on a day that is not to come.
pub fn of(v: &mut Visit<'_>, chapter: &str, on: Option<NaiveDate>) -> Result<VolunteerCounts, Fault> {
    let (here, place) = v.see_code::<Read>(chapter)?;
    let today = vietnam_date(v.now);
    let on = on.unwrap_or(today);
    if on > today {
        return Err(Fault::field("on", "IN_THE_FUTURE", Say::fixed("Ngày này chưa tới.", "This day lies in the future.")));
    }
    let chapters: Vec<Uuid> = tree::at_and_below(here.chapter().0).load(v.conn)?;
    let rows: Vec<(String, i64)> = Counted { chapters: &chapters, from: &on, to: &on }.load(v.conn)?;
    let volunteers = rows.iter().map(|row| row.1).sum();
    let rows = rows.into_iter().map(|(kind, volunteers)| VolunteerCount { kind, volunteers }).collect();
    Ok(VolunteerCounts { chapter: place.code, on, volunteers, rows })
}
