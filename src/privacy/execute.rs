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
use super::model::{Changes, RequestKind};
use super::store::{self, RequestRow};
use super::{amend, erase, persons};
use crate::authz::{self, AuditEvent};
use crate::basics::PublicCode;
use crate::changes;
use crate::db::DbError;
use crate::giving::feed::changed;
use crate::giving::personal::{self, Part, Scope, Touched};
use crate::giving::wire::Display;
use crate::http::{self, Kind as ProblemKind, Problem};
use crate::parties::{self, Clear, restriction};
use crate::tree::ChapterId;
use crate::vault::persons::{Desk, PersonsError};
use crate::vault::{Vault, place};

/// Most gifts changed in one transaction.
pub const MOST_GIFTS: i64 = 500;

/// What carrying out needs to know, read from the request once a step.
pub(super) struct Order {
    pub row: RequestRow,
    pub kind: RequestKind,
    pub scope: Scope,
    pub changes: Changes,
    /// The chapters whose gifts are changed.
    pub covered: Vec<Uuid>,
    /// Who decided; the audit trail names them whichever server does the work.
    pub account: Uuid,
    decided_at: DateTime<Utc>,
}

impl Order {
    fn read(conn: &mut PgConnection, vault: &Vault, row: RequestRow) -> Result<Self, Problem> {
        let broken = || Problem::internal("a request that can not be carried out");
        let changes = match &row.changes {
            None => Changes::default(),
            Some(sealed) => changes_of(vault, row.id, sealed)?,
        };
        Ok(Self {
            kind: row.kind().ok_or_else(broken)?,
            scope: row.scope().ok_or_else(broken)?,
            account: row.decided_by.ok_or_else(broken)?,
            decided_at: row.decided_at.ok_or_else(broken)?,
            covered: store::covered(conn, row.id)?,
            changes,
            row,
        })
    }

    /// How gifts are shown from now on, if that changes.
    pub fn display(&self) -> Option<Display> {
        match self.kind {
            RequestKind::WithdrawConsent | RequestKind::Restrict | RequestKind::Object | RequestKind::Erase => {
                Some(Display::Anonymous)
            }
            RequestKind::Correct => self.changes.display,
            RequestKind::Access | RequestKind::Protect | RequestKind::LiftRestriction => None,
        }
    }

    /// The next gifts it is about.
    fn part(&self) -> Part<'_> {
        let chapters = Some(self.covered.as_slice());
        match self.kind {
            // What is erased leaves its scope by itself.
            RequestKind::Erase => Part { chapters, ..Part::default() },
            // Papers that came later were closed as well.
            RequestKind::LiftRestriction => Part { after: self.row.progress, chapters, ..Part::default() },
            _ => Part { after: self.row.progress, recorded_until: Some(self.decided_at), chapters },
        }
    }
}

impl From<PersonsError> for Problem {
    fn from(error: PersonsError) -> Self {
        match error {
            PersonsError::Db(error) => error.into(),
            PersonsError::Vault(error) => Problem::internal(error),
        }
    }
}

/// Opens the sealed changes of a request.
pub fn changes_of(vault: &Vault, request: Uuid, sealed: &[u8]) -> Result<Changes, Problem> {
    let text = vault.open(place("personal_data_request", "changes", &request), sealed).map_err(Problem::internal)?;
    serde_json::from_slice(&text).map_err(Problem::internal)
}

/// What is done once, when a request was decided. The party's row is held by the caller.
pub fn begin(conn: &mut PgConnection, vault: &Vault, now: DateTime<Utc>, row: RequestRow) -> Result<(), Problem> {
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

/// The answer for a gift whose giver is unknown or erased.
pub fn no_giver() -> Problem {
    Problem::say(ProblemKind::Conflict, "Khoản này không có thông tin người cho.", "This gift has no giver's data.")
}

pub(super) fn opened(conn: &mut PgConnection, vault: &Vault, id: Uuid) -> Result<Option<Clear>, Problem> {
    let party = parties::load(conn, &[id])?.remove(&id);
    party.map(|party| party.open(vault)).transpose().map_err(Problem::internal)
}

pub(super) fn new_code() -> Result<PublicCode, Problem> {
    PublicCode::random().map_err(Problem::internal)
}

/// Whether there is more to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stepped {
    More,
    Done,
}

/// Changes the next gifts of a request that is being carried out; its row is held by the caller. Ends it when there are
/// no more.
pub fn step(conn: &mut PgConnection, vault: &Vault, now: DateTime<Utc>, row: RequestRow) -> Result<Stepped, Problem> {
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
fn change(desk: &mut Desk<'_>, order: &Order, gifts: &[Touched]) -> Result<usize, Problem> {
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

fn restrict(desk: &mut Desk<'_>, gifts: &[Touched], on: bool) -> Result<(), Problem> {
    let records = Books::read(desk.conn, gifts)?.records(gifts)?;
    Ok(persons::restrict(desk, &records, on)?)
}

pub(super) fn note(desk: &mut Desk<'_>, order: &Order, gifts: &[Touched], action: &'static str) -> Result<(), DbError> {
    let events: Vec<AuditEvent> = gifts
        .iter()
        .map(|g| AuditEvent { account: Some(order.account), action, subject: Some(g.id), chapter: Some(g.chapter_id) })
        .collect();
    authz::audit(desk.conn, desk.now, &events)
}

/// Goes on with a request for a while: a bounded number of further steps, each a transaction of its own.
pub fn go_on(
    db: &crate::db::Db,
    vault: &Vault,
    clock: &crate::basics::Clock,
    id: Uuid,
    most: usize,
) -> Result<(), http::Problem> {
    for _ in 0..most {
        let stepped = db.tx_blocking(|conn| -> Result<Stepped, Problem> {
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
