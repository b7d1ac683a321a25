//! Entering volunteers, changing what they offer, and what is done about them.

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{VolunteerId, VolunteerKind, VolunteerState, VolunteerStepKind, is_too_young};
use super::skills::{self, SkillRow};
use super::spans;
use super::steps::{self, Step};
use super::store::{self, Row};
use super::told;
use super::wire::{Offer, SkillIn, StepIn, VolunteerIn, VolunteerPatch};
use crate::authz::{Granted, KeepPeople, Visit};
use crate::basics::Line;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::http::etag::Expected;
use crate::http::{Check, Patch};
use crate::persons::model::PersonKind;
use crate::persons::{self, Known, PersonId};
use crate::tree::{self, ChapterId};

/// The chapter that goes on with what this one had.
pub(super) fn today_of(v: &mut Visit<'_>, chapter: Uuid) -> Result<ChapterId, DbError> {
    Ok(tree::successor(v.conn, ChapterId(chapter))?.unwrap_or(ChapterId(chapter)))
}

/// A volunteer, held, and the right to keep its chapter's people.
pub(super) fn kept(v: &mut Visit<'_>, id: VolunteerId) -> Result<(Row, Granted<KeepPeople>), Fault> {
    let row = store::held(v.conn, id)?.ok_or(Fault::Unknown)?;
    let chapter = today_of(v, row.chapter_id)?;
    let grant = v.at::<KeepPeople>(chapter)?;
    match row.state() {
        Some(VolunteerState::Erased) | None => Err(Fault::PersonGone),
        _ => Ok((row, grant)),
    }
}

/// Enters a person of a chapter, to be verified. Sent again, it is the same one. Returns whether it is new.
pub fn enter(v: &mut Visit<'_>, body: &VolunteerIn, offer: &Offer) -> Result<bool, Fault> {
    let (_, chapter) = persons::stands_for(v.conn, PersonId(body.person))?.ok_or(Fault::Unknown)?;
    let here = today_of(v, chapter.0)?;
    let grant = v.at::<KeepPeople>(here)?;
    let content = serde_json::to_string(body).map_err(Fault::broken)?;
    let hash = v.vault.hash("volunteer.request", content.as_bytes()).to_vec();
    if let Some(row) = store::find(v.conn, VolunteerId(body.id))? {
        return if row.request_hash == hash { Ok(false) } else { Err(Fault::IdTaken) };
    }
    let person = persons::hold(v.conn, v.vault, &grant, PersonId(body.person))?.ok_or(Fault::PersonGone)?;
    let mut check = Check::default();
    age(v, &mut check, "/person", body.kind, &person)?;
    words(v, &mut check, &body.skills)?;
    check.done(Some(())).map_err(Fault::Fields)?;
    let row = new_row(v, &grant, (body.id, hash), (&person, body.kind), offer, body.willing);
    store::insert(v.conn, &row).map_err(standing)?;
    let rows = skill_rows(v, &grant, row.volunteer(), &body.skills);
    skills::put(v.conn, row.volunteer(), &rows)?;
    v.note(&grant, "VOLUNTEER_ENTERED", body.id)?;
    Ok(true)
}

/// A row of somebody who is to be verified.
pub(super) fn new_row(
    v: &Visit<'_>,
    by: &Granted<KeepPeople>,
    ids: (Uuid, Vec<u8>),
    (person, kind): (&Known, VolunteerKind),
    offer: &Offer,
    willing: Option<bool>,
) -> Row {
    row(v.now, by, ids, (person.id, kind), offer, willing)
}

/// [`new_row`], of a moment.
pub(super) fn row(
    now: DateTime<Utc>,
    by: &Granted<KeepPeople>,
    (id, request_hash): (Uuid, Vec<u8>),
    (person, kind): (PersonId, VolunteerKind),
    offer: &Offer,
    willing: Option<bool>,
) -> Row {
    Row {
        id,
        chapter_id: by.chapter().0,
        person_id: person.0,
        kind: kind.name().to_owned(),
        state: VolunteerState::Applied.name().to_owned(),
        willing,
        willing_on: willing.map(|_| vietnam_date(now)),
        weekdays: offer.weekdays.0,
        day_parts: offer.day_parts.0,
        languages: offer.languages.clone(),
        means: offer.means.iter().map(|means| means.name().to_owned()).collect(),
        insured_until: offer.insured_until,
        since: None,
        request_hash,
        version: 1,
        recorded_by: by.account(),
        recorded_at: now,
    }
}

pub(super) fn standing(error: DbError) -> Fault {
    match error.constraint() {
        Some("volunteer_standing_key") => Fault::AlreadyOne,
        Some("volunteer_pk") => Fault::IdTaken,
        _ => error.into(),
    }
}

/// Whether somebody is surely younger than the rule of today asks.
pub(super) fn age(v: &mut Visit<'_>, check: &mut Check, pointer: &str, kind: VolunteerKind, person: &Known) -> Result<(), Fault> {
    let today = vietnam_date(v.now);
    if person.kind == PersonKind::Organisation {
        check.wrong(
            pointer,
            "NOT_A_PERSON",
            "Tình nguyện viên là cá nhân: tổ chức thì ghi từng người của tổ chức.",
            "A volunteer is a person: of an organisation, write down its people.",
        );
    }
    let Some(rule) = store::rule(v.conn, kind.age_rule(), today)? else { return Ok(()) };
    if person.birth.is_some_and(|birth| is_too_young(birth, rule.value, today)) {
        check.wrong(
            pointer,
            "OUT_OF_RANGE",
            format!("Phải đủ {} tuổi theo quy định đang áp dụng ({}).", rule.value, rule.source),
            format!("Of at least {} years, by the rule in force ({}).", rule.value, rule.source),
        );
    }
    Ok(())
}

/// Whether there are such skills today.
fn words(v: &mut Visit<'_>, check: &mut Check, all: &[SkillIn]) -> Result<(), Fault> {
    if all.is_empty() {
        return Ok(());
    }
    let known = skills::on(v.conn, vietnam_date(v.now))?;
    for (n, one) in all.iter().enumerate() {
        if !known.iter().any(|skill| skill.code == one.skill) {
            check.wrong(
                format!("/skills/{n}/skill"),
                "NO_SUCH_SKILL",
                "Không có kỹ năng này: hãy chọn trong danh mục kỹ năng.",
                "There is no such skill: see GET /skills.",
            );
        }
    }
    Ok(())
}

fn skill_rows(v: &Visit<'_>, by: &Granted<KeepPeople>, volunteer: VolunteerId, all: &[SkillIn]) -> Vec<SkillRow> {
    let row = |one: &SkillIn| SkillRow {
        volunteer_id: volunteer.0,
        skill: one.skill.clone(),
        level: one.level.name().to_owned(),
        proof: one.proof.name().to_owned(),
        certificate: None,
        expires_on: one.valid_until.and_then(|last| last.succ_opt()),
        recorded_by: by.account(),
        recorded_at: v.now,
    };
    all.iter().map(row).collect()
}

/// Changes what a volunteer offers, as the client read it.
pub fn change(v: &mut Visit<'_>, id: VolunteerId, expected: &Expected, patch: &VolunteerPatch) -> Result<(), Fault> {
    let (row, grant) = kept(v, id)?;
    if !expected.has(row.version) {
        return Err(Fault::Stale);
    }
    let today = vietnam_date(v.now);
    let person = person_of(v, &row)?;
    let offer = patch.over(row.offer(), today).map_err(Fault::Fields)?;
    let mut check = Check::default();
    let old_kind = row.kind().unwrap_or(VolunteerKind::Volunteer);
    let kind = patch.kind.over_required("/kind", old_kind, &mut check);
    if kind != old_kind {
        age(v, &mut check, "/kind", kind, &person)?;
    }
    let new_skills = match &patch.skills {
        Patch::Absent => None,
        Patch::Null => Some(Vec::new()),
        Patch::Value(all) => Some(all.clone()),
    };
    words(v, &mut check, new_skills.as_deref().unwrap_or_default())?;
    check.done(Some(())).map_err(Fault::Fields)?;
    let (willing, willing_on) = match patch.willing {
        Patch::Absent => (row.willing, row.willing_on),
        Patch::Null => (None, None),
        Patch::Value(willing) => (Some(willing), Some(today)),
    };
    let to = Row { kind: kind.name().to_owned(), willing, willing_on, version: row.version + 1, ..row.clone().with(&offer) };
    store::write(v.conn, &to)?;
    if let Some(all) = new_skills {
        let rows = skill_rows(v, &grant, id, &all);
        skills::put(v.conn, id, &rows)?;
    }
    if kind != old_kind && row.state().is_some_and(VolunteerState::is_counted) {
        spans::end(v.conn, row.id, today)?;
        spans::begin(v.conn, row.id, (grant.chapter().0, person.party, kind), today)?;
    }
    v.note(&grant, "VOLUNTEER_CHANGED", id.0).map_err(Fault::from)
}

/// The person of a volunteer in clear; nothing is done about whom may not be used.
pub(super) fn person_of(v: &mut Visit<'_>, row: &Row) -> Result<Known, Fault> {
    let id = row.person();
    persons::names(v.conn, v.vault, &[id])?.remove(&id).ok_or(Fault::PersonGone)
}

/// Does something about a volunteer. Sent again it is done once; returns whether it was done now.
pub fn step(v: &mut Visit<'_>, id: VolunteerId, body: &StepIn, reason: Option<&Line>) -> Result<bool, Fault> {
    let (row, grant) = kept(v, id)?;
    let step = Step { id: body.id, kind: body.kind, reason };
    if let Some(same) = steps::is_known(v, id, &step)? {
        return if same { Ok(false) } else { Err(Fault::IdTaken) };
    }
    take(v, &grant, &row, &step)?;
    Ok(true)
}

/// Carries a step out that is new.
pub(super) fn take(v: &mut Visit<'_>, by: &Granted<KeepPeople>, row: &Row, step: &Step<'_>) -> Result<(), Fault> {
    let state = row.state().unwrap_or(VolunteerState::Erased);
    let to = step.kind.leads_from(state).ok_or_else(|| {
        Fault::conflict(
            "Không làm được ở tình trạng hiện nay của người này: hãy đọc lại hồ sơ.",
            "Not possible as this volunteer stands now: read the record again.",
        )
    })?;
    let today = vietnam_date(v.now);
    let mut since = row.since;
    if matches!(step.kind, VolunteerStepKind::Verify | VolunteerStepKind::Resume) {
        let person = person_of(v, row)?;
        let kind = row.kind().unwrap_or(VolunteerKind::Volunteer);
        let mut check = Check::default();
        age(v, &mut check, "/kind", kind, &person)?;
        check.done(Some(())).map_err(Fault::Fields)?;
        since = since.or(Some(today));
        if !state.is_counted() {
            spans::begin(v.conn, row.id, (by.chapter().0, person.party, kind), today)?;
            told::expect(v.conn, v.now, today)?;
        }
    }
    if state.is_counted() && !to.is_counted() {
        spans::end(v.conn, row.id, today)?;
    }
    let to = Row { state: to.name().to_owned(), since, version: row.version + 1, ..row.clone() };
    store::write(v.conn, &to).map_err(standing)?;
    steps::insert(v, by, row.volunteer(), step)?;
    let action = match step.kind {
        VolunteerStepKind::Verify => "VOLUNTEER_VERIFIED",
        VolunteerStepKind::Refuse => "VOLUNTEER_REFUSED",
        VolunteerStepKind::Pause => "VOLUNTEER_PAUSED",
        VolunteerStepKind::Resume => "VOLUNTEER_RESUMED",
        VolunteerStepKind::End => "VOLUNTEER_ENDED",
    };
    Ok(v.note_with(by, action, row.id, &json!({"step": step.id}))?)
}
