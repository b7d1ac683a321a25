//! Who gets at a registration: whoever holds the right at its chapter.

use std::collections::HashSet;

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use super::sealed::Clear;
use super::store::{self, Row};
use crate::authz::{Granted, KeepOrgan, SeeOrgan, Visit};
use crate::basics::Line;
use crate::parties::{self, Named, NewParty, PartyKind, restriction};
use crate::tree::ChapterId;
use crate::vault::{Vault, VaultError};

/// A registration for reading. What is refused is noted: the chapter is to know that somebody tried.
pub fn see(v: &mut Visit<'_>, id: Uuid) -> Result<Result<Row, Fault>, Fault> {
    let Some(row) = store::find(v.conn, id)? else { return Ok(Err(Fault::Unknown)) };
    let chapter = ChapterId(row.chapter_id);
    match v.see::<SeeOrgan>(chapter) {
        Ok(_) => Ok(Ok(row)),
        Err(denied) => {
            v.note_at(Some(chapter), "PERSON_READ_REFUSED", Some(id), None)?;
            Ok(Err(denied.into()))
        }
    }
}

/// A registration for going on with it, held.
pub fn keep(v: &mut Visit<'_>, id: Uuid) -> Result<(Row, Granted<KeepOrgan>), Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    let grant = v.at::<KeepOrgan>(ChapterId(row.chapter_id))?;
    Ok((row, grant))
}

/// What a registration says, whether it may be used or not; nothing of one that is over.
pub fn open(vault: &Vault, row: &Row) -> Result<Option<Clear>, VaultError> {
    row.person.as_ref().map(|sealed| Clear::open(vault, &row.id, sealed)).transpose()
}

/// What a registration says that may be used.
pub fn clear(v: &mut Visit<'_>, row: &Row) -> Result<Clear, Fault> {
    let clear = open(v.vault, row)?.ok_or(Fault::Gone)?;
    match restricted(v.conn, v.vault, &[(row, &clear)])?.is_empty() {
        true => Ok(clear),
        false => Err(Fault::Restricted),
    }
}

/// Those of them who asked the chapter to keep their data and not use them. Nothing links a registration to a party: it is found by name and
/// number, as a party is.
pub fn restricted(conn: &mut PgConnection, vault: &Vault, of: &[(&Row, &Clear)]) -> Result<HashSet<Uuid>, Fault> {
    let mut parties = Vec::with_capacity(of.len());
    for (row, clear) in of {
        let name = Line::parse(&clear.name, 200).map_err(|_| Fault::broken("a name is no line"))?;
        let named = Named { kind: PartyKind::Person, name, phone: Some(clear.phone.clone()) };
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
