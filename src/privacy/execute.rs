//! Carrying out what was decided, piece by piece.
//!
//! [`begin`] does what is done once: an erased party loses its name at that moment, so that nobody reads or books for
//! it any more; a corrected one gets its new one. [`step`] then changes at most [`MOST_GIFTS`] gifts in one transaction,
//! each whole: gift, public row and its words, opening, consent, papers, the leaf that says so. What a step did is done; a
//! server that is killed in between leaves nothing half, and [`super::eraser`] goes on.
//!
//! A request changes what its own chapters hold and nothing else; the rest of the same person has a request of its own
//! ([`super::rest`]).

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
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
use crate::parties::restriction;
use crate::tree::ChapterId;
use crate::vault::Vault;
use crate::vault::persons::Desk;

/// Most gifts changed in one transaction.
pub const MOST_GIFTS: i64 = 500;

/// What is done once, when a request was decided. The party's row is held by the caller.
pub fn begin(conn: &mut PgConnection, vault: &Vault, now: DateTime<Utc>, row: RequestRow) -> Result<(), Fault> {
    let order = Order::read(conn, vault, row)?;
    let mut desk = Desk { conn, now, vault };
    match (order.kind, order.scope) {
        (RequestKind::Erase, Scope::Party(id)) => erase::begin(&mut desk, &order, id),
        (RequestKind::Restrict, Scope::Party(id)) => match opened(desk.conn, vault, id)? {
            Some(party) => Ok(restriction::restrict(desk.conn, now, party.id, &order.covered)?),
            // Erased meanwhile.
            None => Ok(()),
        },
        (RequestKind::LiftRestriction, Scope::Party(id)) => Ok(restriction::lift(desk.conn, id, &order.covered)?),
        (RequestKind::Correct, Scope::Party(id)) if order.changes.says_otherwise() => amend::begin(&mut desk, &order, id),
        (RequestKind::Correct, Scope::Gift(id)) if order.changes.says_otherwise() => amend::require_giver(desk.conn, id),
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
pub fn step(conn: &mut PgConnection, vault: &Vault, now: DateTime<Utc>, row: RequestRow) -> Result<Stepped, Fault> {
    let order = Order::read(conn, vault, row)?;
    let gifts = personal::hold(conn, order.scope, order.part(), MOST_GIFTS)?;
    let last = gifts.last().map(|gift| gift.id);
    let full = i64::try_from(gifts.len()).unwrap_or(0) == MOST_GIFTS;
    let mut desk = Desk { conn, now, vault };
    let touched = change(&mut desk, &order, &gifts)?;
    let seen: Vec<_> = gifts.iter().map(|gift| changed(ChapterId(gift.chapter_id), gift.id)).collect();
    changes::note(desk.conn, &seen)?;
    store::advance(desk.conn, order.row.id, last.or(order.row.progress), i32::try_from(touched).unwrap_or(i32::MAX))?;
    if full {
        return Ok(Stepped::More);
    }
    match (order.kind, order.scope) {
        (RequestKind::Erase, Scope::Party(id)) => erase::end(&mut desk, id)?,
        (RequestKind::Correct, Scope::Party(id)) if order.changes.says_otherwise() => amend::end(&mut desk, &order, id)?,
        _ => {}
    }
    store::done(desk.conn, now, order.row.id)?;
    let done = AuditEvent {
        account: Some(order.account),
        action: "PERSONAL_DATA_REQUEST_DONE",
        subject: Some(order.row.id),
        chapter: None,
    };
    authz::audit(desk.conn, now, &[done])?;
    Ok(Stepped::Done)
}

/// Does to these gifts what was ordered. Returns how many are not as they were.
fn change(desk: &mut Desk<'_>, order: &Order, gifts: &[Touched]) -> Result<usize, Fault> {
    match order.kind {
        RequestKind::Erase => erase::gifts(desk, order, gifts),
        RequestKind::LiftRestriction => {
            restrict(desk, gifts, false)?;
            Ok(0)
        }
        RequestKind::Restrict => {
            restrict(desk, gifts, true)?;
            amend::gifts(desk, order, gifts)
        }
        RequestKind::Correct
        | RequestKind::WithdrawConsent
        | RequestKind::Object
        | RequestKind::Access
        | RequestKind::Protect => amend::gifts(desk, order, gifts),
    }
}

fn restrict(desk: &mut Desk<'_>, gifts: &[Touched], on: bool) -> Result<(), Fault> {
    let records = Books::read(desk.conn, gifts)?.records(gifts)?;
    Ok(persons::restrict(desk, &records, on)?)
}

/// Goes on with a request for a while: a bounded number of further steps, each a transaction of its own.
pub fn go_on(db: &crate::db::Db, vault: &Vault, clock: &crate::basics::Clock, id: Uuid, most: usize) -> Result<(), Fault> {
    for _ in 0..most {
        let stepped = db.tx_blocking(|conn| -> Result<Stepped, Fault> {
            match store::hold(conn, id)?.filter(|row| row.state == "EXECUTING") {
                Some(row) => step(conn, vault, clock.now(), row),
                None => Ok(Stepped::Done),
            }
        })?;
        if stepped == Stepped::Done {
            break;
        }
    }
    Ok(())
}
