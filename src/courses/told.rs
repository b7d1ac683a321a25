//! Who passed a course, as everybody may know it: for each year that is over, by area of the law, chapter by chapter, folded so that nobody
//! is seen ([`folding`]). Told once, a month after the year ends: results of its last days are in by then.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::CourseArea;
use crate::basics::clock::vietnam_midnight;
use crate::db::DbError;
use crate::db::schema::public_course_count;
use crate::db::shown;
use crate::db::statement::statement;
use crate::jobs::{self, Failure, Handler, JobKind, NewJob, Work};
use crate::tree;
use crate::tree::folding::{self, Counts};

/// Telling who passed in a year.
pub static TELL_COURSES: JobKind = JobKind::own("TELL_COURSES");

/// Ids of these jobs: the same year is one job, whoever expects it.
const JOBS: u128 = 0x5e11_0fae_6d65_4d42_8000_0000_0002_0000;

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
    let job = NewJob {
        id: Uuid::from_u128(JOBS | u128::from(year.unsigned_abs())),
        kind: &TELL_COURSES,
        content: serde_json::json!({ "year": year }),
        total: None,
        due_at: vietnam_midnight(after),
        url: None,
    };
    jobs::enqueue_for_house(conn, now, None, &job)?;
    Ok(())
}

/// Tells a year.
pub fn handler() -> Handler {
    Handler::new(&TELL_COURSES, |work: &mut Work<'_>| {
        let year = work.content().get("year").and_then(serde_json::Value::as_i64).and_then(|year| i32::try_from(year).ok());
        let year = year.ok_or(Failure::Never("NO_SUCH_YEAR"))?;
        work.last_step(|conn, _| Ok(tell(conn, year)?))
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

/// What may be told of a year, of all chapters.
pub fn tell(conn: &mut PgConnection, year: i32) -> Result<(), DbError> {
    let (all, own) = (areas(), counted(conn, year)?);
    let places = tree::all_places(conn)?;
    let mut told = Vec::new();
    for (chapter, groups) in folding::folded(&all, &own, &places) {
        for (areas, passed) in groups.into_iter().filter(|(_, passed)| *passed > 0) {
            told.push((chapter, areas.join(","), i32::try_from(passed).unwrap_or(i32::MAX)));
        }
    }
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

fn counted(conn: &mut PgConnection, year: i32) -> Result<Counts, DbError> {
    let (Some(first), Some(last)) = (NaiveDate::from_ymd_opt(year, 1, 1), NaiveDate::from_ymd_opt(year, 12, 31)) else {
        return Ok(Counts::new());
    };
    let all = areas();
    let rows: Vec<(Uuid, String, i64)> = Passed { first: &first, last: &last }.load(conn)?;
    let mut own = Counts::new();
    for (chapter, area, passed) in rows {
        let Some(at) = all.iter().position(|known| *known == area) else { continue };
        let counts = own.entry(chapter).or_insert_with(|| vec![0; all.len()]);
        if let Some(count) = counts.get_mut(at) {
            *count += u64::try_from(passed).unwrap_or(0);
        }
    }
    Ok(own)
}

/// What is told of a chapter in a year: codes of the areas that are counted together, and how many passed.
pub type YearTold = (i32, Vec<(Vec<String>, i32)>);

/// The newest years of a chapter, newest first. Allowed to the public role.
pub fn years(conn: &mut PgConnection, chapter: Uuid, most: usize) -> Result<Vec<YearTold>, DbError> {
    use public_course_count as p;
    let rows: Vec<(i32, Vec<String>, i32)> = p::table
        .filter(p::chapter_id.eq(chapter))
        .order((p::year.desc(), p::areas))
        .select((p::year, p::areas, p::passed))
        .load(conn)?;
    let mut years: Vec<YearTold> = Vec::new();
    for (year, areas, passed) in rows {
        match years.last_mut().filter(|last| last.0 == year) {
            Some(last) => last.1.push((areas, passed)),
            None => years.push((year, vec![(areas, passed)])),
        }
    }
    years.truncate(most);
    Ok(years)
}
