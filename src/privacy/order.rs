//! What was ordered by a decided request, and what every way of carrying it out takes.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{Changes, RequestKind};
use super::store::{self, RequestRow};
use crate::authz::{self, AuditEvent};
use crate::basics::PublicCode;
use crate::db::DbError;
use crate::giving::display::Display;
use crate::giving::personal::{Part, Scope, Touched};
use crate::house::Rooms;
use crate::house::errand::Errand;
use crate::parties::{self, Clear};
use crate::vault::{Vault, place};

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
    /// Who answers for persons.
    pub rooms: Rooms,
}

impl Order {
    pub fn read(errand: &mut Errand<'_>, rooms: Rooms, row: RequestRow) -> Result<Self, Fault> {
        let broken = || Fault::broken("a request that cannot be carried out");
        let changes = match &row.changes {
            None => Changes::default(),
            Some(sealed) => changes_of(errand.vault, row.id, sealed)?,
        };
        Ok(Self {
            kind: row.kind().ok_or_else(broken)?,
            scope: row.scope().ok_or_else(broken)?,
            account: row.decided_by.ok_or_else(broken)?,
            decided_at: row.decided_at.ok_or_else(broken)?,
            covered: store::covered(errand.conn, row.id)?,
            changes,
            rooms,
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
    pub fn part(&self) -> Part<'_> {
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

/// Opens the sealed changes of a request.
pub fn changes_of(vault: &Vault, request: Uuid, sealed: &[u8]) -> Result<Changes, Fault> {
    let text = vault.open(place("personal_data_request", "changes", &request), sealed).map_err(Fault::broken)?;
    serde_json::from_slice(&text).map_err(Fault::broken)
}

pub(super) fn opened(conn: &mut PgConnection, vault: &Vault, id: Uuid) -> Result<Option<Clear>, Fault> {
    let party = parties::load(conn, &[id])?.remove(&id);
    party.map(|party| party.open(vault)).transpose().map_err(Fault::broken)
}

pub(super) fn new_code() -> Result<PublicCode, Fault> {
    PublicCode::random().map_err(Fault::broken)
}

pub(super) fn note(errand: &mut Errand<'_>, order: &Order, gifts: &[Touched], action: &'static str) -> Result<(), DbError> {
    let events: Vec<AuditEvent> = gifts
        .iter()
        .map(|g| AuditEvent { account: Some(order.account), action, subject: Some(g.id), chapter: Some(g.chapter_id) })
        .collect();
    authz::audit(errand.conn, errand.now, &events)
}
