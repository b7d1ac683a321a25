//! What officers do with bookings: for who calls by telephone, for who stands there without one, and where the link is of no use to somebody.

use diesel::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::bookings::{self, Booking};
use super::fault::Fault;
use super::intake::NewBooking;
use super::model::{BookingCancelled, BookingState, Content, DriveState, Free, Given};
use super::places::{self, Changed, Late};
use super::plan;
use super::store::{self, Drive};
use super::tell;
use super::typed::Ready;
use super::wire::BookingIn;
use crate::authz::{Attempt, Granted, KeepBlood, SeeBlood, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::schema::booking;
use crate::db::{DbError, shown};
use crate::http::Span;
use crate::vault::Vault;

/// Books for somebody. The same sent again is the same booking: whether it is new.
pub fn book(v: &mut Visit<'_>, code: &str, body: &BookingIn, who: &Content) -> Result<bool, Fault> {
    let (drive, grant) = plan::kept(v, code)?;
    if let Some(known) = bookings::find(v.conn, body.id)? {
        let same = known.drive_id == drive.id && known.whose(v.vault)?.as_ref() == Some(who);
        return if same { Ok(false) } else { Err(Fault::IdTaken) };
    }
    let ready = ready_of(v.vault, body.id, who)?;
    if bookings::standing_of(v.conn, drive.id, &ready.known())?.is_some() {
        return Err(Fault::conflict(
            "Người này (cùng số, cùng tên) đã đặt chỗ trong ngày này.",
            "This person (same number, same name) has booked this drive already.",
        ));
    }
    let (slot, state) = if body.walk_in { walk_in(&drive, v)? } else { place(v, &drive, body.slot)? };
    let row = NewBooking {
        id: body.id,
        drive_id: drive.id,
        slot,
        state: state.name(),
        code: &ready.code,
        content: &ready.content,
        person_hash: &ready.person_hash,
        name_hash: ready.name_hash.as_deref(),
        contact_hash: &ready.contact_hash,
        text_version: None,
        walk_in: body.walk_in,
        agreed_day: drive.day,
        // They have said it themselves.
        confirmed_at: Some(v.now),
        answer_by: None,
        made_at: v.now,
        made_by: Some(grant.account()),
    };
    insert(v, &grant, &row)?;
    if let Some(n) = slot {
        store::take(v.conn, &[((drive.id, n), 1)].into())?;
    }
    if !body.walk_in {
        tell::these(v.conn, v.now, &drive, &[body.id])?;
    }
    v.note_with(&grant, "DRIVE_BOOKED", body.id, &json!({"drive": drive.code, "walk_in": body.walk_in}))?;
    Ok(true)
}

pub(super) fn ready_of(vault: &Vault, id: Uuid, who: &Content) -> Result<Ready, Fault> {
    let mut ready = Ready::of(vault, who)?;
    if who.contact.is_empty() {
        // Of two who have no number and one name nobody knows whether they are one.
        ready.person_hash = vault.hash("booking.nobody", id.as_bytes()).to_vec();
        ready.contact_hash.clone_from(&ready.person_hash);
    }
    ready.content = bookings::sealed(vault, id, who)?;
    Ok(Ready { id, ..ready })
}

pub(super) fn insert(v: &mut Visit<'_>, _: &Granted<KeepBlood>, row: &NewBooking<'_>) -> Result<(), DbError> {
    shown::adds(v.conn);
    diesel::insert_into(booking::table).values(row).execute(v.conn)?;
    Ok(())
}

fn walk_in(drive: &Drive, v: &Visit<'_>) -> Result<(Option<i16>, BookingState), Fault> {
    let is_on = matches!(drive.state(), Some(DriveState::Open | DriveState::Running)) && drive.day == vietnam_date(v.now);
    if !is_on {
        return Err(Fault::conflict(
            "Chỉ ghi người đến trực tiếp vào chính ngày hiến máu.",
            "Who comes without a booking is entered on the day of the drive alone.",
        ));
    }
    Ok((None, BookingState::Booked))
}

fn place(v: &mut Visit<'_>, drive: &Drive, wanted: Option<i16>) -> Result<(Option<i16>, BookingState), Fault> {
    if !drive.is(DriveState::Open) {
        return Err(not_open());
    }
    let slots = store::slots(v.conn, &[drive.id])?.remove(&drive.id).unwrap_or_default();
    let waiting = bookings::waiting(v.conn, &[drive.id])?.remove(&drive.id).unwrap_or_default();
    match Free::of(&slots, drive.day, waiting, drive.waiting_most, v.now).given(wanted) {
        Given::Place(n) => Ok((Some(n), BookingState::Booked)),
        Given::Wait => Ok((None, BookingState::Waiting)),
        Given::OtherSlot => Err(slot_taken()),
        Given::Nothing => {
            Err(Fault::conflict("Đã hết chỗ, danh sách chờ cũng đã đầy.", "All places are taken, and so is the waiting list."))
        }
    }
}

fn not_open() -> Fault {
    Fault::conflict(
        "Ngày hiến máu này chưa mở, đã bắt đầu hoặc đã hủy.",
        "This drive is not open yet, has begun, or is called off.",
    )
}

fn slot_taken() -> Fault {
    Fault::field(
        "/slot",
        "NOT_A_CHOICE",
        "Khung giờ này đã hết chỗ hoặc không có: hãy chọn khung giờ khác.",
        "This slot is taken, or there is none: choose another.",
    )
}

/// A booking of a drive that is open, both held, and the right to change it. Whose time to answer is over has lost the place.
fn held(v: &mut Visit<'_>, code: &str, id: Uuid) -> Result<(Drive, Booking, Granted<KeepBlood>), Fault> {
    let (drive, grant) = plan::kept(v, code)?;
    places::lapse(v.conn, v.now, &drive)?;
    let row = bookings::find(v.conn, id)?.filter(|row| row.drive_id == drive.id).ok_or(Fault::Unknown)?;
    Ok((drive, row, grant))
}

/// Writes down that somebody said by telephone that they come.
pub fn confirm(v: &mut Visit<'_>, code: &str, id: Uuid) -> Result<(), Fault> {
    let (drive, row, grant) = held(v, code, id)?;
    if v.attempt() == Attempt::Replay {
        return Ok(());
    }
    if !drive.is(DriveState::Open) {
        return Err(not_open());
    }
    if row.is_late() {
        let late = places::come_late(v.conn, v.now, &drive, &row, row.slot)?;
        return noted_late(v, &grant, &drive, id, late);
    }
    if !places::confirm(v.conn, v.now, &drive, &row)? {
        return Err(gone());
    }
    Ok(v.note_with(&grant, "BOOKING_CONFIRMED", id, &json!({"drive": drive.code}))?)
}

/// What somebody is told who said so after their time: a place or a turn, or why neither.
fn noted_late(v: &mut Visit<'_>, by: &Granted<KeepBlood>, drive: &Drive, id: Uuid, late: Late) -> Result<(), Fault> {
    match late {
        Late::Place | Late::Waiting => Ok(v.note_with(by, "BOOKING_CONFIRMED_LATE", id, &json!({"drive": drive.code}))?),
        Late::OtherSlot => Err(Fault::conflict(
            "Đã quá hạn xác nhận và khung giờ này đã có người khác: hãy chọn khung giờ còn chỗ.",
            "The time to confirm is over and the place is another's: choose a slot that has one.",
        )),
        Late::Full => Err(Fault::conflict(
            "Đã quá hạn xác nhận; nay hết chỗ và danh sách chờ cũng đã đầy.",
            "The time to confirm is over; all places are taken, and so is the waiting list.",
        )),
        Late::BookedAnew => Err(Fault::conflict(
            "Đã quá hạn xác nhận, và người này đã đặt chỗ lại: hãy dùng chỗ mới.",
            "The time to confirm is over, and this person has booked anew: use the new booking.",
        )),
    }
}

fn gone() -> Fault {
    Fault::conflict("Chỗ này đã hủy.", "This booking has ended.")
}

/// Gives somebody's place up. Once more it is the same.
pub fn cancel(v: &mut Visit<'_>, code: &str, id: Uuid) -> Result<(), Fault> {
    let (drive, row, grant) = held(v, code, id)?;
    if v.attempt() == Attempt::Replay || row.is(BookingState::Cancelled) {
        return Ok(());
    }
    if !drive.is(DriveState::Open) {
        return Err(not_open());
    }
    places::give_up(v.conn, v.now, &drive, &row, BookingCancelled::ByOfficer)?;
    Ok(v.note_with(&grant, "BOOKING_CANCELLED", id, &json!({"drive": drive.code}))?)
}

/// Somebody comes in another slot.
pub fn change_slot(v: &mut Visit<'_>, code: &str, id: Uuid, to: i16) -> Result<(), Fault> {
    let (drive, row, grant) = held(v, code, id)?;
    if v.attempt() == Attempt::Replay {
        return Ok(());
    }
    if !drive.is(DriveState::Open) {
        return Err(not_open());
    }
    if row.is_late() {
        let slots = store::slots(v.conn, &[drive.id])?.remove(&drive.id).unwrap_or_default();
        if !slots.iter().any(|slot| slot.n == to) {
            return Err(slot_taken());
        }
        let late = places::come_late(v.conn, v.now, &drive, &row, Some(to))?;
        return noted_late(v, &grant, &drive, id, late);
    }
    match places::change_slot(v.conn, v.now, &drive, &row, to)? {
        Changed::Done => Ok(v.note_with(&grant, "BOOKING_CHANGED", id, &json!({"drive": drive.code}))?),
        Changed::Taken => Err(slot_taken()),
        Changed::NoPlace => Err(gone()),
    }
}

/// A page of the bookings of a drive, for those who see the blood donors of its chapter; noted.
pub fn list(
    v: &mut Visit<'_>,
    code: &str,
    state: Option<BookingState>,
    span: &Span<i64>,
) -> Result<(Drive, Vec<Booking>), Fault> {
    let drive = store::by_code(v.conn, code)?.ok_or(Fault::Unknown)?;
    let chapter = store::today(v.conn, &drive)?;
    let here = v.see::<SeeBlood>(chapter)?;
    let rows = bookings::list(v.conn, drive.id, state, span)?;
    v.note_at(Some(here.chapter()), "DRIVE_BOOKINGS_LISTED", None, Some(&json!({"drive": drive.code})))?;
    Ok((drive, rows))
}
