//! What was worked, added up: of one volunteer by year, of a chapter with all below it. The same evening is added up once, also where two
//! chapters entered it.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Timestamptz, Uuid as SqlUuid};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::Fault;
use super::model::VolunteerId;
use super::out::YearWorked;
use crate::authz::{Read, Visit};
use crate::basics::clock::vietnam_midnight;
use crate::db::DbError;
use crate::db::statement::statement;
use crate::http::Say;
use crate::tree;

/// What the volunteers of a chapter, and of all below it, worked in a year. No persons.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VolunteerHourSums {
    /// Code of the chapter; with all that stands below it.
    #[schema(example = "68")]
    pub chapter: String,
    #[schema(example = 2026)]
    pub year: i32,
    /// Persons who worked.
    pub volunteers: i64,
    /// Minutes; what two chapters entered of one evening is one evening.
    pub minutes: i64,
}

statement! {
    struct OfVolunteer { volunteer: Uuid => SqlUuid } -> (Integer, BigInt),
    "SELECT extract(year FROM (starts_at AT TIME ZONE 'UTC') + interval '7 hours')::int4, (sum(extract(epoch FROM ends_at - starts_at)) / 60)::int8
     FROM volunteer_hours WHERE volunteer_id = ? AND stands GROUP BY 1 ORDER BY 1 DESC"
}

statement! {
    struct OfChapters {
        chapters: Vec<Uuid> => Array<SqlUuid>,
        from: DateTime<Utc> => Timestamptz,
        to: DateTime<Utc> => Timestamptz,
    } -> (BigInt, BigInt),
    "SELECT count(*), coalesce(sum(p.minutes), 0)::int8 FROM (
         SELECT (SELECT sum(extract(epoch FROM upper(r) - lower(r))) / 60 FROM unnest(range_agg(tstzrange(h.starts_at, h.ends_at))) r) AS minutes
         FROM volunteer_hours h WHERE h.stands AND h.chapter_id = ANY(?) AND h.starts_at >= ? AND h.starts_at < ?
         GROUP BY coalesce(h.party_id, h.volunteer_id)
     ) p"
}

/// What a volunteer worked for the chapter, the newest year first.
pub fn of_volunteer(conn: &mut PgConnection, volunteer: VolunteerId) -> Result<Vec<YearWorked>, DbError> {
    let rows: Vec<(i32, i64)> = OfVolunteer { volunteer: &volunteer.0 }.load(conn)?;
    Ok(rows.into_iter().map(|(year, minutes)| YearWorked { year, minutes }).collect())
}

/// What was worked at a chapter and all below it in a year.
pub fn of_chapter(v: &mut Visit<'_>, chapter: &str, year: i32) -> Result<VolunteerHourSums, Fault> {
    let (here, place) = v.see_code::<Read>(chapter)?;
    let first = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).filter(|_| (1946..=9_000).contains(&year));
    let (Some(from), Some(to)) = (first(year), first(year + 1)) else {
        return Err(Fault::field("year", "OUT_OF_RANGE", Say::fixed("Năm có 4 chữ số.", "A year has four digits.")));
    };
    let chapters: Vec<Uuid> = tree::at_and_below(here.chapter().0).load(v.conn)?;
    let (from, to) = (vietnam_midnight(from), vietnam_midnight(to));
    let (volunteers, minutes): (i64, i64) = OfChapters { chapters: &chapters, from: &from, to: &to }.get_result(v.conn)?;
    Ok(VolunteerHourSums { chapter: place.code, year, volunteers, minutes })
}
