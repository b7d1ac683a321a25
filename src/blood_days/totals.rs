//! What came of days of giving, in counts: what rooms above ask. Not folded: that is for who publishes them.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::FileState;
use super::store::FileRow;
use super::sums::{self, TotalRow};
use crate::blood_rules::DeferralReason;
use crate::db::DbError;
use crate::drives::{Drive, bookings};

/// What came of a drive, as two persons agreed on it. By component, volume, sex, age and group says [`crate::donors::given_at`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// Who booked and did not cancel, and who came without a booking.
    pub registered: i32,
    pub came: i32,
    /// Units that were taken.
    pub gave: i32,
    pub deferred: i32,
    pub ml: i64,
    /// How many were put off for which reason of the public list.
    pub reasons: BTreeMap<DeferralReason, i32>,
    pub made_at: DateTime<Utc>,
    /// 1, and one more with each correction.
    pub version: i16,
}

/// The totals of these drives, of those that are reconciled.
pub fn totals(conn: &mut PgConnection, drives: &[i64]) -> Result<HashMap<i64, Totals>, DbError> {
    let mut reasons: HashMap<i64, BTreeMap<DeferralReason, i32>> = HashMap::new();
    for (drive, reason, persons) in sums::deferrals(conn, drives)? {
        reasons.entry(drive).or_default().insert(DeferralReason::kept(&reason), persons);
    }
    let all = sums::totals(conn, drives)?.into_iter().map(|(drive, row)| {
        let of = Totals {
            registered: row.registered,
            came: row.came,
            gave: row.gave,
            deferred: row.deferred,
            ml: row.ml,
            reasons: reasons.remove(&drive).unwrap_or_default(),
            made_at: row.made_at,
            version: row.version,
        };
        (drive, of)
    });
    Ok(all.collect())
}

/// What came of a drive as things stand, and whether two persons agreed on it; else it is by its file and check-ins.
pub(super) fn now(conn: &mut PgConnection, drive: &Drive, file: Option<&FileRow>) -> Result<(TotalRow, bool), DbError> {
    if let Some(total) = sums::totals(conn, &[drive.id])?.remove(&drive.id) {
        return Ok((total, true));
    }
    let of = file.filter(|file| !file.is(FileState::Refused)).map_or(Uuid::nil(), |file| file.id);
    Ok((counted(conn, drive, of, file.map_or(drive.changed_at, |file| file.uploaded_at))?, false))
}

/// What came of a drive by a file.
pub(super) fn counted(conn: &mut PgConnection, drive: &Drive, file: Uuid, made_at: DateTime<Utc>) -> Result<TotalRow, DbError> {
    let (came, gave, deferred, ml) = sums::count(conn, file, drive.id)?;
    let registered = bookings::registered(conn, drive.id)?;
    Ok(TotalRow {
        drive_id: drive.id,
        registered: i32::try_from(registered).unwrap_or(i32::MAX),
        came,
        gave,
        deferred,
        ml,
        made_at,
        version: 1,
    })
}
