//! Deciding on asked gifts: a second person approves or refuses, the chapter that asked may withdraw ([`super::asked`]).

use std::sync::Arc;

use uuid::Uuid;

use super::asked::{self, MATTER};
use super::asked_store::{self as store, AskedRow};
use super::asked_wire::AskedOut;
use super::model::NewGift;
use super::prepare::prepare;
use super::record::{self, Outcome, Submission};
use crate::authz::{Granted, Record, Right, Visit};
use crate::decisions::{self, Approval, Halt, Kind, Matter, State, Verdict};
use crate::http::Problem;
use crate::ledger::passing;
use crate::ledger::store::BookedAt;
use crate::tree;

/// An asked gift, for a decision.
struct Waiting<'a>(&'a AskedRow);

impl Matter for Waiting<'_> {
    type Asks = Record;
    type Fault = Problem;

    fn kind(&self) -> &'static Kind {
        MATTER
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Problem> {
        let recorder = by.grant.for_recorder(by.asking_account, by.asked_by(v.conn)?).ok_or(Halt::NotOneself)?;
        book(v, recorder, self.0)?;
        Ok(store::decide(v.conn, v.now, &by.grant, self.0.id, State::Approved.name())?)
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Problem> {
        Ok(store::decide(v.conn, v.now, by, self.0.id, state.name())?)
    }
}

/// Decides an asked gift. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<AskedOut, Problem> {
    let row = store::hold(v.conn, id)?.ok_or_else(Problem::not_found)?;
    decisions::decide(v, &Waiting(&row), id, verdict)?;
    let row = store::find(v.conn, id)?.ok_or_else(Problem::not_found)?;
    Ok(asked::out(v.conn, row)?)
}

/// Books it as it was sent, under the code it was given for, as recorded by who asked.
fn book(v: &mut Visit<'_>, recorder: Granted<Record>, row: &AskedRow) -> Result<(), Problem> {
    let sealed = row.content.as_deref().ok_or_else(|| Problem::internal("an asked gift has no content"))?;
    let gift = NewGift::parse(asked::open(v.vault, row.id, sealed)?, v.now).map_err(Problem::invalid)?;
    // The clock of the commitment is when the money came to be recorded, not when somebody approved it.
    let mut gift = prepare(v.vault, gift, row.asked_at)?;
    gift.request_hash.clone_from(&row.request_hash);
    // The chapter went up in another one while this waited: it is booked where it was given, and passes on.
    if gift.gift.lines.is_empty() && tree::successor(v.conn, recorder.chapter())?.is_some() {
        gift.passing = Some(passing::shells(v.vault, v.now).map_err(Problem::internal)?);
    }
    let submission = Submission { actor: recorder.actor(), gift: Arc::new(gift) };
    match record::record_approved(v.conn, BookedAt::now(v.now), &submission, recorder)? {
        Outcome::Booked(_) | Outcome::AlreadyBooked(_) => Ok(()),
        Outcome::Refused(problem) => Err(problem),
        Outcome::Asked(_) => Err(Problem::internal("an approved gift was asked about again")),
    }
}
