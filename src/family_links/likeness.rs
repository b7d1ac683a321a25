//! Cases of different chapters that may be one matter: two who look for one person, or two who look for each other. Whoever drafts
//! learns that it is being compared above, and what the centre says; the centre sees of both what it takes to compare them.

use std::collections::HashMap;

use chrono::Duration;
use uuid::Uuid;

use super::access;
use super::between_store::{self as between, LikenessRow};
use super::fault::Fault;
use super::model::{FamilyLikenessKind, FamilyLikenessState};
use super::out::{FamilyLikenessHere, FamilyLikenessOut, FamilyLikenessSide};
use super::sealed::Clear;
use super::store::{self, Row};
use crate::authz::{Granted, KeepFamilyLinks, SeeFamilyLinks, Visit};
use crate::tree::{self, ChapterId};

/// Most cases that a name proposes.
const MOST_PROPOSED: i64 = 50;
/// Likenesses that an account's cases may have within a day: who drafts to learn who is sought elsewhere is not helped.
const MOST_A_DAY: i64 = 10;

/// Refuses an account whose cases were compared too often today.
pub fn spend(v: &mut Visit<'_>) -> Result<(), Fault> {
    match between::asked_since(v.conn, v.account(), v.now - Duration::days(1))? >= MOST_A_DAY {
        true => Err(Fault::TooManyChecked),
        false => Ok(()),
    }
}

/// Looks for cases that are like one that was written now, and asks the centre about those of other chapters. Those of the same chapter
/// come back, as far as they are open to who asks.
pub fn look(v: &mut Visit<'_>, by: &Granted<KeepFamilyLinks>, row: &Row, clear: &Clear) -> Result<Vec<Uuid>, Fault> {
    between::lock(v.conn)?;
    let either: Vec<i64> = row.sought_keys.iter().chain(&row.enquirer_keys).copied().collect();
    let rows = store::alike(v.conn, row.id, &either, &row.sought_keys, MOST_PROPOSED)?;
    let (mut here, mut asked) = (Vec::new(), Vec::new());
    let centre = tree::centre(v.conn)?;
    for other in &rows {
        let Some(theirs) = access::open(v.vault, other)? else { continue };
        let Some(kind) = kind(clear, &theirs) else { continue };
        if other.chapter_id == row.chapter_id {
            here.extend(access::is_open_to(other, by.account()).then_some(other.id));
            continue;
        }
        let (one_id, other_id) = if row.id < other.id { (row.id, other.id) } else { (other.id, row.id) };
        asked.push(LikenessRow {
            id: Uuid::new_v4(),
            one_id,
            other_id,
            chapter_id: centre.0,
            kind: kind.name().to_owned(),
            state: FamilyLikenessState::Asked.name().to_owned(),
            asked_by: by.account(),
            asked_at: v.now,
            decided_by: None,
            decided_at: None,
        });
    }
    between::ask(v.conn, &asked)?;
    here.sort_unstable();
    Ok(here)
}

/// Why two cases may be one matter.
fn kind(one: &Clear, other: &Clear) -> Option<FamilyLikenessKind> {
    let asks = |one: &Clear, other: &Clear| one.sought.traits().may_be(&other.enquirer.traits());
    if asks(one, other) || asks(other, one) {
        return Some(FamilyLikenessKind::LookForEachOther);
    }
    one.sought.traits().may_be(&other.sought.traits()).then_some(FamilyLikenessKind::SameSought)
}

/// What a case shows of its likenesses: the other chapter only where the centre said that it is the same matter.
pub fn here(v: &mut Visit<'_>, id: Uuid) -> Result<Vec<FamilyLikenessHere>, Fault> {
    let rows = between::likenesses_of(v.conn, id)?;
    let others: Vec<Uuid> = rows.iter().map(|row| if row.one_id == id { row.other_id } else { row.one_id }).collect();
    let held: HashMap<Uuid, Uuid> = store::some(v.conn, &others)?.into_iter().map(|row| (row.id, row.chapter_id)).collect();
    let codes = tree::codes(v.conn, held.values().copied())?;
    let shown = |(row, other): (LikenessRow, Uuid)| {
        let (kind, state) = words(&row)?;
        let same = state == FamilyLikenessState::Same;
        let other_chapter = held.get(&other).filter(|_| same).and_then(|chapter| codes.get(chapter).cloned());
        Some(FamilyLikenessHere { kind, state, other_chapter })
    };
    Ok(rows.into_iter().zip(others).filter_map(shown).collect())
}

fn words(row: &LikenessRow) -> Option<(FamilyLikenessKind, FamilyLikenessState)> {
    Some((FamilyLikenessKind::parse(&row.kind)?, FamilyLikenessState::parse(&row.state)?))
}

/// One likeness in a list: that it is there.
pub fn listed(row: LikenessRow) -> Option<FamilyLikenessOut> {
    let (kind, state) = words(&row)?;
    Some(FamilyLikenessOut { id: row.id, kind, state, asked_at: row.asked_at, decided_at: row.decided_at, cases: Vec::new() })
}

/// One likeness with as much of the two cases as it takes, while it is open; each reading is noted at the centre and at both chapters.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<FamilyLikenessOut, Fault> {
    let row = between::likeness(v.conn, id)?.ok_or(Fault::Unknown)?;
    let here = v.see::<SeeFamilyLinks>(ChapterId(row.chapter_id))?;
    v.note_seen(&here, "FAMILY_LIKENESS_READ", id)?;
    let (two, is_asked) = ([row.one_id, row.other_id], row.state == FamilyLikenessState::Asked.name());
    let mut out = listed(row).ok_or_else(|| Fault::broken("a likeness of an unknown kind"))?;
    if !is_asked {
        return Ok(out);
    }
    let crossed = out.kind == FamilyLikenessKind::LookForEachOther;
    let cases = store::some(v.conn, &two)?;
    let codes = tree::codes(v.conn, cases.iter().map(|case| case.chapter_id))?;
    for case in &cases {
        let Some(clear) = access::open(v.vault, case)? else { continue };
        v.note_at(Some(ChapterId(case.chapter_id)), "FAMILY_LINK_COMPARED", Some(case.id), None)?;
        out.cases.push(side(clear, codes.get(&case.chapter_id).cloned().unwrap_or_default(), crossed));
    }
    Ok(out)
}

fn side(clear: Clear, chapter: String, crossed: bool) -> FamilyLikenessSide {
    let (enquirer, sought) = (clear.enquirer, clear.sought);
    FamilyLikenessSide {
        chapter,
        enquirer: Some(enquirer.name).filter(|_| crossed),
        enquirer_birth: enquirer.birth.filter(|_| crossed),
        sought: sought.name,
        other_names: sought.other_names,
        birth: sought.birth,
        sex: sought.sex,
        last_seen: sought.last_seen,
        last_place: sought.last_place,
    }
}

/// What the centre says. Said again the same way, it answers as the first time.
pub fn decide(v: &mut Visit<'_>, id: Uuid, state: FamilyLikenessState) -> Result<FamilyLikenessOut, Fault> {
    let row = between::hold_likeness(v.conn, id)?.ok_or(Fault::Unknown)?;
    let grant = v.at::<KeepFamilyLinks>(ChapterId(row.chapter_id))?;
    if row.state == FamilyLikenessState::Asked.name() {
        between::decide_likeness(v.conn, &grant, v.now, id, state)?;
        let action = if state == FamilyLikenessState::Same { "FAMILY_LIKENESS_SAME" } else { "FAMILY_LIKENESS_OTHER" };
        v.note(&grant, action, id)?;
    } else if row.state != state.name() {
        return Err(Fault::NotPossible);
    }
    let row = between::likeness(v.conn, id)?.ok_or(Fault::Unknown)?;
    listed(row).ok_or_else(|| Fault::broken("a likeness of an unknown kind"))
}
