//! What falls due: the next wave after a time, and word to the rest when enough people come. (`later` does it.)

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::store::{self, CallOutRow};
use crate::db::DbError;
use crate::jobs::{self, JobKind, NewJob};

/// Asking the next wave of a call-out.
pub static ASK_NEXT_WAVE: JobKind = JobKind::own("ASK_NEXT_WAVE");
/// Telling those who have not answered that they are not needed any more.
pub static CALL_OUT_ENOUGH: JobKind = JobKind::own("CALL_OUT_ENOUGH");

/// Sees to it that the next wave is asked when it is due.
pub fn expect_wave(conn: &mut PgConnection, now: DateTime<Utc>, row: &CallOutRow, at: DateTime<Utc>) -> Result<(), DbError> {
    store::expect_wave(conn, row.id, Some(at))?;
    let content = json!({"call_out": row.id});
    let job = NewJob { id: Uuid::now_v7(), kind: &ASK_NEXT_WAVE, content, total: None, due_at: at, url: None };
    jobs::enqueue_for_house(conn, now, Some(row.chapter()), &job)?;
    Ok(())
}
