//! What is to be done at a moment: jobs, each made once however often it is asked for.

use chrono::{DateTime, Days, Duration, DurationRound, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::rules;
use super::store::Drive;
use crate::basics::clock::{vietnam_date, vietnam_midnight};
use crate::db::DbError;
use crate::jobs::{self, JobKind, NewJob};
use crate::tree::ChapterId;

/// Places of people who did not say in time that they come pass on.
pub static LAPSE_HELD: JobKind = JobKind::own("LAPSE_HELD");
/// Reminding everybody of a drive the morning before; who did not agree to its day loses the place.
pub static REMIND_BOOKED: JobKind = JobKind::own("REMIND_BOOKED");
/// Erasing bookings that nobody confirmed, and names of bookings of drives that are long over.
pub static FORGET_BOOKINGS: JobKind = JobKind::own("FORGET_BOOKINGS");

/// What ids of these jobs begin with.
const REMIND: u128 = 0x5e11_0fae_6d65_4d42_8000_0100_0000_0000;
const FORGET: u128 = 0x5e11_0fae_6d65_4d42_8000_0200_0000_0000;
/// Behind it stand 32 bits of the drive and 28 of the minute.
const LAPSE: u128 = 0x5e11_0fae_6d65_4d43_8000_0000_0000_0000;

/// The number of a day, for ids.
fn number(day: NaiveDate) -> u128 {
    u128::from((day - NaiveDate::default()).num_days().unsigned_abs())
}

/// The full minute at which a deadline is over. However many book in it, the drive is looked at once.
pub fn whole_minute(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_round_up(Duration::minutes(1)).unwrap_or(at)
}

/// Looks at a drive at a full minute, when somebody's time to answer is over.
pub fn lapse(conn: &mut PgConnection, now: DateTime<Utc>, drive: &Drive, at: DateTime<Utc>) -> Result<(), DbError> {
    let minute = u128::from(at.timestamp().div_euclid(60).unsigned_abs() & 0xfff_ffff);
    let of_drive = u128::from(drive.id.unsigned_abs() & 0xffff_ffff) << 28;
    let id = Uuid::from_u128(LAPSE | of_drive | minute);
    let job = NewJob { id, kind: &LAPSE_HELD, content: json!({ "drive": drive.id }), total: None, due_at: at, url: None };
    jobs::enqueue_for_house(conn, now, Some(ChapterId(drive.chapter_id)), &job)?;
    Ok(())
}

/// When people of a drive on a day are reminded: the morning before.
pub fn reminded_at(conn: &mut PgConnection, day: NaiveDate) -> Result<DateTime<Utc>, DbError> {
    let before = day - Days::new(1);
    let minute = rules::number(conn, rules::REMIND_AT_MINUTE, before)?;
    Ok(vietnam_midnight(before) + Duration::minutes(i64::from(minute)))
}

/// Reminds everybody of a drive when its day is near.
pub fn remind(conn: &mut PgConnection, now: DateTime<Utc>, drive: &Drive) -> Result<(), DbError> {
    let due_at = reminded_at(conn, drive.day)?;
    let of_drive = u128::from(drive.id.unsigned_abs() & 0xfff_ffff) << 20;
    let job = NewJob {
        id: Uuid::from_u128(REMIND | of_drive | number(drive.day)),
        kind: &REMIND_BOOKED,
        content: json!({ "drive": drive.id, "day": drive.day }),
        total: None,
        due_at,
        url: None,
    };
    jobs::enqueue_for_house(conn, now, Some(ChapterId(drive.chapter_id)), &job)?;
    forget_after(conn, now, drive)
}

/// Names of a drive's bookings go when it is long over.
fn forget_after(conn: &mut PgConnection, now: DateTime<Utc>, drive: &Drive) -> Result<(), DbError> {
    let days = rules::number(conn, rules::KEPT_DAYS, drive.day)?;
    forget_on(conn, now, drive.day + Days::new(u64::from(days.unsigned_abs()) + 1))
}

/// What was booked today and nobody confirms goes when its time is over.
pub fn forget_unconfirmed(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<(), DbError> {
    let day = vietnam_date(now);
    let days = rules::number(conn, rules::UNCONFIRMED_DAYS, day)?;
    forget_on(conn, now, day + Days::new(u64::from(days.unsigned_abs()) + 1))
}

fn forget_on(conn: &mut PgConnection, now: DateTime<Utc>, day: NaiveDate) -> Result<(), DbError> {
    let job = NewJob {
        id: Uuid::from_u128(FORGET | number(day)),
        kind: &FORGET_BOOKINGS,
        content: json!({ "day": day }),
        total: None,
        due_at: vietnam_midnight(day),
        url: None,
    };
    jobs::enqueue_for_house(conn, now, None, &job)?;
    Ok(())
}
