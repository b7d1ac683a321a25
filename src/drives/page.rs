//! What the page of a booking shows and does; how it looks is the portal's. Looking changes nothing.

use chrono::{DateTime, Days, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::bookings::{self, Booking};
use super::fault::Fault;
use super::model::{BookingCancelled, BookingState, DriveState, Slot};
use super::places::{self, Changed};
use super::store::{self, Drive};
use crate::authz::{self, AuditEvent};
use crate::basics::clock::vietnam_midnight;
use crate::calling::model::first_name;
use crate::vault::Vault;

pub use super::places::Late;

/// What somebody sees who opens a link that is good: of the person a first name, and what they have.
#[derive(Debug, Clone)]
pub struct Shown {
    pub first_name: String,
    /// What stands on paper and in the QR code.
    pub code: String,
    pub drive: String,
    pub title: String,
    pub site: String,
    pub day: NaiveDate,
    pub slot: Option<Slot>,
    pub state: BookingState,
    /// Until then they say that they come, or the place passes on.
    pub answer_by: Option<DateTime<Utc>>,
    /// That time is over, and they have no place any more; there may be one all the same.
    pub late: bool,
    /// The drive was moved, and they have not said yet whether the day suits.
    pub asked_to_move: bool,
    /// Whether they may still change anything.
    pub may_change: bool,
    /// Slots in which there is a place.
    pub free: Vec<Slot>,
}

/// Whether a link of a drive is good for anything: until the day is over.
fn is_good(drive: &Drive, now: DateTime<Utc>) -> bool {
    matches!(drive.state(), Some(DriveState::Open | DriveState::Running)) && now < vietnam_midnight(drive.day + Days::new(1))
}

/// What a link opens; `None` of one that is good for nothing any more.
pub fn look(conn: &mut PgConnection, vault: &Vault, now: DateTime<Utc>, booking: Uuid) -> Result<Option<Shown>, Fault> {
    let Some(row) = bookings::find(conn, booking)? else { return Ok(None) };
    let Some(drive) = store::find(conn, row.drive_id)?.filter(|drive| is_good(drive, now)) else { return Ok(None) };
    // Whether or not the job that takes the place has come by.
    let late = drive.is(DriveState::Open) && (row.is_late() || row.is_overdue(now));
    let (Some(who), Some(state)) = (row.whose(vault)?, row.state()) else { return Ok(None) };
    if state == BookingState::Cancelled && !late {
        return Ok(None);
    }
    let slots = store::slots(conn, &[drive.id])?.remove(&drive.id).unwrap_or_default();
    let is_free = |slot: &Slot| slot.free() > 0 && slot.begins(drive.day) > now && (late || Some(slot.n) != row.slot);
    Ok(Some(Shown {
        first_name: first_name(&who.name).to_owned(),
        slot: row.slot.and_then(|n| slots.iter().find(|slot| slot.n == n).copied()),
        free: slots.iter().filter(|slot| is_free(slot)).copied().collect(),
        asked_to_move: row.agreed_day != drive.day,
        may_change: drive.is(DriveState::Open),
        answer_by: row.answer_by,
        late,
        state,
        code: row.code,
        drive: drive.code,
        title: drive.title,
        site: drive.site,
        day: drive.day,
    }))
}

/// What somebody does with their booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// They come, on the day on which the drive is now; who waits goes on waiting.
    Come,
    /// In another slot.
    Slot(i16),
    /// They give the place, or the turn, up.
    GiveUp,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acted {
    Done,
    GivenUp,
    /// All places of that slot are taken meanwhile.
    Taken,
    /// They said so after their time was over.
    Late(Late),
    /// The link is good for nothing any more.
    Over,
}

/// Does it. Once more it is the same.
pub fn act(conn: &mut PgConnection, now: DateTime<Utc>, booking: Uuid, act: Act) -> Result<Acted, Fault> {
    let Some(found) = bookings::find(conn, booking)? else { return Ok(Acted::Over) };
    let Some(drive) = store::hold(conn, found.drive_id)? else { return Ok(Acted::Over) };
    // Whose time is over has lost the place, whether or not the job has come by.
    places::lapse(conn, now, &drive)?;
    // Read again now that the drive is held.
    let Some(row) = bookings::find(conn, booking)? else { return Ok(Acted::Over) };
    if !drive.is(DriveState::Open) || !is_good(&drive, now) || row.content.is_none() {
        return Ok(Acted::Over);
    }
    let acted = match act {
        _ if row.is(BookingState::Cancelled) && !row.is_late() => return Ok(Acted::Over),
        Act::GiveUp if row.is_late() => return Ok(Acted::GivenUp),
        // As if they booked anew: others may have the places of their number meanwhile.
        _ if row.is_late() && places::is_crowded(conn, now, &row)? => Acted::Late(Late::Full),
        Act::Come if row.is_late() => Acted::Late(places::come_late(conn, now, &drive, &row, row.slot)?),
        Act::Slot(n) if row.is_late() => late_in(conn, now, &drive, &row, n)?,
        Act::Come => {
            if places::confirm(conn, now, &drive, &row)? {
                Acted::Done
            } else {
                Acted::Over
            }
        }
        Act::Slot(n) => match places::change_slot(conn, now, &drive, &row, n)? {
            Changed::Done => Acted::Done,
            Changed::Taken => Acted::Taken,
            Changed::NoPlace => Acted::Over,
        },
        Act::GiveUp => {
            places::give_up(conn, now, &drive, &row, BookingCancelled::ByLink)?;
            Acted::GivenUp
        }
    };
    note(conn, now, &drive, &row, acted)?;
    Ok(acted)
}

/// In another slot than the one that was lost; a slot that there is not is none.
fn late_in(conn: &mut PgConnection, now: DateTime<Utc>, drive: &Drive, row: &Booking, n: i16) -> Result<Acted, Fault> {
    let slots = store::slots(conn, &[drive.id])?.remove(&drive.id).unwrap_or_default();
    if !slots.iter().any(|slot| slot.n == n) {
        return Ok(Acted::Taken);
    }
    Ok(Acted::Late(places::come_late(conn, now, drive, row, Some(n))?))
}

fn note(conn: &mut PgConnection, now: DateTime<Utc>, drive: &Drive, row: &Booking, acted: Acted) -> Result<(), Fault> {
    let action = match acted {
        Acted::Done => "BOOKING_CONFIRMED_BY_LINK",
        Acted::Late(Late::Place | Late::Waiting) => "BOOKING_CONFIRMED_LATE",
        Acted::GivenUp => "BOOKING_GIVEN_UP_BY_LINK",
        Acted::Taken | Acted::Late(_) | Acted::Over => return Ok(()),
    };
    let event = AuditEvent { account: None, action, subject: Some(row.id), chapter: Some(drive.chapter_id) };
    Ok(authz::audit_detailed(conn, now, &event, &json!({"drive": drive.code}))?)
}
