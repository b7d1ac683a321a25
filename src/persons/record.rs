//! Writing a person down, reading one, changing one.

use serde_json::json;
use uuid::Uuid;

use super::carry::particulars;
use super::doubles;
use super::fault::Fault;
use super::model::{Particulars, PersonId, no_such_commune};
use super::row::Row;
use super::sealed::{self, Known};
use super::store::{self, New};
use super::wire::{PersonIn, PersonOut, PersonPatch};
use crate::authz::{Granted, KeepPeople, SeePeople, Visit};
use crate::basics::Line;
use crate::basics::clock::vietnam_date;
use crate::chapters::units;
use crate::db::DbError;
use crate::house::Rooms;
use crate::http::etag::Expected;
use crate::parties::{self, Named, NewParty, alias, naming, restriction};
use crate::tree::{self, ChapterId};

/// Writes a person down. Sent again, it is the same person.
pub fn record(v: &mut Visit<'_>, body: &PersonIn, of: &Particulars) -> Result<(PersonOut, i32, bool), Fault> {
    let (grant, place) = v.at_code::<KeepPeople>(&body.chapter)?;
    let content = serde_json::to_string(body).map_err(Fault::broken)?;
    let hash = v.vault.hash("person.request", content.as_bytes());
    if let Some(row) = store::find(v.conn, PersonId(body.id))? {
        return repeated(v, &row, &hash);
    }
    if !place.accepts_entries {
        return Err(Fault::ChapterClosed);
    }
    check_commune(v, of)?;
    let party = party_of(v, of)?;
    if restriction::holds(v.conn, party, place.id.0)? {
        return Err(Fault::Restricted);
    }
    let sealed = sealed::seal(v.vault, body.id, &place.code, of)?;
    let confirmed_on = body.phone_confirmed.then(|| vietnam_date(v.now));
    let new = New { id: PersonId(body.id), kind: of.kind, party, confirmed_on, hash: &hash };
    if !store::insert(v.conn, &grant, v.now, &new, sealed).map_err(known_here)? {
        // Somebody else was faster with this id.
        return Err(Fault::IdTaken);
    }
    v.note(&grant, "PERSON_RECORDED", body.id)?;
    let row = store::find(v.conn, new.id)?.ok_or(Fault::Unknown)?;
    let here = v.see::<SeePeople>(grant.chapter())?;
    let known = store::usable(v.conn, v.vault, &row)?.ok_or(Fault::Unknown)?;
    let doubles = doubles::of(v, &here, &known)?;
    let out = PersonOut { doubles, ..shown(v, &row, Some(known))? };
    Ok((out, row.version, true))
}

fn repeated(v: &mut Visit<'_>, row: &Row, hash: &[u8]) -> Result<(PersonOut, i32, bool), Fault> {
    if row.request_hash != hash || v.at::<KeepPeople>(ChapterId(row.chapter_id)).is_err() {
        return Err(Fault::IdTaken);
    }
    let known = store::usable(v.conn, v.vault, row)?;
    Ok((shown(v, row, known)?, row.version, false))
}

fn known_here(error: DbError) -> Fault {
    match error.constraint() {
        Some("person_party_key") => Fault::KnownHere,
        _ => error.into(),
    }
}

fn check_commune(v: &mut Visit<'_>, of: &Particulars) -> Result<(), Fault> {
    let Some(code) = &of.commune else { return Ok(()) };
    match units::on(v.conn, std::slice::from_ref(code), vietnam_date(v.now))?.contains_key(code) {
        true => Ok(()),
        false => Err(Fault::Fields(vec![no_such_commune()])),
    }
}

fn named(of: &Particulars) -> Named {
    let phone = of.phone.as_ref().map(|phone| phone.as_str().to_owned());
    Named { kind: of.kind.as_party(), name: of.name.clone(), phone }
}

/// The party of this name and number, written if there is none.
fn party_of(v: &mut Visit<'_>, of: &Particulars) -> Result<Uuid, Fault> {
    let new = NewParty::seal(v.vault, &named(of))?;
    Ok(parties::upsert(v.conn, v.now, &[&new])?.get(&new.id).copied().unwrap_or(new.id))
}

/// One person, for those who may see them; each reading is noted, and so is each that is refused.
pub fn show(v: &mut Visit<'_>, id: PersonId) -> Result<Result<(PersonOut, i32), Fault>, Fault> {
    let Some(row) = store::find(v.conn, id)?.filter(|row| row.erased_on.is_none()) else { return Ok(Err(Fault::Unknown)) };
    let chapter = ChapterId(row.chapter_id);
    let here = match v.see::<SeePeople>(chapter) {
        Ok(here) => here,
        Err(denied) => {
            // Somebody tries ids: the chapter is to know.
            v.note_at(Some(chapter), "PERSON_READ_REFUSED", Some(id.0), None)?;
            return Ok(Err(denied.into()));
        }
    };
    v.note_seen(&here, "PERSON_READ", id.0)?;
    let known = store::usable(v.conn, v.vault, &row)?;
    Ok(Ok((shown(v, &row, known)?, row.version)))
}

/// What is shown of a row: of one that may not be used, that it is there.
pub(super) fn shown(v: &mut Visit<'_>, row: &Row, known: Option<Known>) -> Result<PersonOut, Fault> {
    let chapter = tree::code_of(v.conn, ChapterId(row.chapter_id))?;
    let party = row.party_id.map(|party| alias::of(v.conn, party, row.chapter_id)).transpose()?;
    let kept = store::kept(v.conn, PersonId(row.id))?;
    let restricted = known.is_none();
    let known = known.as_ref();
    Ok(PersonOut {
        id: PersonId(row.id),
        chapter,
        party,
        kind: row.kind(),
        name: known.map(|known| known.name.clone()),
        representative: known.and_then(|known| known.representative.clone()),
        phone: known.and_then(|known| known.phone.clone()),
        phone_confirmed_on: row.phone_confirmed_on.filter(|_| !restricted),
        mail: known.and_then(|known| known.mail.clone()),
        birth: known.and_then(|known| known.birth).map(|birth| birth.to_string()),
        sex: known.and_then(|known| known.sex),
        commune: known.and_then(|known| known.commune.clone()),
        restricted,
        joined_to: Some(kept).filter(|kept| kept.0 != row.id),
        recorded_at: row.recorded_at,
        doubles: Vec::new(),
    })
}

/// Changes a person as the client read them.
pub fn change(
    v: &mut Visit<'_>,
    rooms: Rooms,
    id: PersonId,
    expected: &Expected,
    patch: PersonPatch,
) -> Result<(PersonOut, i32), Fault> {
    let row = store::held(v.conn, id)?.filter(|row| row.erased_on.is_none()).ok_or(Fault::Unknown)?;
    let grant = v.at::<KeepPeople>(ChapterId(row.chapter_id))?;
    if !expected.has(row.version) {
        return Err(Fault::Stale);
    }
    let old = store::usable(v.conn, v.vault, &row)?.ok_or(Fault::Restricted)?;
    let patched = patch.over(&old, vietnam_date(v.now)).map_err(Fault::Fields)?;
    let same = is_written(&old, &patched.to) && patched.confirmed_on == old.phone_confirmed_on;
    if !same {
        if patched.to.commune != old.commune {
            check_commune(v, &patched.to)?;
        }
        let party = moved(v, rooms, &row, &old, &patched.to)?;
        let code = tree::code_of(v.conn, ChapterId(row.chapter_id))?;
        let sealed = sealed::seal(v.vault, row.id, &code, &patched.to)?;
        store::change(v.conn, &row, party, patched.confirmed_on, sealed).map_err(known_here)?;
        let_go(v, rooms, old.party, party, row.chapter_id)?;
        note_change(v, &grant, id, &old, &patched.to)?;
        for holder in rooms.persons() {
            holder.changed(&mut v.errand(), row.id)?;
        }
    }
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let known = store::usable(v.conn, v.vault, &row)?;
    Ok((shown(v, &row, known)?, row.version))
}

/// Whether a person is written down so already.
fn is_written(old: &Known, to: &Particulars) -> bool {
    let number = to.phone.as_ref().map(|phone| phone.as_str());
    (old.name.as_str(), old.phone.as_deref(), old.birth, old.sex, &old.commune)
        == (to.name.as_str(), number, to.birth, to.sex, &to.commune)
        && old.mail == to.mail
        && old.representative.as_deref() == to.representative.as_ref().map(Line::as_str)
}

/// The party of a changed person: the same where it is called so still, or where nobody else holds it and it can be called so; else
/// the party of that name and number.
fn moved(v: &mut Visit<'_>, rooms: Rooms, row: &Row, old: &Known, to: &Particulars) -> Result<Uuid, Fault> {
    let same_name = naming::one_form(&old.name) == naming::one_form(to.name.as_str());
    if same_name && to.phone.as_ref().map(|phone| phone.as_str()) == old.phone.as_deref() {
        return Ok(old.party);
    }
    parties::hold(v.conn, old.party)?;
    // This row is one of them.
    let alone = holders(v, rooms, old.party)?.len() == 1;
    if alone && parties::rename(v.conn, v.vault, old.party, &named(to)).map_err(Fault::broken)? {
        return Ok(old.party);
    }
    let party = party_of(v, to)?;
    restriction::follow(v.conn, old.party, party, &[row.chapter_id])?;
    match restriction::holds(v.conn, party, row.chapter_id)? {
        true => Err(Fault::Restricted),
        false => Ok(party),
    }
}

/// The chapters that hold something of a party, whatever room knows it.
fn holders(v: &mut Visit<'_>, rooms: Rooms, party: Uuid) -> Result<Vec<Uuid>, Fault> {
    let mut all = Vec::new();
    for holder in rooms.persons() {
        all.extend(holder.chapters_of(v.conn, party)?);
    }
    Ok(all)
}

/// A party that nobody holds any more goes; the chapter's name for it stands for the other one.
fn let_go(v: &mut Visit<'_>, rooms: Rooms, from: Uuid, to: Uuid, chapter: Uuid) -> Result<(), Fault> {
    if from == to || !holders(v, rooms, from)?.is_empty() {
        return Ok(());
    }
    alias::follow(v.conn, from, to, &[chapter])?;
    Ok(parties::remove(v.conn, from)?)
}

/// Writes a mail address down that a person gave to the chapter, beside what is known of them; an address that stands there stays.
pub fn keep_mail(v: &mut Visit<'_>, by: &Granted<KeepPeople>, known: Known, mail: Option<&str>) -> Result<Known, Fault> {
    let Some(mail) = mail.filter(|_| known.mail.is_none()) else { return Ok(known) };
    let row = store::held(v.conn, known.id)?.ok_or(Fault::Unknown)?;
    let known = Known { mail: Some(mail.to_owned()), ..known };
    let code = tree::code_of(v.conn, known.chapter)?;
    let sealed = sealed::seal(v.vault, row.id, &code, &particulars(&known)?)?;
    store::change(v.conn, &row, known.party, row.phone_confirmed_on, sealed)?;
    v.note_with(by, "PERSON_CHANGED", row.id, &json!({"fields": ["mail"]}))?;
    Ok(known)
}

/// Which fields changed, and never what they say.
fn note_change(v: &mut Visit<'_>, by: &Granted<KeepPeople>, id: PersonId, old: &Known, to: &Particulars) -> Result<(), Fault> {
    let number = to.phone.as_ref().map(|phone| phone.as_str());
    let changed = [
        ("name", old.name != to.name.as_str()),
        ("representative", old.representative.as_deref() != to.representative.as_ref().map(Line::as_str)),
        ("phone", old.phone.as_deref() != number),
        ("mail", old.mail != to.mail),
        ("birth", old.birth != to.birth),
        ("sex", old.sex != to.sex),
        ("commune", old.commune != to.commune),
    ];
    let fields: Vec<&str> = changed.into_iter().filter(|(_, is)| *is).map(|(field, _)| field).collect();
    Ok(v.note_with(by, "PERSON_CHANGED", id.0, &json!({"fields": fields}))?)
}
