//! The audit trail: who did what to which record, insert-only. It names ids, never personal values.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Jsonb, Nullable, Text, Timestamptz};
use uuid::Uuid;

use super::policy::{RightName, Role};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::audit_event;
use crate::db::statement::statement;
use crate::tree::ChapterId;

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

/// What the trail calls it when somebody looked for persons.
pub const PERSONS_SEARCHED: &str = "PERSONS_SEARCHED";

statement! {
    struct Searches {
        account: Uuid => diesel::sql_types::Uuid,
        since: DateTime<Utc> => Timestamptz,
    } -> (BigInt, Nullable<Timestamptz>),
    // By an index of nothing but these.
    "SELECT count(*), min(at) FROM audit_event WHERE account_id = ? AND at > ? AND action = 'PERSONS_SEARCHED'"
}

/// How often an account looked for persons since a moment, and when first.
pub fn searches_since(
    conn: &mut PgConnection,
    account: Uuid,
    since: DateTime<Utc>,
) -> Result<(i64, Option<DateTime<Utc>>), DbError> {
    Ok(Searches { account: &account, since: &since }.get_result(conn)?)
}

/// One thing that was done, as the trail shows it.
#[derive(Debug, Clone)]
pub struct AuditRow {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub account: Option<Uuid>,
    pub action: String,
    pub subject: Option<Uuid>,
    pub chapter: Option<Uuid>,
    /// Role, place, decision, to whom: what [`audit_detailed`] wrote.
    pub detail: Option<serde_json::Value>,
}

type Row = (i64, DateTime<Utc>, Option<Uuid>, String, Option<Uuid>, Option<Uuid>, Option<serde_json::Value>);

fn row((id, at, account, action, subject, chapter, detail): Row) -> AuditRow {
    AuditRow { id, at, account, action, subject, chapter, detail }
}

statement! {
    struct OfChapter {
        chapter: Uuid => diesel::sql_types::Uuid,
        before: i64 => BigInt,
        limit: i64 => BigInt,
    } -> (BigInt, Timestamptz, Nullable<diesel::sql_types::Uuid>, Text, Nullable<diesel::sql_types::Uuid>, Nullable<diesel::sql_types::Uuid>, Nullable<Jsonb>),
    "SELECT id, at, account_id, action, subject, chapter_id, detail FROM audit_event
     WHERE chapter_id = ? AND id < ? ORDER BY id DESC LIMIT ?"
}

/// Events of a chapter, the newest first. `before` is the number of the last one on the page before.
pub fn events_of_chapter(
    conn: &mut PgConnection,
    chapter: ChapterId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<AuditRow>, DbError> {
    let rows: Vec<Row> = OfChapter { chapter: &chapter.0, before: &before.unwrap_or(i64::MAX), limit: &limit }.load(conn)?;
    Ok(rows.into_iter().map(row).collect())
}

// What the account did, and what was done about it: to the account itself, to its sessions and to its roles. Events at
// chapters that the viewer does not oversee stay out; log-ins and the like have no chapter.
statement! {
    struct OfAccount {
        account: Uuid => diesel::sql_types::Uuid,
        before: i64 => BigInt,
        viewer: Uuid => diesel::sql_types::Uuid,
        roles: Vec<&'static str> => Array<Text>,
        from: NaiveDate => Date,
        to: NaiveDate => Date,
        limit: i64 => BigInt,
    } -> (BigInt, Timestamptz, Nullable<diesel::sql_types::Uuid>, Text, Nullable<diesel::sql_types::Uuid>, Nullable<diesel::sql_types::Uuid>, Nullable<Jsonb>),
    "WITH asked AS (SELECT ?::uuid AS account, ?::bigint AS before, ?::uuid AS viewer), overseen AS (
         SELECT DISTINCT ca.chapter_id FROM asked JOIN role_assignment ra ON ra.account_id = asked.viewer
         JOIN chapter_ancestor ca ON ca.ancestor_id = ra.chapter_id
         WHERE ra.role = ANY(?) AND ra.ended_at IS NULL AND ra.valid_from <= ? AND (ra.valid_to IS NULL OR ra.valid_to >= ?)
     ), found AS (
         SELECT e.* FROM asked JOIN audit_event e ON e.account_id = asked.account AND e.id < asked.before
         UNION
         SELECT e.* FROM asked JOIN audit_event e ON e.id < asked.before AND e.action NOT LIKE 'GIFT%' AND e.subject IN (
             SELECT asked.account UNION ALL SELECT ra.id FROM role_assignment ra WHERE ra.account_id = asked.account)
     )
     SELECT f.id, f.at, f.account_id, f.action, f.subject, f.chapter_id, f.detail FROM found f, asked
     WHERE asked.account = asked.viewer OR f.chapter_id IS NULL OR f.chapter_id IN (SELECT chapter_id FROM overseen)
     ORDER BY f.id DESC LIMIT ?"
}

/// Events of an account, the newest first, as far as the viewer oversees them; one's own are all shown.
pub fn events_of_account(
    conn: &mut PgConnection,
    account: Uuid,
    viewer: Uuid,
    now: DateTime<Utc>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<AuditRow>, DbError> {
    let today = vietnam_date(now);
    let oversees = |role: &Role| role.has(RightName::Inspect) || role.has(RightName::Appoint);
    let rows: Vec<Row> = OfAccount {
        account: &account,
        before: &before.unwrap_or(i64::MAX),
        viewer: &viewer,
        roles: &Role::ALL.into_iter().filter(oversees).map(Role::name).collect(),
        from: &today,
        to: &today,
        limit: &limit,
    }
    .load(conn)?;
    Ok(rows.into_iter().map(row).collect())
}

/// Writes one event with what a reader of the trail needs besides ids: role, place, decision, to whom. Codes and ids
/// only, never personal values.
pub fn audit_detailed(
    conn: &mut PgConnection,
    at: DateTime<Utc>,
    event: &AuditEvent,
    detail: &serde_json::Value,
) -> Result<(), DbError> {
    diesel::insert_into(audit_event::table)
        .values((
            audit_event::at.eq(at),
            audit_event::account_id.eq(event.account),
            audit_event::action.eq(event.action),
            audit_event::subject.eq(event.subject),
            audit_event::chapter_id.eq(event.chapter),
            audit_event::detail.eq(detail),
        ))
        .execute(conn)?;
    Ok(())
}
