//! Planning the shifts of a drive, changing them, and doing without one.

use serde_json::json;
use uuid::Uuid;

use super::model::{Minutes, Planned, overlap};
use super::store::{self, Shift};
use super::wire::{DriveShiftIn, DriveShiftPatch};
use crate::authz::{Attempt, Granted, KeepBlood, Visit};
use crate::drives::fault::Fault;
use crate::drives::{self, Drive, DriveState};
use crate::http::etag::Expected;

/// Most shifts of a drive that are wanted.
const MOST_SHIFTS: usize = 60;

/// A drive, held, and the right to keep the blood donors of its chapter.
fn kept(v: &mut Visit<'_>, code: &str) -> Result<(Drive, Granted<KeepBlood>), Fault> {
    let found = drives::by_code(v.conn, code)?.ok_or(Fault::Unknown)?;
    let chapter = drives::today(v.conn, &found)?;
    let grant = v.at::<KeepBlood>(chapter)?;
    Ok((drives::hold(v.conn, found.id)?.ok_or(Fault::Unknown)?, grant))
}

/// Whether anything about a drive's shifts may still be planned.
pub(super) fn may_plan(drive: &Drive) -> Result<(), Fault> {
    match drive.state() {
        Some(DriveState::Planned | DriveState::Open | DriveState::Running) => Ok(()),
        _ => Err(Fault::conflict("Ngày hiến máu này đã xong hoặc đã hủy.", "This drive is over, or is called off.")),
    }
}

/// Plans a shift. The same sent again is the same: whether it is new.
pub fn make(v: &mut Visit<'_>, code: &str, body: &DriveShiftIn, new: &Planned) -> Result<bool, Fault> {
    let (drive, grant) = kept(v, code)?;
    let hash = v.vault.hash("drive_shift.request", body.content(&drive.code).as_bytes()).to_vec();
    if let Some(known) = store::sent(v.conn, body.id)? {
        return if known.request_hash == hash { Ok(false) } else { Err(Fault::IdTaken) };
    }
    may_plan(&drive)?;
    if store::of_drive(v.conn, drive.id)?.len() >= MOST_SHIFTS {
        return Err(Fault::conflict("Một ngày hiến máu có tối đa 60 ca.", "A drive has at most 60 shifts."));
    }
    store::insert(v.conn, &grant, v.now, (body.id, drive.id, &hash), new).map_err(|error| match error.constraint() {
        Some("drive_shift_pk") => Fault::IdTaken,
        _ => error.into(),
    })?;
    v.note_with(&grant, "DRIVE_SHIFT_PLANNED", body.id, &json!({"drive": drive.code}))?;
    Ok(true)
}

/// A shift that is wanted and whose hours are not entered.
fn open(v: &mut Visit<'_>, drive: &Drive, id: Uuid) -> Result<Shift, Fault> {
    let shift = store::find(v.conn, drive.id, id)?.ok_or(Fault::Unknown)?;
    may_plan(drive)?;
    if shift.ended_at.is_some() {
        return Err(Fault::conflict("Ca này đã bỏ.", "This shift is not wanted any more."));
    }
    if shift.hours_at.is_some() {
        return Err(entered());
    }
    Ok(shift)
}

pub(super) fn entered() -> Fault {
    Fault::conflict(
        "Giờ của ca này đã được ghi: nếu sai, hãy sửa ở giờ của từng tình nguyện viên.",
        "The hours of this shift are entered: correct them with the hours of each volunteer.",
    )
}

/// Changes a shift as the client read it.
pub fn change(v: &mut Visit<'_>, code: &str, id: Uuid, expected: &Expected, patch: DriveShiftPatch) -> Result<(), Fault> {
    let (drive, grant) = kept(v, code)?;
    let shift = open(v, &drive, id)?;
    if !expected.has(shift.version) {
        return Err(Fault::Stale);
    }
    let to = patch.over(&shift).map_err(Fault::Fields)?;
    if to.minutes != shift.minutes() {
        nobody_twice(v, &drive, &shift, to.minutes)?;
    }
    store::change(v.conn, &grant, id, &to)?;
    Ok(v.note_with(&grant, "DRIVE_SHIFT_CHANGED", id, &json!({"drive": drive.code}))?)
}

/// Whoever helps in a shift helps in no other one at its new time.
fn nobody_twice(v: &mut Visit<'_>, drive: &Drive, shift: &Shift, to: Minutes) -> Result<(), Fault> {
    let others: Vec<Uuid> = store::of_drive(v.conn, drive.id)?
        .into_iter()
        .filter(|other| other.id != shift.id && overlap(other.minutes(), to))
        .map(|other| other.id)
        .collect();
    let here: Vec<Uuid> = store::helpers(v.conn, &[shift.id])?.into_iter().map(|helper| helper.volunteer_id).collect();
    if store::helpers(v.conn, &others)?.iter().any(|helper| here.contains(&helper.volunteer_id)) {
        return Err(Fault::field(
            "/from",
            "TWICE",
            "Giờ mới trùng với ca khác của một người trong ca này.",
            "Somebody of this shift helps in another one at that time.",
        ));
    }
    Ok(())
}

/// A shift is not wanted any more. Once more it is the same.
pub fn end(v: &mut Visit<'_>, code: &str, id: Uuid) -> Result<(), Fault> {
    let (drive, grant) = kept(v, code)?;
    let shift = store::find(v.conn, drive.id, id)?.ok_or(Fault::Unknown)?;
    if v.attempt() == Attempt::Replay || shift.ended_at.is_some() {
        return Ok(());
    }
    open(v, &drive, id)?;
    store::end(v.conn, &grant, id, v.now)?;
    Ok(v.note_with(&grant, "DRIVE_SHIFT_ENDED", id, &json!({"drive": drive.code}))?)
}
