//! What is done behind the requests at its time: places that nobody confirmed pass on, people are reminded, and long after it is forgotten who
//! they were.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::bookings::{self, Booking};
use super::due::{FORGET_BOOKINGS, LAPSE_HELD, REMIND_BOOKED};
use super::model::{BookingCancelled, BookingState, DriveState};
use super::places;
use super::rules;
use super::store::{self, Drive};
use super::tell::{self, Pen, drive_of, failure};
use super::words::About;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::{booking, drive};
use crate::jobs::{Handler, Work};
use crate::outbox;

/// People reminded, or bookings forgotten, in one step.
const AT_ONCE: i64 = 100;

/// Places of people who did not say in time that they come pass on.
pub fn lapse() -> Handler {
    Handler::new(&LAPSE_HELD, |work: &mut Work<'_>| {
        let (id, now) = (drive_of(work)?, work.now());
        work.last_step(|conn, progress| {
            let Some(drive) = store::hold(conn, id)? else { return Ok(()) };
            progress.done += i64::try_from(places::lapse(conn, now, &drive)?).unwrap_or_default();
            Ok(())
        })
    })
}

/// Who did not agree to the day on which a drive was moved loses the place; everybody else is reminded. Each step holds the drive: where it
/// is called off or moved meanwhile, nobody is reminded of it after that. Whose data may not be used is not written to.
pub fn remind(pen: Pen) -> Handler {
    Handler::new(&REMIND_BOOKED, move |work: &mut Work<'_>| {
        let (id, job, now) = (drive_of(work)?, work.id(), work.now());
        let day: Option<NaiveDate> = work.content().get("day").and_then(Value::as_str).and_then(|day| day.parse().ok());
        loop {
            let reminded = work.step(|conn, progress| {
                let held = store::hold(conn, id)?;
                // A server that was away until the day itself reminds nobody of it any more.
                let is_due =
                    |drive: &Drive| drive.is(DriveState::Open) && Some(drive.day) == day && vietnam_date(now) < drive.day;
                let Some(drive) = held.filter(is_due) else { return Ok(0) };
                let late = not_agreed(conn, &drive)?;
                places::end(conn, now, &drive, &late, BookingCancelled::MovedAndNotAgreed)?;
                let rows = to_remind(conn, &drive)?;
                tell::write(conn, &pen, now, &drive, &rows, job, About::Reminder).map_err(failure)?;
                note(conn, &rows, drive.day)?;
                progress.done += i64::try_from(rows.len()).unwrap_or_default();
                Ok(rows.len())
            })?;
            if i64::try_from(reminded).unwrap_or_default() < AT_ONCE {
                return Ok(());
            }
        }
    })
}

fn not_agreed(conn: &mut PgConnection, drive: &Drive) -> Result<Vec<Booking>, DbError> {
    use booking as b;
    Ok(b::table
        .filter(b::drive_id.eq(drive.id))
        .filter(b::state.ne(BookingState::Cancelled.name()))
        .filter(b::agreed_day.ne(drive.day))
        // They were not asked.
        .filter(b::restricted_at.is_null())
        .order(b::turn)
        .select(Booking::as_select())
        .load(conn)?)
}

fn to_remind(conn: &mut PgConnection, drive: &Drive) -> Result<Vec<Booking>, DbError> {
    use booking as b;
    Ok(b::table
        .filter(b::drive_id.eq(drive.id))
        .filter(b::state.eq_any([BookingState::Held.name(), BookingState::Booked.name()]))
        .filter(b::reminded_of.is_distinct_from(Some(drive.day)))
        .filter(b::restricted_at.is_null())
        .order(b::turn)
        .limit(AT_ONCE)
        .select(Booking::as_select())
        .load(conn)?)
}

fn note(conn: &mut PgConnection, rows: &[Booking], day: NaiveDate) -> Result<(), DbError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    diesel::update(booking::table.filter(booking::id.eq_any(ids))).set(booking::reminded_of.eq(Some(day))).execute(conn)?;
    Ok(())
}

/// Bookings that nobody confirmed end and are forgotten; of drives that are long over it is forgotten whose they were.
pub fn forget() -> Handler {
    Handler::new(&FORGET_BOOKINGS, |work: &mut Work<'_>| {
        let now = work.now();
        loop {
            let forgotten = work.step(|conn, progress| {
                let forgotten = forget_some(conn, now)?;
                progress.done += i64::try_from(forgotten).unwrap_or_default();
                Ok(forgotten)
            })?;
            if forgotten == 0 {
                return Ok(());
            }
        }
    })
}

fn forget_some(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<usize, DbError> {
    let today = vietnam_date(now);
    let unconfirmed = i64::from(rules::number(conn, rules::UNCONFIRMED_DAYS, today)?);
    let kept = i64::from(rules::number(conn, rules::KEPT_DAYS, today)?);
    let rows = over(conn, now - Duration::days(unconfirmed), today - Duration::days(kept))?;
    let mut drives: Vec<i64> = rows.iter().map(|row| row.drive_id).collect();
    drives.sort_unstable();
    drives.dedup();
    for drive in store::hold_all(conn, &drives)? {
        let ids: Vec<Uuid> = rows.iter().filter(|row| row.drive_id == drive.id).map(|row| row.id).collect();
        // Read again now that the drive is held: somebody may have said meanwhile that they come.
        let again = booking::table.filter(booking::id.eq_any(&ids)).select(Booking::as_select()).load::<Booking>(conn)?;
        let stand: Vec<Booking> = again
            .iter()
            .filter(|row| !row.is(BookingState::Cancelled) && is_unconfirmed(row) && drive.day >= today)
            .cloned()
            .collect();
        if !stand.is_empty() {
            bookings::cancel(conn, &stand, BookingCancelled::NotConfirmed, now)?;
            places::fill(conn, now, &drive)?;
        }
        let gone: Vec<Uuid> = again
            .iter()
            .filter(|row| is_unconfirmed(row) || drive.day <= today - Duration::days(kept))
            .map(|row| row.id)
            .collect();
        forget_who(conn, &gone, now)?;
    }
    Ok(rows.len())
}

/// Whether somebody was asked whether they come, and did not say so. Whose data may not be used was not.
fn is_unconfirmed(row: &Booking) -> bool {
    row.confirmed_at.is_none() && row.restricted_at.is_none()
}

/// Bookings made before a moment that nobody confirmed, and those of drives before a day: some of those that still say whose they are.
fn over(conn: &mut PgConnection, made: DateTime<Utc>, day: NaiveDate) -> Result<Vec<Booking>, DbError> {
    use booking as b;
    let unconfirmed = b::table
        .filter(b::confirmed_at.is_null().and(b::restricted_at.is_null()))
        .filter(b::content.is_not_null())
        .filter(b::made_at.le(made))
        .order(b::made_at)
        .limit(AT_ONCE)
        .select(Booking::as_select());
    let mut rows: Vec<Booking> = unconfirmed.load(conn)?;
    let old: Vec<Booking> = b::table
        .inner_join(drive::table.on(drive::id.eq(b::drive_id)))
        .filter(drive::day.le(day))
        .filter(b::content.is_not_null())
        .order(b::turn)
        .limit(AT_ONCE)
        .select(Booking::as_select())
        .load(conn)?;
    rows.extend(old);
    rows.sort_by_key(|row| row.turn);
    rows.dedup_by_key(|row| row.turn);
    Ok(rows)
}

/// These bookings say no more whose they were, and messages about them do not go out.
pub fn forget_who(conn: &mut PgConnection, ids: &[Uuid], now: DateTime<Utc>) -> Result<(), DbError> {
    use booking as b;
    if ids.is_empty() {
        return Ok(());
    }
    outbox::forget_about(conn, ids, now)?;
    let none = None::<Vec<u8>>;
    diesel::update(b::table.filter(b::id.eq_any(ids)))
        .set((
            (b::content.eq(none.clone()), b::person_hash.eq(none.clone())),
            (b::name_hash.eq(none.clone()), b::contact_hash.eq(none)),
        ))
        .execute(conn)?;
    Ok(())
}
