//! Work that is due once for each year, whoever expects it.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::{Failure, JobKind};
use super::store::{NewJob, enqueue_for_house};
use super::work::Work;
use crate::basics::clock::vietnam_midnight;
use crate::db::DbError;

/// A kind of job that there is once for each year.
pub struct Yearly {
    pub kind: &'static JobKind,
    /// What the ids of its jobs begin with: the same year is one job.
    pub ids: u128,
}

impl Yearly {
    /// Sees to it that a year has its job, due when this day begins in Vietnam.
    pub fn plan(&self, conn: &mut PgConnection, now: DateTime<Utc>, year: i32, due: NaiveDate) -> Result<(), DbError> {
        let job = NewJob {
            id: Uuid::from_u128(self.ids | u128::from(year.unsigned_abs())),
            kind: self.kind,
            content: serde_json::json!({ "year": year }),
            total: None,
            due_at: vietnam_midnight(due),
            url: None,
        };
        enqueue_for_house(conn, now, None, &job)?;
        Ok(())
    }
}

/// The last day of the year of a job; one of no year will never be done.
pub fn last_day(work: &Work<'_>) -> Result<NaiveDate, Failure> {
    let year = work.content().get("year").and_then(serde_json::Value::as_i64).and_then(|year| i32::try_from(year).ok());
    year.and_then(|year| NaiveDate::from_ymd_opt(year, 12, 31)).ok_or(Failure::Never("NO_SUCH_YEAR"))
}
