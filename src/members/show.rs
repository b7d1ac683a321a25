//! What is shown of members and of steps about them.

use uuid::Uuid;

use super::carry;
use super::consent;
use super::fault::Fault;
use super::model::{MemberState, StepKind};
use super::store::{self, Row, StepRow};
use super::wire::{MemberFound, MemberOut, StepOut};
use super::{cards, grades, papers, spans};
use crate::authz::{SeePeople, Visit};
use crate::persons::{self, PersonId};
use crate::tree::{self, ChapterId};

/// One membership, for those who see its chapter's people; each reading is noted, and so is each that is refused.
pub fn member(v: &mut Visit<'_>, id: Uuid) -> Result<Result<MemberOut, Fault>, Fault> {
    let Some(row) = store::find(v.conn, id)? else { return Ok(Err(Fault::Unknown)) };
    let chapter = ChapterId(carry::today(v, row.chapter_id)?);
    let here = match v.see::<SeePeople>(chapter) {
        Ok(here) => here,
        Err(denied) => {
            v.note_at(Some(chapter), "PERSON_READ_REFUSED", Some(id), None)?;
            return Ok(Err(denied.into()));
        }
    };
    v.note_seen(&here, "MEMBER_READ", id)?;
    out(v, row).map(Ok)
}

/// A membership as it is shown.
pub fn out(v: &mut Visit<'_>, row: Row) -> Result<MemberOut, Fault> {
    let person = PersonId(row.person_id);
    let known = persons::names(v.conn, v.vault, &[person])?.remove(&person);
    let chapter = tree::code_of(v.conn, ChapterId(row.chapter_id))?;
    let branch = match row.branch_id {
        Some(branch) => Some(tree::code_of(v.conn, ChapterId(branch))?),
        None => None,
    };
    let mut consent = match known {
        Some(_) => consent::of(v.conn, v.vault, row.id)?,
        None => None,
    };
    if let Some(consent) = &mut consent {
        let today = carry::today(v, row.chapter_id)?;
        consent.document = papers::kept(v.conn, today, &consent.paper)?;
    }
    let rows = store::steps(v.conn, row.id)?;
    // What is left to the chapter above is nobody else's.
    let own = rows.into_iter().filter(|step| step.kind != StepKind::Likeness.name()).collect();
    Ok(MemberOut {
        id: row.id,
        chapter,
        person,
        name: known.as_ref().map(|person| person.name.clone()),
        kind: row.kind,
        state: row.state,
        branch,
        team: row.team,
        since: row.since,
        card: cards::of(v.conn, row.id)?,
        representative: known.and_then(|person| person.representative),
        grades: grades::of(v.conn, row.id)?,
        consent,
        steps: steps(v, own)?,
        recorded_at: row.recorded_at,
    })
}

/// Members in a list, in their order; a fixed number of statements.
pub fn found(v: &mut Visit<'_>, rows: Vec<Row>) -> Result<Vec<MemberFound>, Fault> {
    let ids: Vec<PersonId> = rows.iter().map(|row| PersonId(row.person_id)).collect();
    let known = persons::names(v.conn, v.vault, &ids)?;
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id))?;
    let out = |row: Row| MemberFound {
        id: row.id,
        chapter: codes.get(&row.chapter_id).cloned().unwrap_or_default(),
        person: PersonId(row.person_id),
        name: known.get(&PersonId(row.person_id)).map(|person| person.name.clone()),
        kind: row.kind,
        state: row.state,
        since: row.since,
    };
    Ok(rows.into_iter().map(out).collect())
}

fn steps(v: &mut Visit<'_>, rows: Vec<StepRow>) -> Result<Vec<StepOut>, Fault> {
    let codes = tree::codes(v.conn, rows.iter().flat_map(|row| [Some(row.chapter_id), row.to_chapter_id]).flatten())?;
    let code = |chapter: Uuid| codes.get(&chapter).cloned().unwrap_or_default();
    let out = |row: StepRow| StepOut {
        id: row.id,
        member: row.member_id,
        chapter: code(row.chapter_id),
        to: row.to_chapter_id.map(code),
        kind: row.kind,
        state: row.state,
        decision_no: row.decision_no,
        grade: row.grade,
        asked_at: row.asked_at,
        decided_at: row.decided_at,
        person: None,
        elsewhere: None,
        note: None,
    };
    Ok(rows.into_iter().map(out).collect())
}

/// A step with the person it is about, for those who may see it.
pub fn step(v: &mut Visit<'_>, row: StepRow, note: Option<String>) -> Result<StepOut, Fault> {
    let member = store::find(v.conn, row.member_id)?.ok_or(Fault::Unknown)?;
    let id = PersonId(member.person_id);
    let known = persons::names(v.conn, v.vault, &[id])?.remove(&id);
    let is_checked = row.kind == StepKind::Likeness.name() && member.state() == Some(MemberState::Checked);
    let elsewhere = match known.as_ref().filter(|_| is_checked) {
        Some(person) => spans::standing(v.conn, person.party)?.map(|(_, chapter)| chapter),
        None => None,
    };
    let elsewhere = match elsewhere {
        Some(chapter) => Some(tree::code_of(v.conn, ChapterId(chapter))?),
        None => None,
    };
    let person = match known {
        Some(person) => Some(persons::found::found(&person, &tree::code_of(v.conn, person.chapter)?)),
        None => None,
    };
    let out = steps(v, vec![row])?.pop().ok_or(Fault::Unknown)?;
    Ok(StepOut { person, elsewhere, note, ..out })
}
