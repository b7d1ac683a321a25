//! The audit trail: who did what to which record, insert-only. It names ids, never personal values.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Text, Timestamptz};
use uuid::Uuid;

use crate::db::DbError;
use crate::db::statement::statement;

/// One thing done.
#[derive(Debug, Clone)]
pub struct AuditEvent {
    pub account: Option<Uuid>,
    pub action: &'static str,
    pub subject: Option<Uuid>,
    pub chapter: Option<Uuid>,
}

statement! {
    struct InsertAudit {
        at: DateTime<Utc> => Timestamptz,
        accounts: Vec<Option<Uuid>> => Array<Nullable<diesel::sql_types::Uuid>>,
        actions: Vec<&'static str> => Array<Text>,
        subjects: Vec<Option<Uuid>> => Array<Nullable<diesel::sql_types::Uuid>>,
        chapters: Vec<Option<Uuid>> => Array<Nullable<diesel::sql_types::Uuid>>,
    } -> (),
    "INSERT INTO audit_event (at, account_id, action, subject, chapter_id)
     SELECT ?, * FROM unnest(?::uuid[], ?::text[], ?::uuid[], ?::uuid[])"
}

/// Writes events in one statement.
pub fn audit(conn: &mut PgConnection, at: DateTime<Utc>, events: &[AuditEvent]) -> Result<(), DbError> {
    if events.is_empty() {
        return Ok(());
    }
    InsertAudit {
        at: &at,
        accounts: &events.iter().map(|e| e.account).collect(),
        actions: &events.iter().map(|e| e.action).collect(),
        subjects: &events.iter().map(|e| e.subject).collect(),
        chapters: &events.iter().map(|e| e.chapter).collect(),
    }
    .execute(conn)?;
    Ok(())
}
