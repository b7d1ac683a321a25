//! A part of an accepted list, admitted in one transaction: a fixed number of statements for all its people, and one step to the
//! chapter above for each who may be a member elsewhere.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::super::fault::Fault;
use super::super::model::{MemberKind, MemberState, StepKind, StepState};
use super::super::spans::{self, Counts, Facts};
use super::super::store::{Row, StepRow};
use super::super::told;
use super::super::{cards, consent, joined, kinds};
use super::check::already_member;
use super::form::{self, Entry};
use super::rules::{Fit, Rules};
use super::store::{self, ImportRow, Refused, Settled};
use crate::authz::{Granted, KeepPeople};
use crate::basics::PublicCode;
use crate::basics::clock::vietnam_date;
use crate::chapters;
use crate::db::DbError;
use crate::db::schema::{member, member_step};
use crate::decisions::{self, New, Plan};
use crate::house::errand::Errand;
use crate::http::FieldError;
use crate::parties;
use crate::persons::lists::{self, Met};
use crate::persons::sheet::restricted;
use crate::tree::{self, ChapterId};
use crate::vault::Vault;

/// Somebody of a list who may be admitted, sealed and ready.
pub struct Candidate {
    pub row: u32,
    /// Of the membership that they get.
    pub member: Uuid,
    pub entry: Entry,
    pub fit: Fit,
    pub person: lists::Listed,
}

/// The ids of somebody at a place of a list: of the person, and of the membership.
pub fn ids(vault: &Vault, list: &ImportRow, place: usize) -> (Uuid, Uuid) {
    let id = |purpose: &str| {
        let hash = vault.hash(purpose, &[list.content_hash.as_slice(), &(place as u64).to_be_bytes()].concat());
        uuid::Builder::from_random_bytes(hash.first_chunk().copied().unwrap_or_default()).into_uuid()
    };
    (id("member.import.person"), id("member.import.id"))
}

/// A fault of somebody as a row that is not admitted.
pub fn refused(row: u32, error: &FieldError) -> Refused {
    let fault = form::fault(row, error);
    Refused { row, column: fault.column.map(str::to_owned), code: fault.code.to_owned(), vi: fault.said.vi, en: fault.said.en }
}

/// Somebody who is admitted now, or checked above.
struct Newcomer {
    row: Row,
    fit: Fit,
    counts: Counts,
    /// The chapter that they are a member of.
    elsewhere: Option<Uuid>,
}

/// See the module. `by` is whoever sent the list, or goes on with it. Where more people than `may` be would be left to chapters above, it
/// returns the row of the last of whom that may be said, and nothing of what it did may stand: the rows after that one wait, whoever is in
/// them, so that nobody learns from it who is known elsewhere.
pub fn part(
    errand: &mut Errand<'_>,
    by: &Granted<KeepPeople>,
    list: &ImportRow,
    (rules, may): (&Rules, i64),
    people: Vec<Candidate>,
    settled: &mut Settled,
) -> Result<Option<u32>, Fault> {
    let chapter = by.chapter();
    let (sealed, people): (Vec<_>, Vec<_>) =
        people.into_iter().map(|one| (one.person, (one.row, one.member, one.entry, one.fit))).unzip();
    let met = lists::write(errand, chapter, list.uploaded_by, sealed)?;
    let parties: Vec<Uuid> = met.iter().flatten().map(|met| met.party).collect();
    // Two admissions of one person come one after the other.
    parties::hold_all(errand.conn, &parties)?;
    let elsewhere = spans::standing_of(errand.conn, &parties)?;
    let mut taken = store::standing(errand.conn, &met.iter().flatten().map(|met| met.person.0).collect::<Vec<_>>())?;
    let own: HashSet<Uuid> = tree::with_succeeded(errand.conn, chapter)?.into_iter().collect();
    let mut new = Vec::with_capacity(people.len());
    for ((row, member, entry, fit), met) in people.into_iter().zip(met) {
        let Some(met) = met else {
            settled.refused.push(refused(row, &restricted()));
            continue;
        };
        let there = elsewhere.get(&met.party).copied();
        if !taken.insert(met.person.0) || there.is_some_and(|chapter| own.contains(&chapter)) {
            settled.refused.push(refused(row, &already_member()));
            continue;
        }
        let birth = met.known.as_ref().and_then(|known| known.birth);
        match if birth.is_some() { rules.check(&entry, birth) } else { Ok(fit) } {
            Ok(fit) => new.push((row, somebody(errand.now, list, chapter, member, &met, fit, there))),
            Err(errors) => settled.refused.extend(errors.first().map(|error| refused(row, error))),
        }
    }
    let may = usize::try_from(may).unwrap_or(0);
    let checked: Vec<u32> = new.iter().filter(|(_, one)| one.elsewhere.is_some()).map(|(row, _)| *row).collect();
    if checked.len() > may {
        return Ok(Some(may.checked_sub(1).and_then(|last| checked.get(last).copied()).unwrap_or(0)));
    }
    let new: Vec<Newcomer> = new.into_iter().map(|(_, one)| one).collect();
    write(errand, list, chapter, &new)?;
    for one in &new {
        if let Some(other) = one.elsewhere {
            check_above(errand, by, &one.row, other)?;
            settled.checked += 1;
        } else {
            settled.admitted += 1;
        }
    }
    Ok(None)
}

fn somebody(
    now: DateTime<Utc>,
    list: &ImportRow,
    chapter: ChapterId,
    member: Uuid,
    met: &Met,
    fit: Fit,
    elsewhere: Option<Uuid>,
) -> Newcomer {
    let state = if elsewhere.is_some() { MemberState::Checked } else { MemberState::Admitted };
    let known = met.known.as_ref();
    Newcomer {
        row: Row {
            id: member,
            chapter_id: chapter.0,
            person_id: met.person.0,
            kind: fit.kind.name().to_owned(),
            state: state.name().to_owned(),
            branch_id: fit.branch,
            team: fit.team.clone(),
            since: elsewhere.is_none().then(|| vietnam_date(now)),
            came_from: None,
            recorded_by: list.uploaded_by,
            recorded_at: now,
        },
        counts: Counts {
            party: met.party,
            sex: known.map_or(fit.of.sex, |known| known.sex),
            birth: known.map_or(fit.of.birth, |known| known.birth),
        },
        fit,
        elsewhere,
    }
}

/// Writes memberships with their admission, their consent, and of those who are members now what they count as and their cards.
fn write(errand: &mut Errand<'_>, list: &ImportRow, chapter: ChapterId, new: &[Newcomer]) -> Result<(), Fault> {
    let day = vietnam_date(errand.now);
    diesel::insert_into(member::table).values(new.iter().map(|one| &one.row).collect::<Vec<_>>()).execute(errand.conn)?;
    let steps: Vec<StepRow> = new.iter().map(|one| admission(list, &one.row)).collect();
    diesel::insert_into(member_step::table).values(&steps).execute(errand.conn)?;
    let given: Vec<_> = new.iter().filter_map(|one| Some((one.row.id, one.fit.given.as_ref()?))).collect();
    if !given.is_empty() {
        consent::record_all(errand.conn, errand.vault, &given)?;
    }
    let sectors = sectors(errand.conn, chapter, new)?;
    let (mut facts, mut issued) = (Vec::with_capacity(new.len()), Vec::with_capacity(new.len()));
    for one in new.iter().filter(|one| one.elsewhere.is_none()) {
        let around = one.row.branch_id.unwrap_or(chapter.0);
        let sector = sectors.get(&around).cloned().unwrap_or_default();
        facts.push((one.row.id, Facts::around(&one.row, chapter.0, one.counts, sector)));
        let kind: MemberKind = one.fit.kind;
        issued.push(((one.row.id, kind, chapter.0), PublicCode::random().map_err(Fault::broken)?));
    }
    spans::begin_all(errand.conn, &facts, day)?;
    let counted = new.iter().filter(|one| one.elsewhere.is_none()).map(|one| one.row.person_id);
    joined::settle_among(errand.conn, &counted.collect::<Vec<_>>(), day)?;
    told::expect(errand.conn, errand.now, day)?;
    Ok(cards::issue_all(errand.conn, &issued, day)?)
}

/// The admission that the list was decided by.
fn admission(list: &ImportRow, row: &Row) -> StepRow {
    StepRow {
        id: row.id,
        member_id: row.id,
        kind: StepKind::Admission.name().to_owned(),
        chapter_id: row.chapter_id,
        to_chapter_id: None,
        decision_no: Some(list.decision_no.clone()),
        state: StepState::Done.name().to_owned(),
        asked_by: list.uploaded_by,
        asked_at: list.uploaded_at,
        decided_by: list.decided_by,
        decided_at: list.decided_at,
        became: None,
        grade: None,
    }
}

/// What the branches of these people, and the chapter, gather around.
fn sectors(conn: &mut PgConnection, chapter: ChapterId, new: &[Newcomer]) -> Result<HashMap<Uuid, String>, DbError> {
    let mut ids: Vec<Uuid> = new.iter().filter_map(|one| one.row.branch_id).collect();
    ids.push(chapter.0);
    Ok(chapters::store::by_ids(conn, &ids)?.into_iter().map(|(id, row)| (id, row.kind)).collect())
}

/// Leaves it to the nearest chapter above both whether somebody is the member of the other one.
fn check_above(errand: &mut Errand<'_>, by: &Granted<KeepPeople>, row: &Row, elsewhere: Uuid) -> Result<(), Fault> {
    let common = common(errand.conn, row.chapter_id, elsewhere)?;
    let step = StepRow {
        id: Uuid::new_v4(),
        member_id: row.id,
        kind: StepKind::Likeness.name().to_owned(),
        chapter_id: common.0,
        to_chapter_id: None,
        decision_no: None,
        state: StepState::Asked.name().to_owned(),
        asked_by: row.recorded_by,
        asked_at: errand.now,
        decided_by: None,
        decided_at: None,
        became: None,
        grade: None,
    };
    diesel::insert_into(member_step::table).values(&step).execute(errand.conn)?;
    let new =
        New { kind: kinds::LIKENESS, id: step.id, subject: step.id, about: None, amount_vnd: None, not_by: &[], with: None };
    Ok(decisions::enter_above(errand.conn, errand.now, by, &new, &Plan::waiting_at(by, common))?)
}

/// The nearest chapter above two.
fn common(conn: &mut PgConnection, one: Uuid, other: Uuid) -> Result<ChapterId, Fault> {
    let (one, other) = (tree::line(conn, ChapterId(one))?, tree::line(conn, ChapterId(other))?);
    let above = one.iter().find(|(chapter, _)| other.iter().any(|(also, _)| also == chapter));
    above.map(|(chapter, _)| *chapter).ok_or_else(|| Fault::broken("two chapters have nothing above them"))
}
