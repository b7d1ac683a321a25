//! What falls due: the next wave after a time, and word to the rest when enough people come. (`later` does it.)

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Timestamptz, Uuid as SqlUuid};
use serde_json::json;
use uuid::Uuid;

use super::store::{self, CallOutRow};
use crate::db::DbError;
use crate::db::statement::statement;
use crate::jobs::{self, JobKind, NewJob};
use crate::tree::ChapterId;

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

statement! {
    struct Count {
        of: Vec<Uuid> => Array<SqlUuid>,
        now: DateTime<Utc> => Timestamptz,
    } -> (SqlUuid, SqlUuid, Bool),
    "WITH counted AS (
         SELECT c.id, c.enough_at IS NOT NULL AS was, (SELECT count(*) FROM (SELECT FROM call_out_asked a WHERE a.call_out_id = c.id AND a.answer = 'YES' LIMIT c.needed) y) >= c.needed AS is
         FROM call_out c WHERE c.id = ANY(?) AND c.state = 'OPEN')
     UPDATE call_out c SET enough_at = CASE WHEN n.is THEN ? END FROM counted n WHERE n.id = c.id AND n.was <> n.is
     RETURNING c.id, c.chapter_id, n.is"
}

/// Notes which of these call-outs have enough people now, or have not any more; the rest of those who have enough is told.
pub fn count(conn: &mut PgConnection, now: DateTime<Utc>, of: &[Uuid]) -> Result<(), DbError> {
    if of.is_empty() {
        return Ok(());
    }
    let rows: Vec<(Uuid, Uuid, bool)> = Count { of: &of.to_vec(), now: &now }.load(conn)?;
    for (id, chapter, _) in rows.into_iter().filter(|row| row.2) {
        let content = json!({"call_out": id});
        // Whoever changes their mind within a moment changes nothing for the others.
        let due_at = now + Duration::seconds(GRACE);
        let job = NewJob { id: Uuid::now_v7(), kind: &CALL_OUT_ENOUGH, content, total: None, due_at, url: None };
        jobs::enqueue_for_house(conn, now, Some(ChapterId(chapter)), &job)?;
    }
    Ok(())
}

/// Seconds after which the rest is told.
const GRACE: i64 = 60;
