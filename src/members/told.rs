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
use crate::basics::clock::vietnam_midnight;
use crate::db::DbError;
use crate::db::schema::public_member_count;
use crate::db::shown;
use crate::db::statement::statement;
use crate::jobs::{self, Failure, Handler, JobKind, NewJob, Work};
use crate::tree;
use crate::tree::folding::{self, Counts};

/// Telling the members at the end of a year.
pub static TELL_MEMBERS: JobKind = JobKind::own("TELL_MEMBERS");

/// Ids of these jobs: the same year is one job, whoever expects it.
const JOBS: u128 = 0x5e11_0fae_6d65_4d42_8000_0000_0000_0000;

/// Sees to it that the year of a day is told when it is over: whenever somebody begins to be counted.
pub fn expect(conn: &mut PgConnection, now: DateTime<Utc>, day: NaiveDate) -> Result<(), DbError> {
    let year = day.year();
    let Some(after) = NaiveDate::from_ymd_opt(year + 1, 1, 1) else { return Ok(()) };
    let job = NewJob {
        id: Uuid::from_u128(JOBS | u128::from(year.unsigned_abs())),
        kind: &TELL_MEMBERS,
        content: serde_json::json!({ "year": year }),
        total: None,
        due_at: vietnam_midnight(after),
        url: None,
    };
    jobs::enqueue_for_house(conn, now, None, &job)?;
    Ok(())
}

/// Tells a year, and expects the next one.
pub fn handler() -> Handler {
    Handler::new(&TELL_MEMBERS, |work: &mut Work<'_>| {
        let year = work.content().get("year").and_then(serde_json::Value::as_i64).and_then(|year| i32::try_from(year).ok());
        let last = year.and_then(|year| NaiveDate::from_ymd_opt(year, 12, 31)).ok_or(Failure::Never("NO_SUCH_YEAR"))?;
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
    let own = counted(conn, last)?;
    let places = tree::all_places(conn)?;
    let mut told = Vec::new();
    for (chapter, groups) in folding::folded(&MemberKind::ALL.map(MemberKind::name), &own, &places) {
        for (kinds, members) in groups.into_iter().filter(|(_, members)| *members > 0) {
            told.push((chapter, kinds.join(","), i32::try_from(members).unwrap_or(i32::MAX)));
        }
    }
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

fn counted(conn: &mut PgConnection, day: NaiveDate) -> Result<Counts, DbError> {
    let rows: Vec<(Uuid, String, i64)> = Counted { from: &day, to: &day }.load(conn)?;
    let mut own = Counts::new();
    for (chapter, kind, members) in rows {
        let Some(at) = MemberKind::ALL.iter().position(|known| known.name() == kind) else { continue };
        let counts = own.entry(chapter).or_insert_with(|| vec![0; MemberKind::ALL.len()]);
        if let Some(count) = counts.get_mut(at) {
            *count += u64::try_from(members).unwrap_or(0);
        }
    }
    Ok(own)
}

/// What is told of a chapter, with everything below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearTold {
    pub year: i32,
    /// Codes of the kinds that are counted together, and how many there were on the last day of the year.
    pub groups: Vec<(Vec<String>, i32)>,
}

/// The newest years of a chapter, newest first.
pub fn years(conn: &mut PgConnection, chapter: Uuid, most: usize) -> Result<Vec<YearTold>, DbError> {
    use public_member_count as p;
    let rows: Vec<(i32, Vec<String>, i32)> = p::table
        .filter(p::chapter_id.eq(chapter))
        .order((p::year.desc(), p::kinds))
        .select((p::year, p::kinds, p::members))
        .load(conn)?;
    let mut years: Vec<YearTold> = Vec::new();
    for (year, kinds, members) in rows {
        match years.last_mut().filter(|last| last.year == year) {
            Some(last) => last.groups.push((kinds, members)),
            None => years.push(YearTold { year, groups: vec![(kinds, members)] }),
        }
    }
    years.truncate(most);
    Ok(years)
}
