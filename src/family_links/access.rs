//! Who gets at a case: whoever holds the right at the chapter that holds it, and of a guarded one the officer in charge alone.

use std::collections::HashSet;

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use super::sealed::{self, Clear};
use super::store::{self, Row};
use crate::authz::{Granted, KeepFamilyLinks, SeeFamilyLinks, Visit};
use crate::basics::Line;
use crate::parties::{self, Named, NewParty, PartyKind, restriction};
use crate::tree::ChapterId;
use crate::vault::{Vault, VaultError};

/// Whether a case is open to somebody who holds the right at its chapter.
pub fn is_open_to(row: &Row, account: Uuid) -> bool {
    !row.guarded || row.in_charge == Some(account)
}

/// A case for reading. What is refused is noted: the chapter is to know that somebody tried.
pub fn see(v: &mut Visit<'_>, id: Uuid) -> Result<Result<Row, Fault>, Fault> {
    let Some(row) = store::find(v.conn, id)? else { return Ok(Err(Fault::Unknown)) };
    let chapter = ChapterId(row.chapter_id);
    let refused = match v.see::<SeeFamilyLinks>(chapter) {
        Ok(_) if is_open_to(&row, v.account()) => return Ok(Ok(row)),
        Ok(_) => Fault::NotInCharge,
        Err(denied) => denied.into(),
    };
    v.note_at(Some(chapter), "PERSON_READ_REFUSED", Some(id), None)?;
    Ok(Err(refused))
}

/// A case for going on with it, held, whoever is in charge.
pub fn hold(v: &mut Visit<'_>, id: Uuid) -> Result<(Row, Granted<KeepFamilyLinks>), Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    let grant = v.at::<KeepFamilyLinks>(ChapterId(row.chapter_id))?;
    Ok((row, grant))
}

/// [`hold`] for whom the case is open to.
pub fn keep(v: &mut Visit<'_>, id: Uuid) -> Result<(Row, Granted<KeepFamilyLinks>), Fault> {
    let (row, grant) = hold(v, id)?;
    match is_open_to(&row, grant.account()) {
        true => Ok((row, grant)),
        false => Err(Fault::NotInCharge),
    }
}

/// What a case says; [`Fault::Gone`] of one that was forgotten, [`Fault::Restricted`] of one that may not be used.
pub fn clear(v: &mut Visit<'_>, row: &Row) -> Result<Clear, Fault> {
    let clear = open(v.vault, row)?.ok_or(Fault::Gone)?;
    match restricted(v.conn, v.vault, &[(row, &clear)])?.is_empty() {
        true => Ok(clear),
        false => Err(Fault::Restricted),
    }
}

/// What a case says, whether it may be used or not.
pub fn open(vault: &Vault, row: &Row) -> Result<Option<Clear>, VaultError> {
    let (Some(enquirer), Some(sought)) = (&row.enquirer, &row.sought) else { return Ok(None) };
    Ok(Some(Clear {
        enquirer: sealed::open(vault, "family_link", "enquirer", &row.id, enquirer)?,
        sought: sealed::open(vault, "family_link", "sought", &row.id, sought)?,
    }))
}

/// Those of these cases whose enquirer asked the chapter to keep their data and not use them. Nothing links a case to a party: it is
/// found by name and number, as a party is.
pub fn restricted(conn: &mut PgConnection, vault: &Vault, of: &[(&Row, &Clear)]) -> Result<HashSet<Uuid>, Fault> {
    let mut parties = Vec::new();
    for (row, clear) in of.iter().filter(|(_, clear)| clear.enquirer.phone.is_some()) {
        let name = Line::parse(&clear.enquirer.name, 200).map_err(|_| Fault::broken("a name is no line"))?;
        let named = Named { kind: PartyKind::Person, name, phone: clear.enquirer.phone.clone() };
        parties.push((row.id, row.chapter_id, NewParty::seal(vault, &named)?));
    }
    if parties.is_empty() {
        return Ok(HashSet::new());
    }
    let known = parties::known(conn, &parties.iter().map(|(_, _, party)| party).collect::<Vec<_>>())?;
    let closed = restriction::of_parties(conn, &known.values().copied().collect::<Vec<_>>())?;
    let is = |(id, chapter, party): (Uuid, Uuid, NewParty)| {
        known.get(&party.id).is_some_and(|party| closed.contains(&(*party, chapter))).then_some(id)
    };
    Ok(parties.into_iter().filter_map(is).collect())
}
