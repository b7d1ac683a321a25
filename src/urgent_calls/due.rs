//! What falls due: the next wave after a time, and word to the rest when enough people come. (`later` does it.)

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::store::{self, CallRow};
use crate::db::DbError;
use crate::jobs::{self, JobKind, NewJob};
use crate::tree::ChapterId;

/// Asking the next wave of a call.
pub static ASK_URGENT_WAVE: JobKind = JobKind::own("ASK_URGENT_WAVE");
/// Ending a call whose time is over.
pub static URGENT_CALL_OVER: JobKind = JobKind::own("URGENT_CALL_OVER");
/// Telling those who have not answered that they are not needed any more.
pub static URGENT_CALL_ENOUGH: JobKind = JobKind::own("URGENT_CALL_ENOUGH");

/// Sees to it that the next wave is asked when it is due.
pub fn expect_wave(conn: &mut PgConnection, now: DateTime<Utc>, row: &CallRow, at: DateTime<Utc>) -> Result<(), DbError> {
    store::expect_wave(conn, row.id, Some(at))?;
    let content = json!({"urgent_call": row.id});
    let job = NewJob { id: Uuid::now_v7(), kind: &ASK_URGENT_WAVE, content, total: None, due_at: at, url: None };
    jobs::enqueue_for_house(conn, now, Some(row.chapter()), &job)?;
    Ok(())
}

/// Sees to it that a call ends when its time is over.
pub fn expect_end(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    id: Uuid,
    chapter: ChapterId,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    let content = json!({"urgent_call": id});
    let job = NewJob { id: Uuid::now_v7(), kind: &URGENT_CALL_OVER, content, total: None, due_at: at, url: None };
    jobs::enqueue_for_house(conn, now, Some(chapter), &job)?;
    Ok(())
}
