//! Decisions of targets as officers see them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::Fault;
use super::matter::MATTER;
use super::model::{Handed, PerMille};
use super::store::{self, LineRow, Row};
use crate::decisions;
use crate::identity::store as identity;
use crate::tree;

/// Targets of a year, as a chapter decided them or asks to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodTargetsOut {
    pub id: Uuid,
    /// Code of the chapter that decides.
    #[schema(example = "68")]
    pub chapter: String,
    #[schema(example = 2026)]
    pub year: i16,
    /// Number of the decision.
    #[schema(example = "15/QĐ-BCĐ")]
    pub decision_no: String,
    /// `ASKED`, `APPROVED`, `REFUSED` or `WITHDRAWN`.
    #[schema(example = "APPROVED")]
    pub state: String,
    /// Code of the chapter that decides whether it holds: one above, where nobody else may at the chapter itself.
    #[schema(example = "68")]
    pub approver_chapter: String,
    /// What the chapter itself was given from above when it asked, in units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_units: Option<i32>,
    /// The sum of what it gives to those below, in units.
    pub handed_on_units: i64,
    /// That, less its own: more than zero where it hands on more than it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beyond_own_units: Option<i64>,
    /// User name.
    #[schema(example = "nga.lamdong")]
    pub requested_by: String,
    pub requested_at: DateTime<Utc>,
    /// User name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// Code of the statement with its text, once it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub statement: Option<String>,
    /// Where that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/api/v1/public/statements/7ZC4K0M9T2R8VQ3BV")]
    pub href: Option<String>,
    /// Code of the statement whose place it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// The decision that took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<Uuid>,
}

/// What one chapter is to reach.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodTargetLineOut {
    /// Its code.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Its name.
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub chapter_name: String,
    /// Units of blood.
    #[schema(example = 600)]
    pub units: i32,
    /// Units per thousand inhabitants, where the units come from a rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "4.5")]
    pub per_mille: Option<String>,
    /// Inhabitants that the rate is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population: Option<i32>,
    /// Who counted them, and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population_source: Option<String>,
}

/// A decision with all that it gives.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodTargetsDetailOut {
    #[serde(flatten)]
    pub decision: BloodTargetsOut,
    pub lines: Vec<BloodTargetLineOut>,
    /// What was written for whoever decides; shown to them alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Decisions without their lines; a fixed number of statements.
pub fn shown(conn: &mut PgConnection, rows: Vec<Row>) -> Result<Vec<BloodTargetsOut>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let lines = store::lines(conn, &ids)?;
    decided(conn, rows, &lines)
}

fn decided(conn: &mut PgConnection, rows: Vec<Row>, lines: &[LineRow]) -> Result<Vec<BloodTargetsOut>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let accounts: Vec<Uuid> = rows.iter().flat_map(|row| [Some(row.requested_by), row.decided_by]).flatten().collect();
    let names = identity::user_names(conn, &accounts)?;
    let approvers = decisions::approvers(conn, MATTER, &ids)?;
    let codes = tree::codes(conn, rows.iter().map(|row| row.chapter_id).chain(approvers.values().copied()))?;
    let replaced: HashMap<Uuid, String> =
        store::replaced_by(conn, &ids)?.into_iter().filter_map(|(statement, by)| Some((by?, statement?))).collect();
    let code = |id: &Uuid| codes.get(id).cloned().unwrap_or_default();
    let name = |account: Uuid| names.get(&account).cloned().unwrap_or_default();
    let out = |row: Row| {
        let below = lines.iter().filter(|line| line.decision_id == row.id && line.chapter_id != row.chapter_id);
        let handed = Handed::of(below.map(|line| line.units), row.own_units);
        BloodTargetsOut {
            chapter: code(&row.chapter_id),
            year: row.year,
            decision_no: row.decision_no,
            state: row.state,
            approver_chapter: approvers.get(&row.id).map(code).unwrap_or_default(),
            own_units: row.own_units,
            handed_on_units: handed.on,
            beyond_own_units: handed.beyond_own,
            requested_by: name(row.requested_by),
            requested_at: row.requested_at,
            decided_by: row.decided_by.map(name),
            decided_at: row.decided_at,
            href: row.statement.as_ref().map(|code| format!("/api/v1/public/statements/{code}")),
            statement: row.statement,
            replaces: replaced.get(&row.id).cloned(),
            replaced_by: row.replaced_by_id,
            id: row.id,
        }
    };
    Ok(rows.into_iter().map(out).collect())
}

/// A decision with all that it gives.
pub fn detail(conn: &mut PgConnection, row: Row, note: Option<String>) -> Result<BloodTargetsDetailOut, Fault> {
    let lines = store::lines(conn, &[row.id])?;
    let labels = tree::labels(conn, &lines.iter().map(|line| line.chapter_id).collect::<Vec<_>>())?;
    let decision = decided(conn, vec![row], &lines)?.pop().ok_or(Fault::Unknown)?;
    let line = |line: LineRow| {
        let label = labels.get(&line.chapter_id);
        BloodTargetLineOut {
            chapter: label.map(|label| label.code.clone()).unwrap_or_default(),
            chapter_name: label.map(|label| label.name.clone()).unwrap_or_default(),
            units: line.units,
            per_mille: line.per_mille.and_then(PerMille::of_hundredths).map(PerMille::written),
            population: line.population,
            population_source: line.population_source,
        }
    };
    Ok(BloodTargetsDetailOut { decision, lines: lines.into_iter().map(line).collect(), note })
}
