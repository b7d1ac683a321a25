//! Carrying out what was decided about a member.

use uuid::Uuid;

use super::cards;
use super::consent;
use super::fault::Fault;
use super::grades;
use super::joined;
use super::kinds;
use super::model::{CardState, MemberState, StepKind, StepState};
use super::spans::{self, Facts};
use super::store::{self, Row, StepRow};
use super::told;
use crate::authz::{Approve, Granted, Visit};
use crate::basics::PublicCode;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::decisions::{self, New, Plan};
use crate::parties;
use crate::persons::{self, Known, PersonId};
use crate::tree::{self, ChapterId};

/// The membership of a step, held, where the step is still possible.
pub fn held(v: &mut Visit<'_>, step: &StepRow) -> Result<(Row, StepKind), Fault> {
    let kind = step.kind().ok_or_else(|| Fault::broken("a step of an unknown kind"))?;
    let row = store::hold(v.conn, step.member_id)?.ok_or(Fault::Unknown)?;
    match row.state().is_some_and(|state| kind.is_possible_from(state)) {
        true => Ok((row, kind)),
        false => Err(Fault::NotPossible),
    }
}

/// The person of a membership in clear; nothing is done about who was erased, or whose data may not be used.
pub fn person(v: &mut Visit<'_>, row: &Row) -> Result<Known, Fault> {
    let id = PersonId(row.person_id);
    persons::names(v.conn, v.vault, &[id])?.remove(&id).ok_or(Fault::PersonGone)
}

/// The chapter that goes on with what this one had.
pub fn today(v: &mut Visit<'_>, chapter: Uuid) -> Result<Uuid, DbError> {
    let mut at = chapter;
    while let Some(next) = tree::successor(v.conn, ChapterId(at))? {
        at = next.0;
    }
    Ok(at)
}

/// Makes somebody a member, unless they are one at another chapter: then the nearest chapter above both is asked, and nobody else
/// learns of it. Two admissions of one person come one after the other: the party's row is held.
pub fn admit(v: &mut Visit<'_>, by: &Granted<Approve>, row: &Row, asked_by: Uuid) -> Result<(), Fault> {
    let person = person(v, row)?;
    parties::hold(v.conn, person.party)?;
    if let Some((_, elsewhere)) = spans::standing(v.conn, person.party)? {
        return check_above(v, by, row, asked_by, elsewhere);
    }
    enter(v, row, &person)
}

/// Counts somebody as a member from today on, and sees that they have a card.
fn enter(v: &mut Visit<'_>, row: &Row, person: &Known) -> Result<(), Fault> {
    let day = vietnam_date(v.now);
    let chapter = today(v, row.chapter_id)?;
    let facts = Facts::of(v.conn, row, chapter, person)?;
    spans::begin(v.conn, row.id, &facts, day).map_err(twice)?;
    told::expect(v.conn, v.now, day)?;
    store::become_(v.conn, row.id, MemberState::Admitted, row.since.or(Some(day)))?;
    let code = PublicCode::random().map_err(Fault::broken)?;
    cards::issue(v.conn, (row.id, facts.kind, chapter), &code, day)?;
    Ok(joined::settle_among(v.conn, &[row.person_id], day)?)
}

/// One person is a member once a day.
fn twice(error: DbError) -> Fault {
    match error.constraint() {
        Some(
            "member_span_once_a_day"
            | "member_span_person_once_a_day"
            | "member_span_open_key"
            | "member_span_person_open_key"
            | "member_standing_key",
        ) => Fault::AlreadyMember,
        _ => error.into(),
    }
}

fn check_above(v: &mut Visit<'_>, by: &Granted<Approve>, row: &Row, asked_by: Uuid, elsewhere: Uuid) -> Result<(), Fault> {
    let common = common(v, row.chapter_id, elsewhere)?;
    let step = StepRow {
        id: Uuid::new_v4(),
        member_id: row.id,
        kind: StepKind::Likeness.name().to_owned(),
        chapter_id: common.0,
        to_chapter_id: None,
        decision_no: None,
        state: StepState::Asked.name().to_owned(),
        asked_by,
        asked_at: v.now,
        decided_by: None,
        decided_at: None,
        became: None,
        grade: None,
    };
    store::insert_step(v.conn, &step)?;
    store::become_(v.conn, row.id, MemberState::Checked, None)?;
    let new =
        New { kind: kinds::LIKENESS, id: step.id, subject: step.id, about: None, amount_vnd: None, not_by: &[], with: None };
    // Whoever is appointed there later decides as well.
    Ok(decisions::enter_above(v.conn, v.now, by, &new, &Plan::waiting_at(by, common))?)
}

/// The nearest chapter above two.
fn common(v: &mut Visit<'_>, one: Uuid, other: Uuid) -> Result<ChapterId, Fault> {
    let (one, other) = (tree::line(v.conn, ChapterId(one))?, tree::line(v.conn, ChapterId(other))?);
    let above = one.iter().find(|(chapter, _)| other.iter().any(|(also, _)| also == chapter));
    above.map(|(chapter, _)| *chapter).ok_or_else(|| Fault::broken("two chapters have nothing above them"))
}

/// The applicant is somebody else than the member of the other chapter: a person of their own, and a member.
pub fn admit_other(v: &mut Visit<'_>, row: &Row) -> Result<(), Fault> {
    persons::set_apart(&mut v.errand(), PersonId(row.person_id))?;
    let person = person(v, row)?;
    enter(v, row, &person)
}

/// Ends a membership today.
pub fn end(v: &mut Visit<'_>, row: &Row, to: MemberState) -> Result<(), Fault> {
    let day = vietnam_date(v.now);
    spans::end(v.conn, row.id, day)?;
    cards::end(v.conn, row.id, CardState::NotValid, day)?;
    grades::end(v.conn, row.id, None, day)?;
    store::become_(v.conn, row.id, to, row.since)?;
    Ok(joined::settle_among(v.conn, &[row.person_id], day)?)
}

/// Goes on with a membership at another chapter, which knows the person by a name of its own. Returns the membership there.
pub fn transfer(v: &mut Visit<'_>, row: &Row, to: Uuid, account: Uuid) -> Result<Uuid, Fault> {
    let day = vietnam_date(v.now);
    let to = today(v, to)?;
    if to == today(v, row.chapter_id)? {
        return Err(Fault::SameChapter);
    }
    // Of a person who stands here twice, the membership moves that is counted.
    if spans::counted_among(v.conn, &[row.id])?.is_empty() {
        return Err(Fault::AlreadyMember);
    }
    let person = person(v, row)?;
    let there = persons::carry(&mut v.errand(), &person, ChapterId(to), account)?;
    spans::end(v.conn, row.id, day)?;
    store::become_(v.conn, row.id, MemberState::Transferred, row.since)?;
    let new = Row {
        id: Uuid::new_v4(),
        chapter_id: to,
        person_id: there.0,
        state: MemberState::Admitted.name().to_owned(),
        branch_id: None,
        team: None,
        came_from: Some(row.id),
        recorded_by: account,
        recorded_at: v.now,
        ..row.clone()
    };
    store::insert(v.conn, &new).map_err(twice)?;
    let facts = Facts::of(v.conn, &new, to, &person)?;
    spans::begin(v.conn, new.id, &facts, day).map_err(twice)?;
    cards::hand(v.conn, row.id, (new.id, facts.kind, to))?;
    consent::follow(v.conn, v.vault, row.id, new.id)?;
    grades::follow(v.conn, row.id, new.id, day)?;
    Ok(new.id)
}

/// What a member is counted as from today on, after something of it changed.
pub fn count_anew(v: &mut Visit<'_>, row: &Row) -> Result<(), Fault> {
    let (person, chapter) = (person(v, row)?, today(v, row.chapter_id)?);
    spans::count_anew(&mut v.errand(), row, chapter, &person).map_err(twice)
}
