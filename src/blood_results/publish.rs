//! Publishing the result of a drive, and publishing it anew when the numbers were corrected.

use super::counted;
use super::fault::Fault;
use super::fold::{self, Told};
use super::out::BloodResultOut;
use super::shown;
use super::stated::{self, Of};
use super::store::{self, New, Row};
use super::sums;
use crate::authz::{Attempt, Granted, KeepBlood, Read, Right, Visit};
use crate::basics::clock::vietnam_date;
use crate::drives::{self, Drive, DriveState};
use crate::statements::{self, Event, NotStated};
use crate::tree;

/// Folds what was counted at a drive and states it. The same numbers are stated once.
pub fn publish(v: &mut Visit<'_>, typed: &str) -> Result<BloodResultOut, Fault> {
    let found = drives::by_code(v.conn, typed)?.ok_or(Fault::Unknown)?;
    let chapter = drives::today(v.conn, &found)?;
    v.see::<Read>(chapter)?;
    let grant = v.at::<KeepBlood>(chapter)?;
    // Who publishes at the same moment waits here.
    let drive = drives::hold(v.conn, found.id)?.ok_or(Fault::Unknown)?;
    if !(drive.is(DriveState::Reconciled) || drive.is(DriveState::Closed)) {
        return Err(Fault::NotReconciled);
    }
    let before = standing(v, &drive)?;
    if !(v.attempt() == Attempt::Replay && before.is_some()) {
        state(v, &grant, &drive, before)?;
    }
    shown::of_drive(v.conn, &drive.code)?.ok_or(Fault::Unknown)
}

/// States the result of a drive anew whose numbers two persons have agreed to correct: what was published before is replaced in sight, in the
/// transaction of the correction. The code of the statement; none where nothing was published yet, or nothing of what is told is another.
/// The caller holds the drive.
pub fn correct<R: Right>(v: &mut Visit<'_>, by: &Granted<R>, drive: &Drive) -> Result<Option<String>, Fault> {
    match standing(v, drive)? {
        Some(before) => state(v, by, drive, Some(before)),
        None => Ok(None),
    }
}

/// The result of a drive that stands, and what it told.
fn standing(v: &mut Visit<'_>, drive: &Drive) -> Result<Option<(Row, Told)>, Fault> {
    let Some(row) = store::standing(v.conn, drive.id)? else { return Ok(None) };
    let counts = store::counts(v.conn, &[row.statement.as_str()])?.remove(&row.statement).unwrap_or_default();
    let told = store::told(&row, &counts);
    Ok(Some((row, told)))
}

/// States what was counted, unless it was told before: the code of the statement.
fn state<R: Right>(
    v: &mut Visit<'_>,
    by: &Granted<R>,
    drive: &Drive,
    before: Option<(Row, Told)>,
) -> Result<Option<String>, Fault> {
    let (before, earlier) = before.unzip();
    let counted = counted::counted(v.conn, drive)?.ok_or(Fault::NotReconciled)?;
    let told = fold::fold(&counted, earlier.as_ref());
    if earlier.as_ref() == Some(&told) {
        return Ok(None);
    }
    let code = tree::code_of(v.conn, drive.chapter())?;
    let centre = drives::store::centres(v.conn)?.into_iter().find(|centre| centre.id == drive.centre_id);
    let centre = centre.ok_or_else(|| Fault::broken("a drive without a blood centre"))?;
    let text = stated::of(&Of { drive: &drive.code, chapter: &code, centre: &centre.code, day: drive.day }, &told);
    let body = statements::canonical(&text).map_err(Fault::broken)?;
    let new = statements::New {
        event: Event::BloodResult,
        appeal: None,
        day: drive.day.min(vietnam_date(v.now)),
        replaces: before.as_ref().map(|row| row.statement.as_str()),
        body: &body,
    };
    let statement = statements::state(v.conn, v.now, by, &new).map_err(|error| match error {
        NotStated::Db(error) => error.into(),
        other => Fault::broken(other),
    })?;
    let new = New { statement: &statement.code, drive, centre: &centre.code, now: v.now };
    store::insert(v.conn, by, &new, &told, before.as_ref()).map_err(|error| match error.constraint() {
        Some("blood_result_standing_key" | "blood_result_version_key") => Fault::AtOnce,
        _ => error.into(),
    })?;
    sums::add(v.conn, by, (drive.chapter_id, drive.day), &told, earlier.as_ref())?;
    let action = if before.is_some() { "BLOOD_RESULT_CORRECTED" } else { "BLOOD_RESULT_PUBLISHED" };
    let detail = serde_json::json!({"drive": drive.code, "statement": statement.code});
    v.note_at(Some(by.chapter()), action, None, Some(&detail))?;
    Ok(Some(statement.code))
}
