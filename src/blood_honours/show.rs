//! Lists and those on them, as officers see them.

use std::collections::{HashMap, HashSet};

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::matter::MATTER;
use super::model::BloodHonourState;
use super::out::{BloodHonourOut, BloodHonoursOut};
use super::propose::sides;
use super::store::{self, HonourRow, ListRow};
use super::{families, naming};
use crate::authz::{Denied, Refusal, SeeBlood, Visit};
use crate::decisions;
use crate::donors::{self, DonorId};
use crate::http::Span;
use crate::persons::{self, PersonId};
use crate::tree;
use crate::vault::place;

/// Lists without anybody's name; a fixed number of statements.
pub fn lists(v: &mut Visit<'_>, rows: Vec<ListRow>) -> Result<Vec<BloodHonoursOut>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let counts: HashMap<Uuid, (i64, i64)> =
        store::counts(v.conn, &ids)?.into_iter().map(|(id, all, awarded)| (id, (all, awarded))).collect();
    let thresholds: HashMap<Uuid, _> = store::thresholds(v.conn)?.into_iter().map(|row| (row.id, row)).collect();
    let chapters: Vec<Uuid> = rows.iter().flat_map(|row| [row.chapter_id, row.awarded_at_id]).collect();
    let codes = tree::codes(v.conn, chapters)?;
    let code = |id: &Uuid| codes.get(id).cloned().unwrap_or_default();
    rows.into_iter()
        .map(|row| {
            let threshold = thresholds.get(&row.threshold_id).ok_or(Fault::Broken("a list for no threshold"))?;
            let (proposed, awarded) = counts.get(&row.id).copied().unwrap_or_default();
            Ok(BloodHonoursOut {
                id: row.id,
                chapter: code(&row.chapter_id),
                awarded_by: code(&row.awarded_at_id),
                threshold: threshold.id,
                of: threshold.of().ok_or(Fault::Broken("a threshold of nobody"))?,
                times: threshold.times,
                until: row.until_day,
                state: row.state().ok_or(Fault::Broken("a list in no state"))?,
                decision_no: row.decision_no,
                proposed,
                awarded,
                proposed_at: row.proposed_at,
                decided_at: row.decided_at,
                note: None,
            })
        })
        .collect()
}

fn seen(v: &mut Visit<'_>, id: Uuid) -> Result<ListRow, Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    if v.see_each(&sides(&row))?.iter().all(Option::is_none) {
        return Err(Fault::Unknown);
    }
    Ok(row)
}

/// One list, for those who may read the chapter that proposed it or the one that decides.
pub fn list(v: &mut Visit<'_>, id: Uuid) -> Result<BloodHonoursOut, Fault> {
    let row = seen(v, id)?;
    let note = decisions::note_of(v, MATTER, id)?;
    let shown = lists(v, vec![row])?.pop().ok_or(Fault::Unknown)?;
    Ok(BloodHonoursOut { note, ..shown })
}

/// Who is on a list: a page of them, for those who see the chapter's donors, and for who decides while it waits; noted.
pub fn page(v: &mut Visit<'_>, id: Uuid, span: &Span<Uuid>) -> Result<Vec<HonourRow>, Fault> {
    let row = seen(v, id)?;
    if !sees(v, &row)? {
        return Err(Fault::Denied(Denied::Refused(Refusal::NotAllowed)));
    }
    let rows = store::honours_page(v.conn, id, span)?;
    v.note_at(Some(row.chapter()), "BLOOD_HONOURS_READ", Some(id), Some(&json!({"rows": rows.len()})))?;
    Ok(rows)
}

/// Whether the visitor may see who is on it.
fn sees(v: &mut Visit<'_>, row: &ListRow) -> Result<bool, Fault> {
    match v.see::<SeeBlood>(row.chapter()) {
        Ok(_) => return Ok(true),
        Err(Denied::Refused(Refusal::NotAllowed | Refusal::Unreadable)) => {}
        Err(denied) => return Err(denied.into()),
    }
    match decisions::approvers(v.conn, MATTER, &[row.id])?.remove(&row.id) {
        Some(approver) if row.state() == Some(BloodHonourState::Proposed) => {
            Ok(decisions::decides_at(v, tree::ChapterId(approver))?)
        }
        _ => Ok(false),
    }
}

/// What those on a list are called, by their donor or family. Who was erased, or may not be used, is not among them.
pub fn called(v: &mut Visit<'_>, rows: &[HonourRow]) -> Result<HashMap<Uuid, String>, Fault> {
    let ids: Vec<DonorId> = rows.iter().filter_map(|row| row.donor_id).map(DonorId).collect();
    let persons: HashMap<DonorId, PersonId> =
        donors::find_all(v.conn, &ids)?.into_iter().map(|(id, row)| (id, row.person())).collect();
    let known = persons::names(v.conn, v.vault, &persons.values().copied().collect::<Vec<_>>())?;
    let name = |(donor, person): (DonorId, PersonId)| Some((donor.0, known.get(&person)?.name.clone()));
    let mut names: HashMap<Uuid, String> = persons.into_iter().filter_map(name).collect();
    let of: Vec<Uuid> = rows.iter().filter_map(|row| row.family_id).collect();
    for family in families::find_all(v.conn, &of)? {
        if let Some(sealed) = &family.name {
            names.insert(family.id, v.vault.open_text(place("blood_family", "name", &family.id), sealed)?);
        }
    }
    Ok(names)
}

/// Those on a list as they go out.
pub fn honours(v: &mut Visit<'_>, rows: Vec<HonourRow>) -> Result<Vec<BloodHonourOut>, Fault> {
    let names = called(v, &rows)?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let shown: HashSet<Uuid> = naming::names(v.conn, &ids)?.into_iter().map(|(id, _)| id).collect();
    rows.into_iter()
        .map(|row| {
            Ok(BloodHonourOut {
                id: row.id,
                donor: row.donor_id.map(DonorId),
                family: row.family_id,
                name: row.donor_id.or(row.family_id).and_then(|id| names.get(&id).cloned()),
                times: row.times,
                state: row.state().ok_or(Fault::Broken("an honour in no state"))?,
                withdrawn_at: row.withdrawn_at,
                name_shown: shown.contains(&row.id),
            })
        })
        .collect()
}

/// One of them.
pub fn honour(v: &mut Visit<'_>, list: Uuid, id: Uuid) -> Result<BloodHonourOut, Fault> {
    let row = store::honour(v.conn, id)?.filter(|row| row.list_id == list).ok_or(Fault::Unknown)?;
    honours(v, vec![row])?.pop().ok_or(Fault::Unknown)
}
