//! Deciding on asked gifts: a second person approves or refuses, the chapter that asked may withdraw ([`super::asked`]).

use std::sync::Arc;

use uuid::Uuid;

use super::asked;
use super::asked_store::{self as store, AskedRow};
use super::asked_wire::AskedOut;
use super::model::NewGift;
use super::prepare::prepare;
use super::record::{self, Outcome, Submission};
use crate::authz::{Approve, Granted, Record, Right, Visit};
use crate::http::{Kind, Problem};
use crate::identity::store as identity;
use crate::ledger::store::BookedAt;
use crate::tree::ChapterId;

/// What becomes of an asked gift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Approve,
    Refuse,
    /// By the chapter that asked: it was wrong.
    Withdraw,
}

impl Verdict {
    fn state(self) -> &'static str {
        match self {
            Verdict::Approve => "APPROVED",
            Verdict::Refuse => "REFUSED",
            Verdict::Withdraw => "WITHDRAWN",
        }
    }

    fn action(self) -> &'static str {
        match self {
            Verdict::Approve => "ASKED_GIFT_APPROVED",
            Verdict::Refuse => "ASKED_GIFT_REFUSED",
            Verdict::Withdraw => "ASKED_GIFT_WITHDRAWN",
        }
    }
}

/// Decides an asked gift. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<AskedOut, Problem> {
    let row = store::hold(v.conn, id)?.ok_or_else(Problem::not_found)?;
    let here = ChapterId(row.chapter_id);
    if verdict == Verdict::Withdraw {
        let grant = v.at::<Record>(here)?;
        return settle(v, &grant, row, verdict);
    }
    let grant = v.at::<Approve>(here)?;
    if row.state == "ASKED" {
        let asker = identity::officer_of(v.conn, row.asked_by)?;
        let recorder = grant.for_recorder(row.asked_by, asker).ok_or_else(not_oneself)?;
        if verdict == Verdict::Approve {
            book(v, recorder, &row)?;
        }
    }
    settle(v, &grant, row, verdict)
}

fn settle<R: Right>(v: &mut Visit<'_>, by: &Granted<R>, row: AskedRow, verdict: Verdict) -> Result<AskedOut, Problem> {
    let id = row.id;
    if row.state == verdict.state() {
        return Ok(asked::out(v.conn, row)?);
    }
    if row.state != "ASKED" {
        return Err(Problem::say(
            Kind::Conflict,
            "Khoản này đã được quyết định khác.",
            "This gift was decided otherwise already.",
        ));
    }
    store::decide(v.conn, v.now, by, id, verdict.state())?;
    v.note(by, verdict.action(), id)?;
    let row = store::find(v.conn, id)?.ok_or_else(Problem::not_found)?;
    Ok(asked::out(v.conn, row)?)
}

fn not_oneself() -> Problem {
    Problem::say(
        Kind::Forbidden,
        "Người ghi không tự duyệt: cần người thứ hai.",
        "Whoever recorded it does not decide: it takes a second person.",
    )
}

/// Books it as it was sent, under the code it was given for, as recorded by who asked.
fn book(v: &mut Visit<'_>, recorder: Granted<Record>, row: &AskedRow) -> Result<(), Problem> {
    let sealed = row.content.as_deref().ok_or_else(|| Problem::internal("an asked gift has no content"))?;
    let gift = NewGift::parse(asked::open(v.vault, row.id, sealed)?, v.now).map_err(Problem::invalid)?;
    // The clock of the commitment is when the money came to be recorded, not when somebody approved it.
    let mut gift = prepare(v.vault, gift, row.asked_at)?;
    gift.request_hash.clone_from(&row.request_hash);
    let submission = Submission { actor: recorder.actor(), gift: Arc::new(gift) };
    match record::record_approved(v.conn, BookedAt::now(v.now), &submission, recorder)? {
        Outcome::Booked(_) | Outcome::AlreadyBooked(_) => Ok(()),
        Outcome::Refused(problem) => Err(problem),
        Outcome::Asked(_) => Err(Problem::internal("an approved gift was asked about again")),
    }
}
