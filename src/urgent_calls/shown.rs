//! Urgent calls as they are shown to officers: what was called and how many. They name nobody.

use uuid::Uuid;

use super::fault::Fault;
use super::out::{UrgentCallOut, UrgentCallWaveOut};
use super::store::{self, CallRow, WaveRow};
use crate::authz::{Read, Visit};
use crate::tree;

/// Calls as they go out, each thing asked for once.
pub fn calls(v: &mut Visit<'_>, rows: Vec<CallRow>) -> Result<Vec<UrgentCallOut>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let labels = tree::labels(v.conn, &rows.iter().map(|row| row.chapter_id).collect::<Vec<_>>())?;
    let (counts, waves) = (store::counts(v.conn, &ids)?, store::waves(v.conn, &ids)?);
    rows.into_iter()
        .map(|row| {
            let label = labels.get(&row.chapter_id).ok_or(Fault::Broken("an urgent call of no chapter"))?;
            let of = counts.get(&row.id).copied().unwrap_or_default();
            Ok(UrgentCallOut {
                id: row.id,
                chapter: label.code.clone(),
                chapter_name: label.name.clone(),
                component: row.component().ok_or(Fault::Broken("an urgent call for nothing"))?,
                abo: row.abo().ok_or(Fault::Broken("an urgent call for no group"))?,
                rh: row.rh().ok_or(Fault::Broken("an urgent call for no group"))?,
                reach: row.reach().ok_or(Fault::Broken("an urgent call that reaches nobody"))?,
                state: row.state().ok_or(Fault::Broken("an urgent call in no state"))?,
                units: row.needed,
                hospital: row.hospital,
                reason: row.reason,
                until: row.until_at,
                club: row.club_id,
                wave_size: row.wave_size,
                wave_minutes: row.wave_minutes,
                next_wave_at: row.next_wave_at,
                enough_at: row.enough_at,
                asked: of.asked,
                yes: of.yes,
                no: of.no,
                stop: of.stop,
                unanswered: of.asked - of.yes - of.no - of.stop,
                waves: waves.iter().filter(|wave| wave.urgent_call_id == row.id).map(wave_out).collect(),
                made_at: row.made_at,
                ended_at: row.ended_at,
                version: row.version,
            })
        })
        .collect()
}

fn wave_out(wave: &WaveRow) -> UrgentCallWaveOut {
    UrgentCallWaveOut {
        id: wave.id,
        n: wave.n,
        asked_at: wave.asked_at,
        asked_by: wave.asked_by,
        wanted: wave.wanted,
        asked: wave.asked,
        quiet_reason: wave.quiet_reason.clone(),
    }
}

/// One call, for those who may read its chapter.
pub fn call(v: &mut Visit<'_>, id: Uuid) -> Result<(UrgentCallOut, i32), Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(row.chapter())?;
    let version = row.version;
    Ok((calls(v, vec![row])?.pop().ok_or(Fault::Unknown)?, version))
}
