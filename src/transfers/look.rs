//! Looking at transfers: either side sees them, and notes are for those who work with them.

use std::collections::HashMap;

use uuid::Uuid;

use super::fault::Fault;
use super::model::TransferPartKind;
use super::wire::{ChapterTransferOut, out};
use super::{loss, parts, send, store};
use crate::authz::{Approve, Record, Right, Visit};
use crate::db::DbError;
use crate::decisions;
use crate::tree::ChapterId;
use crate::vault::place;

/// One transfer, for those who may read one of its sides.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<ChapterTransferOut, Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    parts::sees(v, &row)?;
    let sides = row.sides().map(ChapterId);
    let works = holds_one::<Record>(v, &sides)? || holds_one::<Approve>(v, &sides)?;
    let mut shown = out(v.conn, row)?;
    shown.note = decisions::note_of(v, send::MATTER, id)?;
    let mut sealed: HashMap<Uuid, Vec<u8>> = match works {
        true => store::parts_of(v.conn, &[id])?.into_values().flatten().filter_map(|row| Some((row.id, row.note?))).collect(),
        false => HashMap::new(),
    };
    for part in &mut shown.parts {
        part.note = match sealed.remove(&part.id) {
            Some(note) => Some(v.vault.open_text(place("transfer_part", "note", &part.id), &note)?),
            // Those of losses are kept with their decision.
            None if part.kind == TransferPartKind::Loss => decisions::note_of(v, loss::MATTER, part.id)?,
            None => None,
        };
    }
    Ok(shown)
}

fn holds_one<R: Right>(v: &mut Visit<'_>, sides: &[ChapterId]) -> Result<bool, DbError> {
    Ok(v.at_each::<R>(sides)?.iter().any(Result::is_ok))
}
