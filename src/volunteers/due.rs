//! When applications that nobody confirms are to be erased: a job of each day on which some were made.

use chrono::{DateTime, Days, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use crate::basics::clock::{vietnam_date, vietnam_midnight};
use crate::db::DbError;
use crate::jobs::{self, JobKind, NewJob};

/// Erasing what nobody confirmed.
pub static FORGET_APPLICATIONS: JobKind = JobKind::own("FORGET_APPLICATIONS");

/// Ids of these jobs: those of a day are one job.
const JOBS: u128 = 0x5e11_0fae_6d65_4d42_8000_0000_0002_0000;

/// Sees to it that applications of today are looked at when their time is over.
pub(super) fn expect(conn: &mut PgConnection, now: DateTime<Utc>, days: i64) -> Result<(), DbError> {
    let day = vietnam_date(now);
    let number = (day - NaiveDate::default()).num_days();
    let due = day + Days::new(u64::try_from(days).unwrap_or(0) + 1);
    let job = NewJob {
        id: Uuid::from_u128(JOBS + u128::from(number.unsigned_abs())),
        kind: &FORGET_APPLICATIONS,
        content: json!({ "day": day }),
        total: None,
        due_at: vietnam_midnight(due),
        url: None,
    };
    jobs::enqueue_for_house(conn, now, None, &job)?;
    Ok(())
}
