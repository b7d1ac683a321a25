//! Who came without a booking, as those at the door wrote it down, perhaps on a phone that had no network until the next day.

use uuid::Uuid;

use super::book;
use super::bookings;
use super::fault::Fault;
use super::intake::NewBooking;
use super::model::{BookingState, Content};
use super::store::Drive;
use crate::authz::{Granted, KeepBlood, Visit};

/// The booking of somebody who came: the one they have, by number and name, or a new one beside the places of the slots. The caller holds
/// the drive.
pub fn arrived(v: &mut Visit<'_>, by: &Granted<KeepBlood>, drive: &Drive, (id, who): (Uuid, &Content)) -> Result<Uuid, Fault> {
    if let Some(known) = bookings::find(v.conn, id)? {
        let same = known.drive_id == drive.id && known.whose(v.vault)?.as_ref() == Some(who);
        return if same { Ok(known.id) } else { Err(Fault::IdTaken) };
    }
    let ready = book::ready_of(v.vault, id, who)?;
    if let Some(standing) = bookings::standing_of(v.conn, drive.id, &ready.known())? {
        return Ok(standing);
    }
    let row = NewBooking {
        id,
        drive_id: drive.id,
        slot: None,
        state: BookingState::Booked.name(),
        code: &ready.code,
        content: &ready.content,
        person_hash: &ready.person_hash,
        name_hash: ready.name_hash.as_deref(),
        contact_hash: &ready.contact_hash,
        text_version: None,
        walk_in: true,
        agreed_day: drive.day,
        confirmed_at: Some(v.now),
        answer_by: None,
        made_at: v.now,
        made_by: Some(by.account()),
    };
    book::insert(v, by, &row)?;
    Ok(id)
}
