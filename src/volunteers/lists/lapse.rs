//! A list whose job came to nothing, and with which nobody went on: after a month nobody stays in it. Sent again it is a new one.

use chrono::Duration;
use serde_json::{Value, json};
use uuid::Uuid;

use super::store::{self, ImportRow};
use crate::authz::Visit;
use crate::db::DbError;
use crate::jobs::{self, Failure, Handler, JobKind, NewJob, Work};
use crate::tree::ChapterId;

/// Laying one list aside.
pub static LAPSE_VOLUNTEER_LIST: JobKind = JobKind::own("LAPSE_VOLUNTEER_LIST");

/// Days for which a list waits.
const KEPT_DAYS: i64 = 30;
/// Makes the id of this job out of that of the list, which is the one of the job that enters it.
const OWN: u128 = 1;

/// Lays lists aside that wait still.
pub fn handler() -> Handler {
    Handler::new(&LAPSE_VOLUNTEER_LIST, |work: &mut Work<'_>| {
        let list = work.content().get("list").and_then(Value::as_str).and_then(|id| id.parse().ok());
        let list: Uuid = list.ok_or(Failure::Never("NO_SUCH_LIST"))?;
        work.last_step(|conn, _| Ok(store::lapse(conn, list)?))
    })
}

/// Sees to it that a list is looked at when its time is over.
pub fn expect(v: &mut Visit<'_>, list: &ImportRow) -> Result<(), DbError> {
    let due_at = v.now + Duration::days(KEPT_DAYS);
    let id = Uuid::from_u128(list.id.as_u128() ^ OWN);
    let job = NewJob { id, kind: &LAPSE_VOLUNTEER_LIST, content: json!({"list": list.id}), total: None, due_at, url: None };
    jobs::enqueue_for_house(v.conn, v.now, Some(ChapterId(list.chapter_id)), &job)?;
    Ok(())
}
