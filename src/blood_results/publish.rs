//! Publishing the result of a drive, and publishing it anew when the numbers were corrected.

use super::counted;
use super::fault::Fault;
use super::fold;
use super::out::BloodResultOut;
use super::shown;
use super::stated::{self, Of};
use super::store::{self, New};
use super::sums;
use crate::authz::{Attempt, KeepBlood, Read, Visit};
use crate::basics::clock::vietnam_date;
use crate::drives::{self, DriveState};
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
    let before = store::standing(v.conn, drive.id)?;
    let earlier = match &before {
        None => None,
        Some(row) => {
            let counts = store::counts(v.conn, &[row.statement.as_str()])?.remove(&row.statement).unwrap_or_default();
            Some(store::told(row, &counts))
        }
    };
    let counted = counted::counted(v.conn, &drive)?.ok_or(Fault::NotReconciled)?;
    let told = fold::fold(&counted, earlier.as_ref());
    let is_again = v.attempt() == Attempt::Replay && earlier.is_some();
    if is_again || earlier.as_ref() == Some(&told) {
        return shown::of_drive(v.conn, &drive.code)?.ok_or(Fault::Unknown);
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
    let statement = statements::state(v.conn, v.now, &grant, &new).map_err(|error| match error {
        NotStated::Db(error) => error.into(),
        other => Fault::broken(other),
    })?;
    let new = New { statement: &statement.code, drive: &drive, centre: &centre.code, now: v.now };
    store::insert(v.conn, &grant, &new, &told, before.as_ref()).map_err(|error| match error.constraint() {
        Some("blood_result_standing_key" | "blood_result_version_key") => Fault::AtOnce,
        _ => error.into(),
    })?;
    sums::add(v.conn, &grant, (drive.chapter_id, drive.day), &told, earlier.as_ref())?;
    let action = if before.is_some() { "BLOOD_RESULT_CORRECTED" } else { "BLOOD_RESULT_PUBLISHED" };
    let detail = serde_json::json!({"drive": drive.code, "statement": statement.code});
    v.note_at(Some(chapter), action, None, Some(&detail))?;
    shown::of_drive(v.conn, &drive.code)?.ok_or(Fault::Unknown)
}
