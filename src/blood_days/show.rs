//! What is shown of a day of giving: counts to who reads the chapter's records, people to who sees its blood donors.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::booked::{Booked, booked};
use super::model::{DifferenceKind, FileState};
use super::out::{BookedOut, DifferenceCount, DifferenceOut, LayoutOut, ReasonCount, ReconciliationOut, RowOut};
use super::store::{self, CheckInRow, DifferenceRow, FileRow, RowRow};
use super::{settle, sums, totals};
use crate::authz::{Read, SeeBlood, Visit};
use crate::donors::Fault;
use crate::drives::{self, Drive};
use crate::http::Span;
use crate::tree;
use crate::vault::place;

/// How a day of giving stands, for those who read the chapter's records.
pub fn reconciliation(v: &mut Visit<'_>, code: &str) -> Result<ReconciliationOut, Fault> {
    let drive = drives::by_code(v.conn, code)?.ok_or(Fault::Unknown)?;
    let chapter = drives::today(v.conn, &drive)?;
    v.see::<Read>(chapter)?;
    let file = store::standing_file(v.conn, drive.id)?;
    out(v, &drive, file)
}

/// The file that a decision is about, for those who read the chapter's records.
pub fn one(v: &mut Visit<'_>, id: Uuid) -> Result<ReconciliationOut, Fault> {
    let file = store::file(v.conn, id)?.ok_or(Fault::Unknown)?;
    let drive = drives::store::find(v.conn, file.drive_id)?.ok_or(Fault::Unknown)?;
    let chapter = drives::today(v.conn, &drive)?;
    v.see::<Read>(chapter)?;
    out(v, &drive, Some(file))
}

/// A file as it is after it was decided on, for who may.
pub fn of(v: &mut Visit<'_>, file: FileRow) -> Result<ReconciliationOut, Fault> {
    let drive = drives::store::find(v.conn, file.drive_id)?.ok_or(Fault::Unknown)?;
    out(v, &drive, Some(file))
}

/// See [`ReconciliationOut`].
pub fn out(v: &mut Visit<'_>, drive: &Drive, file: Option<FileRow>) -> Result<ReconciliationOut, Fault> {
    let (total, agreed) = totals::now(v.conn, drive, file.as_ref())?;
    let is_begun = file.as_ref().is_some_and(|file| file.is(FileState::Accepted) || file.is(FileState::Done));
    let reasons = sums::deferrals(v.conn, &[drive.id])?;
    let differences = store::count_differences(v.conn, drive.id)?;
    let layouts = store::layouts(v.conn, drive.centre_id, drive.day)?;
    let chapter = drives::today(v.conn, drive)?;
    Ok(ReconciliationOut {
        id: file.as_ref().map(|file| file.id),
        drive: drive.code.clone(),
        chapter: tree::code_of(v.conn, chapter)?,
        day: drive.day,
        state: file.as_ref().map(|file| file.state.clone()),
        registered: total.registered,
        came: total.came,
        gave: total.gave,
        deferred: total.deferred,
        ml: total.ml,
        version: agreed.then_some(total.version),
        reasons: reasons.into_iter().map(|(_, reason, persons)| ReasonCount { reason, persons }).collect(),
        differences: differences.into_iter().map(|(kind, all, open)| DifferenceCount { kind, all, open }).collect(),
        done_rows: file.as_ref().filter(|_| is_begun).map(|file| file.done_rows),
        rows: file.as_ref().map(|file| file.row_count),
        job: file.as_ref().filter(|_| is_begun).map(|file| file.id),
        layouts: layouts.into_iter().map(|(code, vi, en)| LayoutOut { code, vi, en }).collect(),
    })
}

/// Which differences are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Which {
    pub kind: Option<DifferenceKind>,
    pub open: bool,
}

/// A page of the differences of a drive, for those who see the blood donors of its chapter; noted.
pub fn differences(
    v: &mut Visit<'_>,
    code: &str,
    which: Which,
    span: &Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<DifferenceRow>, Fault> {
    let drive = drives::by_code(v.conn, code)?.ok_or(Fault::Unknown)?;
    let chapter = drives::today(v.conn, &drive)?;
    let here = v.see::<SeeBlood>(chapter)?;
    let rows = store::differences(v.conn, drive.id, (which.kind, which.open), span)?;
    v.note_at(Some(here.chapter()), "DRIVE_DIFFERENCES_LISTED", None, Some(&json!({"drive": drive.code})))?;
    Ok(rows)
}

/// Differences as they are shown, in their order; a fixed number of statements.
pub fn shown(v: &mut Visit<'_>, found: Vec<DifferenceRow>) -> Result<Vec<DifferenceOut>, Fault> {
    let ids: Vec<Uuid> = found.iter().flat_map(|one| [one.row_id, one.other_id]).flatten().collect();
    let rows = store::rows(v.conn, &ids)?;
    let of: Vec<Uuid> = found.iter().filter_map(|one| one.booking_id).collect();
    let booked = booked(v, &of)?;
    let Some(drive) = found.first().map(|one| one.drive_id) else { return Ok(Vec::new()) };
    let here = store::check_ins(v.conn, &of)?;
    let is_agreed = drives::store::find(v.conn, drive)?.as_ref().is_some_and(settle::is_agreed);
    found.into_iter().map(|one| difference(v, one, &rows, (&booked, &here), is_agreed)).collect()
}

fn difference(
    v: &mut Visit<'_>,
    one: DifferenceRow,
    rows: &HashMap<Uuid, RowRow>,
    (booked, here): (&Booked, &HashMap<Uuid, CheckInRow>),
    is_agreed: bool,
) -> Result<DifferenceOut, Fault> {
    let kind = one.kind().ok_or_else(|| Fault::broken("a difference of no kind"))?;
    let open = |sealed: &Vec<u8>| v.vault.open_text(place("drive_difference", "note", &one.id), sealed);
    let note = one.note.as_ref().map(open).transpose()?;
    let row = |id: Option<Uuid>| id.and_then(|id| rows.get(&id)).map(|row| shown_row(v, row)).transpose();
    let booking = one.booking_id.and_then(|id| {
        let (row, who) = booked.get(&id)?;
        Some(BookedOut {
            id: row.id,
            name: who.as_ref().map(|who| who.name.clone()),
            contact: who.as_ref().map(|who| who.contact.clone()).filter(|contact| !contact.is_empty()),
            volume_ml: here.get(&id).and_then(|row| row.volume_ml),
        })
    });
    Ok(DifferenceOut {
        id: one.id,
        kind,
        settled_by: kind.settled_by(is_agreed).to_vec(),
        row: row(one.row_id)?,
        other: row(one.other_id)?,
        booking,
        how: one.how().map(|settled| settled.how),
        why: one.how().and_then(|settled| settled.why),
        note,
        settled_at: one.settled_at,
    })
}

fn shown_row(v: &Visit<'_>, row: &RowRow) -> Result<RowOut, Fault> {
    let (name, birth, phone, code) = match row.open(v.vault)? {
        Some(who) => (Some(who.name), who.birth, who.phone, who.booking),
        None => (None, None, None, None),
    };
    Ok(RowOut {
        row: row.row_no,
        name,
        birth,
        phone,
        code,
        outcome: row.outcome.clone(),
        volume_ml: row.volume_ml,
        din: row.din.clone(),
    })
}
