//! Settlement reports as JSON that goes out.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::Fault;
use super::matter::MATTER;
use super::model::SettlementFigures;
use super::store::ReportRow;
use crate::decisions;
use crate::giving::appeals;
use crate::identity::store as identity;
use crate::tree;

/// A settlement report and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettlementReportOut {
    pub id: Uuid,
    /// Code of the appeal.
    #[schema(example = "LULUT-2026")]
    pub appeal: String,
    /// Code of the chapter that ran the appeal when it was made.
    #[schema(example = "68")]
    pub chapter: String,
    /// Entries of days up to this one count.
    pub as_of: NaiveDate,
    /// `ASKED`, `APPROVED`, `REFUSED` or `WITHDRAWN`.
    #[schema(example = "ASKED")]
    pub state: String,
    /// SHA-256 of its text, hexadecimal: what is approved, stated and published.
    pub sha256: String,
    /// Code of the chapter that decides: one above, where nobody else may at the chapter itself.
    #[schema(example = "68")]
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
    /// What was written for whoever decides; shown to them alone, where one report is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Code of the statement, once approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub statement: Option<String>,
    /// Code under which it was published, where the law wants it published.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub publication: Option<String>,
    /// Where everybody reads it, once approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/api/v1/public/statements/7ZC4K0M9T2R8VQ3BV")]
    pub href: Option<String>,
    pub html_url: String,
    pub pdf_url: String,
    /// The report itself, where one is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<SettlementFigures>,
}

/// Reports in their order; a fixed number of queries.
pub fn shown(conn: &mut PgConnection, rows: Vec<ReportRow>) -> Result<Vec<SettlementReportOut>, Fault> {
    let accounts: Vec<Uuid> = rows.iter().flat_map(|row| [Some(row.requested_by), row.decided_by]).flatten().collect();
    let names = identity::user_names(conn, &accounts)?;
    let appeals = appeals::named(conn, &rows.iter().map(|row| row.appeal_id).collect::<Vec<_>>())?;
    let approvers = decisions::approvers(conn, MATTER, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let chapters = tree::codes(conn, rows.iter().map(|row| row.chapter_id).chain(approvers.values().copied()))?;
    let code = |chapter: Uuid| chapters.get(&chapter).cloned().unwrap_or_default();
    let name = |account: Uuid| names.get(&account).cloned().unwrap_or_default();
    let out = |row: ReportRow| {
        let url = |ending: &str| format!("/api/v1/settlement-reports/{}/paper.{ending}", row.id);
        SettlementReportOut {
            appeal: appeals.get(&row.appeal_id).map(|(code, _)| code.clone()).unwrap_or_default(),
            chapter: code(row.chapter_id),
            approver_chapter: approvers.get(&row.id).copied().map(code).unwrap_or_default(),
            requested_by: name(row.requested_by),
            decided_by: row.decided_by.map(name),
            href: row.statement.as_ref().map(|code| format!("/api/v1/public/statements/{code}")),
            html_url: url("html"),
            pdf_url: url("pdf"),
            id: row.id,
            as_of: row.as_of,
            state: row.state,
            sha256: row.sha256,
            requested_at: row.requested_at,
            decided_at: row.decided_at,
            note: None,
            statement: row.statement,
            publication: row.publication,
            report: None,
        }
    };
    Ok(rows.into_iter().map(out).collect())
}

/// [`shown`] one.
pub fn one(conn: &mut PgConnection, row: ReportRow) -> Result<SettlementReportOut, Fault> {
    shown(conn, vec![row])?.pop().ok_or(Fault::Unknown)
}
