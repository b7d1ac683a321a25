//! What this room answers for the persons in its tables: whoever booked a place. Nothing links a booking to a person of a chapter: it is found
//! by number and name, compared with its marks, so that nobody is shown, corrected or erased for a namesake or for who shares the telephone.
//! Bookings are shown to nobody but the officers of their chapter: whoever asks not to be shown is not shown there anyway.

use std::collections::HashSet;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::bookings::{self, Booking, Known};
use super::later::forget_who;
use super::model::{BookingCancelled, BookingState, Content, DriveState};
use super::names::NameKey;
use super::places;
use super::store::{self, Drive};
use super::tell;
use super::typed::{contact_hash, name_hash, person_hash};
use crate::db::DbError;
use crate::db::schema::{booking, drive};
use crate::house::errand::Errand;
use crate::house::persons::{Called, Holding, HoldsPersons, HowMany, Kept, OfParty, PersonsError, Processing};
use crate::outbox;
use crate::parties;
use crate::persons;

/// See the module.
pub struct Bookers;

const PROCESSING: &[Processing] = &[Processing {
    data: (
        "Đặt chỗ hiến máu: họ tên, số điện thoại hoặc địa chỉ thư, năm sinh nếu báo, giờ đến",
        "Bookings of blood drives: name, telephone number or mail address, birth where it was told, when they come",
    ),
    purpose: (
        "Giữ chỗ, nhắc lịch, đón tiếp, báo khi có thay đổi",
        "To keep a place, to remind, to receive people, to tell them of changes",
    ),
    grounds: ("Sự đồng ý khi đặt chỗ (Luật 91/2025/QH15, điều 9)", "Consent when booking (Law 91/2025/QH15, art. 9)"),
    readers: (
        "Cán bộ được giao việc hiến máu của chính đơn vị đó; mỗi lần xem danh sách được ghi lại; cấp trên chỉ xem số đếm",
        "Officers of that very chapter who are charged with blood donation; each reading of the list is noted; levels above see counts",
    ),
    period: (
        "Không xác nhận kịp thì mất chỗ, và thông tin bị xóa sau 30 ngày; sau ngày hiến máu 90 ngày thì bỏ họ tên và số; số đếm không còn gắn với người thì giữ",
        "What is not confirmed in time loses the place, and is erased after 30 days; 90 days after the drive name and number go; counts without a person stay",
    ),
}];

/// Bookings of these chapters' drives under these numbers and addresses that still say whose they are.
fn under(conn: &mut PgConnection, chapters: &[Uuid], reached: &[Vec<u8>]) -> Result<Vec<Booking>, DbError> {
    use booking as b;
    let of_chapters = b::table.inner_join(drive::table.on(drive::id.eq(b::drive_id))).filter(drive::chapter_id.eq_any(chapters));
    let named = of_chapters.filter(b::content.is_not_null()).filter(b::contact_hash.eq_any(reached)).order(b::turn);
    Ok(named.select(Booking::as_select()).load(conn)?)
}

/// Bookings of a party at its chapters, with whom they are of: by its number and name, and by the numbers, addresses and names under which
/// the chapters know it as a person. Whoever shares a telephone with it and is called otherwise is another.
fn of_party(errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<(Booking, Content)>, PersonsError> {
    let Some(party) = parties::load(errand.conn, &[of.party])?.remove(&of.party) else { return Ok(Vec::new()) };
    let clear = party.open(errand.vault)?;
    let (mut names, mut reached, mut born) = (vec![NameKey::of(&clear.name)], Vec::from_iter(clear.phone), Vec::new());
    for person in persons::whole_of_party(errand.conn, errand.vault, of.party, of.chapters)? {
        names.push(NameKey::of(&person.name));
        born.extend(person.birth.map(|birth| (NameKey::of(&person.name), birth.to_string())));
        reached.extend(person.phone.into_iter().chain(person.mail));
    }
    let reached: Vec<Vec<u8>> = reached.iter().map(|contact| contact_hash(errand.vault, contact)).collect();
    let mut found = Vec::new();
    for row in under(errand.conn, of.chapters, &reached)? {
        let is_theirs = |who: &Content| names.iter().any(|name| name.is(&NameKey::of(&who.name)));
        if let Some(who) = row.whose(errand.vault)?.filter(is_theirs) {
            found.push((row, who));
        }
    }
    one_spelling(&names, &mut found);
    for row in without_number(errand.conn, of.chapters)? {
        let is_theirs = |who: &Content| {
            who.contact.is_empty()
                && who.birth.as_ref().is_some_and(|birth| born.contains(&(NameKey::of(&who.name), birth.clone())))
        };
        if let Some(who) = row.whose(errand.vault)?.filter(is_theirs) {
            found.push((row, who));
        }
    }
    Ok(found)
}

/// A name that was typed without marks may be that of either of two brothers: where both have booked, it is nobody's but who wrote it with
/// the marks of the party.
fn one_spelling(names: &[NameKey], found: &mut Vec<(Booking, Content)>) {
    let spelt: HashSet<String> = found.iter().filter_map(|(_, who)| NameKey::of(&who.name).marked).collect();
    if spelt.len() > 1 {
        let is_exact = |key: NameKey| key.marked.is_some() && names.contains(&key);
        found.retain(|(_, who)| is_exact(NameKey::of(&who.name)));
    }
}

/// Who walked in without a number, at drives of these chapters: found by name and birth alone.
fn without_number(conn: &mut PgConnection, chapters: &[Uuid]) -> Result<Vec<Booking>, DbError> {
    use booking as b;
    let of_chapters = b::table.inner_join(drive::table.on(drive::id.eq(b::drive_id))).filter(drive::chapter_id.eq_any(chapters));
    let named = of_chapters.filter(b::walk_in).filter(b::content.is_not_null()).order(b::turn);
    Ok(named.select(Booking::as_select()).load(conn)?)
}

fn ids(rows: &[(Booking, Content)]) -> Vec<Uuid> {
    rows.iter().map(|(row, _)| row.id).collect()
}

/// The drives of these bookings, held, and the bookings read again since.
fn held(errand: &mut Errand<'_>, rows: &[(Booking, Content)]) -> Result<Vec<(Drive, Vec<Booking>)>, PersonsError> {
    let mut drives: Vec<i64> = rows.iter().map(|(row, _)| row.drive_id).collect();
    drives.sort_unstable();
    drives.dedup();
    let mut all = Vec::with_capacity(drives.len());
    for drive in store::hold_all(errand.conn, &drives)? {
        let of_drive: Vec<Uuid> = rows.iter().filter(|(row, _)| row.drive_id == drive.id).map(|(row, _)| row.id).collect();
        let again = bookings::by_ids(errand.conn, &of_drive)?;
        all.push((drive, again));
    }
    Ok(all)
}

/// What a booking says of somebody whose name or number was wrong: what was the old one is the new one, and the rest stays.
fn corrected(who: Content, old_phone: Option<&str>, called: &Called) -> Content {
    let is_old = old_phone.is_some_and(|phone| phone == who.contact);
    let contact = called.phone.clone().filter(|_| is_old).unwrap_or(who.contact);
    Content { name: called.name.clone(), contact, birth: who.birth }
}

/// Writes whom a booking is of anew; whether they are reached elsewhere from now on. Where somebody of that name and number has booked the
/// drive besides, the two stay two: which of them goes is for somebody to say.
fn rewrite(errand: &mut Errand<'_>, row: &Booking, who: &Content) -> Result<bool, PersonsError> {
    use booking as b;
    let (person, name) = (person_hash(errand.vault, who), name_hash(errand.vault, who));
    let contact = contact_hash(errand.vault, &who.contact);
    let moved = row.contact_hash.as_ref() != Some(&contact);
    let sealed = bookings::sealed(errand.vault, row.id, who)?;
    diesel::update(b::table.find(row.id))
        .set((b::content.eq(Some(sealed)), b::contact_hash.eq(Some(contact))))
        .execute(errand.conn)?;
    let standing = bookings::all_standing_of(errand.conn, row.drive_id, &Known { person: &person, name: name.as_deref() })?;
    if standing.iter().all(|other| *other == row.id) || row.is(BookingState::Cancelled) {
        diesel::update(b::table.find(row.id))
            .set((b::person_hash.eq(Some(person)), b::name_hash.eq(name)))
            .execute(errand.conn)?;
    }
    Ok(moved)
}

/// These bookings say no more whose they were; places of drives to come are free again, and who waits moves up.
fn erase(errand: &mut Errand<'_>, rows: &[(Booking, Content)]) -> Result<(), PersonsError> {
    for (drive, again) in held(errand, rows)? {
        let to_come = drive.state().is_some_and(DriveState::may_change);
        for row in again.iter().filter(|row| to_come && !row.is(BookingState::Cancelled)) {
            places::give_up(errand.conn, errand.now, &drive, row, BookingCancelled::Erased)?;
        }
        forget_who(errand.conn, &again.iter().map(|row| row.id).collect::<Vec<_>>(), errand.now)?;
    }
    Ok(())
}

impl HoldsPersons for Bookers {
    fn processing(&self) -> &'static [Processing] {
        PROCESSING
    }

    fn columns(&self) -> &'static [&'static str] {
        &["booking.contact_hash", "booking.content", "booking.name_hash", "booking.person_hash"]
    }

    /// Bookings are of people who may stand in no other room.
    fn how_many(&self, conn: &mut PgConnection) -> Result<HowMany, DbError> {
        let known: i64 = booking::table.filter(booking::content.is_not_null()).count().get_result(conn)?;
        Ok(HowMany { persons: known, sensitive: 0 })
    }

    fn found_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Holding>, PersonsError> {
        let found = of_party(errand, of)?;
        let drives = store::by_ids(errand.conn, &found.iter().map(|(row, _)| row.drive_id).collect::<Vec<_>>())?;
        let held = |(row, who): (Booking, Content)| {
            let drive = drives.get(&row.drive_id).map(|drive| format!("{} {} {}", drive.code, drive.day, drive.title));
            let said = [drive, Some(row.state), Some(row.code), Some(who.name), Some(who.contact), who.birth];
            Holding {
                what: "BOOKING".to_owned(),
                gift: None,
                text: said.into_iter().flatten().collect::<Vec<_>>().join("; "),
                since: Some(row.made_at),
                kept_until: None,
            }
        };
        Ok(found.into_iter().map(held).collect())
    }

    /// Nothing leads from a party to a booking but what both are called.
    fn correct_named(&self, errand: &mut Errand<'_>, of: &OfParty<'_>, called: &Called) -> Result<(), PersonsError> {
        let found = of_party(errand, of)?;
        let party = parties::load(errand.conn, &[of.party])?.remove(&of.party);
        let old = party.map(|party| party.open(errand.vault)).transpose()?.and_then(|clear| clear.phone);
        for (drive, again) in held(errand, &found)? {
            let mut moved = Vec::new();
            for row in again {
                let Some(who) = row.whose(errand.vault)? else { continue };
                let who = corrected(who, old.as_deref(), called);
                if rewrite(errand, &row, &who)? && !row.is(BookingState::Cancelled) {
                    moved.push(row.id);
                }
            }
            // What has not gone out would go to the wrong number.
            outbox::forget_about(errand.conn, &moved, errand.now)?;
            if !moved.is_empty() && drive.is(DriveState::Open) {
                tell::these(errand.conn, errand.now, &drive, &moved)?;
            }
        }
        Ok(())
    }

    /// They keep what they have and may come; nobody writes to them, and nobody reads who they are. Who waits keeps the turn.
    fn restrict_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<(), PersonsError> {
        let found = of_party(errand, of)?;
        held(errand, &found)?;
        bookings::restrict(errand.conn, &ids(&found), Some(errand.now))?;
        Ok(outbox::forget_about(errand.conn, &ids(&found), errand.now)?)
    }

    /// Whether they come they are asked now; who waited meanwhile moves up where there is a place.
    fn lift_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<(), PersonsError> {
        let found = of_party(errand, of)?;
        let drives = held(errand, &found)?;
        bookings::restrict(errand.conn, &ids(&found), None)?;
        for (drive, rows) in drives {
            places::ask_again(errand.conn, errand.now, &drive, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
            places::fill(errand.conn, errand.now, &drive)?;
        }
        Ok(())
    }

    fn erase_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Kept>, PersonsError> {
        let found = of_party(errand, of)?;
        erase(errand, &found)?;
        Ok(Vec::new())
    }
}
