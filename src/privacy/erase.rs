//! Erasing: what is done at once when it was decided, and gift by gift.

use uuid::Uuid;

use super::books::Books;
use super::fault::Fault;
use super::order::{Order, new_code, note, opened};
use super::{persons, store};
use crate::db::DbError;
use crate::giving::finding;
use crate::giving::personal::{self, Scope, Touched};
use crate::house::errand::Errand;
use crate::house::persons::{Called, Mentioned, OfParty, PersonsError};
use crate::ledger::annotations::{self, NewAnnotation};
use crate::ledger::kinds::Kind;
use crate::ledger::store::BookedAt;
use crate::log::commitment;
use crate::parties::{self, alias, restriction};

/// Takes the name off everything the request covers, in one moment: from now on nobody reads it there or books for it.
///
/// A party whose gifts the request covers all loses name and phone itself. Of one that other chapters hold too, the gifts
/// covered go to a row without a name; the request goes on with that one, and the others keep theirs.
pub fn begin(errand: &mut Errand<'_>, order: &Order, id: Uuid) -> Result<(), Fault> {
    let called = opened(errand.conn, errand.vault, id)?.map(|party| Called { name: party.name, phone: party.phone });
    if let Some(called) = called {
        let mentioned = Mentioned { called, chapters: order.covered.clone() };
        let kept = persons::erase_mentions(errand, order.rooms, &mentioned)?;
        store::keep(errand.conn, order.row.id, &kept)?;
    }
    let kept = persons::erase_of(errand, order.rooms, &OfParty { party: id, chapters: &order.covered })?;
    store::keep(errand.conn, order.row.id, &kept)?;
    let holding = persons::chapters(errand.conn, order.rooms, Scope::Party(id))?;
    let elsewhere = holding.iter().any(|chapter| !order.covered.contains(chapter));
    if !elsewhere {
        return Ok(parties::strip(errand.conn, id)?);
    }
    let stub = parties::stub_of(errand.conn, errand.now, id)?;
    personal::give_over(errand.conn, id, stub, &order.covered)?;
    finding::anew(errand.conn, errand.vault, &[id])?;
    alias::follow(errand.conn, id, stub, &order.covered)?;
    restriction::lift(errand.conn, id, &order.covered)?;
    Ok(store::retarget(errand.conn, order.row.id, id, stub, &order.covered)?)
}

/// Erases the giver of these gifts, whose rows the caller holds.
pub fn gifts(errand: &mut Errand<'_>, order: &Order, gifts: &[Touched]) -> Result<usize, Fault> {
    if gifts.is_empty() {
        return Ok(0);
    }
    let books = Books::read(errand.conn, gifts)?;
    let records = books.records(gifts)?;
    let mut said = Vec::new();
    for (gift, record) in gifts.iter().zip(&records).filter(|(_, record)| !books.is_erased(&record.code)) {
        let pd = commitment::commit(&[0; 32], &[]);
        let (code, place) = (new_code()?, books.place(gift)?);
        said.push(NewAnnotation { code, kind: Kind::Erasure, of: record.code.clone(), place, pd, opening: None });
    }
    annotations::annotate(errand.conn, BookedAt::now(errand.now), &said).map_err(Fault::broken)?;
    let kept = persons::erase(errand, order.rooms, &records)?;
    store::keep(errand.conn, order.row.id, &kept)?;
    if let Scope::Gift(_) = order.scope
        && let Some(party) = gifts.iter().find_map(|gift| gift.party_id)
    {
        let_go(errand, party)?;
    }
    note(errand, order, gifts, "GIFT_GIVER_ERASED")?;
    Ok(gifts.len())
}

/// A party that no gift names any more goes, with the texts of requests about it. Another one is found where it is still held.
pub fn let_go(errand: &mut Errand<'_>, id: Uuid) -> Result<(), PersonsError> {
    if personal::chapters(errand.conn, Scope::Party(id))?.is_empty() {
        store::forget_texts(errand.conn, errand.vault, Some(id), &[])?;
        parties::remove(errand.conn, id)?;
    } else {
        finding::anew(errand.conn, errand.vault, &[id])?;
    }
    Ok(())
}

/// The party itself goes when the last of its gifts has let go of it.
pub fn end(errand: &mut Errand<'_>, id: Uuid) -> Result<(), DbError> {
    store::forget_texts(errand.conn, errand.vault, Some(id), &[])?;
    parties::remove(errand.conn, id)
}
