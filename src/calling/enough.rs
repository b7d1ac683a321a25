//! Enough people come, or not any more: noted with the answers that make it so, and told to the rest by a job of the room.

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::roll::Roll;
use crate::db::DbError;
use crate::jobs::{self, NewJob};
use crate::tree::ChapterId;

/// Seconds after which the rest is told.
const GRACE: i64 = 60;

/// Notes which of these calls have enough people now, or have not any more; the rest of those who have enough is told.
pub fn count(conn: &mut PgConnection, now: DateTime<Utc>, roll: &dyn Roll, of: &[Uuid]) -> Result<(), DbError> {
    if of.is_empty() {
        return Ok(());
    }
    for enough in roll.enough(conn, now, of)?.into_iter().filter(|enough| enough.is) {
        let content = json!({roll.name(): enough.call});
        // Whoever changes their mind within a moment changes nothing for the others.
        let due_at = now + Duration::seconds(GRACE);
        let job = NewJob { id: Uuid::now_v7(), kind: roll.enough_job(), content, total: None, due_at, url: None };
        jobs::enqueue_for_house(conn, now, Some(ChapterId(enough.chapter)), &job)?;
    }
    Ok(())
}
