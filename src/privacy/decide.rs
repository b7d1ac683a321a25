//! Deciding on requests as the second person: with APPROVE at every chapter a request covers; on the rest of one at the chapter
//! above.

use uuid::Uuid;

use super::fault::Fault;
use super::matter;
use super::model::{Refusal, State};
use super::requests::{at_one_of, carry_out, hold_subject};
use super::store::{self, RequestRow};
use crate::authz::{Granted, Read, Record, Right, Visit};
use crate::decisions::{self, Approval, Halt, Kind, Matter, Verdict};
use crate::house::Rooms;
use crate::identity::store as identity;
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
    if row.state().is_some_and(State::waits) {
        hold_subject(v.conn, scope)?;
    }
    let chapters: Vec<ChapterId> = chapters.into_iter().map(ChapterId).collect();
    match row.kind().and_then(matter::of).filter(|_| row.approver_chapter_id.is_some()) {
        Some(kind) => {
            let verdict = if refusal.is_some() { Verdict::Refuse } else { Verdict::Approve };
            decisions::decide(v, &Asked { kind, row: &row, chapters: &chapters, refusal, rooms }, id, verdict)?;
        }
        None => without_approval(v, &row, &chapters, refusal)?,
    }
    store::find(v.conn, id)?.ok_or(Fault::Unknown)
}

/// What was done at once was not asked of anybody, and what an officer does by hand takes no approval; a second person may refuse
/// the latter.
fn without_approval(v: &mut Visit<'_>, row: &RequestRow, chapters: &[ChapterId], refusal: Option<Refusal>) -> Result<(), Fault> {
    let grant = decisions::everywhere(v, chapters)?;
    match (row.state(), refusal) {
        (Some(State::Executing | State::Done), None) | (Some(State::Refused), Some(_)) => return Ok(()),
        (Some(state), _) if state.waits() => {}
        _ => return Err(Fault::Decided),
    }
    if identity::officer_of(v.conn, row.requested_by)? == grant.officer() {
        return Err(Halt::NotOneself.into());
    }
    let Some(reason) = refusal else {
        return Err(Fault::NoApproval);
    };
    store::refuse(v.conn, v.now, grant.account(), row, reason.name())?;
    Ok(v.note(&grant, "PERSONAL_DATA_REQUEST_REFUSED", row.id)?)
}
