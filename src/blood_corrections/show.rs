//! Corrections as they are shown: in counts to who reads the chapter's records, with people to who sees its blood donors.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::matter::MATTER;
use super::model::{CorrectionState, Expected};
use super::out::{DriveCorrectionBy, DriveCorrectionKindCount, DriveCorrectionOut, DriveCorrectionPieceOut};
use super::store::{self, PieceRow, Row};
use crate::authz::{Read, SeeBlood, Visit};
use crate::decisions;
use crate::donors::correct::standing_at;
use crate::donors::{DonationId, Fault};
use crate::drives::{self, Drive};
use crate::http::Span;
use crate::identity::store as identity;
use crate::tree;

/// A page of the corrections of a drive, the oldest first, for those who read the chapter's records.
pub fn list(v: &mut Visit<'_>, code: &str, span: &Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<Row>, Fault> {
    let drive = drives::by_code(v.conn, code)?.ok_or(Fault::Unknown)?;
    let chapter = drives::today(v.conn, &drive)?;
    v.see::<Read>(chapter)?;
    Ok(store::of_drive(v.conn, drive.id, span)?)
}

/// One correction, for those who read the chapter's records.
pub fn one(v: &mut Visit<'_>, id: Uuid) -> Result<DriveCorrectionOut, Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let drive = drives::store::find(v.conn, row.drive_id)?.ok_or(Fault::Unknown)?;
    let chapter = drives::today(v.conn, &drive)?;
    v.see::<Read>(chapter)?;
    of(v, row)
}

/// A correction as it is after it was decided on, for who may.
pub fn of(v: &mut Visit<'_>, row: Row) -> Result<DriveCorrectionOut, Fault> {
    let id = row.id;
    let note = decisions::note_of(v, MATTER, id)?;
    let shown = shown(v, vec![row])?.pop().ok_or(Fault::Unknown)?;
    Ok(DriveCorrectionOut { note, ..shown })
}

/// Corrections in their order; a fixed number of statements for those that were decided.
pub fn shown(v: &mut Visit<'_>, rows: Vec<Row>) -> Result<Vec<DriveCorrectionOut>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut kinds = store::kinds(v.conn, &ids)?;
    let accounts: Vec<Uuid> = rows.iter().flat_map(|row| [Some(row.requested_by), row.decided_by]).flatten().collect();
    let names = identity::user_names(v.conn, &accounts)?;
    let approvers = decisions::approvers(v.conn, MATTER, &ids)?;
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id).chain(approvers.values().copied()))?;
    let drives = drives::by_ids(v.conn, &rows.iter().map(|row| row.drive_id).collect::<Vec<_>>())?;
    let code = |id: &Uuid| codes.get(id).cloned().unwrap_or_default();
    let name = |account: Uuid| names.get(&account).cloned().unwrap_or_default();
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let drive = drives.get(&row.drive_id).ok_or_else(|| Fault::broken("a correction of no drive"))?;
        let counted = kinds.remove(&row.id).unwrap_or_default().into_iter();
        all.push(DriveCorrectionOut {
            drive: drive.code.clone(),
            chapter: code(&row.chapter_id),
            by: by(v, &row, drive)?,
            kinds: counted.map(|(kind, pieces)| DriveCorrectionKindCount { kind, pieces }).collect(),
            approver_chapter: approvers.get(&row.id).map(code).unwrap_or_default(),
            requested_by: name(row.requested_by),
            requested_at: row.requested_at,
            decided_by: row.decided_by.map(name),
            decided_at: row.decided_at,
            href: row.statement.as_ref().map(|code| format!("/api/v1/public/statements/{code}")),
            statement: row.statement,
            state: row.state,
            source: row.source,
            version: row.version,
            note: None,
            id: row.id,
        });
    }
    Ok(all)
}

/// By how much the totals went up or down; of the one of a drive that waits, what its pieces say.
fn by(v: &mut Visit<'_>, row: &Row, drive: &Drive) -> Result<Option<DriveCorrectionBy>, Fault> {
    if row.is(CorrectionState::Asked) {
        let of = expected(v, row, drive)?;
        let Expected { gave, deferred, ml } = of;
        return Ok(Some(DriveCorrectionBy { registered: None, came: None, gave, deferred, ml }));
    }
    let counted = row.gave_by.zip(row.deferred_by).zip(row.ml_by);
    Ok(counted.map(|((gave, deferred), ml)| DriveCorrectionBy {
        registered: row.registered_by,
        came: row.came_by,
        gave,
        deferred,
        ml,
    }))
}

fn expected(v: &mut Visit<'_>, row: &Row, drive: &Drive) -> Result<Expected, Fault> {
    let pieces = store::pieces(v.conn, &[row.id])?;
    let ids: Vec<DonationId> = pieces.iter().filter_map(|piece| piece.donation_id).map(DonationId).collect();
    let before: HashMap<Uuid, Option<i16>> =
        standing_at(v.conn, drive.id, &ids, &[])?.into_iter().map(|one| (one.id.0, one.volume_ml)).collect();
    let and = |of: Expected, piece: &PieceRow| {
        let Some(kind) = piece.kind() else { return of };
        let was = piece.donation_id.and_then(|id| before.get(&id).copied().flatten());
        of.and(kind, (was, piece.volume_ml), (piece.row_id.is_some(), piece.reason.is_some()))
    };
    Ok(pieces.iter().fold(Expected::default(), and))
}

/// The pieces of a correction, for those who see the blood donors of its chapter; noted.
pub fn pieces(v: &mut Visit<'_>, id: Uuid) -> Result<Vec<DriveCorrectionPieceOut>, Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let drive = drives::store::find(v.conn, row.drive_id)?.ok_or(Fault::Unknown)?;
    let chapter = drives::today(v.conn, &drive)?;
    let here = v.see::<SeeBlood>(chapter)?;
    v.note_seen(&here, "DRIVE_CORRECTION_READ", id)?;
    let rows = store::pieces(v.conn, &[id])?;
    rows.into_iter().map(|row| piece(v, row)).collect()
}

fn piece(v: &Visit<'_>, row: PieceRow) -> Result<DriveCorrectionPieceOut, Fault> {
    Ok(DriveCorrectionPieceOut {
        n: row.n + 1,
        kind: row.kind().ok_or_else(|| Fault::broken("a piece of no kind"))?,
        name: row.open(v.vault)?.map(|who| who.name),
        din: row.din().map(|din| din.shown()),
        donation: row.donation_id,
        made: row.made_id,
        booking: row.booking_id,
        why: row.why,
        reason: row.reason,
        component: row.component,
        volume_ml: row.volume_ml,
        abo: row.abo,
        rh: row.rh,
        serial: row.serial,
    })
}
