//! What this room answers for the persons in its tables: whoever booked a place. Nothing links a booking to a person of a chapter: it is found
//! by number and name.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::bookings::Booking;
use super::later::forget_who;
use super::model::{BookingCancelled, BookingState, Content, DriveState};
use super::places;
use super::store;
use super::typed::contact_hash;
use crate::db::DbError;
use crate::db::schema::{booking, drive};
use crate::house::errand::Errand;
use crate::house::persons::{Called, Holding, HoldsPersons, HowMany, Kept, Mentioned, OfParty, PersonsError, Processing};
use crate::parties;

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
        "Không xác nhận thì xóa sau 30 ngày; sau ngày hiến máu 90 ngày thì bỏ họ tên và số; số đếm không còn gắn với người thì giữ",
        "What is not confirmed is erased after 30 days; 90 days after the drive name and number go; counts without a person stay",
    ),
}];

/// Bookings of these chapters that still say whose they are, held; of one number where it is known.
fn at(conn: &mut PgConnection, chapters: &[Uuid], number: Option<Vec<u8>>) -> Result<Vec<Booking>, DbError> {
    use booking as b;
    let mut query = b::table
        .inner_join(drive::table.on(drive::id.eq(b::drive_id)))
        .filter(drive::chapter_id.eq_any(chapters.to_vec()))
        .filter(b::content.is_not_null())
        .order(b::turn)
        .select(Booking::as_select())
        .into_boxed();
    if let Some(number) = number {
        query = query.filter(b::contact_hash.eq(number));
    }
    Ok(query.load(conn)?)
}

/// Bookings of a party at its chapters, with whom they are of: by its number and name.
fn of_party(errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<(Booking, Content)>, PersonsError> {
    let Some(party) = parties::load(errand.conn, &[of.party])?.remove(&of.party) else { return Ok(Vec::new()) };
    let clear = party.open(errand.vault)?;
    let Some(phone) = clear.phone else { return Ok(Vec::new()) };
    let number = contact_hash(errand.vault, &phone);
    let called = Called { name: clear.name, phone: None };
    let mut found = Vec::new();
    for row in at(errand.conn, of.chapters, Some(number))? {
        if let Some(who) = row.open(errand.vault)?.filter(|who| called.is_in(&who.name)) {
            found.push((row, who));
        }
    }
    Ok(found)
}

/// These bookings say no more whose they were; places of drives to come are free again, and who waits moves up.
fn erase(errand: &mut Errand<'_>, rows: &[Booking]) -> Result<(), PersonsError> {
    let mut drives: Vec<i64> = rows.iter().map(|row| row.drive_id).collect();
    drives.sort_unstable();
    drives.dedup();
    for drive in store::hold_all(errand.conn, &drives)? {
        let ids: Vec<Uuid> = rows.iter().filter(|row| row.drive_id == drive.id).map(|row| row.id).collect();
        // Read again now that the drive is held.
        let again: Vec<Booking> =
            booking::table.filter(booking::id.eq_any(&ids)).select(Booking::as_select()).load(errand.conn)?;
        let to_come = drive.state().is_some_and(DriveState::may_change);
        for row in again.iter().filter(|row| to_come && !row.is(BookingState::Cancelled)) {
            places::give_up(errand.conn, errand.now, &drive, row, BookingCancelled::Erased)?;
        }
        forget_who(errand.conn, &ids, errand.now)?;
    }
    Ok(())
}

impl HoldsPersons for Bookers {
    fn processing(&self) -> &'static [Processing] {
        PROCESSING
    }

    fn columns(&self) -> &'static [&'static str] {
        &["booking.contact_hash", "booking.content", "booking.person_hash"]
    }

    /// Bookings are of people who may stand in no other room.
    fn how_many(&self, conn: &mut PgConnection) -> Result<HowMany, DbError> {
        let known: i64 = booking::table.filter(booking::content.is_not_null()).count().get_result(conn)?;
        Ok(HowMany { persons: known, sensitive: 0 })
    }

    /// Bookings at these chapters that name them go.
    fn erase_mentions(&self, errand: &mut Errand<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        let mut named = Vec::new();
        for row in at(errand.conn, &of.chapters, None)? {
            let Some(who) = row.open(errand.vault)? else { continue };
            if of.called.is_in(&who.name) || of.called.is_in(&who.contact) {
                named.push(row);
            }
        }
        erase(errand, &named)?;
        Ok(Vec::new())
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

    fn erase_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Kept>, PersonsError> {
        let rows: Vec<Booking> = of_party(errand, of)?.into_iter().map(|(row, _)| row).collect();
        erase(errand, &rows)?;
        Ok(Vec::new())
    }
}
