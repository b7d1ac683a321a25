//! Deciding.

use uuid::Uuid;

use super::chain;
use super::matter::{Approval, Matter};
use super::model::{self, Next, State, Verdict};
use super::store::{self, Row, StepRow};
use super::words::Halt;
use crate::authz::{Approve, Denied, Granted, Read, Refusal, Right, Visit};
use crate::house::matter::Matter as Kind;
use crate::identity::store as identity;
use crate::tree::ChapterId;

/// What the audit trail calls the approval of a step that is not the last.
const STEP_APPROVED: &str = "DECISION_STEP_APPROVED";

/// Decides a request. Saying the same again answers as the first time; the state it has now comes back.
pub fn decide<M: Matter>(v: &mut Visit<'_>, matter: &M, id: Uuid, verdict: Verdict) -> Result<State, Halt> {
    let (row, has_steps) = store::hold(v.conn, matter.kind(), id)?.ok_or(Halt::Unknown)?;
    let state = State::parse(&row.state).ok_or(Halt::Unknown)?;
    if verdict == Verdict::Withdraw {
        let by = v.at::<M::Asks>(ChapterId(row.chapter_id))?;
        return match model::next(state, verdict, 1, false, false) {
            Next::Settle(to) => lay_aside(v, matter, &by, &row, to),
            Next::Repeat => Ok(state),
            _ => Err(Halt::DecidedOtherwise),
        };
    }
    // Only now that it is held: a step may have been decided while this waited.
    let steps = if has_steps { store::steps(v.conn, matter.kind(), id)? } else { Vec::new() };
    let open: Vec<&StepRow> = steps.iter().filter(|step| step.decided_at.is_none()).collect();
    let waits = open.first().copied();
    let confirmed = confirmed_by(v, &steps)?;
    // Who approved an earlier step and says so again is answered where they approved it.
    let at = match confirmed {
        Some(step) if verdict == Verdict::Approve => step.chapter_id,
        _ => waits.map_or(row.chapter_id, |step| step.chapter_id),
    };
    let by = match matter.everywhere() {
        Some(chapters) => everywhere(v, chapters)?,
        None => approver_at(v, &row, ChapterId(at))?,
    };
    match model::next(state, verdict, open.len().max(1), confirmed.is_some(), row.not_by.contains(&by.officer())) {
        Next::Repeat => Ok(state),
        Next::Otherwise => Err(Halt::DecidedOtherwise),
        Next::NotOneself => Err(Halt::NotOneself),
        Next::Step => step(v, matter.kind(), &by, &row, &open).map(|()| State::Asked),
        Next::Settle(State::Approved) => approve(v, matter, by, &row, &steps),
        Next::Settle(to) => {
            let by = of_side(v, matter, by, &row, waits)?;
            lay_aside(v, matter, &by, &row, to)
        }
    }
}

/// The right to decide at a chapter. Who may see the chapter that asks knows of the request, also where a step of it is decided
/// above or beside: they are told that it is not theirs.
fn approver_at(v: &mut Visit<'_>, row: &Row, at: ChapterId) -> Result<Granted<Approve>, Halt> {
    match v.at(at) {
        Err(Denied::Refused(Refusal::Unreadable)) => {
            v.see::<Read>(ChapterId(row.chapter_id))?;
            Err(Denied::from(Refusal::NotAllowed).into())
        }
        other => Ok(other?),
    }
}

/// The right to decide at every one of these chapters; the proof of the last comes back.
pub fn everywhere(v: &mut Visit<'_>, chapters: &[ChapterId]) -> Result<Granted<Approve>, Halt> {
    let mut grant = None;
    for verdict in v.at_each::<Approve>(chapters)? {
        grant = Some(verdict.map_err(Denied::from)?);
    }
    grant.ok_or(Halt::Unknown)
}

/// A step above is decided there; what follows of it happens at the chapter it speaks for.
fn of_side<M: Matter>(
    v: &mut Visit<'_>,
    matter: &M,
    by: Granted<Approve>,
    row: &Row,
    step: Option<&StepRow>,
) -> Result<Granted<Approve>, Halt> {
    let side = ChapterId(step.map_or(row.chapter_id, |step| step.of_chapter_id));
    Ok(if side == by.chapter() || matter.everywhere().is_some() { by } else { v.at(side)? })
}

/// The step that the visitor approved, whatever account they used.
fn confirmed_by<'s>(v: &mut Visit<'_>, steps: &'s [StepRow]) -> Result<Option<&'s StepRow>, Halt> {
    for step in steps {
        let Some(account) = step.decided_by else { continue };
        if identity::officer_of(v.conn, account)? == v.officer() {
            return Ok(Some(step));
        }
    }
    Ok(None)
}

/// Approves the step that waits. Who comes next is looked for now: the person of this one does not count any more, and whoever was
/// there when it was asked may be gone. Where nobody is left, the chapter above decides.
fn step(v: &mut Visit<'_>, kind: &Kind, by: &Granted<Approve>, row: &Row, open: &[&StepRow]) -> Result<(), Halt> {
    let (Some(here), Some(following)) = (open.first(), open.get(1)) else { return Err(Halt::Unknown) };
    store::decide_step(v.conn, v.now, by, here)?;
    let mut not_by = row.not_by.clone();
    not_by.push(by.officer());
    let to = chain::approver(v.conn, v.now, ChapterId(following.chapter_id), &not_by)?;
    store::pass_on(v.conn, row, following, to, &not_by)?;
    let detail =
        serde_json::json!({"matter": kind.name, "step": here.n, "next_at": to.0, "passed_up": to.0 != following.chapter_id});
    Ok(v.note_with(by, STEP_APPROVED, row.id, &detail)?)
}

/// The last approval: what was asked for is done.
fn approve<M: Matter>(v: &mut Visit<'_>, matter: &M, by: Granted<Approve>, row: &Row, steps: &[StepRow]) -> Result<State, Halt> {
    let last = steps.last();
    if let Some(step) = last {
        store::decide_step(v.conn, v.now, &by, step)?;
    }
    let grant = of_side(v, matter, by, row, last)?;
    let approval = Approval {
        asking_account: row.asked_by,
        approver: ChapterId(row.approver_chapter_id),
        other_side: other_side(v, &grant, row, steps)?,
        grant,
    };
    matter.carry_out(v, &approval).map_err(|fault| Halt::Matter(fault.into()))?;
    settle(v, &approval.grant, row, State::Approved, matter.kind().actions.approved)
}

/// The last confirmation of the side that asked, where another one has the last word.
fn other_side(
    v: &mut Visit<'_>,
    grant: &Granted<Approve>,
    row: &Row,
    steps: &[StepRow],
) -> Result<Option<Granted<Approve>>, Halt> {
    if grant.chapter().0 == row.chapter_id || steps.is_empty() {
        return Ok(None);
    }
    let confirmed = steps.iter().rev().find(|step| step.of_chapter_id == row.chapter_id).and_then(|step| step.decided_by);
    let Some(account) = confirmed else { return Err(Halt::Unknown) };
    let person = identity::officer_of(v.conn, account)?;
    Ok(Some(grant.of_confirmer(ChapterId(row.chapter_id), account, person).ok_or(Halt::NotOneself)?))
}

fn lay_aside<M: Matter, R: Right>(v: &mut Visit<'_>, matter: &M, by: &Granted<R>, row: &Row, to: State) -> Result<State, Halt> {
    matter.lay_aside(v, by, to).map_err(|fault| Halt::Matter(fault.into()))?;
    let action = if to == State::Withdrawn { matter.kind().actions.withdrawn } else { matter.kind().actions.refused };
    settle(v, by, row, to, action)
}

fn settle<R: Right>(v: &mut Visit<'_>, by: &Granted<R>, row: &Row, to: State, action: &'static str) -> Result<State, Halt> {
    store::settle(v.conn, v.now, by, row, to)?;
    v.note(by, action, row.id)?;
    Ok(to)
}
