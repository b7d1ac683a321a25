//! A list without a fault, entered in one transaction.

use serde_json::json;
use uuid::Uuid;

use super::super::enter::{new_row, standing, take};
use super::super::fault::Fault;
use super::super::model::{SkillLevel, SkillProof, VolunteerId, VolunteerStepKind};
use super::super::skills::{self, SkillRow};
use super::super::steps::Step;
use super::super::store;
use super::super::wire::Offer;
use super::check::{self, Candidate};
use crate::authz::{Granted, KeepPeople, Visit};
use crate::persons::{self, PersonId, lists};

/// Whether the people of a list were entered before: the first of them was, and with that all.
pub fn is_entered(v: &mut Visit<'_>, content_hash: &[u8; 32]) -> Result<bool, Fault> {
    let (_, first) = check::ids(v.vault, content_hash, 0);
    Ok(store::find(v.conn, VolunteerId(first))?.is_some())
}

/// Enters everybody, and verifies them where the chapter says that it has; how many.
pub fn all(
    v: &mut Visit<'_>,
    by: &Granted<KeepPeople>,
    (code, content_hash): (&str, &[u8; 32]),
    people: Vec<Candidate<'_>>,
    verified: bool,
) -> Result<usize, Fault> {
    let ids: Vec<(Uuid, Uuid)> = people.iter().map(|one| check::ids(v.vault, content_hash, one.place)).collect();
    let mut listed = Vec::with_capacity(people.len());
    for (one, (person, _)) in people.iter().zip(&ids) {
        listed.push(lists::listed(v.vault, PersonId(*person), code, &one.fit.of)?);
    }
    let met = lists::write(&mut v.errand(), by.chapter(), by.account(), listed)?;
    let count = people.len();
    for ((one, (_, id)), met) in people.into_iter().zip(ids).zip(met) {
        let person = met.ok_or(Fault::PersonGone)?.person;
        let known = persons::hold(v.conn, v.vault, by, person)?.ok_or(Fault::PersonGone)?;
        let known = persons::keep_mail(v, by, known, one.fit.of.mail.as_deref())?;
        let offer = Offer { insured_until: one.entry.insured_until, ..Offer::default() };
        let hash = v.vault.hash("volunteer.listed", id.as_bytes()).to_vec();
        let row = new_row(v, by, (id, hash), (&known, one.entry.kind), &offer, one.entry.willing);
        store::insert(v.conn, &row).map_err(standing)?;
        let can: Vec<SkillRow> = one.fit.skills.iter().map(|skill| said(v, by, id, skill)).collect();
        skills::put(v.conn, row.volunteer(), &can)?;
        if verified {
            take(v, by, &row, &Step { id: Uuid::new_v4(), kind: VolunteerStepKind::Verify, reason: None })?;
        }
    }
    v.note_at(Some(by.chapter()), "VOLUNTEER_LIST_ENTERED", None, Some(&json!({"volunteers": count, "verified": verified})))?;
    Ok(count)
}

/// What somebody says they can do.
fn said(v: &Visit<'_>, by: &Granted<KeepPeople>, volunteer: Uuid, skill: &str) -> SkillRow {
    SkillRow {
        volunteer_id: volunteer,
        skill: skill.to_owned(),
        level: SkillLevel::Basic.name().to_owned(),
        proof: SkillProof::Said.name().to_owned(),
        certificate: None,
        expires_on: None,
        recorded_by: by.account(),
        recorded_at: v.now,
    }
}
