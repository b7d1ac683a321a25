//! What is shown of a case, whole and in lists.

use std::collections::HashMap;

use uuid::Uuid;

use super::between_store as between;
use super::fault::Fault;
use super::model::{FamilyAnswer, FamilyFate, FamilyNews, FamilyPartedBy, FamilyStep, told};
use super::out::{FamilyFindingOut, FamilyHandOverOut, FamilyLinkFound, FamilyLinkOut, FamilyNewsOut, FamilyStepOut};
use super::sealed::{self, Clear, Enquirer, FoundPerson, Sought};
use super::store::{self, FindingRow, Row};
use super::wire::{FamilyEnquirer, FamilyGuardian, FamilySought};
use super::{access, likeness};
use crate::authz::Visit;
use crate::tree;

fn enquirer(of: Enquirer) -> FamilyEnquirer {
    FamilyEnquirer {
        name: of.name,
        phone: of.phone,
        birth: of.birth,
        address: of.address,
        relation: of.relation,
        guardian: of.guardian.map(|guardian| FamilyGuardian { name: guardian.name, phone: guardian.phone }),
    }
}

fn sought(of: Sought) -> FamilySought {
    FamilySought {
        name: of.name,
        other_names: of.other_names,
        birth: of.birth,
        sex: of.sex,
        last_seen: of.last_seen,
        last_place: of.last_place,
        circumstances: of.circumstances,
    }
}

/// What a case says, where it may be shown; whether it is kept and not used.
fn usable(v: &mut Visit<'_>, row: &Row) -> Result<(Option<Clear>, bool), Fault> {
    match access::clear(v, row) {
        Ok(clear) => Ok((Some(clear), false)),
        Err(Fault::Gone) => Ok((None, false)),
        Err(Fault::Restricted) => Ok((None, true)),
        Err(fault) => Err(fault),
    }
}

/// A case whole, for whom it is open to.
pub fn out(v: &mut Visit<'_>, row: Row) -> Result<FamilyLinkOut, Fault> {
    let (clear, restricted) = usable(v, &row)?;
    let finding = store::finding(v.conn, row.id)?;
    let told = told(row.state(), finding.as_ref().and_then(FindingRow::found));
    let finding = match finding {
        Some(finding) => Some(found(v, &finding, restricted)?),
        None => None,
    };
    let steps = steps(v, row.id, restricted)?;
    let likenesses = likeness::here(v, row.id)?;
    let chapters = [Some(row.chapter_id), between::waiting(v.conn, row.id)?.map(|offer| offer.to_chapter_id)];
    let codes = tree::codes(v.conn, chapters.into_iter().flatten())?;
    let code = |chapter: Uuid| codes.get(&chapter).cloned();
    let (who, whom) = clear.map(|clear| (clear.enquirer, clear.sought)).unzip();
    Ok(FamilyLinkOut {
        id: row.id,
        chapter: code(row.chapter_id).unwrap_or_default(),
        state: row.state(),
        cause: FamilyPartedBy::parse(&row.cause).unwrap_or(FamilyPartedBy::Other),
        guarded: row.guarded,
        in_my_charge: row.in_charge == Some(v.account()),
        enquirer: who.map(enquirer),
        sought: whom.map(sought),
        restricted,
        text_version: row.text_version,
        consent_on: row.consent_on,
        finding,
        told,
        steps,
        likenesses,
        doubles: Vec::new(),
        offered_to: chapters[1].and_then(code),
        to_be_called: false,
        recorded_at: row.recorded_at,
        last_step_at: row.last_step_at,
        ended_at: row.ended_at,
    })
}

fn steps(v: &mut Visit<'_>, id: Uuid, restricted: bool) -> Result<Vec<FamilyStepOut>, Fault> {
    let rows = store::steps(v.conn, id)?;
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id))?;
    let mut steps = Vec::with_capacity(rows.len());
    for row in rows {
        let note = row.note.filter(|_| !restricted);
        let note = note.map(|note| sealed::open(v.vault, "family_step", "note", &row.id, &note)).transpose()?;
        steps.push(FamilyStepOut {
            id: row.id,
            kind: FamilyStep::parse(&row.kind).unwrap_or(FamilyStep::Note),
            chapter: codes.get(&row.chapter_id).cloned().unwrap_or_default(),
            note,
            done_at: row.done_at,
        });
    }
    Ok(steps)
}

/// Who was found, in clear; `None` of whom nothing is kept.
pub fn person(v: &Visit<'_>, row: &FindingRow) -> Result<Option<FoundPerson>, Fault> {
    let open = |sealed: &Vec<u8>| sealed::open(v.vault, "family_finding", "particulars", &row.id, sealed);
    Ok(row.particulars.as_ref().map(open).transpose()?)
}

fn found(v: &Visit<'_>, row: &FindingRow, restricted: bool) -> Result<FamilyFindingOut, Fault> {
    let of = if restricted { None } else { person(v, row)? };
    let guardian = row.guardian.as_ref().filter(|_| !restricted);
    let guardian = guardian.map(|name| sealed::open(v.vault, "family_finding", "guardian", &row.id, name)).transpose()?;
    let (name, phone, place, note, message) = match of {
        Some(of) => (of.name, of.phone, of.place, of.note, Some(of.message)),
        None => (None, None, None, None, None),
    };
    Ok(FamilyFindingOut {
        id: row.id,
        fate: FamilyFate::parse(&row.fate).unwrap_or(FamilyFate::Alive),
        of_child: row.of_child,
        name,
        phone,
        place,
        note,
        message,
        answer: row.answer.as_deref().and_then(FamilyAnswer::parse),
        guardian,
        found_at: row.found_at,
    })
}

/// What may be said to the enquirer of a case: nothing of who was found that they did not agree to.
pub fn news(v: &mut Visit<'_>, row: &Row) -> Result<FamilyNewsOut, Fault> {
    let clear = access::clear(v, row)?;
    let finding = store::finding(v.conn, row.id)?;
    let told = told(row.state(), finding.as_ref().and_then(FindingRow::found));
    let message = match finding.filter(|_| told == FamilyNews::News) {
        Some(finding) => person(v, &finding)?.map(|of| of.message),
        None => None,
    };
    Ok(FamilyNewsOut { told, message, through: clear.enquirer.guardian.map(|guardian| guardian.name) })
}

/// Cases in a list, in their order; a fixed number of statements. Names are shown of those that are open to who looks.
pub fn listed(v: &mut Visit<'_>, rows: Vec<Row>) -> Result<Vec<FamilyLinkFound>, Fault> {
    let mut clear: HashMap<Uuid, Clear> = HashMap::new();
    for row in rows.iter().filter(|row| access::is_open_to(row, v.account())) {
        clear.extend(access::open(v.vault, row)?.map(|clear| (row.id, clear)));
    }
    let pairs: Vec<(&Row, &Clear)> = rows.iter().filter_map(|row| Some((row, clear.get(&row.id)?))).collect();
    let closed = access::restricted(v.conn, v.vault, &pairs)?;
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id))?;
    let shown = |row: &Row| {
        let of = clear.get(&row.id).filter(|_| !closed.contains(&row.id));
        FamilyLinkFound {
            id: row.id,
            chapter: codes.get(&row.chapter_id).cloned().unwrap_or_default(),
            state: row.state(),
            guarded: row.guarded,
            enquirer: of.map(|of| of.enquirer.name.clone()),
            sought: of.map(|of| of.sought.name.clone()),
            recorded_at: row.recorded_at,
            last_step_at: row.last_step_at,
        }
    };
    Ok(rows.iter().map(shown).collect())
}

/// Offers in a list, in their order; why each was made is shown of one alone.
pub fn offers(v: &mut Visit<'_>, rows: Vec<between::HandOverRow>) -> Result<Vec<FamilyHandOverOut>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.family_link_id).collect();
    let guarded: HashMap<Uuid, bool> = store::some(v.conn, &ids)?.into_iter().map(|row| (row.id, row.guarded)).collect();
    let codes = tree::codes(v.conn, rows.iter().flat_map(|row| [row.from_chapter_id, row.to_chapter_id]))?;
    let code = |chapter: Uuid| codes.get(&chapter).cloned().unwrap_or_default();
    let shown = |row: between::HandOverRow| FamilyHandOverOut {
        id: row.id,
        family_link: row.family_link_id,
        from: code(row.from_chapter_id),
        to: code(row.to_chapter_id),
        state: row.state(),
        guarded: guarded.get(&row.family_link_id).copied().unwrap_or(true),
        note: None,
        offered_at: row.offered_at,
        decided_at: row.decided_at,
    };
    Ok(rows.into_iter().map(shown).collect())
}
