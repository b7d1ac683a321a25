//! A job as it is shown: by this room, and by the rooms that enqueue it.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::authz::Visit;
use crate::db::DbError;
use crate::db::schema::job;
use crate::http::Problem;
use crate::tree;

/// A job as it is read to be shown.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = job, check_for_backend(diesel::pg::Pg))]
pub struct JobRow {
    pub id: Uuid,
    pub kind: String,
    pub chapter_id: Option<Uuid>,
    pub account_id: Option<Uuid>,
    pub state: String,
    pub enqueued_at: DateTime<Utc>,
    pub due_at: DateTime<Utc>,
    pub lease: Option<Uuid>,
    pub attempts: i32,
    pub done: i64,
    pub total: Option<i64>,
    pub errors: i64,
    pub trouble: Option<String>,
    pub ended_at: Option<DateTime<Utc>>,
    pub url: Option<String>,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum JobState {
    /// To be done, or to be tried again.
    Waiting,
    /// Somebody is at it.
    Running,
    Done,
    /// It failed for good: an administrator looks into it and begins it again, or lets it be.
    Dead,
}

/// A job and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobOut {
    id: Uuid,
    /// What is done, as a code.
    #[schema(example = "SEND_MESSAGE")]
    kind: String,
    /// Code of the chapter whose job it is; absent for those of the whole house.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "23095")]
    chapter: Option<String>,
    state: JobState,
    /// Pieces done, those in error included.
    done: i64,
    /// Pieces there are; absent until it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<i64>,
    /// Pieces that could not be done.
    errors: i64,
    /// Attempts since there was any progress.
    attempts: i32,
    /// Why it failed last, as a code; absent if it never did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "SERVER_AWAY")]
    trouble: Option<String>,
    enqueued_at: DateTime<Utc>,
    /// When it is tried next; absent unless it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime<Utc>>,
    /// Where to read what it is about and what became of it; absent where there is nothing to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/api/v1/gift-imports/0199e0a1-7b1c-7c3e-9d52-6f0a3b8c2d11")]
    url: Option<String>,
}

/// Jobs as they are shown, in the same order.
pub(super) fn shown(conn: &mut PgConnection, now: DateTime<Utc>, rows: Vec<JobRow>) -> Result<Vec<JobOut>, DbError> {
    let chapters: Vec<Uuid> = rows.iter().filter_map(|row| row.chapter_id).collect();
    let labels = tree::labels(conn, &chapters)?;
    let out = |row: JobRow| {
        let state = match row.state.as_str() {
            "DONE" => JobState::Done,
            "DEAD" => JobState::Dead,
            _ if row.lease.is_some() && row.due_at > now => JobState::Running,
            _ => JobState::Waiting,
        };
        JobOut {
            id: row.id,
            kind: row.kind,
            chapter: row.chapter_id.and_then(|id| labels.get(&id)).map(|label| label.code.clone()),
            state,
            done: row.done,
            total: row.total,
            errors: row.errors,
            attempts: row.attempts,
            trouble: row.trouble,
            enqueued_at: row.enqueued_at,
            due_at: Some(row.due_at).filter(|_| state == JobState::Waiting),
            ended_at: row.ended_at,
            url: row.url,
        }
    };
    Ok(rows.into_iter().map(out).collect())
}

pub(super) fn one(v: &mut Visit<'_>, row: JobRow) -> Result<JobOut, Problem> {
    shown(v.conn, v.now, vec![row])?.pop().ok_or_else(Problem::not_found)
}

/// The job of this id, for whom a room has found that they may see it.
pub fn of_id(v: &mut Visit<'_>, id: Uuid) -> Result<JobOut, Problem> {
    let row = job::table.find(id).select(JobRow::as_select()).first(v.conn).optional()?;
    one(v, row.ok_or_else(Problem::not_found)?)
}
