//! Writing a registration down, reading one, changing one.

use serde_json::json;
use uuid::Uuid;

use super::access;
use super::fault::Fault;
use super::model::OrganState;
use super::out::{OrganCopyOut, OrganRegistrationOut, OrganSaid};
use super::persons::PROCESSING;
use super::sealed::Clear;
use super::show;
use super::store::{self, Row};
use super::texts;
use super::wire::{OrganRegistrationIn, OrganRegistrationPatch, Written};
use crate::authz::{KeepOrgan, Visit};
use crate::basics::clock::vietnam_date;
use crate::house::persons::Both;
use crate::http::etag::Expected;
use crate::http::{FieldError, Say};
use crate::tree::{self, ChapterId};

/// Writes a registration down. Sent again, it is the same one. Returns whether it is new.
pub fn record(
    v: &mut Visit<'_>,
    body: &OrganRegistrationIn,
    written: &Written,
) -> Result<(OrganRegistrationOut, i32, bool), Fault> {
    let (grant, place) = v.at_code::<KeepOrgan>(&body.chapter)?;
    let content = serde_json::to_string(body).map_err(Fault::broken)?;
    let hash = v.vault.hash("organ_registration.request", content.as_bytes());
    if let Some(row) = store::find(v.conn, body.id)? {
        return repeated(v, row, &hash);
    }
    if !place.accepts_entries {
        return Err(Fault::ChapterClosed);
    }
    if !texts::is_text(v.conn, body.consent.text_version, body.consent.given_on)? {
        return Err(Fault::Fields(vec![no_such_text()]));
    }
    of_age(v, &written.clear)?;
    let sealed = written.clear.seal(v.vault, body.id, &place.code)?;
    let row = Row {
        id: body.id,
        chapter_id: grant.chapter().0,
        state: OrganState::Interested.name().to_owned(),
        gives: written.gives.clone(),
        person: Some(sealed.person),
        person_hash: Some(sealed.person_hash),
        words: sealed.words,
        text_version: body.consent.text_version,
        consent_on: body.consent.given_on,
        handed_on: None,
        card: None,
        card_on: None,
        withdrawn_on: None,
        told_on: None,
        request_hash: hash.to_vec(),
        version: 1,
        recorded_by: grant.account(),
        recorded_at: v.now,
        erased_on: None,
    };
    if access::restricted(v.conn, v.vault, &[(&row, &written.clear)])?.contains(&row.id) {
        return Err(Fault::Restricted);
    }
    if !store::insert(v.conn, &row)? {
        // Somebody else was faster with this id.
        return Err(Fault::IdTaken);
    }
    v.note(&grant, "ORGAN_RECORDED", body.id)?;
    Ok((show::out(v, row)?, 1, true))
}

fn repeated(v: &mut Visit<'_>, row: Row, hash: &[u8]) -> Result<(OrganRegistrationOut, i32, bool), Fault> {
    if row.request_hash != hash || v.at::<KeepOrgan>(ChapterId(row.chapter_id)).is_err() {
        return Err(Fault::IdTaken);
    }
    let version = row.version;
    Ok((show::out(v, row)?, version, false))
}

fn no_such_text() -> FieldError {
    FieldError::new(
        "/consent/text_version",
        "NOT_A_CHOICE",
        Say::fixed("Hôm ấy không có văn bản đồng ý này.", "There was no such text on that day."),
    )
}

/// Whether somebody is surely younger than the rule of today asks.
fn of_age(v: &mut Visit<'_>, clear: &Clear) -> Result<(), Fault> {
    let today = vietnam_date(v.now);
    let Some((years, source)) = texts::least_age(v.conn, today)? else { return Ok(()) };
    match clear.birth().and_then(|birth| birth.has_reached(years.into(), today)) {
        Some(false) => Err(Fault::Fields(vec![FieldError::new(
            "/birth",
            "OUT_OF_RANGE",
            Say::new(format!("Phải đủ {years} tuổi ({source})."), format!("Of at least {years} years ({source}).")),
        )])),
        _ => Ok(()),
    }
}

/// One registration; each reading is noted, and so is each that is refused.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<Result<(OrganRegistrationOut, i32), Fault>, Fault> {
    let row = match access::see(v, id)? {
        Ok(row) => row,
        Err(refused) => return Ok(Err(refused)),
    };
    v.note_at(Some(ChapterId(row.chapter_id)), "ORGAN_READ", Some(id), None)?;
    let version = row.version;
    Ok(Ok((show::out(v, row)?, version)))
}

fn said((vi, en): Both) -> OrganSaid {
    OrganSaid { vi: vi.to_owned(), en: en.to_owned() }
}

/// Everything that is kept of somebody, for the copy that they ask for; also where it may not be used, because it is theirs.
pub fn copy(v: &mut Visit<'_>, id: Uuid) -> Result<Result<OrganCopyOut, Fault>, Fault> {
    let row = match access::see(v, id)? {
        Ok(row) => row,
        Err(refused) => return Ok(Err(refused)),
    };
    let Some(clear) = access::open(v.vault, &row)? else { return Ok(Err(Fault::Gone)) };
    v.note_at(Some(ChapterId(row.chapter_id)), "ORGAN_COPIED", Some(id), None)?;
    let version = row.text_version;
    let text = texts::all(v.conn)?.into_iter().find(|text| text.version == version);
    Ok(Ok(OrganCopyOut {
        registration: show::whole(v, row, Some(clear))?,
        purpose: said(PROCESSING.purpose),
        grounds: said(PROCESSING.grounds),
        readers: said(PROCESSING.readers),
        period: said(PROCESSING.period),
        agreed: text.map(|text| OrganSaid { vi: text.vi, en: text.en }),
    }))
}

/// Changes what is written of somebody, as the client read it.
pub fn change(
    v: &mut Visit<'_>,
    id: Uuid,
    expected: &Expected,
    patch: &OrganRegistrationPatch,
) -> Result<(OrganRegistrationOut, i32), Fault> {
    let (row, grant) = access::keep(v, id)?;
    if !expected.has(row.version) {
        return Err(Fault::Stale);
    }
    let old = access::clear(v, &row)?;
    let before = Written { clear: old.clone(), gives: row.gives.clone() };
    let after = patch.over(before, vietnam_date(v.now)).map_err(Fault::Fields)?;
    if after.clear == old && after.gives == row.gives {
        let version = row.version;
        return Ok((show::out(v, row)?, version));
    }
    of_age(v, &after.clear)?;
    let code = tree::code_of(v.conn, ChapterId(row.chapter_id))?;
    let sealed = after.clear.seal(v.vault, id, &code)?;
    store::rewrite(v.conn, id, &after.gives, sealed)?;
    let changed = [("person", after.clear != old), ("gives", after.gives != row.gives)];
    let fields: Vec<&str> = changed.into_iter().filter(|(_, is)| *is).map(|(field, _)| field).collect();
    v.note_with(&grant, "ORGAN_CHANGED", id, &json!({"fields": fields}))?;
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let version = row.version;
    Ok((show::out(v, row)?, version))
}
