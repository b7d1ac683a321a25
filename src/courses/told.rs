//! Who passed a course, as everybody may know it: for each year that is over, by area of the law, chapter by chapter, folded so that nobody
//! is seen ([`folding`]). Told once, a month after the year ends: results of its last days are in by then.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::CourseArea;
use crate::db::DbError;
use crate::db::schema::public_course_count;
use crate::db::shown;
use crate::db::statement::statement;
use crate::jobs::yearly::{self, Yearly};
use crate::jobs::{Handler, JobKind, Work};
use crate::tree;
use crate::tree::folding::{self, YearTold};

/// Telling who passed in a year.
pub static TELL_COURSES: JobKind = JobKind::own("TELL_COURSES");

/// Each year once.
const EACH_YEAR: Yearly = Yearly { kind: &TELL_COURSES, ids: 0x5e11_0fae_6d65_4d42_8000_0000_0002_0000 };

/// What serves the society itself and none of the seven areas.
pub const SOCIETY: &str = "SOCIETY";

/// All that are counted apart.
fn areas() -> Vec<&'static str> {
    CourseArea::ALL.map(CourseArea::name).into_iter().chain([SOCIETY]).collect()
}

/// Sees to it that the year of a day is told: whenever a course is closed.
pub fn expect(conn: &mut PgConnection, now: DateTime<Utc>, day: NaiveDate) -> Result<(), DbError> {
    let year = day.year();
    let Some(after) = NaiveDate::from_ymd_opt(year + 1, 2, 1) else { return Ok(()) };
    EACH_YEAR.plan(conn, now, year, after)
}

/// Tells a year.
pub fn handler() -> Handler {
    Handler::new(&TELL_COURSES, |work: &mut Work<'_>| {
        let last = yearly::last_day(work)?;
        work.last_step(|conn, _| Ok(tell(conn, last)?))
    })
}

statement! {
    struct Passed { first: NaiveDate => Date, last: NaiveDate => Date } -> (SqlUuid, Text, BigInt),
    "SELECT c.chapter_id, coalesce(k.area, 'SOCIETY'), count(*)
     FROM course c JOIN course_kind k ON k.code = c.kind JOIN course_enrolment e ON e.course_id = c.id AND e.result = 'PASSED'
     WHERE c.state = 'CLOSED' AND c.last_day BETWEEN ? AND ? GROUP BY 1, 2"
}

statement! {
    struct Insert {
        chapters: Vec<Uuid> => Array<SqlUuid>,
        areas: Vec<String> => Array<Text>,
        passed: Vec<i32> => Array<Integer>,
        year: i32 => Integer,
    } -> (),
    "INSERT INTO public_course_count (chapter_id, areas, passed, year)
     SELECT a.chapter, string_to_array(a.areas, ','), a.passed, b.year
     FROM unnest(?::uuid[], ?::text[], ?::int4[]) a(chapter, areas, passed), (SELECT ?::int4 AS year) b
     ON CONFLICT (chapter_id, year, areas) DO NOTHING"
}

/// What may be told of the year that a day is the last of, of all chapters.
pub fn tell(conn: &mut PgConnection, last: NaiveDate) -> Result<(), DbError> {
    let (areas, year) = (areas(), last.year());
    let Some(first) = last.with_ordinal(1) else { return Ok(()) };
    let own = folding::counts(&areas, Passed { first: &first, last: &last }.load(conn)?);
    let told = folding::rows(&areas, &own, &tree::all_places(conn)?);
    shown::adds(conn);
    Insert {
        chapters: &told.iter().map(|row| row.0).collect(),
        areas: &told.iter().map(|row| row.1.clone()).collect(),
        passed: &told.iter().map(|row| row.2).collect(),
        year: &year,
    }
    .execute(conn)?;
    Ok(())
}

/// The newest years of a chapter, newest first. Allowed to the public role.
pub fn years(conn: &mut PgConnection, chapter: Uuid, most: usize) -> Result<Vec<YearTold>, DbError> {
    use public_course_count as p;
    let told =
        p::table.filter(p::chapter_id.eq(chapter)).order((p::year.desc(), p::areas)).select((p::year, p::areas, p::passed));
    Ok(folding::years(told.load(conn)?, most))
}
