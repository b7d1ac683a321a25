//! Planning a drive, changing it, opening it, moving it to another day, calling it off, beginning and closing it.

use chrono::{Days, NaiveDate};
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::bookings::{self, Booking};
use super::due;
use super::fault::Fault;
use super::model::{BookingCancelled, BookingState, DriveCancelled, DriveState, Slot};
use super::places;
use super::store::{self, Drive, NewDrive};
use super::tell;
use super::wire::{DriveIn, DrivePatch, Planned};
use crate::authz::{Attempt, Granted, KeepBlood, Visit};
use crate::basics::clock::vietnam_date;
use crate::chapters::things::{Thing, next_code};
use crate::db::DbError;
use crate::http::etag::Expected;
use crate::http::{FieldError, Say};
use crate::outbox;
use crate::teams;
use crate::tree;

/// Days that people who have booked are given to answer, at least, when a drive is moved.
const NOTICE: Days = Days::new(2);

/// A drive, held, and the right to keep the blood donors of its chapter.
pub fn kept(v: &mut Visit<'_>, code: &str) -> Result<(Drive, Granted<KeepBlood>), Fault> {
    let found = store::by_code(v.conn, code)?.ok_or(Fault::Unknown)?;
    let chapter = store::today(v.conn, &found)?;
    let grant = v.at::<KeepBlood>(chapter)?;
    Ok((store::hold(v.conn, found.id)?.ok_or(Fault::Unknown)?, grant))
}

/// Plans a drive. The same sent again is the same drive: its id, and whether it is new.
pub fn make(v: &mut Visit<'_>, body: &DriveIn, new: &Planned) -> Result<(i64, bool), Fault> {
    let (grant, place) = v.at_code::<KeepBlood>(&body.chapter)?;
    let content = serde_json::to_string(body).map_err(Fault::broken)?;
    let hash = v.vault.hash("drive.request", content.as_bytes()).to_vec();
    if let Some((drive, known)) = store::request(v.conn, body.id)? {
        return if known == hash { Ok((drive, false)) } else { Err(Fault::IdTaken) };
    }
    if !place.accepts_entries {
        return Err(Fault::field(
            "/chapter",
            "CHAPTER_CLOSED",
            "Đơn vị đã sáp nhập hoặc giải thể: hãy ghi ở đơn vị kế tục.",
            "The chapter has merged or is dissolved: write at its successor.",
        ));
    }
    let centre = store::centre_in_use(v.conn, &body.centre, body.day)?.ok_or_else(no_such_centre)?;
    team_of(v, &grant, body.team)?;
    let code = next_code(v.conn, &place, Thing::Drive)?;
    let row = NewDrive {
        code: &code,
        chapter_id: place.id.0,
        centre_id: centre.id,
        title: &new.title,
        site: &new.site,
        day: body.day,
        listed: body.listed,
        state: DriveState::Planned.name(),
        waiting_most: new.waiting_most,
        team_id: body.team,
        version: 1,
        recorded_by: grant.account(),
        recorded_at: v.now,
        changed_at: v.now,
    };
    // A twin of this request was faster; sent again it is found.
    let id = store::insert(v.conn, &grant, &row, body.id, &hash)?.ok_or(Fault::IdTaken)?;
    store::write_slots(v.conn, id, &new.slots)?;
    store::write_equipment(v.conn, id, &new.equipment)?;
    v.note_at(Some(grant.chapter()), "DRIVE_PLANNED", None, Some(&json!({"code": code, "day": body.day})))?;
    Ok((id, true))
}

fn no_such_centre() -> Fault {
    Fault::field(
        "/centre",
        "NOT_A_CHOICE",
        "Không có cơ sở tiếp nhận máu này vào ngày ấy: hãy chọn trong danh mục.",
        "There is no such blood centre on that day (GET /blood-centres).",
    )
}

/// The team is one of the chapter, or of what it goes on for.
fn team_of(v: &mut Visit<'_>, by: &Granted<KeepBlood>, team: Option<Uuid>) -> Result<(), Fault> {
    let Some(team) = team else { return Ok(()) };
    let here = tree::with_succeeded(v.conn, by.chapter())?;
    if teams::of_call(v.conn, team, vietnam_date(v.now))?.is_some_and(|team| here.contains(&team.chapter.0)) {
        return Ok(());
    }
    Err(Fault::field("/team", "NO_SUCH_TEAM", "Đơn vị không có đội này.", "The chapter has no such team."))
}

/// Changes a drive as the client read it.
pub fn change(v: &mut Visit<'_>, code: &str, expected: &Expected, patch: DrivePatch) -> Result<(), Fault> {
    let (mut row, grant) = kept(v, code)?;
    if !expected.has(row.version) {
        return Err(Fault::Stale);
    }
    if !row.state().is_some_and(DriveState::may_change) {
        return Err(over());
    }
    let said = patch.over(&row).map_err(Fault::Fields)?;
    if said.team != row.team_id {
        team_of(v, &grant, said.team)?;
    }
    let elsewhere = said.site != row.site;
    let before = store::slots(v.conn, &[row.id])?.remove(&row.id).unwrap_or_default();
    if let Some(slots) = &said.slots {
        fits(v.conn, &row, &before, slots)?;
        store::write_slots(v.conn, row.id, slots)?;
        places::hurry(v.conn, v.now, &row, slots)?;
    }
    if let Some(equipment) = &said.equipment {
        store::write_equipment(v.conn, row.id, equipment)?;
    }
    (row.title, row.site, row.listed) = (said.title, said.site, said.listed);
    (row.waiting_most, row.team_id) = (said.waiting_most, said.team);
    (row.version, row.changed_at) = (row.version + 1, v.now);
    store::write(v.conn, &row)?;
    v.note_at(Some(grant.chapter()), "DRIVE_CHANGED", None, Some(&json!({"code": row.code})))?;
    let later = |n: i16| {
        let slots = said.slots.as_deref().unwrap_or(&before);
        let find = |slots: &[Slot]| slots.iter().find(|slot| slot.n == n).map(|slot| (slot.from, slot.until));
        find(slots) != find(&before)
    };
    tell_changed(v, &row, |slot| elsewhere || later(slot))?;
    Ok(places::fill(v.conn, v.now, &row)?)
}

/// Whoever has a place in a slot that is at another time, or elsewhere, is told.
fn tell_changed(v: &mut Visit<'_>, row: &Drive, concerns: impl Fn(i16) -> bool) -> Result<(), Fault> {
    if !row.is(DriveState::Open) {
        return Ok(());
    }
    let all = bookings::of_drive(v.conn, row.id)?;
    let ids: Vec<Uuid> = all.iter().filter(|one| one.has_place() && one.slot.is_some_and(&concerns)).map(|one| one.id).collect();
    if ids.is_empty() { Ok(()) } else { Ok(tell::these(v.conn, v.now, row, &ids)?) }
}

/// What people were told stays possible: nobody loses a place, and a slot in which somebody has, or had, a place stays.
fn fits(conn: &mut PgConnection, row: &Drive, before: &[Slot], slots: &[Slot]) -> Result<(), Fault> {
    let mut wrong = Vec::new();
    for (at, slot) in slots.iter().enumerate() {
        if before.iter().any(|old| old.n == slot.n && slot.places < old.taken) {
            wrong.push(FieldError::new(
                format!("/slots/{at}/places"),
                "OUT_OF_RANGE",
                Say::fixed("Không ít hơn số chỗ đã có người giữ.", "Not below the places that somebody has."),
            ));
        }
    }
    let used = bookings::slots_used(conn, row.id)?;
    if used.iter().any(|n| !slots.iter().any(|slot| slot.n == *n)) {
        wrong.push(FieldError::new(
            "/slots",
            "OUT_OF_RANGE",
            Say::fixed(
                "Khung giờ đã có người đặt thì đổi giờ được, bỏ đi thì không.",
                "A slot that somebody has booked may be changed, and not left out.",
            ),
        ));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Fault::Fields(wrong)) }
}

fn over() -> Fault {
    Fault::conflict("Ngày hiến máu này đã diễn ra hoặc đã hủy.", "This drive has begun, is over, or is called off.")
}

/// Takes a drive one step further. Once more it is the same.
fn step(v: &mut Visit<'_>, code: &str, to: DriveState, action: &'static str) -> Result<Option<Drive>, Fault> {
    let (mut row, grant) = kept(v, code)?;
    if row.is(to) || v.attempt() == Attempt::Replay {
        return Ok(None);
    }
    if to == DriveState::Open && row.day < vietnam_date(v.now) {
        return Err(Fault::conflict("Ngày này đã qua: hãy dời sang ngày khác trước.", "This day is over: move the drive first."));
    }
    if !store::advance(v.conn, &grant, v.now, &mut row, to)? {
        return Err(Fault::conflict(
            "Ngày hiến máu chưa đến bước này, hoặc đã qua bước này.",
            "The drive is not at this step yet, or past it.",
        ));
    }
    v.note_at(Some(grant.chapter()), action, None, Some(&json!({"code": row.code})))?;
    Ok(Some(row))
}

/// People book from now on.
pub fn open(v: &mut Visit<'_>, code: &str) -> Result<(), Fault> {
    if let Some(row) = step(v, code, DriveState::Open, "DRIVE_OPENED")? {
        due::remind(v.conn, v.now, &row)?;
    }
    Ok(())
}

/// It is the day: nobody books any more, and who waits is told that no place became free.
pub fn begin(v: &mut Visit<'_>, code: &str) -> Result<(), Fault> {
    let found = store::by_code(v.conn, code)?.ok_or(Fault::Unknown)?;
    if found.is(DriveState::Open) && found.day > vietnam_date(v.now) {
        // Asked for with the right: nobody else learns when it is.
        kept(v, code)?;
        return Err(Fault::conflict("Chưa đến ngày hiến máu.", "It is not the day yet."));
    }
    let Some(row) = step(v, code, DriveState::Running, "DRIVE_BEGUN")? else { return Ok(()) };
    let waiting = bookings::all_waiting(v.conn, row.id)?;
    places::end(v.conn, v.now, &row, &waiting, BookingCancelled::DriveBegan)?;
    Ok(())
}

/// Nothing is to be done any more.
pub fn close(v: &mut Visit<'_>, code: &str) -> Result<(), Fault> {
    step(v, code, DriveState::Closed, "DRIVE_CLOSED").map(drop)
}

fn standing(conn: &mut PgConnection, drive: i64) -> Result<Vec<Booking>, DbError> {
    let mut all = bookings::of_drive(conn, drive)?;
    all.retain(|row| !row.is(BookingState::Cancelled));
    Ok(all)
}

/// Calls a drive off: messages about it that have not gone out do not, and everybody who had a place or waited is told.
pub fn call_off(v: &mut Visit<'_>, code: &str, why: DriveCancelled) -> Result<(), Fault> {
    let (mut row, grant) = kept(v, code)?;
    match row.state() {
        _ if v.attempt() == Attempt::Replay => return Ok(()),
        Some(DriveState::Cancelled) if row.cancelled_why.as_deref() == Some(why.name()) => return Ok(()),
        Some(state) if state.may_become(DriveState::Cancelled) => {}
        _ => return Err(over()),
    }
    let standing = standing(v.conn, row.id)?;
    let ids: Vec<Uuid> = standing.iter().map(|row| row.id).collect();
    outbox::forget_about(v.conn, &ids, v.now)?;
    bookings::cancel(v.conn, &standing, BookingCancelled::DriveCancelled, v.now)?;
    store::because(&mut row, why);
    store::advance(v.conn, &grant, v.now, &mut row, DriveState::Cancelled)?;
    if !standing.is_empty() {
        tell::called_off(v.conn, v.now, &row)?;
    }
    let about = json!({"code": row.code, "why": why, "people": standing.len()});
    Ok(v.note_at(Some(grant.chapter()), "DRIVE_CALLED_OFF", None, Some(&about))?)
}

/// Moves a drive to another day. Everybody who has a place or waits is asked; who does not answer loses it the day before, and is told.
pub fn move_to(v: &mut Visit<'_>, code: &str, day: NaiveDate) -> Result<(), Fault> {
    let (mut row, grant) = kept(v, code)?;
    if row.day == day || v.attempt() == Attempt::Replay {
        return Ok(());
    }
    if !row.state().is_some_and(DriveState::may_change) {
        return Err(over());
    }
    let standing = standing(v.conn, row.id)?;
    if !standing.is_empty() && day < vietnam_date(v.now) + NOTICE {
        return Err(Fault::field(
            "/day",
            "OUT_OF_RANGE",
            "Đã có người đặt chỗ: ngày mới phải cách hôm nay ít nhất hai ngày để họ kịp trả lời.",
            "People have booked: the new day is at least two days from now, so that they can answer.",
        ));
    }
    let before = row.day;
    (row.day, row.moves) = (day, row.moves + 1);
    (row.version, row.changed_at) = (row.version + 1, v.now);
    store::write(v.conn, &row)?;
    let ids: Vec<Uuid> = standing.iter().map(|row| row.id).collect();
    // What has not gone out speaks of the other day.
    outbox::forget_about(v.conn, &ids, v.now)?;
    bookings::forget_deadlines(v.conn, row.id)?;
    back_again(v, &row, &standing)?;
    if !standing.is_empty() {
        tell::moved(v.conn, v.now, &row)?;
    }
    if row.is(DriveState::Open) {
        due::remind(v.conn, v.now, &row)?;
        places::fill(v.conn, v.now, &row)?;
    }
    let about = json!({"code": row.code, "from": before, "to": day, "people": standing.len()});
    Ok(v.note_at(Some(grant.chapter()), "DRIVE_MOVED", None, Some(&about))?)
}

/// Who agreed to the day to which a drive comes back is told so: what they heard last was another one.
fn back_again(v: &mut Visit<'_>, row: &Drive, standing: &[Booking]) -> Result<(), Fault> {
    let (held, booked): (Vec<&Booking>, Vec<&Booking>) =
        standing.iter().filter(|one| one.agreed_day == row.day).partition(|one| one.is(BookingState::Held));
    let ids = |rows: Vec<&Booking>| rows.into_iter().map(|row| row.id).collect::<Vec<Uuid>>();
    let booked = ids(booked);
    if row.is(DriveState::Open) && !booked.is_empty() {
        tell::these(v.conn, v.now, row, &booked)?;
    }
    Ok(places::ask_again(v.conn, v.now, row, &ids(held))?)
}
