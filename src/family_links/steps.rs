//! What is done about a case: steps, who was found and what they say, who is in charge.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::access;
use super::between_store as between;
use super::fault::Fault;
use super::forget;
use super::message;
use super::model::{FamilyAnswer, FamilyFate, FamilyLinkState, FamilyStep, may_be_child};
use super::rules::{self, Purpose};
use super::sealed::{self, Clear, FoundPerson};
use super::store::{self, Answered, FindingRow, Row, StepRow};
use super::wire::{FamilyAnswerIn, FamilyFindingIn, FamilyStepIn, no_such_text};
use crate::authz::{self, Granted, KeepFamilyLinks, Visit};
use crate::basics::clock::vietnam_date;
use crate::outbox::Ways;
use crate::tree::ChapterId;

/// What became of a step: whether it is new, and whether the enquirer has to be called because no message could be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    pub new: bool,
    pub to_be_called: bool,
}

impl Done {
    const BEFORE: Done = Done { new: false, to_be_called: false };
    const NOW: Done = Done { new: true, to_be_called: false };
}

/// Writes a step, and where the case stands after it.
pub fn write(
    v: &mut Visit<'_>,
    by: &Granted<KeepFamilyLinks>,
    row: &Row,
    step: (Uuid, FamilyStep),
    note: Option<&str>,
    hash: &[u8],
) -> Result<FamilyLinkState, Fault> {
    let (id, kind) = step;
    let state = row.state().after(kind).ok_or(Fault::NotPossible)?;
    let sealed = note.map(|note| sealed::seal(v.vault, "family_step", "note", &id, &note)).transpose()?;
    let step = StepRow {
        id,
        family_link_id: row.id,
        chapter_id: by.chapter().0,
        kind: kind.name().to_owned(),
        note: sealed,
        request_hash: hash.to_vec(),
        done_by: by.account(),
        done_at: v.now,
    };
    store::insert_step(v.conn, &step).map_err(taken)?;
    store::become_(v.conn, by, row.id, state, v.now, ended(v, row, state))?;
    if state.is_over() && !row.state().is_over() {
        forget::expect(v, row.id)?;
    }
    Ok(state)
}

fn ended(v: &Visit<'_>, row: &Row, state: FamilyLinkState) -> Option<DateTime<Utc>> {
    state.is_over().then(|| row.ended_at.filter(|_| row.state().is_over()).unwrap_or(v.now))
}

fn taken(error: crate::db::DbError) -> Fault {
    match error.constraint() {
        Some("family_step_pk" | "family_finding_pk" | "family_finding_answer_key") => Fault::IdTaken,
        Some("family_finding_standing_key") => Fault::NotPossible,
        _ => error.into(),
    }
}

/// Enters a step. Sent again, it is the same step.
pub fn enter(v: &mut Visit<'_>, ways: &Ways, id: Uuid, body: &FamilyStepIn, note: Option<&str>) -> Result<Done, Fault> {
    let (row, grant) = access::keep(v, id)?;
    let hash = hash(v, "family_step.request", id, body)?;
    if let Some(known) = store::step(v.conn, body.id)? {
        return if known.request_hash == hash { Ok(Done::BEFORE) } else { Err(Fault::IdTaken) };
    }
    let clear = access::clear(v, &row)?;
    let kind = body.kind.step();
    if kind == FamilyStep::Reopened {
        reopen(v, &row)?;
    }
    if matches!(kind, FamilyStep::Closed | FamilyStep::Withdrawn | FamilyStep::NotFound)
        && between::waiting(v.conn, id)?.is_some()
    {
        return Err(Fault::Offered);
    }
    write(v, &grant, &row, (body.id, kind), note, &hash)?;
    v.note(&grant, "FAMILY_STEP_ENTERED", id)?;
    match kind {
        FamilyStep::NotFound | FamilyStep::Closed => tell(v, ways, &grant, &row, &clear, body.id),
        _ => Ok(Done::NOW),
    }
}

/// A search that begins anew knows nothing of who was found before; who declined is not looked for again.
fn reopen(v: &mut Visit<'_>, row: &Row) -> Result<(), Fault> {
    match store::finding(v.conn, row.id)? {
        Some(finding) if finding.answer.as_deref() == Some(FamilyAnswer::Declined.name()) => Err(Fault::Declined),
        Some(_) if row.state().is_over() => Ok(store::set_aside(v.conn, row.id)?),
        _ => Ok(()),
    }
}

fn hash<T: serde::Serialize>(v: &Visit<'_>, purpose: &str, id: Uuid, body: &T) -> Result<Vec<u8>, Fault> {
    let text = serde_json::to_string(body).map_err(Fault::broken)?;
    Ok(v.vault.hash(purpose, format!("{id}\0{text}").as_bytes()).to_vec())
}

/// There is news at the chapter, whatever it is: one and the same message for all of it, so that it tells nothing.
fn tell(
    v: &mut Visit<'_>,
    ways: &Ways,
    by: &Granted<KeepFamilyLinks>,
    row: &Row,
    clear: &Clear,
    id: Uuid,
) -> Result<Done, Fault> {
    let sent = message::news(v, ways, by, row.id, clear, id)?;
    Ok(Done { new: true, to_be_called: !sent })
}

/// Somebody was found. Nothing of it is told before they agree; of who has died the enquirer is told at once.
pub fn find(v: &mut Visit<'_>, ways: &Ways, id: Uuid, body: &FamilyFindingIn, found: &FoundPerson) -> Result<Done, Fault> {
    let (row, grant) = access::keep(v, id)?;
    let hash = hash(v, "family_finding.request", id, body)?;
    if let Some(known) = store::finding_by(v.conn, body.id)? {
        return if known.id == body.id && known.request_hash == hash { Ok(Done::BEFORE) } else { Err(Fault::IdTaken) };
    }
    let clear = access::clear(v, &row)?;
    write(v, &grant, &row, (body.id, FamilyStep::Found), None, &hash)?;
    let today = vietnam_date(v.now);
    let finding = FindingRow {
        id: body.id,
        family_link_id: id,
        fate: body.fate.name().to_owned(),
        of_child: body.of_child || may_be_child(clear.sought.birth(), today),
        particulars: Some(sealed::seal(v.vault, "family_finding", "particulars", &body.id, found)?),
        request_hash: hash,
        found_by: grant.account(),
        found_at: v.now,
        answer: None,
        answer_id: None,
        answer_hash: None,
        text_version: None,
        agreed_on: None,
        guardian: None,
        child_agreed: None,
        paper: None,
        answered_by: None,
        answered_at: None,
        set_aside: false,
    };
    store::insert_finding(v.conn, &finding).map_err(taken)?;
    v.note(&grant, "FAMILY_MEMBER_FOUND", id)?;
    match body.fate {
        FamilyFate::Died => tell(v, ways, &grant, &row, &clear, body.id),
        FamilyFate::Alive => Ok(Done::NOW),
    }
}

/// What who was found says. Who declines is forgotten, and the case is closed; who agreed may take that back until then.
pub fn answer(v: &mut Visit<'_>, ways: &Ways, id: Uuid, body: &FamilyAnswerIn) -> Result<Done, Fault> {
    let (row, grant) = access::keep(v, id)?;
    let hash = hash(v, "family_finding.answer", id, body)?;
    if let Some(known) = store::finding_by(v.conn, body.id)? {
        let same = known.answer_id == Some(body.id) && known.answer_hash.as_deref() == Some(&hash);
        return if same { Ok(Done::BEFORE) } else { Err(Fault::IdTaken) };
    }
    let clear = access::clear(v, &row)?;
    let finding = store::finding(v.conn, id)?.ok_or(Fault::NotPossible)?;
    let takes_back = body.answer == FamilyAnswer::Declined && finding.answer.as_deref() == Some(FamilyAnswer::Agreed.name());
    if (finding.answer.is_some() && !takes_back) || finding.fate == FamilyFate::Died.name() {
        return Err(Fault::NotPossible);
    }
    let given = body.check(finding.of_child, vietnam_date(v.now)).map_err(Fault::Fields)?;
    if let Some((given, _)) = &given
        && !rules::is_text(v.conn, Purpose::PassOn, given.text_version, given.on)?
    {
        return Err(Fault::Fields(vec![no_such_text()]));
    }
    let step = if body.answer == FamilyAnswer::Agreed { FamilyStep::Agreed } else { FamilyStep::Declined };
    write(v, &grant, &row, (body.id, step), None, &hash)?;
    let (given, guardian) = given.unzip();
    let guardian = guardian.flatten().map(|name| sealed::seal(v.vault, "family_finding", "guardian", &finding.id, &name));
    let answered = Answered {
        id: body.id,
        answer: body.answer,
        hash: &hash,
        text: given.as_ref().map(|given| (given.text_version, given.on)),
        guardian: guardian.transpose()?,
        child_agreed: given.as_ref().map(|given| given.child_agreed),
        paper: given.and_then(|given| given.paper),
    };
    store::answer(v.conn, &grant, v.now, &finding, answered).map_err(taken)?;
    v.note(&grant, "FAMILY_MEMBER_ANSWERED", id)?;
    tell(v, ways, &grant, &row, &clear, body.id)
}

/// Takes charge of a case: of one that nobody is in charge of, or somebody who does not hold the right any more; of one that is not
/// guarded also from a colleague, who sees it as well.
pub fn take_charge(v: &mut Visit<'_>, id: Uuid) -> Result<Done, Fault> {
    let (row, grant) = access::hold(v, id)?;
    if row.in_charge == Some(grant.account()) {
        return Ok(Done::BEFORE);
    }
    if row.guarded
        && let Some(other) = row.in_charge
        && authz::holds_still::<KeepFamilyLinks>(v.conn, v.now, other, ChapterId(row.chapter_id))?
    {
        return Err(Fault::InCharge);
    }
    change_charge(v, &grant, &row, Some(grant.account()), FamilyStep::ChargeTaken)
}

/// Leaves the charge of a case, for a colleague to take.
pub fn leave_charge(v: &mut Visit<'_>, id: Uuid) -> Result<Done, Fault> {
    let (row, grant) = access::hold(v, id)?;
    match row.in_charge == Some(grant.account()) {
        true => change_charge(v, &grant, &row, None, FamilyStep::ChargeLeft),
        false if row.guarded && row.in_charge.is_some() => Err(Fault::NotInCharge),
        false => Ok(Done::BEFORE),
    }
}

fn change_charge(
    v: &mut Visit<'_>,
    by: &Granted<KeepFamilyLinks>,
    row: &Row,
    to: Option<Uuid>,
    step: FamilyStep,
) -> Result<Done, Fault> {
    if row.erased_on.is_some() {
        return Err(Fault::Gone);
    }
    write(v, by, row, (Uuid::new_v4(), step), None, &[])?;
    store::charge(v.conn, row.id, to)?;
    let action = if to.is_some() { "FAMILY_LINK_CHARGE_TAKEN" } else { "FAMILY_LINK_CHARGE_LEFT" };
    v.note(by, action, row.id)?;
    Ok(Done::NOW)
}

/// Forgets at once what would be forgotten in some years: of a case that is over, at the wish of who asked. For good.
pub fn erase(v: &mut Visit<'_>, id: Uuid) -> Result<(), Fault> {
    let (row, grant) = access::keep(v, id)?;
    if row.erased_on.is_some() {
        return Ok(());
    }
    if !row.state().is_over() {
        return Err(Fault::NotPossible);
    }
    forget::empty(&mut v.errand(), id)?;
    Ok(v.note(&grant, "FAMILY_LINK_ERASED", id)?)
}
