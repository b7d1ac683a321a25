//! Certificates as officers handle them: of other bodies written down, shown, due for a refresher, with the holder's name where its code is
//! checked.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::certificate_store::{self, CertificateRow, NameTextRow};
use super::enrolments;
use super::fault::Fault;
use super::model::{CertificateState, PublicCertificateState, on_day};
use super::out::{CertificateNameTextOut, CertificateOut};
use super::show;
use super::store::{self, KindRow};
use super::wire::{CertificateIn, CertificateNameIn};
use crate::authz::{Attempt, Granted, KeepPeople, SeePeople, Visit};
use crate::basics::Line;
use crate::basics::clock::vietnam_date;
use crate::http::Span;
use crate::persons::{self, PersonId};
use crate::tree;
use crate::vault::{Vault, VaultError, place};

/// The age from which a name may stand in public (Civil Code, art. 20).
const OF_AGE: i32 = 18;
/// Refreshers due within so many days are listed unless another day is said.
const AHEAD: Days = Days::new(90);

/// Who gave a certificate that is not ours, and its number there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    pub issuer: String,
    pub serial: String,
}

/// What stands sealed in a row.
pub fn elsewhere(vault: &Vault, row: &CertificateRow) -> Result<Option<Elsewhere>, Fault> {
    let Some(sealed) = &row.elsewhere else { return Ok(None) };
    let text = vault.open_text(place("certificate", "elsewhere", &row.id), sealed)?;
    Ok(Some(serde_json::from_str(&text).map_err(Fault::broken)?))
}

fn sealed(vault: &Vault, id: Uuid, said: &Elsewhere) -> Result<Vec<u8>, Fault> {
    let text = serde_json::to_vec(said).map_err(Fault::broken)?;
    let sealed: Result<Vec<u8>, VaultError> = vault.seal(place("certificate", "elsewhere", &id), &text);
    Ok(sealed?)
}

/// Writes down a certificate of another body. The same sent again is the same: whether it is new.
pub fn record(v: &mut Visit<'_>, body: &CertificateIn, issuer: &Line, serial: &Line) -> Result<bool, Fault> {
    let (grant, _) = v.at_code::<KeepPeople>(&body.chapter)?;
    let content = serde_json::to_string(body).map_err(Fault::broken)?;
    let hash = v.vault.hash("certificate.request", content.as_bytes()).to_vec();
    if let Some(known) = certificate_store::find(v.conn, body.id)? {
        return if known.request_hash == hash { Ok(false) } else { Err(Fault::IdTaken) };
    }
    if !store::kinds(v.conn)?.iter().any(|row| row.code == body.course_kind) {
        return Err(Fault::field(
            "/course_kind",
            "NOT_A_CHOICE",
            "Không có loại khóa học này.",
            "There is no such kind of course.",
        ));
    }
    let Some(person) = persons::hold(v.conn, v.vault, &grant, body.person)? else {
        return Err(Fault::field(
            "/person",
            "NO_SUCH_PERSON",
            "Đơn vị không có người này, hoặc dữ liệu của người này không được dùng.",
            "The chapter knows no such person, or their data may not be used.",
        ));
    };
    let said = Elsewhere { issuer: issuer.as_str().to_owned(), serial: serial.as_str().to_owned() };
    let row = CertificateRow {
        id: body.id,
        chapter_id: grant.chapter().0,
        person_id: person.id.0,
        kind: body.course_kind.clone(),
        enrolment_id: None,
        code: None,
        elsewhere: Some(sealed(v.vault, body.id, &said)?),
        given_on: body.given_on,
        valid_until: body.valid_until,
        state: CertificateState::Stands.name().to_owned(),
        name_text: None,
        name_given_on: None,
        request_hash: hash,
        recorded_by: grant.account(),
        recorded_at: v.now,
    };
    certificate_store::insert(v.conn, &[row], &[]).map_err(|error| match error.constraint() {
        Some("certificate_pk") => Fault::IdTaken,
        _ => error.into(),
    })?;
    v.note(&grant, "CERTIFICATE_RECORDED", body.id)?;
    Ok(true)
}

/// Certificates as they are shown, in their order; a fixed number of statements.
pub fn out(v: &mut Visit<'_>, rows: Vec<CertificateRow>) -> Result<Vec<CertificateOut>, Fault> {
    let today = vietnam_date(v.now);
    let people = show::people(v, &rows.iter().map(|row| row.person_id).collect::<Vec<_>>())?;
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id))?;
    let kinds: HashMap<String, KindRow> = store::kinds(v.conn)?.into_iter().map(|row| (row.code.clone(), row)).collect();
    let courses = enrolments::course_codes(v.conn, &rows.iter().filter_map(|row| row.enrolment_id).collect::<Vec<_>>())?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        // Two of one person in a list are two rows.
        let person = people.get(&row.person_id).cloned();
        let elsewhere = if person.is_some() { elsewhere(v.vault, &row)? } else { None };
        let (issuer, serial) = elsewhere.map(|said| (said.issuer, said.serial)).unzip();
        let kind = kinds.get(&row.kind).ok_or_else(|| Fault::broken("a certificate of no kind"))?;
        all.push(CertificateOut {
            id: row.id,
            chapter: codes.get(&row.chapter_id).cloned().unwrap_or_default(),
            person,
            kind_vi: kind.vi.clone(),
            kind_en: kind.en.clone(),
            course: row.enrolment_id.and_then(|id| courses.get(&id).cloned()),
            issuer,
            serial,
            given_on: row.given_on,
            valid_until: row.valid_until,
            expired: on_day(row.valid_until, today) == PublicCertificateState::Expired,
            state: row.state().ok_or_else(|| Fault::broken("a certificate in no state"))?,
            name_shown: row.name_text.is_some(),
            course_kind: row.kind,
            code: row.code,
        });
    }
    Ok(all)
}

/// One certificate, for those who see the people of its chapter; each reading is noted, and so is each that is refused.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<Result<CertificateOut, Fault>, Fault> {
    let Some(row) = certificate_store::find(v.conn, id)? else { return Ok(Err(Fault::Unknown)) };
    let chapter = store::today(v.conn, row.chapter_id)?;
    let here = match v.see::<SeePeople>(chapter) {
        Ok(here) => here,
        Err(denied) => {
            v.note_at(Some(chapter), "PERSON_READ_REFUSED", Some(id), None)?;
            return Ok(Err(denied.into()));
        }
    };
    v.note_seen(&here, "CERTIFICATE_READ", id)?;
    Ok(out(v, vec![row])?.pop().ok_or(Fault::Unknown))
}

/// One that the visitor keeps, held.
pub fn kept(v: &mut Visit<'_>, id: Uuid) -> Result<(CertificateRow, Granted<KeepPeople>), Fault> {
    let found = certificate_store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let chapter = store::today(v.conn, found.chapter_id)?;
    let grant = v.at::<KeepPeople>(chapter)?;
    Ok((certificate_store::hold(v.conn, id)?.ok_or(Fault::Unknown)?, grant))
}

/// One as it is after it was changed.
pub fn after(v: &mut Visit<'_>, id: Uuid) -> Result<CertificateOut, Fault> {
    let row = certificate_store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    out(v, vec![row])?.pop().ok_or(Fault::Unknown)
}

/// A page of those of a chapter; noted.
pub fn list(v: &mut Visit<'_>, chapter: &str, span: &Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<CertificateRow>, Fault> {
    let (here, _) = v.see_code::<SeePeople>(chapter)?;
    let rows = certificate_store::list(v.conn, &here, span)?;
    v.note_at(Some(here.chapter()), "CERTIFICATES_LISTED", None, None)?;
    Ok(rows)
}

/// A page of those that run out by a day; noted.
pub fn due(
    v: &mut Visit<'_>,
    chapter: &str,
    by: Option<NaiveDate>,
    span: &Span<(NaiveDate, Uuid)>,
) -> Result<Vec<CertificateRow>, Fault> {
    let (here, _) = v.see_code::<SeePeople>(chapter)?;
    let by = by.unwrap_or(vietnam_date(v.now) + AHEAD);
    let rows = certificate_store::due(v.conn, &here, by, span)?;
    v.note_at(Some(here.chapter()), "REFRESHERS_DUE_LISTED", None, None)?;
    Ok(rows)
}

/// What holders of certificates can agree to.
pub fn name_texts(v: &mut Visit<'_>) -> Result<Vec<CertificateNameTextOut>, Fault> {
    let out = |row: NameTextRow| CertificateNameTextOut {
        version: row.version,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        vi: row.vi,
        en: row.en,
    };
    Ok(certificate_store::name_texts(v.conn)?.into_iter().map(out).collect())
}

/// Shows the holder's name where the code is checked, as they agreed.
pub fn show_name(v: &mut Visit<'_>, id: Uuid, agreed: CertificateNameIn) -> Result<(), Fault> {
    let (row, grant) = kept(v, id)?;
    if v.attempt() == Attempt::Replay {
        return Ok(());
    }
    let today = vietnam_date(v.now);
    if agreed.given_on > today {
        return Err(Fault::field("/given_on", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today."));
    }
    let in_force = certificate_store::name_texts(v.conn)?
        .iter()
        .filter(|text| text.version == agreed.text_version)
        .any(|text| text.valid_from <= agreed.given_on && text.valid_to.is_none_or(|to| agreed.given_on < to));
    if !in_force {
        return Err(Fault::field(
            "/text_version",
            "NOT_A_CHOICE",
            "Văn bản đồng ý này không có hiệu lực vào ngày ấy.",
            "This text was not in force on that day.",
        ));
    }
    if row.code.is_none() || !row.stands() {
        return Err(Fault::conflict(
            "Giấy chứng nhận này không có mã của Hội, hoặc không còn giá trị.",
            "This certificate has no code of ours, or does not stand any more.",
        ));
    }
    let person = persons::names(v.conn, v.vault, &[PersonId(row.person_id)])?.remove(&PersonId(row.person_id));
    let person =
        person.ok_or_else(|| Fault::conflict("Dữ liệu của người này không được dùng.", "This person's data may not be used."))?;
    // Nothing public names a minor, and who may be one is treated as one.
    if person.birth.and_then(|birth| birth.has_reached(OF_AGE, today)) != Some(true) {
        return Err(Fault::conflict(
            "Chỉ công khai họ tên người đủ 18 tuổi: hãy ghi ngày sinh trước.",
            "Only the name of somebody of 18 years is shown: write down the birth first.",
        ));
    }
    certificate_store::name(v.conn, &row, Some((&person.name, agreed.text_version, agreed.given_on)))?;
    Ok(v.note(&grant, "CERTIFICATE_NAME_SHOWN", id)?)
}

/// Takes the name away again. Once more it is the same.
pub fn withdraw_name(v: &mut Visit<'_>, id: Uuid) -> Result<(), Fault> {
    let (row, grant) = kept(v, id)?;
    if v.attempt() == Attempt::First && row.name_text.is_some() {
        certificate_store::name(v.conn, &row, None)?;
        v.note(&grant, "CERTIFICATE_NAME_WITHDRAWN", id)?;
    }
    Ok(())
}
