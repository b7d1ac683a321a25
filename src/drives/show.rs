//! What is shown of drives and bookings to officers.

use std::collections::HashMap;

use uuid::Uuid;

use super::bookings::{self, Booking};
use super::fault::Fault;
use super::link;
use super::model::{BookingCancelled, DriveCancelled, DriveState, Slot};
use super::names::NameKey;
use super::out::{BloodCentreOut, BookingOut, DriveEquipmentOut, DriveOut, DriveSlotOut};
use super::store::{self, Drive};
use super::words::time;
use crate::authz::{Read, Visit};
use crate::basics::clock::vietnam_date;
use crate::http::PublicUrl;
use crate::tree;

/// Who collects blood.
pub fn centres(v: &mut Visit<'_>) -> Result<Vec<BloodCentreOut>, Fault> {
    let out = |centre: store::BloodCentre| BloodCentreOut {
        code: centre.code,
        vi: centre.vi,
        en: centre.en,
        province: centre.province,
    };
    let today = vietnam_date(v.now);
    Ok(store::centres_on(v.conn, today)?.into_iter().map(out).collect())
}

fn slot(slot: &Slot) -> DriveSlotOut {
    DriveSlotOut { n: slot.n, from: time(slot.from), until: time(slot.until), places: slot.places, taken: slot.taken }
}

/// Drives, in their order; a fixed number of statements.
pub fn drives(v: &mut Visit<'_>, rows: Vec<Drive>) -> Result<Vec<DriveOut>, Fault> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let (mut slots, mut equipment) = (store::slots(v.conn, &ids)?, store::equipment(v.conn, &ids)?);
    let waiting = bookings::waiting(v.conn, &ids)?;
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id))?;
    let centres: HashMap<i64, String> = store::centres(v.conn)?.into_iter().map(|centre| (centre.id, centre.code)).collect();
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let state = row.state().ok_or_else(|| Fault::broken("a drive in no state"))?;
        let slots = slots.remove(&row.id).unwrap_or_default();
        let there = equipment.remove(&row.id).unwrap_or_default();
        all.push(DriveOut {
            chapter: codes.get(&row.chapter_id).cloned().unwrap_or_default(),
            centre: centres.get(&row.centre_id).cloned().unwrap_or_default(),
            places: slots.iter().map(|slot| i32::from(slot.places)).sum(),
            taken: slots.iter().map(|slot| i32::from(slot.taken)).sum(),
            slots: slots.iter().map(slot).collect(),
            waiting: waiting.get(&row.id).copied().unwrap_or_default(),
            equipment: there
                .into_iter()
                .map(|one| DriveEquipmentOut { what: one.what, quantity: one.quantity, ready: one.ready })
                .collect(),
            code: row.code,
            title: row.title,
            site: row.site,
            day: row.day,
            state,
            listed: row.listed,
            waiting_most: row.waiting_most,
            moves: row.moves,
            team: row.team_id,
            cancelled_why: row.cancelled_why.as_deref().and_then(DriveCancelled::parse),
            recorded_at: row.recorded_at,
        });
    }
    Ok(all)
}

/// One drive for those who read its chapter, with its version.
pub fn drive(v: &mut Visit<'_>, code: &str) -> Result<(DriveOut, i32), Fault> {
    let row = store::by_code(v.conn, code)?.ok_or(Fault::Unknown)?;
    let chapter = store::today(v.conn, &row)?;
    v.see::<Read>(chapter)?;
    let version = row.version;
    Ok((drives(v, vec![row])?.pop().ok_or(Fault::Unknown)?, version))
}

/// [`drive`] by its id, of one that was just written.
pub fn drive_of(v: &mut Visit<'_>, id: i64) -> Result<(DriveOut, i32), Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let version = row.version;
    Ok((drives(v, vec![row])?.pop().ok_or(Fault::Unknown)?, version))
}

/// The names of the bookings of a drive that stand, by their letters.
fn names(v: &mut Visit<'_>, drive: &Drive) -> Result<HashMap<String, Vec<NameKey>>, Fault> {
    let mut names: HashMap<String, Vec<NameKey>> = HashMap::new();
    bookings::each_of(v.conn, v.vault, drive.id, |booked| {
        if let Some(who) = booked.who.filter(|_| booked.row.cancelled_at.is_none()) {
            let key = NameKey::of(&who.name);
            names.entry(key.letters.clone()).or_default().push(key);
        }
    })?;
    Ok(names)
}

/// How many of these are called like somebody.
fn alike(names: &HashMap<String, Vec<NameKey>>, name: &str) -> usize {
    let key = NameKey::of(name);
    names.get(&key.letters).map_or(0, |all| all.iter().filter(|other| other.is(&key)).count())
}

/// Bookings of one drive, in their order.
pub fn bookings_of(v: &mut Visit<'_>, public: &PublicUrl, drive: &Drive, rows: Vec<Booking>) -> Result<Vec<BookingOut>, Fault> {
    let names = if rows.is_empty() { HashMap::new() } else { names(v, drive)? };
    let is_open = drive.is(DriveState::Open);
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let state = row.state().ok_or_else(|| Fault::broken("a booking in no state"))?;
        let who = row.open(v.vault)?;
        let stands = row.cancelled_at.is_none();
        let alike = who.as_ref().map_or(0, |who| alike(&names, &who.name));
        let restricted = row.restricted_at.is_some();
        let has_link = is_open && !restricted && (stands || row.is_late());
        let (name, contact, birth) = who.map_or((None, None, None), |who| (Some(who.name), Some(who.contact), who.birth));
        let contact = contact.filter(|contact| !contact.is_empty());
        let scheme = |contact: &String| if contact.contains('@') { "mailto" } else { "tel" };
        all.push(BookingOut {
            id: row.id,
            state,
            slot: row.slot,
            name,
            contact_link: contact.as_ref().map(|contact| format!("{}:{contact}", scheme(contact))),
            contact,
            birth,
            namesakes: if stands { alike.saturating_sub(1) } else { 0 },
            link: has_link.then(|| public.page(&link::path(v.vault, row.id))),
            walk_in: row.walk_in,
            agreed: row.agreed_day == drive.day,
            confirmed_at: row.confirmed_at,
            answer_by: row.answer_by,
            restricted,
            made_at: row.made_at,
            cancelled_at: row.cancelled_at,
            cancelled_how: row.cancelled_how.as_deref().and_then(BookingCancelled::parse),
            code: row.code,
        });
    }
    Ok(all)
}

/// One booking that was just changed.
pub fn booking(v: &mut Visit<'_>, public: &PublicUrl, id: Uuid) -> Result<BookingOut, Fault> {
    let row = bookings::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let drive = store::find(v.conn, row.drive_id)?.ok_or(Fault::Unknown)?;
    bookings_of(v, public, &drive, vec![row])?.pop().ok_or(Fault::Unknown)
}
