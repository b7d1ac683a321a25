//! Call-outs as they are shown to officers: READ shows what was called and how many; the note is for those who see the chapter's people.

use std::collections::HashMap;

use uuid::Uuid;

use super::close::Closed;
use super::fault::Fault;
use super::occasion;
use super::out::{CallOutClosedOut, CallOutForOut, CallOutOut, CallOutShiftOut, CallOutWaveOut};
use super::store::{self, CallOutRow, ShiftRow, WaveRow};
use crate::authz::{Denied, Read, Refusal, SeePeople, Visit};
use crate::house::Rooms;
use crate::house::occasion::Occasion;
use crate::tree::{self, Label};
use crate::vault::place;

/// Call-outs as they go out, each thing asked for once.
pub fn call_outs(v: &mut Visit<'_>, rooms: Rooms, rows: Vec<CallOutRow>) -> Result<Vec<CallOutOut>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut called_for = occasion::of_rows(v.conn, rooms, &rows)?;
    let chapters = rows.iter().map(|row| row.chapter_id).chain(called_for.values().map(|of| of.chapter));
    let labels = tree::labels(v.conn, &chapters.collect::<Vec<_>>())?;
    let (counts, people) = (store::counts(v.conn, &ids)?, store::in_shifts(v.conn, &ids)?);
    let (waves, shifts) = (store::waves(v.conn, &ids)?, store::shifts(v.conn, &ids)?);
    rows.into_iter()
        .map(|row| {
            let label = labels.get(&row.chapter_id).ok_or(Fault::Broken("a call-out of no chapter"))?;
            let of = counts.get(&row.id).copied().unwrap_or_default();
            Ok(CallOutOut {
                id: row.id,
                chapter: label.code.clone(),
                chapter_name: label.name.clone(),
                kind: row.kind().ok_or(Fault::Broken("a call-out for nothing"))?,
                state: row.state().ok_or(Fault::Broken("a call-out in no state"))?,
                called_for: called_for.remove(&row.id).map(|of| for_out(of, &labels)),
                drive: row.drive,
                campaign: row.campaign_id,
                event: row.event,
                place: row.place,
                why: row.why,
                from: row.from_at,
                until: row.until_at,
                needed: row.needed,
                skills: row.skills,
                available: row.available,
                team: row.team_id,
                wave_size: row.wave_size,
                wave_minutes: row.wave_minutes,
                next_wave_at: row.next_wave_at,
                enough_at: row.enough_at,
                asked: of.asked,
                yes: of.yes,
                no: of.no,
                stop: of.stop,
                unanswered: of.asked - of.yes - of.no - of.stop,
                came: of.came,
                waves: waves.iter().filter(|wave| wave.call_out_id == row.id).map(wave_out).collect(),
                shifts: shifts
                    .iter()
                    .filter(|shift| shift.call_out_id == row.id)
                    .map(|shift| shift_out(shift, &people))
                    .collect(),
                made_at: row.made_at,
                ended_at: row.ended_at,
                closed_at: row.closed_at,
                note: None,
                version: row.version,
            })
        })
        .collect()
}

fn for_out(of: Occasion, labels: &HashMap<Uuid, Label>) -> CallOutForOut {
    CallOutForOut {
        chapter: labels.get(&of.chapter).map(|label| label.code.clone()).unwrap_or_default(),
        title: of.title,
        title_en: of.title_en,
        state: of.state,
    }
}

fn wave_out(wave: &WaveRow) -> CallOutWaveOut {
    CallOutWaveOut {
        id: wave.id,
        n: wave.n,
        asked_at: wave.asked_at,
        asked_by: wave.asked_by,
        wanted: wave.wanted,
        asked: wave.asked,
        quiet_reason: wave.quiet_reason.clone(),
    }
}

fn shift_out(shift: &ShiftRow, people: &HashMap<Uuid, i64>) -> CallOutShiftOut {
    CallOutShiftOut {
        id: shift.id,
        from: shift.from_at,
        until: shift.until_at,
        needed: shift.needed,
        people: people.get(&shift.id).copied().unwrap_or(0),
    }
}

/// One call-out, for those who may read its chapter.
pub fn call_out(v: &mut Visit<'_>, rooms: Rooms, id: Uuid) -> Result<(CallOutOut, i32), Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(row.chapter())?;
    let sees = match v.see::<SeePeople>(row.chapter()) {
        Ok(_) => true,
        Err(Denied::Refused(Refusal::NotAllowed | Refusal::Unreadable)) => false,
        Err(denied) => return Err(denied.into()),
    };
    let sealed = row.note.as_ref().filter(|_| sees);
    let note = sealed.map(|note| v.vault.open_text(place("call_out", "note", &id), note)).transpose()?;
    let version = row.version;
    let shown = call_outs(v, rooms, vec![row])?.pop().ok_or(Fault::Unknown)?;
    Ok((CallOutOut { note, ..shown }, version))
}

/// One that was closed.
pub fn closed(v: &mut Visit<'_>, rooms: Rooms, id: Uuid, closed: Closed) -> Result<CallOutClosedOut, Fault> {
    let (call_out, _) = call_out(v, rooms, id)?;
    Ok(CallOutClosedOut { call_out, hours_entered: closed.entered, hours_not_entered: closed.not_entered })
}
