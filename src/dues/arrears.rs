//! Who of a chapter's members has not paid up to a day.
//!
//! A month is due when it is over, from the month after the one in which somebody became a member. What was due before the first month that
//! is asked about is left out: the year of the day, unless said otherwise, because sheets of older years are often on paper alone.

use chrono::NaiveDate;
use diesel::RunQueryDsl;
use diesel::pg::PgConnection;
use diesel::sql_types::{Array, BigInt, Date, Nullable, Text, Uuid as SqlUuid};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{Month, last_due};
use super::rules;
use crate::authz::{Read, SeePeople, Visit};
use crate::db::statement::statement;
use crate::http::{FieldError, Say, Span};
use crate::tree::{self, ChapterId};

/// Whose arrears, and up to when: what a cursor belongs to.
#[derive(Debug, Clone, Serialize)]
pub struct Asked {
    pub chapter: String,
    pub day: NaiveDate,
    pub from: Option<String>,
}

impl Asked {
    /// The first month that is asked about.
    fn first(&self) -> Result<Month, Fault> {
        match &self.from {
            None => Ok(Month::of(self.day).january()),
            Some(text) => Month::parse(text).ok_or_else(|| {
                let said = Say::fixed("Tháng viết năm-tháng: 2026-01.", "A month is written year-month: 2026-01.");
                Fault::Fields(vec![FieldError::new("from", "NOT_A_MONTH", said)])
            }),
        }
    }
}

/// A member with months that are neither paid nor free.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DuesArrearsOut {
    /// Id of the member.
    pub member: Uuid,
    /// How many months are missing.
    #[schema(example = 3)]
    pub months: i64,
    /// The first month that was due of them, of those that were asked about.
    #[schema(example = "2026-01")]
    pub from: String,
}

/// How many members have paid up to a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DuesArrearsCountOut {
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Up to which day.
    pub day: NaiveDate,
    /// Members that pay, on that day.
    #[schema(example = 25)]
    pub members: i64,
    /// Of them, those with nothing missing.
    #[schema(example = 22)]
    pub paid_up: i64,
    /// Those with months that are neither paid nor free.
    #[schema(example = 3)]
    pub in_arrears: i64,
    /// How many months are missing of all of them.
    #[schema(example = 11)]
    pub months: i64,
}

/// What is asked of the members: who pays where on a day, and of which months.
struct Due {
    units: Vec<Uuid>,
    day: NaiveDate,
    payers: Vec<String>,
    first: NaiveDate,
    last: NaiveDate,
}

fn due(conn: &mut PgConnection, chapter: ChapterId, asked: &Asked) -> Result<Due, Fault> {
    let first = asked.first()?.first_day();
    // Before the first month is over nothing is due.
    let last = last_due(asked.day).map_or(first, Month::first_day);
    let payers = rules::payers(conn, chapter, asked.day)?;
    Ok(Due { units: tree::with_succeeded(conn, chapter)?, day: asked.day, payers, first, last })
}

statement! {
    /// Members with something missing, in the order of their ids.
    struct Missing {
        units: Vec<Uuid> => Array<SqlUuid>,
        day: NaiveDate => Date,
        payers: Vec<String> => Array<Text>,
        first: NaiveDate => Date,
        last: NaiveDate => Date,
        after: Option<Uuid> => Nullable<SqlUuid>,
        rows: i64 => BigInt,
    } -> (SqlUuid, Date, BigInt),
    "SELECT member_id, due_from, missing FROM dues_missing(?, ?, ?, ?, ?)
     WHERE missing > 0 AND member_id > coalesce(?, '00000000-0000-0000-0000-000000000000') ORDER BY member_id LIMIT ?"
}

statement! {
    /// How many have something missing, and how much.
    struct Counted {
        units: Vec<Uuid> => Array<SqlUuid>,
        day: NaiveDate => Date,
        payers: Vec<String> => Array<Text>,
        first: NaiveDate => Date,
        last: NaiveDate => Date,
    } -> (BigInt, BigInt, BigInt),
    "SELECT count(*), count(*) FILTER (WHERE missing > 0), coalesce(sum(missing), 0)::int8 FROM dues_missing(?, ?, ?, ?, ?)"
}

/// Those with something missing, in the order of their ids; noted, as every list of persons is.
pub fn list(v: &mut Visit<'_>, asked: &Asked, span: &Span<Uuid>) -> Result<Vec<DuesArrearsOut>, Fault> {
    let (here, _) = v.see_code::<SeePeople>(&asked.chapter)?;
    let due = due(v.conn, here.chapter(), asked)?;
    let missing = Missing {
        units: &due.units,
        day: &due.day,
        payers: &due.payers,
        first: &due.first,
        last: &due.last,
        after: &span.after,
        rows: &span.rows,
    };
    let rows: Vec<(Uuid, NaiveDate, i64)> = missing.load(v.conn)?;
    // The last of the rows may only say that there is more.
    let shown = rows.len().min(usize::try_from(span.rows - 1).unwrap_or_default());
    v.note_at(Some(here.chapter()), "DUES_ARREARS_LISTED", None, Some(&json!({"shown": shown})))?;
    let out = |(member, first, months)| DuesArrearsOut { member, months, from: Month::of(first).to_string() };
    Ok(rows.into_iter().map(out).collect())
}

/// How many there are, for everybody who reads the books.
pub fn count(v: &mut Visit<'_>, asked: &Asked) -> Result<DuesArrearsCountOut, Fault> {
    let (here, _) = v.see_code::<Read>(&asked.chapter)?;
    let due = due(v.conn, here.chapter(), asked)?;
    let counted = Counted { units: &due.units, day: &due.day, payers: &due.payers, first: &due.first, last: &due.last };
    let (members, in_arrears, months): (i64, i64, i64) = counted.get_result(v.conn)?;
    let chapter = asked.chapter.clone();
    Ok(DuesArrearsCountOut { chapter, day: asked.day, members, paid_up: members - in_arrears, in_arrears, months })
}
