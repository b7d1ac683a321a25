//! Members as everybody may know them: at the end of each year that is over, by kind, chapter by chapter, folded so that nobody is seen
//! ([`folding`]).
//!
//! They are told once, by a job that is due when the year ends: what is counted of a day that is over does not change any more. What is not
//! told is stored nowhere that the public reads, so nothing can show it by mistake.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::MemberKind;
use crate::db::DbError;
use crate::db::schema::public_member_count;
use crate::db::shown;
use crate::db::statement::statement;
use crate::jobs::yearly::{self, Yearly};
use crate::jobs::{Handler, JobKind, Work};
use crate::tree;
use crate::tree::folding::{self, YearTold};

/// Telling the members at the end of a year.
pub static TELL_MEMBERS: JobKind = JobKind::own("TELL_MEMBERS");

/// Each year once.
const EACH_YEAR: Yearly = Yearly { kind: &TELL_MEMBERS, ids: 0x5e11_0fae_6d65_4d42_8000_0000_0000_0000 };

/// Sees to it that the year of a day is told when it is over: whenever somebody begins to be counted.
pub fn expect(conn: &mut PgConnection, now: DateTime<Utc>, day: NaiveDate) -> Result<(), DbError> {
    let year = day.year();
    let Some(after) = NaiveDate::from_ymd_opt(year + 1, 1, 1) else { return Ok(()) };
    EACH_YEAR.plan(conn, now, year, after)
}

/// Tells a year, and expects the next one.
pub fn handler() -> Handler {
    Handler::new(&TELL_MEMBERS, |work: &mut Work<'_>| {
        let last = yearly::last_day(work)?;
        let now = work.now();
        work.last_step(|conn, _| {
            tell(conn, last)?;
            Ok(expect(conn, now, last + chrono::Days::new(1))?)
        })
    })
}

statement! {
    struct Counted { from: NaiveDate => Date, to: NaiveDate => Date } -> (SqlUuid, Text, BigInt),
    "SELECT s.chapter_id, s.kind, count(*) FROM member_span s WHERE s.from_day <= ? AND (s.to_day IS NULL OR s.to_day > ?) GROUP BY 1, 2"
}

statement! {
    struct Insert {
        chapters: Vec<Uuid> => Array<SqlUuid>,
        kinds: Vec<String> => Array<Text>,
        members: Vec<i32> => Array<Integer>,
        year: i32 => Integer,
    } -> (),
    "INSERT INTO public_member_count (chapter_id, kinds, members, year)
     SELECT a.chapter, string_to_array(a.kinds, ','), a.members, b.year
     FROM unnest(?::uuid[], ?::text[], ?::int4[]) a(chapter, kinds, members), (SELECT ?::int4 AS year) b
     ON CONFLICT (chapter_id, year, kinds) DO NOTHING"
}

/// What may be told of the last day of a year, of all chapters.
pub fn tell(conn: &mut PgConnection, last: NaiveDate) -> Result<(), DbError> {
    let kinds = MemberKind::ALL.map(MemberKind::name);
    let own = folding::counts(&kinds, Counted { from: &last, to: &last }.load(conn)?);
    let told = folding::rows(&kinds, &own, &tree::all_places(conn)?);
    shown::adds(conn);
    Insert {
        chapters: &told.iter().map(|row| row.0).collect(),
        kinds: &told.iter().map(|row| row.1.clone()).collect(),
        members: &told.iter().map(|row| row.2).collect(),
        year: &last.year(),
    }
    .execute(conn)?;
    Ok(())
}

/// The newest years of a chapter, newest first.
pub fn years(conn: &mut PgConnection, chapter: Uuid, most: usize) -> Result<Vec<YearTold>, DbError> {
    use public_member_count as p;
    let told =
        p::table.filter(p::chapter_id.eq(chapter)).order((p::year.desc(), p::kinds)).select((p::year, p::kinds, p::members));
    Ok(folding::years(told.load(conn)?, most))
}
