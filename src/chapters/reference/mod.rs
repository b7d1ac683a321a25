//! Loads the real units, their chapters and the units before the reform from the project's `data/`, once and again:
//! loading twice changes nothing.

pub(super) mod mergers;
pub(super) mod units;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;

use crate::db::DbError;

pub use so_nhan_ai_proof::leaf::CENTRAL;

/// The two-level model begins with Resolution 202/2025/QH15.
const REFORM: (i32, u32, u32) = (2025, 7, 1);

/// The embedded data could not be read, or the database refused it.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    #[error("reference data: {0}")]
    Csv(#[from] csv::Error),
    #[error("reference data: {0}")]
    Content(String),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for ReferenceError {
    fn from(error: diesel::result::Error) -> Self {
        ReferenceError::Db(error.into())
    }
}

/// Whether every unit of today has its chapter already, and the former units are those of this program's files.
pub fn is_loaded(conn: &mut PgConnection) -> Result<bool, ReferenceError> {
    Ok(units::is_loaded(conn)? && mergers::is_loaded(conn)?)
}

/// Any constant: servers that start together load one after the other.
const LOCK: i64 = 0x534e_415f_5245_4655;

/// Brings units, territorial chapters and former units into the database. Returns how many chapters are new.
pub fn load(conn: &mut PgConnection) -> Result<usize, ReferenceError> {
    diesel::sql_query("SELECT pg_advisory_xact_lock($1)").bind::<diesel::sql_types::BigInt, _>(LOCK).execute(conn)?;
    mergers::load(conn)?;
    units::load(conn)
}

/// The day from which today's units hold.
pub(super) fn reform_day() -> Option<NaiveDate> {
    day(REFORM).ok()
}

fn day((y, m, d): (i32, u32, u32)) -> Result<NaiveDate, ReferenceError> {
    NaiveDate::from_ymd_opt(y, m, d).ok_or_else(|| ReferenceError::Content("a date".to_owned()))
}
