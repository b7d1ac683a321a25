//! People of a list, entered together: a fixed number of statements for all of them, in the transaction of whoever calls.

use std::collections::HashSet;

use uuid::Uuid;

use super::super::enter::{self, standing};
use super::super::fault::Fault;
use super::super::model::{SkillLevel, SkillProof, VolunteerId, VolunteerState};
use super::super::skills::{self, SkillRow};
use super::super::store::{self, Row};
use super::super::wire::Offer;
use super::super::{spans, steps, told};
use super::check::{self, Fit, Rules};
use super::form::Entry;
use crate::authz::{self, AuditEvent, Granted, KeepPeople, Visit};
use crate::basics::Birth;
use crate::basics::clock::vietnam_date;
use crate::house::errand::Errand;
use crate::http::FieldError;
use crate::persons::{Known, PersonId, lists, sheet};
use crate::vault::Vault;

/// What is said of all people of a list.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    /// Code of the chapter that they are entered at.
    pub code: &'a str,
    pub content_hash: &'a [u8],
    /// The chapter has verified each of them.
    pub verified: bool,
    /// Who sent it.
    pub account: Uuid,
}

/// Somebody of a list who may be entered, sealed and ready.
pub struct Ready {
    entry: Entry,
    fit: Fit,
    /// Of the volunteer whom they become.
    id: Uuid,
    person: lists::Listed,
}

/// Seals somebody who stands at a place of a list, from 0. Off the database.
pub fn ready(vault: &Vault, of: &Of<'_>, place: usize, entry: &Entry, fit: Fit) -> Result<Ready, Fault> {
    let (person, id) = check::ids(vault, of.content_hash, place);
    let person = lists::listed(vault, PersonId(person), of.code, &fit.of)?;
    Ok(Ready { entry: entry.clone(), fit, id, person })
}

/// A row that is not entered, and why.
pub type Refusal = (u32, FieldError);

/// Whether the people of a list were entered before: the first of them was, and with that all.
pub fn is_entered(v: &mut Visit<'_>, content_hash: &[u8]) -> Result<bool, Fault> {
    let (_, first) = check::ids(v.vault, content_hash, 0);
    Ok(store::find(v.conn, VolunteerId(first))?.is_some())
}

/// Somebody who is entered now.
struct New {
    row: Row,
    party: Uuid,
    skills: Vec<String>,
}

/// Enters everybody who may be, and verifies them where the chapter says that it has; the others come back.
pub fn people(
    errand: &mut Errand<'_>,
    by: &Granted<KeepPeople>,
    of: &Of<'_>,
    rules: &Rules,
    people: Vec<Ready>,
) -> Result<Vec<Refusal>, Fault> {
    let (sealed, people): (Vec<_>, Vec<_>) = people.into_iter().map(|one| (one.person, (one.entry, one.fit, one.id))).unzip();
    let met = lists::write(errand, by.chapter(), of.account, sealed)?;
    let persons: Vec<PersonId> = met.iter().flatten().map(|met| met.person).collect();
    let mut taken: HashSet<PersonId> = check::standing(errand.conn, &persons)?;
    let (mut new, mut refused, mut mails) = (Vec::with_capacity(people.len()), Vec::new(), Vec::new());
    for ((entry, fit, id), met) in people.into_iter().zip(met) {
        let Some(met) = met else {
            refused.push((entry.row, sheet::restricted()));
            continue;
        };
        let birth = met.known.as_ref().and_then(|known| known.birth);
        if let Some(error) = wrong_as_known(rules, &entry, birth) {
            refused.push((entry.row, error));
            continue;
        }
        if !taken.insert(met.person) {
            refused.push((entry.row, check::already_one()));
            continue;
        }
        mails.extend(met.known.zip(fit.of.mail.clone()));
        let row = row(errand, by, of, (id, met.person), &entry);
        new.push(New { row, party: met.party, skills: fit.skills });
    }
    write(errand, by, of, &new)?;
    keep_mails(errand, by, of, mails)?;
    Ok(refused)
}

/// What is wrong with somebody whose birth the chapter knows.
fn wrong_as_known(rules: &Rules, entry: &Entry, birth: Option<Birth>) -> Option<FieldError> {
    let known = birth?;
    rules.check(entry, Some(known)).err()?.into_iter().next()
}

fn row(errand: &Errand<'_>, by: &Granted<KeepPeople>, of: &Of<'_>, (id, person): (Uuid, PersonId), entry: &Entry) -> Row {
    let offer = Offer { insured_until: entry.insured_until, ..Offer::default() };
    let hash = errand.vault.hash("volunteer.listed", id.as_bytes()).to_vec();
    let row = enter::row(errand.now, by, (id, hash), (person, entry.kind), &offer, entry.willing);
    if !of.verified {
        return row;
    }
    let since = Some(vietnam_date(errand.now));
    Row { state: VolunteerState::Verified.name().to_owned(), since, version: row.version + 1, ..row }
}

fn write(errand: &mut Errand<'_>, by: &Granted<KeepPeople>, of: &Of<'_>, new: &[New]) -> Result<(), Fault> {
    if new.is_empty() {
        return Ok(());
    }
    store::insert_all(errand.conn, &new.iter().map(|one| &one.row).collect::<Vec<_>>()).map_err(standing)?;
    let can: Vec<SkillRow> = new.iter().flat_map(|one| one.skills.iter().map(|skill| said(errand, by, one, skill))).collect();
    skills::insert_all(errand.conn, &can)?;
    if !of.verified {
        return Ok(());
    }
    let today = vietnam_date(errand.now);
    let ids: Vec<VolunteerId> = new.iter().map(|one| one.row.volunteer()).collect();
    steps::verify_all(errand, by, &ids)?;
    let counted: Vec<_> = new.iter().map(|one| (one.row.id, one.party, one.row.kind.as_str())).collect();
    spans::begin_all(errand.conn, by.chapter().0, &counted, today)?;
    told::expect(errand.conn, errand.now, today)?;
    let event = |id: &VolunteerId| AuditEvent {
        account: Some(by.account()),
        action: "VOLUNTEER_VERIFIED",
        subject: Some(id.0),
        chapter: Some(by.chapter().0),
    };
    Ok(authz::audit(errand.conn, errand.now, &ids.iter().map(event).collect::<Vec<_>>())?)
}

/// What somebody says they can do.
fn said(errand: &Errand<'_>, by: &Granted<KeepPeople>, one: &New, skill: &str) -> SkillRow {
    SkillRow {
        volunteer_id: one.row.id,
        skill: skill.to_owned(),
        level: SkillLevel::Basic.name().to_owned(),
        proof: SkillProof::Said.name().to_owned(),
        certificate: None,
        expires_on: None,
        recorded_by: by.account(),
        recorded_at: errand.now,
    }
}

/// Of those whom the chapter knew without an address, that of the list.
fn keep_mails(errand: &mut Errand<'_>, by: &Granted<KeepPeople>, of: &Of<'_>, mails: Vec<(Known, String)>) -> Result<(), Fault> {
    let mails: Vec<_> = mails.into_iter().filter(|(known, _)| known.mail.is_none()).collect();
    Ok(lists::keep_mails(errand, by, of.code, mails)?)
}
