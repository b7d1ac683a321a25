//! Places of a drive: given up, given to who waits, said yes to, changed, whoever does it. The caller holds the drive's row, so one comes after
//! the other, and the database refuses one place more than there is.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::bookings::{self, Booking, Kept};
use super::due;
use super::model::{BookingCancelled, BookingState, DriveState, Free, Given, Slot};
use super::rules;
use super::store::{self, Drive};
use super::tell;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::booking;

/// Somebody gives up their place, or waits no more; who waits moves up. Whether there was anything to give up.
pub fn give_up(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    drive: &Drive,
    row: &Booking,
    how: BookingCancelled,
) -> Result<bool, DbError> {
    if row.is(BookingState::Cancelled) {
        return Ok(false);
    }
    bookings::cancel(conn, std::slice::from_ref(row), how, now)?;
    if how != BookingCancelled::Erased {
        tell::these(conn, now, drive, &[row.id])?;
    }
    fill(conn, now, drive)?;
    Ok(true)
}

/// Who waits moves up into the places that are free, in their order, is told, and has until a deadline to say that they come.
pub fn fill(conn: &mut PgConnection, now: DateTime<Utc>, drive: &Drive) -> Result<(), DbError> {
    use booking as b;
    if !drive.is(DriveState::Open) {
        return Ok(());
    }
    let slots = store::slots(conn, &[drive.id])?.remove(&drive.id).unwrap_or_default();
    let coming = slots.into_iter().filter(|slot| slot.begins(drive.day) > now);
    let free: Vec<Slot> = coming.flat_map(|slot| (0..slot.free()).map(move |_| slot)).collect();
    if free.is_empty() {
        return Ok(());
    }
    let next = bookings::first_waiting(conn, drive.id, i64::try_from(free.len()).unwrap_or(i64::MAX))?;
    let hours = i64::from(rules::number(conn, rules::ANSWER_HOURS, vietnam_date(now))?);
    let mut taken: HashMap<(i64, i16), i16> = HashMap::new();
    let mut deadlines = Vec::new();
    for (row, slot) in next.iter().zip(&free) {
        // Whoever moves up on the day itself has until their slot begins.
        let until = (now + Duration::hours(hours)).min(slot.begins(drive.day));
        diesel::update(b::table.find(row.id))
            .set((
                b::state.eq(BookingState::Held.name()),
                b::slot.eq(Some(slot.n)),
                b::answer_by.eq(Some(until)),
                b::moved_up_at.eq(Some(now)),
                b::agreed_day.eq(drive.day),
            ))
            .execute(conn)?;
        *taken.entry((drive.id, slot.n)).or_default() += 1;
        deadlines.push(until);
    }
    expect_answers(conn, now, drive, deadlines)?;
    store::take(conn, &taken)?;
    let up: Vec<Uuid> = next.iter().map(|row| row.id).collect();
    if up.is_empty() { Ok(()) } else { tell::these(conn, now, drive, &up) }
}

/// Sees to it that the drive is looked at when these deadlines are over.
pub fn expect_answers(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    drive: &Drive,
    deadlines: impl IntoIterator<Item = DateTime<Utc>>,
) -> Result<(), DbError> {
    let each: BTreeSet<DateTime<Utc>> = deadlines.into_iter().map(due::whole_minute).collect();
    each.into_iter().try_for_each(|at| due::lapse(conn, now, drive, at))
}

/// Places of people who did not say in time that they come pass on: of who booked and of who moved up. How many.
pub fn lapse(conn: &mut PgConnection, now: DateTime<Utc>, drive: &Drive) -> Result<usize, DbError> {
    use booking as b;
    if !drive.is(DriveState::Open) {
        return Ok(0);
    }
    let over: Vec<Booking> = b::table
        .filter(b::drive_id.eq(drive.id))
        .filter(b::state.eq(BookingState::Held.name()))
        .filter(b::answer_by.le(now).and(b::restricted_at.is_null()))
        .order(b::turn)
        .select(Booking::as_select())
        .load(conn)?;
    if over.is_empty() {
        return Ok(0);
    }
    let ids: Vec<Uuid> = over.iter().map(|row| row.id).collect();
    let (up, first): (Vec<Booking>, Vec<Booking>) = over.into_iter().partition(|row| row.moved_up_at.is_some());
    bookings::cancel(conn, &first, BookingCancelled::NotConfirmed, now)?;
    bookings::cancel(conn, &up, BookingCancelled::NotAnswered, now)?;
    tell::these(conn, now, drive, &ids)?;
    fill(conn, now, drive)?;
    Ok(ids.len())
}

/// Who of these has a place and has not said that they come is asked anew, and has as long to say so as whoever books now.
pub fn ask_again(conn: &mut PgConnection, now: DateTime<Utc>, drive: &Drive, ids: &[Uuid]) -> Result<(), DbError> {
    use booking as b;
    if !drive.is(DriveState::Open) || ids.is_empty() {
        return Ok(());
    }
    let slots = store::slots(conn, &[drive.id])?.remove(&drive.id).unwrap_or_default();
    let begins: HashMap<i16, DateTime<Utc>> = slots.iter().map(|slot| (slot.n, slot.begins(drive.day))).collect();
    let hours = i64::from(rules::number(conn, rules::CONFIRM_HOURS, vietnam_date(now))?);
    let held = b::table.filter(b::id.eq_any(ids)).filter(b::state.eq(BookingState::Held.name())).order(b::turn);
    let held: Vec<(Uuid, Option<i16>)> = held.select((b::id, b::slot)).load(conn)?;
    let mut deadlines = Vec::new();
    for (id, slot) in &held {
        let until = now + Duration::hours(hours);
        let until = slot.and_then(|n| begins.get(&n)).map_or(until, |begins| until.min(*begins));
        diesel::update(b::table.find(id)).set(b::answer_by.eq(Some(until))).execute(conn)?;
        deadlines.push(until);
    }
    expect_answers(conn, now, drive, deadlines)?;
    let held: Vec<Uuid> = held.into_iter().map(|(id, _)| id).collect();
    if held.is_empty() { Ok(()) } else { tell::these(conn, now, drive, &held) }
}

/// Whether as many bookings of a drive stand under the number of a booking as one number may have.
pub fn is_crowded(conn: &mut PgConnection, now: DateTime<Utc>, row: &Booking) -> Result<bool, DbError> {
    use booking as b;
    let same = b::table.filter(b::drive_id.eq(row.drive_id)).filter(b::contact_hash.eq(row.contact_hash.as_ref()));
    let standing: i64 = same.filter(b::state.ne(BookingState::Cancelled.name())).count().get_result(conn)?;
    Ok(standing >= i64::from(rules::number(conn, rules::BOOKINGS_OF_A_NUMBER, vietnam_date(now))?))
}

/// Slots of a drive may begin earlier than they did: nobody has longer to answer than until theirs begins.
pub fn hurry(conn: &mut PgConnection, now: DateTime<Utc>, drive: &Drive, slots: &[Slot]) -> Result<(), DbError> {
    use booking as b;
    let mut deadlines = Vec::new();
    for slot in slots {
        let begins = slot.begins(drive.day);
        let late = b::table.filter(b::drive_id.eq(drive.id)).filter(b::slot.eq(slot.n)).filter(b::answer_by.gt(begins));
        if diesel::update(late).set(b::answer_by.eq(Some(begins))).execute(conn)? > 0 {
            deadlines.push(begins);
        }
    }
    expect_answers(conn, now, drive, deadlines)
}

/// These bookings end, their people are told, and who waits moves up.
pub fn end(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    drive: &Drive,
    rows: &[Booking],
    how: BookingCancelled,
) -> Result<usize, DbError> {
    if rows.is_empty() {
        return Ok(0);
    }
    bookings::cancel(conn, rows, how, now)?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    tell::these(conn, now, drive, &ids)?;
    fill(conn, now, drive)?;
    Ok(rows.len())
}

/// Somebody says that they come on the day on which the drive is now. Whether there was anything to say: who waits stays in the list, and
/// is not forgotten.
pub fn confirm(conn: &mut PgConnection, now: DateTime<Utc>, drive: &Drive, row: &Booking) -> Result<bool, DbError> {
    use booking as b;
    let to = match row.state() {
        Some(BookingState::Held | BookingState::Booked) => BookingState::Booked,
        Some(BookingState::Waiting) => BookingState::Waiting,
        _ => return Ok(false),
    };
    diesel::update(b::table.find(row.id))
        .set((
            b::state.eq(to.name()),
            b::answer_by.eq(None::<DateTime<Utc>>),
            b::agreed_day.eq(drive.day),
            b::confirmed_at.eq(Some(row.confirmed_at.unwrap_or(now))),
        ))
        .execute(conn)?;
    Ok(true)
}

/// What somebody has who says after their time that they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Late {
    /// The place: nobody had taken it.
    Place,
    /// A turn, behind all others: no place is left.
    Waiting,
    /// Nothing yet: the place is another's, and other slots have some.
    OtherSlot,
    /// Nothing: all places are taken, and so is the waiting list.
    Full,
    /// Nothing: they have booked anew meanwhile, and have that.
    BookedAnew,
}

/// Somebody who lost the place because the time was over says that they come all the same. What there is now is theirs, as if they booked
/// anew: the place in this slot, or a turn.
pub fn come_late(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    drive: &Drive,
    row: &Booking,
    slot: Option<i16>,
) -> Result<Late, DbError> {
    let kept = bookings::kept(conn, row.id)?;
    let Some(who) = kept.as_ref().and_then(Kept::known) else { return Ok(Late::Full) };
    if bookings::standing_of(conn, drive.id, &who)?.is_some() {
        return Ok(Late::BookedAnew);
    }
    let slots = store::slots(conn, &[drive.id])?.remove(&drive.id).unwrap_or_default();
    let waiting = bookings::waiting(conn, &[drive.id])?.remove(&drive.id).unwrap_or_default();
    let given = Free::of(&slots, drive.day, waiting, drive.waiting_most, now).given(slot);
    match given {
        Given::Place(n) => {
            stand_again(conn, now, drive, row, Some(n))?;
            store::take(conn, &HashMap::from([((drive.id, n), 1)]))?;
            Ok(Late::Place)
        }
        Given::Wait => {
            stand_again(conn, now, drive, row, None)?;
            bookings::wait_last(conn, row.id)?;
            Ok(Late::Waiting)
        }
        Given::OtherSlot => Ok(Late::OtherSlot),
        Given::Nothing => Ok(Late::Full),
    }
}

fn stand_again(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    drive: &Drive,
    row: &Booking,
    slot: Option<i16>,
) -> Result<(), DbError> {
    use booking as b;
    let state = if slot.is_some() { BookingState::Booked } else { BookingState::Waiting };
    diesel::update(b::table.find(row.id))
        .set((
            (b::state.eq(state.name()), b::slot.eq(slot), b::agreed_day.eq(drive.day)),
            (b::confirmed_at.eq(Some(now)), b::moved_up_at.eq(None::<DateTime<Utc>>)),
            (b::cancelled_at.eq(None::<DateTime<Utc>>), b::cancelled_how.eq(None::<&str>)),
        ))
        .execute(conn)?;
    Ok(())
}

/// What became of another slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    Done,
    /// All places of that slot are taken, it has begun, or there is none.
    Taken,
    /// They have no place that could be changed.
    NoPlace,
}

/// Somebody comes in another slot; who waits has the place that becomes free.
pub fn change_slot(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    drive: &Drive,
    row: &Booking,
    to: i16,
) -> Result<Changed, DbError> {
    let Some(from) = row.slot.filter(|_| row.has_place()) else { return Ok(Changed::NoPlace) };
    if from == to {
        confirm(conn, now, drive, row)?;
        return Ok(Changed::Done);
    }
    let slots = store::slots(conn, &[drive.id])?.remove(&drive.id).unwrap_or_default();
    let is_free = |slot: &Slot| slot.n == to && slot.free() > 0 && slot.begins(drive.day) > now;
    if !slots.iter().any(is_free) {
        return Ok(Changed::Taken);
    }
    diesel::update(booking::table.find(row.id)).set(booking::slot.eq(Some(to))).execute(conn)?;
    store::take(conn, &HashMap::from([((drive.id, from), -1), ((drive.id, to), 1)]))?;
    // Whoever chooses a slot comes.
    confirm(conn, now, drive, row)?;
    fill(conn, now, drive)?;
    Ok(Changed::Done)
}
