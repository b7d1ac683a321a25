//! Writing a case down, reading one, changing one.

use serde_json::json;

use super::access;
use super::fault::Fault;
use super::likeness;
use super::model::{FamilyLinkState, may_be_child};
use super::out::{FamilyLinkOut, FamilyNewsOut};
use super::papers;
use super::rules::{self, Purpose};
use super::sealed::Clear;
use super::show;
use super::store::{self, Row};
use super::wire::{FamilyLinkIn, FamilyLinkPatch, Given, no_such_text};
use crate::authz::{KeepFamilyLinks, Visit};
use crate::basics::clock::vietnam_date;
use crate::http::etag::Expected;
use crate::tree::{self, ChapterId};
use uuid::Uuid;

/// Whether a case is of a child, or may be: then one officer alone sees it.
fn is_guarded(clear: &Clear, today: chrono::NaiveDate) -> bool {
    clear.enquirer.guardian.is_some() || may_be_child(clear.enquirer.birth(), today) || may_be_child(clear.sought.birth(), today)
}

/// Writes a case down. Sent again, it is the same case. Returns whether it is new.
pub fn record(v: &mut Visit<'_>, body: &FamilyLinkIn, clear: &Clear, given: &Given) -> Result<(FamilyLinkOut, i32, bool), Fault> {
    let (grant, place) = v.at_code::<KeepFamilyLinks>(&body.chapter)?;
    let content = serde_json::to_string(body).map_err(Fault::broken)?;
    let hash = v.vault.hash("family_link.request", content.as_bytes());
    if let Some(row) = store::find(v.conn, body.id)? {
        return repeated(v, row, &hash);
    }
    if !place.accepts_entries {
        return Err(Fault::ChapterClosed);
    }
    if !rules::is_text(v.conn, Purpose::Search, given.text_version, given.on)? {
        return Err(Fault::Fields(vec![no_such_text()]));
    }
    likeness::spend(v)?;
    let sealed = clear.seal(v.vault, body.id, &place.code)?;
    let row = Row {
        id: body.id,
        chapter_id: grant.chapter().0,
        state: FamilyLinkState::Open.name().to_owned(),
        cause: body.cause.name().to_owned(),
        guarded: body.guarded || is_guarded(clear, vietnam_date(v.now)),
        enquirer: Some(sealed.enquirer),
        sought: Some(sealed.sought),
        enquirer_hash: sealed.enquirer_hash,
        words: sealed.words,
        sought_keys: sealed.sought_keys,
        enquirer_keys: sealed.enquirer_keys,
        text_version: given.text_version,
        consent_on: given.on,
        consent_paper: given.paper.clone(),
        child_agreed: given.child_agreed,
        in_charge: Some(grant.account()),
        request_hash: hash.to_vec(),
        version: 1,
        recorded_by: grant.account(),
        recorded_at: v.now,
        last_step_at: v.now,
        ended_at: None,
        erased_on: None,
    };
    if access::restricted(v.conn, v.vault, &[(&row, clear)])?.contains(&row.id) {
        return Err(Fault::Restricted);
    }
    if !store::insert(v.conn, &row)? {
        // Somebody else was faster with this id.
        return Err(Fault::IdTaken);
    }
    v.note(&grant, "FAMILY_LINK_RECORDED", body.id)?;
    let doubles = likeness::look(v, &grant, &row, clear)?;
    Ok((FamilyLinkOut { doubles, ..show::out(v, row)? }, 1, true))
}

fn repeated(v: &mut Visit<'_>, row: Row, hash: &[u8]) -> Result<(FamilyLinkOut, i32, bool), Fault> {
    let mine = row.request_hash == hash && access::is_open_to(&row, v.account());
    if !mine || v.at::<KeepFamilyLinks>(ChapterId(row.chapter_id)).is_err() {
        return Err(Fault::IdTaken);
    }
    let version = row.version;
    Ok((show::out(v, row)?, version, false))
}

/// One case, for whom it is open to; each reading is noted, and so is each that is refused.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<Result<(FamilyLinkOut, i32), Fault>, Fault> {
    let row = match access::see(v, id)? {
        Ok(row) => row,
        Err(refused) => return Ok(Err(refused)),
    };
    v.note_at(Some(ChapterId(row.chapter_id)), "FAMILY_LINK_READ", Some(id), None)?;
    let version = row.version;
    Ok(Ok((show::out(v, row)?, version)))
}

/// What may be said to the enquirer; read as the case is.
pub fn news(v: &mut Visit<'_>, id: Uuid) -> Result<Result<FamilyNewsOut, Fault>, Fault> {
    let row = match access::see(v, id)? {
        Ok(row) => row,
        Err(refused) => return Ok(Err(refused)),
    };
    v.note_at(Some(ChapterId(row.chapter_id)), "FAMILY_NEWS_READ", Some(id), None)?;
    match show::news(v, &row) {
        Err(fault @ (Fault::Gone | Fault::Restricted)) => Ok(Err(fault)),
        other => other.map(Ok),
    }
}

/// Changes a case as the client read it, and has it compared anew.
pub fn change(v: &mut Visit<'_>, id: Uuid, expected: &Expected, patch: &FamilyLinkPatch) -> Result<(FamilyLinkOut, i32), Fault> {
    let (row, grant) = access::keep(v, id)?;
    if !expected.has(row.version) {
        return Err(Fault::Stale);
    }
    let (old, today) = (access::clear(v, &row)?, vietnam_date(v.now));
    if row.state().is_over() {
        return Err(Fault::NotPossible);
    }
    let clear = patch.over(old.clone(), today).map_err(Fault::Fields)?;
    let guarded = row.guarded || patch.guarded == Some(true) || is_guarded(&clear, today);
    if clear == old && guarded == row.guarded {
        let version = row.version;
        return Ok((show::out(v, row)?, version));
    }
    likeness::spend(v)?;
    let code = tree::code_of(v.conn, ChapterId(row.chapter_id))?;
    store::rewrite(v.conn, &row, guarded, clear.seal(v.vault, id, &code)?)?;
    if guarded && !row.guarded {
        papers::let_go(&mut v.errand(), id)?;
    }
    let changed = [
        ("enquirer", clear.enquirer != old.enquirer),
        ("sought", clear.sought != old.sought),
        ("guarded", guarded != row.guarded),
    ];
    let fields: Vec<&str> = changed.into_iter().filter(|(_, is)| *is).map(|(field, _)| field).collect();
    v.note_with(&grant, "FAMILY_LINK_CHANGED", id, &json!({"fields": fields}))?;
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let (doubles, version) = (likeness::look(v, &grant, &row, &clear)?, row.version);
    Ok((FamilyLinkOut { doubles, ..show::out(v, row)? }, version))
}
