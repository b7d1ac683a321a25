//! What is shown of donors.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::enter::today_of;
use super::fault::Fault;
use super::model::{DonationId, DonorId};
use super::out::{BloodCertificateOut, DonationOut, DonorFound, DonorOut, InTheWay, NextDonation};
use super::record::{CertificateRow, DonationRow};
use super::store::{self, Row};
use crate::authz::{SeeBlood, Visit};
use crate::basics::Birth;
use crate::basics::clock::vietnam_date;
use crate::blood_rules::{self, Asked, CENTRE_DECIDES, Component, Din, Finding, Rules};
use crate::parties::words;
use crate::persons::{self, Known, PersonId};
use crate::tree::{self, ChapterId};

/// One donor, for those who see the chapter's donors; each reading is noted, and so is each that is refused.
pub fn donor(v: &mut Visit<'_>, id: DonorId, on: Option<NaiveDate>) -> Result<Result<(DonorOut, i32), Fault>, Fault> {
    let Some(row) = store::find(v.conn, id)? else { return Ok(Err(Fault::Unknown)) };
    let chapter = today_of(v, row.chapter_id)?;
    let here = match v.see::<SeeBlood>(chapter) {
        Ok(here) => here,
        Err(denied) => {
            v.note_at(Some(chapter), "PERSON_READ_REFUSED", Some(id.0), None)?;
            return Ok(Err(denied.into()));
        }
    };
    v.note_seen(&here, "DONOR_READ", id.0)?;
    out(v, row, on).map(Ok)
}

/// A donor as they are shown, with the version. `on`: what the rules of that day say of what was given before it.
pub fn out(v: &mut Visit<'_>, row: Row, on: Option<NaiveDate>) -> Result<(DonorOut, i32), Fault> {
    let (id, person) = (row.donor(), row.person());
    let day = on.unwrap_or(vietnam_date(v.now));
    let known = persons::names(v.conn, v.vault, &[person])?.remove(&person);
    // Of whose data may not be used nothing is shown but that they are there.
    let history = if known.is_some() { store::history(v.conn, &[id])? } else { Vec::new() };
    let certificates = store::certificates(v.conn, &history.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let rules = Rules::on(v.conn, day)?;
    let next = known.as_ref().map(|known| next(&rules, known, &history, row.deferred_until)).unwrap_or_default();
    let version = row.version;
    let shown = row.group().filter(|_| known.is_some()).map(|(abo, rh)| (abo.to_owned(), rh.to_owned()));
    let (abo, rh) = shown.unzip();
    let out = DonorOut {
        id,
        chapter: tree::code_of(v.conn, ChapterId(row.chapter_id))?,
        person,
        birth: known.as_ref().and_then(|known| known.birth).map(|birth| birth.to_string()),
        sex: known.as_ref().and_then(|known| known.sex),
        phone: known.as_ref().and_then(|known| known.phone.clone()),
        name: known.map(|known| known.name),
        state: row.state,
        abo,
        rh,
        group_tests: row.group_times,
        willing: row.willing,
        willing_on: row.willing_on,
        deferred_until: row.deferred_until,
        donations: row.donations,
        history: history.iter().map(given).collect(),
        certificates: certificates.into_iter().map(certificate).collect(),
        next,
        rules_of: day,
        only_the_centre_vi: CENTRE_DECIDES.0,
        only_the_centre_en: CENTRE_DECIDES.1,
        recorded_at: row.recorded_at,
    };
    Ok((out, version))
}

pub(super) fn given(row: &DonationRow) -> DonationOut {
    let din = row.din.as_deref().map(|din| Din::read(din).map_or_else(|_| din.to_owned(), |din| din.shown()));
    DonationOut {
        id: DonationId(row.id),
        day: row.day,
        component: row.component.clone(),
        volume_ml: row.volume_ml,
        din,
        centre: row.centre.clone(),
        at_drive: row.drive_id.is_some(),
        proof: row.proof.clone(),
        stands: row.stands,
    }
}

pub(super) fn certificate(row: CertificateRow) -> BloodCertificateOut {
    BloodCertificateOut {
        code: row.code,
        serial: row.serial,
        centre: row.centre,
        donation: DonationId(row.donation_id),
        given_on: row.given_on,
        volume_ml: row.volume_ml,
        redeemed_ml: row.redeemed_ml,
        state: row.state,
    }
}

/// From which day on somebody may give what, by these rules and by what the centre said.
fn next(rules: &Rules, known: &Known, history: &[DonationRow], deferred_until: Option<NaiveDate>) -> Vec<NextDonation> {
    let before = history.iter().filter(|row| row.stands && row.day <= rules.day);
    let given: Vec<(Component, NaiveDate)> =
        before.filter_map(|row| Some((Component::parse(&row.component)?, row.day))).collect();
    Component::ALL.into_iter().map(|component| when(rules, component, (known.birth, known.sex), &given, deferred_until)).collect()
}

fn when(
    rules: &Rules,
    component: Component,
    (birth, sex): (Option<Birth>, Option<persons::Sex>),
    given: &[(Component, NaiveDate)],
    deferred_until: Option<NaiveDate>,
) -> NextDonation {
    let asked = Asked { birth, sex, given: given.to_vec(), ..Asked::of(component) };
    let said = blood_rules::judge(rules, &asked, rules.day);
    let mut because: Vec<InTheWay> = said.findings.iter().map(in_the_way).collect();
    let free = deferred_until.and_then(|last| last.succ_opt()).filter(|free| *free > rules.day);
    if free.is_some() {
        because.push(InTheWay {
            rule: "CENTRE_DECISION".to_owned(),
            vi: "Cơ sở tiếp nhận máu đã hẹn lại ngày này.".to_owned(),
            en: "The blood centre put it off until this day.".to_owned(),
            law_vi: None,
            law_en: None,
        });
    }
    NextDonation { component, from: said.first_day.map(|day| free.map_or(day, |free| day.max(free))), because }
}

fn in_the_way(finding: &Finding) -> InTheWay {
    InTheWay {
        rule: finding.rule.clone(),
        vi: finding.vi.clone(),
        en: finding.en.clone(),
        law_vi: finding.grounds.as_ref().map(|grounds| grounds.law_vi.clone()),
        law_en: finding.grounds.as_ref().map(|grounds| grounds.law_en.clone()),
    }
}

/// Donors in a list, in their order; a fixed number of statements.
pub fn found(v: &mut Visit<'_>, rows: Vec<Row>) -> Result<Vec<DonorFound>, Fault> {
    let ids: Vec<PersonId> = rows.iter().map(Row::person).collect();
    let known = persons::names(v.conn, v.vault, &ids)?;
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id))?;
    Ok(rows.into_iter().map(|row| one(row, &known, &codes)).collect())
}

fn one(row: Row, known: &HashMap<PersonId, Known>, codes: &HashMap<Uuid, String>) -> DonorFound {
    let person = known.get(&row.person());
    DonorFound {
        id: row.donor(),
        chapter: codes.get(&row.chapter_id).cloned().unwrap_or_default(),
        person: row.person(),
        name: person.map(|person| person.name.clone()),
        phone_ends: person.and_then(|person| person.phone.as_deref()).and_then(words::last_digits).map(str::to_owned),
        birth_year: person.and_then(|person| person.birth).map(Birth::year),
        state: row.state,
        willing: row.willing,
        donations: row.donations,
        last_on: row.last_on,
    }
}
