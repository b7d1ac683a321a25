//! Erasing: what is done at once when it was decided, and gift by gift.

use uuid::Uuid;

use super::books::Books;
use super::fault::Fault;
use super::order::{Order, new_code, note, opened};
use super::{persons, store};
use crate::db::DbError;
use crate::giving::finding;
use crate::giving::personal::{self, Scope, Touched};
use crate::ledger::annotations::{self, NewAnnotation};
use crate::ledger::kinds::Kind;
use crate::ledger::store::BookedAt;
use crate::log::commitment;
use crate::parties::{self, alias, restriction};
use crate::vault::persons::{Called, Desk, Mentioned, PersonsError};

/// Takes the name off everything the request covers, in one moment: from now on nobody reads it there or books for it.
///
/// A party whose gifts the request covers all loses name and phone itself. Of one that other chapters hold too, the gifts
/// covered go to a row without a name; the request goes on with that one, and the others keep theirs.
pub fn begin(desk: &mut Desk<'_>, order: &Order, id: Uuid) -> Result<(), Fault> {
    let called = opened(desk.conn, desk.vault, id)?.map(|party| Called { name: party.name, phone: party.phone });
    if let Some(called) = called {
        let mentioned = Mentioned { called, chapters: order.covered.clone() };
        let kept = persons::erase_mentions(desk, &mentioned)?;
        store::keep(desk.conn, order.row.id, &kept)?;
    }
    let elsewhere = personal::chapters(desk.conn, Scope::Party(id))?.iter().any(|chapter| !order.covered.contains(chapter));
    if !elsewhere {
        return Ok(parties::strip(desk.conn, id)?);
    }
    let stub = parties::stub_of(desk.conn, desk.now, id)?;
    personal::give_over(desk.conn, id, stub, &order.covered)?;
    finding::anew(desk.conn, desk.vault, &[id])?;
    alias::follow(desk.conn, id, stub, &order.covered)?;
    restriction::lift(desk.conn, id, &order.covered)?;
    Ok(store::retarget(desk.conn, order.row.id, id, stub, &order.covered)?)
}

/// Erases the giver of these gifts, whose rows the caller holds.
pub fn gifts(desk: &mut Desk<'_>, order: &Order, gifts: &[Touched]) -> Result<usize, Fault> {
    if gifts.is_empty() {
        return Ok(0);
    }
    let books = Books::read(desk.conn, gifts)?;
    let records = books.records(gifts)?;
    let mut said = Vec::new();
    for (gift, record) in gifts.iter().zip(&records).filter(|(_, record)| !books.is_erased(&record.code)) {
        let pd = commitment::commit(&[0; 32], &[]);
        let (code, place) = (new_code()?, books.place(gift)?);
        said.push(NewAnnotation { code, kind: Kind::Erasure, of: record.code.clone(), place, pd, opening: None });
    }
    annotations::annotate(desk.conn, BookedAt::now(desk.now), &said).map_err(Fault::broken)?;
    let kept = persons::erase(desk, &records)?;
    store::keep(desk.conn, order.row.id, &kept)?;
    if let Scope::Gift(_) = order.scope
        && let Some(party) = gifts.iter().find_map(|gift| gift.party_id)
    {
        let_go(desk, party)?;
    }
    note(desk, order, gifts, "GIFT_GIVER_ERASED")?;
    Ok(gifts.len())
}

/// A party that no gift names any more goes, with the texts of requests about it. Another one is found where it is still held.
pub fn let_go(desk: &mut Desk<'_>, id: Uuid) -> Result<(), PersonsError> {
    if personal::chapters(desk.conn, Scope::Party(id))?.is_empty() {
        store::forget_texts(desk.conn, desk.vault, Some(id), &[])?;
        parties::remove(desk.conn, id)?;
    } else {
        finding::anew(desk.conn, desk.vault, &[id])?;
    }
    Ok(())
}

/// The party itself goes when the last of its gifts has let go of it.
pub fn end(desk: &mut Desk<'_>, id: Uuid) -> Result<(), DbError> {
    store::forget_texts(desk.conn, desk.vault, Some(id), &[])?;
    parties::remove(desk.conn, id)
}
