//! What was taught in a year, down the tree: one question to the courses. Levels above get counts and no persons, so READ suffices.

use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike, NaiveDate};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::fault::Fault;
use super::model::CourseArea;
use super::out::{CourseCount, CourseCounts};
use super::store::{self, KindRow};
use crate::authz::{Read, Seen, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::statement::statement;
use crate::http::{FieldError, Say};
use crate::tree;

/// The first and the last year that can be asked for.
const YEARS: std::ops::RangeInclusive<i32> = 1946..=2999;

/// What was taught in a year at a chapter and all that stands below it; this year unless said.
pub fn of(v: &mut Visit<'_>, chapter: &str, year: Option<i32>) -> Result<CourseCounts, Fault> {
    let (here, place) = v.see_code::<Read>(chapter)?;
    let year = year.unwrap_or(vietnam_date(v.now).year());
    let days = Some(year)
        .filter(|year| YEARS.contains(year))
        .and_then(|year| NaiveDate::from_ymd_opt(year, 1, 1).zip(NaiveDate::from_ymd_opt(year, 12, 31)));
    let Some((first, last)) = days else {
        return Err(Fault::Fields(vec![FieldError::new(
            "year",
            "OUT_OF_RANGE",
            Say::fixed("Năm từ 1946 đến 2999.", "A year from 1946 to 2999."),
        )]));
    };
    let kinds: HashMap<String, KindRow> = store::kinds(v.conn)?.into_iter().map(|row| (row.code.clone(), row)).collect();
    let mut rows: Vec<CourseCount> = counted(v.conn, &here, first, last)?;
    for row in &mut rows {
        row.area = kinds.get(&row.course_kind).and_then(|kind| kind.area.as_deref()).and_then(CourseArea::parse);
    }
    Ok(CourseCounts { chapter: place.code, year, rows })
}

statement! {
    struct Counted { chapters: Vec<Uuid> => Array<SqlUuid>, first: NaiveDate => Date, last: NaiveDate => Date }
        -> (Text, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt),
    "SELECT c.kind, count(DISTINCT c.id), count(e.id), count(e.id) FILTER (WHERE e.result = 'PASSED'),
            count(e.id) FILTER (WHERE e.result = 'FAILED'), count(e.id) FILTER (WHERE e.result = 'ABSENT'),
            count(e.id) FILTER (WHERE e.result = 'PASSED' AND e.officer)
     FROM course c LEFT JOIN course_enrolment e ON e.course_id = c.id AND e.result IS NOT NULL
     WHERE c.chapter_id = ANY(?) AND c.state = 'CLOSED' AND c.last_day BETWEEN ? AND ?
     GROUP BY c.kind"
}

type Row = (String, i64, i64, i64, i64, i64, i64);

fn counted(conn: &mut PgConnection, here: &Seen<Read>, first: NaiveDate, last: NaiveDate) -> Result<Vec<CourseCount>, DbError> {
    let below: Vec<Uuid> = tree::at_and_below(here.chapter().0).load(conn)?;
    let rows: Vec<Row> = Counted { chapters: &below, first: &first, last: &last }.load(conn)?;
    let row = |(kind, courses, enrolled, passed, failed, absent, officers): Row| {
        let count = CourseCount { course_kind: kind.clone(), area: None, courses, enrolled, passed, failed, absent, officers };
        (kind, count)
    };
    Ok(rows.into_iter().map(row).collect::<BTreeMap<_, _>>().into_values().collect())
}
