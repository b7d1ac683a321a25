//! What a request to reverse an entry looks like to those who may read the chapter's books.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{CorrectionReason, CorrectionState};
use super::store::Row;
use crate::db::DbError;
use crate::ledger::store as ledger;
use crate::tree;

/// A request to reverse an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CorrectionOut {
    pub id: Uuid,
    /// Code of the chapter whose books it is in.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Public code of the entry.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub entry: String,
    #[schema(value_type = CorrectionReason)]
    pub reason: String,
    #[schema(value_type = CorrectionState)]
    pub state: String,
    pub requested_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// Public code of the entry that reverses it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversed_by: Option<String>,
    /// What was written for whoever decides; for them alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// Requests as they are shown, in their order; a fixed number of statements.
pub fn shown(conn: &mut PgConnection, rows: Vec<Row>) -> Result<Vec<CorrectionOut>, DbError> {
    let entries: Vec<Uuid> = rows.iter().map(|row| row.entry_id).collect();
    let booked: HashMap<Uuid, ledger::Booked> = ledger::booked(conn, &entries)?;
    let chapters = tree::codes(conn, rows.iter().map(|row| row.chapter_id))?;
    Ok(rows
        .into_iter()
        .map(|row| CorrectionOut {
            id: row.id,
            chapter: chapters.get(&row.chapter_id).cloned().unwrap_or_default(),
            entry: booked.get(&row.entry_id).map(|entry| entry.code.clone()).unwrap_or_default(),
            reversed_by: booked
                .get(&row.entry_id)
                .filter(|_| row.state == CorrectionState::Approved.name())
                .and_then(|entry| entry.reversed_by.clone()),
            reason: row.reason,
            state: row.state,
            requested_at: row.requested_at,
            decided_at: row.decided_at,
            note: None,
        })
        .collect())
}

/// [`shown`], one.
pub fn one(conn: &mut PgConnection, row: Row) -> Result<CorrectionOut, DbError> {
    Ok(shown(conn, vec![row])?.pop().ok_or(diesel::result::Error::NotFound)?)
}
