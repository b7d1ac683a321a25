//! Persons that other rooms carry elsewhere: to another chapter, or apart from somebody they were taken for.

use uuid::Uuid;

use super::fault::Fault;
use super::model::{Particulars, PersonId};
use super::row::Row;
use super::sealed::{self, Known};
use super::store;
use crate::basics::{Line, Phone};
use crate::house::errand::Errand;
use crate::parties::{Named, NewParty, upsert};
use crate::tree::{self, ChapterId};

/// What is known of somebody, as it is written.
pub(super) fn particulars(known: &Known) -> Result<Particulars, Fault> {
    let name = |text: &str| Line::parse(text, 200).map_err(|_| Fault::broken("a person's name is no line"));
    Ok(Particulars {
        kind: known.kind,
        name: name(&known.name)?,
        representative: known.representative.as_deref().map(name).transpose()?,
        phone: known.phone.as_deref().and_then(Phone::today),
        mail: known.mail.clone(),
        birth: known.birth,
        sex: known.sex,
        commune: known.commune.clone(),
    })
}

/// Writes somebody down at another chapter, under a name of its own, unless it knows them already. For what two persons approved.
pub fn carry(errand: &mut Errand<'_>, known: &Known, to: ChapterId, account: Uuid) -> Result<PersonId, Fault> {
    if let Some(there) = store::of_party(errand.conn, known.party, &[to.0])?.pop() {
        return Ok(PersonId(there.id));
    }
    let (id, code) = (Uuid::new_v4(), tree::code_of(errand.conn, to)?);
    let sealed = sealed::seal(errand.vault, id, &code, &particulars(known)?)?;
    let row = Row {
        id,
        chapter_id: to.0,
        party_id: Some(known.party),
        name: Some(sealed.name),
        phone: sealed.phone,
        phone_confirmed_on: known.phone_confirmed_on,
        particulars: sealed.particulars,
        words: sealed.words,
        request_hash: errand.vault.hash("person.carried", id.as_bytes()).to_vec(),
        version: 1,
        recorded_by: account,
        recorded_at: errand.now,
        erased_on: None,
        kind: known.kind.name().to_owned(),
    };
    store::write(errand.conn, &row)?;
    Ok(PersonId(id))
}

/// Somebody who is not who they were taken for: a party of their own, that is not found by a number it would share.
pub fn set_apart(errand: &mut Errand<'_>, id: PersonId) -> Result<(), Fault> {
    let row = store::held(errand.conn, id)?.ok_or(Fault::Unknown)?;
    let known = sealed::open(errand.vault, &row)?.ok_or(Fault::Unknown)?;
    let of = particulars(&known)?;
    let named = Named { kind: of.kind.as_party(), name: of.name.clone(), phone: None };
    let new = NewParty::seal(errand.vault, &named)?;
    upsert(errand.conn, errand.now, &[&new])?;
    let code = tree::code_of(errand.conn, known.chapter)?;
    let sealed = sealed::seal(errand.vault, row.id, &code, &of)?;
    Ok(store::change(errand.conn, &row, new.id, row.phone_confirmed_on, sealed)?)
}
