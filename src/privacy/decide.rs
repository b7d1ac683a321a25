//! Deciding on requests as the second person: with APPROVE at every chapter a request covers; on the rest of one at the chapter
//! above.

use uuid::Uuid;

use super::fault::Fault;
use super::matter;
use super::model::{Refusal, RequestKind, State};
use super::requests::{at_one_of, carry_out, hold_subject};
use super::store::{self, RequestRow};
use super::writing::common;
use crate::authz::{Granted, Read, Record, Right, Visit};
use crate::decisions::{self, Approval, Kind, Matter, Verdict};
use crate::house::Rooms;
use crate::tree::ChapterId;

/// A request that waits for a second person.
struct Asked<'a> {
    kind: &'static Kind,
    row: &'a RequestRow,
    chapters: &'a [ChapterId],
    refusal: Option<Refusal>,
    rooms: Rooms,
}

impl Matter for Asked<'_> {
    type Asks = Record;
    type Fault = Fault;

    fn kind(&self) -> &'static Kind {
        self.kind
    }

    fn everywhere(&self) -> Option<&[ChapterId]> {
        Some(self.chapters)
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        if self.row.kind().is_some_and(RequestKind::is_done_by_hand) {
            return Err(Fault::NoApproval);
        }
        store::begin(v.conn, v.now, by.grant.account(), self.row)?;
        carry_out(v, self.rooms, self.row.id).map(drop)
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, _: decisions::State) -> Result<(), Fault> {
        let reason = self.refusal.ok_or_else(|| Fault::broken("a request is refused with a reason"))?;
        Ok(store::refuse(v.conn, v.now, by.account(), self.row, reason.name())?)
    }
}

/// Decides: approves, or refuses with a reason. Deciding again the same way answers as the request stands.
pub fn decide(v: &mut Visit<'_>, rooms: Rooms, id: Uuid, refusal: Option<Refusal>) -> Result<RequestRow, Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    let chapters = store::chapters(v.conn, id)?;
    at_one_of::<Read>(v, &chapters)?;
    let scope = row.scope().ok_or(Fault::Unknown)?;
    let waits = row.state().is_some_and(State::waits);
    if waits {
        hold_subject(v.conn, scope)?;
    }
    let above = common(v.conn, &chapters)?;
    let chapters: Vec<ChapterId> = chapters.into_iter().map(ChapterId).collect();
    let kind = match row.kind() {
        Some(kind) if row.approver_chapter_id.is_some() => matter::of(kind),
        // Nobody had to approve it, so it waited for nobody; from this moment on it is a matter, and is decided in it.
        Some(kind) if waits => matter::by_hand(kind),
        _ => None,
    };
    let Some(kind) = kind else {
        ended(v, &row, &chapters, refusal)?;
        return Ok(row);
    };
    if row.approver_chapter_id.is_none() {
        decisions::enter_late(v.conn, &matter::new(kind, id), above, (row.requested_by, row.requested_at))?;
    }
    let verdict = if refusal.is_some() { Verdict::Refuse } else { Verdict::Approve };
    decisions::decide(v, &Asked { kind, row: &row, chapters: &chapters, refusal, rooms }, id, verdict)?;
    store::find(v.conn, id)?.ok_or(Fault::Unknown)
}

/// What was done at once or by hand was not asked of anybody, and what was refused is: to say the same again changes nothing.
fn ended(v: &mut Visit<'_>, row: &RequestRow, chapters: &[ChapterId], refusal: Option<Refusal>) -> Result<(), Fault> {
    decisions::everywhere(v, chapters)?;
    match (row.state(), refusal) {
        (Some(State::Executing | State::Done), None) | (Some(State::Refused), Some(_)) => Ok(()),
        _ => Err(Fault::Decided),
    }
}
