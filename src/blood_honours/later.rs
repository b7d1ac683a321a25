//! Once a day all honours that stand are counted again: what the blood centre corrected withdraws what rested on it.

use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::recount;
use crate::basics::clock::{vietnam_date, vietnam_midnight};
use crate::db::DbError;
use crate::jobs::{self, Handler, JobKind, NewJob, Work};

/// Counting all honours again.
pub static RECOUNT_BLOOD_HONOURS: JobKind = JobKind::own("RECOUNT_BLOOD_HONOURS");
/// What the ids of its jobs begin with: the same day is one job.
const IDS: u128 = 0x5e11_0fb1_006d_4d42_8000_0000_0000_0000;
/// Hours after midnight, when few are awake.
const AT_NIGHT: Duration = Duration::hours(3);

/// Sees to it that honours are counted again in the night after a day.
pub fn expect(conn: &mut PgConnection, now: DateTime<Utc>, day: NaiveDate) -> Result<(), DbError> {
    let Some(next) = day.succ_opt() else { return Ok(()) };
    let job = NewJob {
        id: Uuid::from_u128(IDS | u128::from(next.num_days_from_ce().unsigned_abs())),
        kind: &RECOUNT_BLOOD_HONOURS,
        content: serde_json::json!({}),
        total: None,
        due_at: vietnam_midnight(next) + AT_NIGHT,
        url: None,
    };
    jobs::enqueue_for_house(conn, now, None, &job)?;
    Ok(())
}

/// Counts all honours again, part by part, and expects the next night.
pub fn recount() -> Handler {
    Handler::new(&RECOUNT_BLOOD_HONOURS, move |work: &mut Work<'_>| {
        let (now, today) = (work.now(), vietnam_date(work.now()));
        let mut after = None;
        loop {
            let last = work.step(|conn, progress| {
                let part = recount::part(conn, now, today, after)?;
                progress.done += part.map_or(0, |(_, withdrawn)| i64::try_from(withdrawn).unwrap_or_default());
                Ok(part.map(|(last, _)| last))
            })?;
            match last {
                Some(last) => after = Some(last),
                None => return work.last_step(|conn, _| Ok(expect(conn, now, today)?)),
            }
        }
    })
}
