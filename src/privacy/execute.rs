//! Carrying out what was decided, piece by piece.
//!
//! [`begin`] does what is done once: an erased party loses its name at that moment, so that nobody reads or books for
//! it any more; a corrected one gets its new one. [`step`] then changes at most [`MOST_GIFTS`] gifts in one transaction,
//! each whole: gift, public row and its words, opening, consent, papers, the leaf that says so. What a step did is done; a
//! server that is killed in between leaves nothing half, and [`super::eraser`] goes on.
//!
//! A request changes what its own chapters hold and nothing else; the rest of the same person has a request of its own
//! ([`super::rest`]).

use uuid::Uuid;

use super::books::Books;
use super::fault::Fault;
use super::model::RequestKind;
use super::order::{Order, opened};
use super::store::{self, RequestRow};
use super::{amend, erase, persons};
use crate::authz::{self, AuditEvent};
use crate::changes;
use crate::giving::feed::changed;
use crate::giving::personal::{self, Scope, Touched};
use crate::house::Rooms;
use crate::house::errand::Errand;
use crate::house::persons::OfParty;
use crate::parties::restriction;
use crate::tree::ChapterId;
use crate::vault::Vault;

/// Most gifts changed in one transaction.
pub const MOST_GIFTS: i64 = 500;

/// What is done once, when a request was decided. The party's row is held by the caller.
pub fn begin(errand: &mut Errand<'_>, rooms: Rooms, row: RequestRow) -> Result<(), Fault> {
    let order = Order::read(errand, rooms, row)?;
    match (order.kind, order.scope) {
        (RequestKind::Erase, Scope::Party(id)) => erase::begin(errand, &order, id),
        (RequestKind::Restrict, Scope::Party(id)) => match opened(errand.conn, errand.vault, id)? {
            Some(party) => {
                restriction::restrict(errand.conn, errand.now, party.id, &order.covered)?;
                Ok(persons::restrict_of(errand, order.rooms, &OfParty { party: party.id, chapters: &order.covered })?)
            }
            // Erased meanwhile.
            None => Ok(()),
        },
        (RequestKind::LiftRestriction, Scope::Party(id)) => {
            restriction::lift(errand.conn, id, &order.covered)?;
            Ok(persons::lift_of(errand, order.rooms, &OfParty { party: id, chapters: &order.covered })?)
        }
        (RequestKind::WithdrawConsent | RequestKind::Object, Scope::Party(id)) => {
            Ok(persons::hide_of(errand, order.rooms, &OfParty { party: id, chapters: &order.covered })?)
        }
        (RequestKind::Correct, Scope::Party(id)) if order.changes.says_otherwise() => amend::begin(errand, &order, id),
        (RequestKind::Correct, Scope::Gift(id)) if order.changes.says_otherwise() => amend::require_giver(errand.conn, id),
        _ => Ok(()),
    }
}

/// Whether there is more to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stepped {
    More,
    Done,
}

/// Changes the next gifts of a request that is being carried out; its row is held by the caller. Ends it when there are
/// no more.
pub fn step(errand: &mut Errand<'_>, rooms: Rooms, row: RequestRow) -> Result<Stepped, Fault> {
    let order = Order::read(errand, rooms, row)?;
    let gifts = personal::hold(errand.conn, order.scope, order.part(), MOST_GIFTS)?;
    let last = gifts.last().map(|gift| gift.id);
    let full = i64::try_from(gifts.len()).unwrap_or(0) == MOST_GIFTS;
    let touched = change(errand, &order, &gifts)?;
    let seen: Vec<_> = gifts.iter().map(|gift| changed(ChapterId(gift.chapter_id), gift.id)).collect();
    changes::note(errand.conn, &seen)?;
    store::advance(errand.conn, order.row.id, last.or(order.row.progress), i32::try_from(touched).unwrap_or(i32::MAX))?;
    if full {
        return Ok(Stepped::More);
    }
    match (order.kind, order.scope) {
        (RequestKind::Erase, Scope::Party(id)) => erase::end(errand, id)?,
        (RequestKind::Correct, Scope::Party(id)) if order.changes.says_otherwise() => amend::end(errand, &order, id)?,
        _ => {}
    }
    store::done(errand.conn, errand.now, order.row.id)?;
    let done = AuditEvent {
        account: Some(order.account),
        action: "PERSONAL_DATA_REQUEST_DONE",
        subject: Some(order.row.id),
        chapter: None,
    };
    authz::audit(errand.conn, errand.now, &[done])?;
    Ok(Stepped::Done)
}

/// Does to these gifts what was ordered. Returns how many are not as they were.
fn change(errand: &mut Errand<'_>, order: &Order, gifts: &[Touched]) -> Result<usize, Fault> {
    match order.kind {
        RequestKind::Erase => erase::gifts(errand, order, gifts),
        RequestKind::LiftRestriction => {
            restrict(errand, order, gifts, false)?;
            Ok(0)
        }
        RequestKind::Restrict => {
            restrict(errand, order, gifts, true)?;
            amend::gifts(errand, order, gifts)
        }
        RequestKind::Correct
        | RequestKind::WithdrawConsent
        | RequestKind::Object
        | RequestKind::Access
        | RequestKind::Protect => amend::gifts(errand, order, gifts),
    }
}

fn restrict(errand: &mut Errand<'_>, order: &Order, gifts: &[Touched], on: bool) -> Result<(), Fault> {
    let records = Books::read(errand.conn, gifts)?.records(gifts)?;
    Ok(persons::restrict(errand, order.rooms, &records, on)?)
}

/// Goes on with a request for a while: a bounded number of further steps, each a transaction of its own.
pub fn go_on(
    db: &crate::db::Db,
    vault: &Vault,
    clock: &crate::basics::Clock,
    rooms: Rooms,
    id: Uuid,
    most: usize,
) -> Result<(), Fault> {
    for _ in 0..most {
        let stepped = db.tx_blocking(|conn| -> Result<Stepped, Fault> {
            match store::hold(conn, id)?.filter(|row| row.state == "EXECUTING") {
                Some(row) => step(&mut Errand { conn, now: clock.now(), vault }, rooms, row),
                None => Ok(Stepped::Done),
            }
        })?;
        if stepped == Stepped::Done {
            break;
        }
    }
    Ok(())
}
