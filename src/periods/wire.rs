//! Months and requests to close them as JSON that goes out.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::Fault;
use super::matter::MATTER;
use super::model::{self, next, written};
use super::store::{self, ClosedRow, ClosingRow};
use crate::basics::codes::codes;
use crate::decisions;
use crate::identity::store as identity;
use crate::ledger::months;
use crate::tree::{self, Place};

codes! {
    /// Where a month stands.
    pub wire enum PeriodState {
        Open = "OPEN",
        Closed = "CLOSED",
    }
}

/// The months of a year of a chapter.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeriodsOut {
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    /// The month that is to be closed next, once it is over; absent while nothing is booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-11")]
    pub next: Option<String>,
    /// Those that have begun, the first of the year first.
    pub months: Vec<PeriodOut>,
}

/// A month of a chapter's books.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeriodOut {
    #[schema(example = "2026-11")]
    pub month: String,
    pub state: PeriodState,
    /// How it was closed; absent also of months before the first that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<ClosedOut>,
    /// Who has asked to close it and waits for a second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<PeriodClosingOut>,
}

/// How a month was closed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClosedOut {
    /// When the second person approved.
    pub closed_at: DateTime<Utc>,
    /// Entries with a place in the log below this one count.
    pub log_size: i64,
    /// How many count.
    pub entries: i64,
    /// How many of them are of earlier months, which were closed when they came.
    pub late: i64,
    /// Code of the statement with the figures of the month.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub statement: String,
    /// Where it is.
    #[schema(example = "/api/v1/public/statements/7ZC4K0M9T2R8VQ3BV")]
    pub href: String,
}

/// A request to close a month.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeriodClosingOut {
    pub id: Uuid,
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "2026-11")]
    pub month: String,
    /// `ASKED`, `APPROVED`, `REFUSED` or `WITHDRAWN`.
    #[schema(example = "ASKED")]
    pub state: String,
    /// Code of the chapter that decides: one above, where nobody else may at the chapter itself.
    #[schema(example = "23095")]
    pub approver_chapter: String,
    /// User name.
    #[schema(example = "hanh.hamliem")]
    pub requested_by: String,
    pub requested_at: DateTime<Utc>,
    /// User name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// What was written for whoever decides; shown to them alone, where one request is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What was stated, once it is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<ClosedOut>,
}

impl From<ClosedRow> for ClosedOut {
    fn from(row: ClosedRow) -> Self {
        Self {
            closed_at: row.closed_at,
            log_size: row.size,
            entries: row.entries,
            late: row.late,
            href: format!("/api/v1/public/statements/{}", row.statement),
            statement: row.statement,
        }
    }
}

/// Requests of one chapter in their order, without their notes; a fixed number of queries.
fn shown(conn: &mut PgConnection, chapter: &str, rows: Vec<ClosingRow>) -> Result<Vec<PeriodClosingOut>, Fault> {
    let accounts: Vec<Uuid> = rows.iter().flat_map(|row| [Some(row.requested_by), row.decided_by]).flatten().collect();
    let names = identity::user_names(conn, &accounts)?;
    let approvers = decisions::approvers(conn, MATTER, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let codes = tree::codes(conn, approvers.values().copied())?;
    let name = |account: Uuid| names.get(&account).cloned().unwrap_or_default();
    let out = |row: ClosingRow| PeriodClosingOut {
        id: row.id,
        chapter: chapter.to_owned(),
        month: written(row.month),
        state: row.state,
        approver_chapter: approvers.get(&row.id).and_then(|id| codes.get(id)).cloned().unwrap_or_default(),
        requested_by: name(row.requested_by),
        requested_at: row.requested_at,
        decided_by: row.decided_by.map(name),
        decided_at: row.decided_at,
        note: None,
        closed: None,
    };
    Ok(rows.into_iter().map(out).collect())
}

/// A request, without its note.
pub fn one(conn: &mut PgConnection, row: ClosingRow) -> Result<PeriodClosingOut, Fault> {
    let chapter = tree::code_of(conn, tree::ChapterId(row.chapter_id))?;
    let closed = store::of_request(conn, row.id)?;
    let out = shown(conn, &chapter, vec![row])?.pop().ok_or(Fault::Unknown)?;
    Ok(PeriodClosingOut { closed: closed.map(Into::into), ..out })
}

/// The months of a year that have begun.
pub fn year(conn: &mut PgConnection, here: &Place, year: i32, today: NaiveDate) -> Result<PeriodsOut, Fault> {
    let first = |month| NaiveDate::from_ymd_opt(year, month, 1);
    let (from, to) = first(1).zip(first(12)).ok_or_else(|| Fault::broken("a year that is none"))?;
    let last = store::last(conn, here.id.0)?.map(|row| row.month);
    let begun = months::first_day(conn, here.id.0)?.map(model::month_of);
    let mut closed: HashMap<NaiveDate, ClosedRow> =
        store::closed(conn, here.id.0, from, to)?.into_iter().map(|row| (row.month, row)).collect();
    let rows = store::waiting(conn, here.id.0, from, to)?;
    let asked: Vec<NaiveDate> = rows.iter().map(|row| row.month).collect();
    let mut waiting: HashMap<NaiveDate, PeriodClosingOut> = asked.into_iter().zip(shown(conn, &here.code, rows)?).collect();
    let months = (1..=12).filter_map(first).filter(|month| *month <= today).map(|month| PeriodOut {
        month: written(month),
        state: if last.is_some_and(|last| month <= last) { PeriodState::Closed } else { PeriodState::Open },
        closed: closed.remove(&month).map(Into::into),
        waiting: waiting.remove(&month),
    });
    Ok(PeriodsOut { chapter: here.code.clone(), next: last.map(next).or(begun).map(written), months: months.collect() })
}
