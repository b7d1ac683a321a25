//! Asking.
//!
//! A matter whose own table keeps its hash and its note says [`plan`], writes its row, and [`enter`]s it here. One that has neither
//! leaves both to [`ask`], which also knows a request that comes again.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::chain::{self, Step};
use super::model::Fingerprint;
use super::store::{self, NewRow, StepRow};
use super::words::Halt;
use crate::authz::{self, AuditEvent, Granted, Right, Visit};
use crate::basics::Line;
use crate::house::matter::Matter as Kind;
use crate::http::Problem;
use crate::identity::store as identity;
use crate::tree::ChapterId;
use crate::vault::{Place, Vault};

/// A request about to be made, at the chapter of whoever makes it.
#[derive(Debug, Clone)]
pub struct New<'a> {
    pub kind: &'a Kind,
    /// Made by the client, once.
    pub id: Uuid,
    /// By which its room's addresses know it: the same id, or that of what it is about.
    pub subject: Uuid,
    /// A public code or the number of a paper. Never anything personal.
    pub about: Option<&'a str>,
    /// In đồng, where there is an amount.
    pub amount_vnd: Option<i64>,
    /// Persons besides who asks that may not decide.
    pub not_by: &'a [Uuid],
    /// The other side, where two chapters confirm.
    pub with: Option<ChapterId>,
}

/// What makes a request the same when it comes again.
#[derive(Debug, Clone, Copy)]
pub struct Content<'a> {
    /// All but the note, in one form.
    pub text: &'a str,
    /// For who decides. It may name somebody, and is erased with them.
    pub note: Option<&'a Line>,
}

/// Whether it was asked now or before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Now,
    Before,
}

/// Who is to decide.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Whose request it is.
    chapter: ChapterId,
    steps: Vec<Step>,
    not_by: Vec<Uuid>,
}

impl Plan {
    /// The chapter whose turn it is first.
    pub fn approver(&self) -> Result<ChapterId, Halt> {
        self.steps.first().map(|step| step.approver).ok_or(Halt::NobodyElse)
    }

    /// One step at a chapter that was found before, or where somebody is yet to be appointed.
    pub fn waiting_at<R: Right>(by: &Granted<R>, chapter: ChapterId) -> Plan {
        Plan { chapter, steps: vec![Step { of: chapter, at: chapter, approver: chapter }], not_by: vec![by.officer()] }
    }
}

/// Finds who is to decide; [`Halt::NobodyElse`] where a step has nobody.
pub fn plan<R: Right>(conn: &mut PgConnection, now: DateTime<Utc>, by: &Granted<R>, new: &New<'_>) -> Result<Plan, Halt> {
    plan_at(conn, now, by, new, by.chapter())
}

/// [`plan`] for a request of a chapter above the one of who asks: the nearest above all that it covers.
pub fn plan_at<R: Right>(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    by: &Granted<R>,
    new: &New<'_>,
    chapter: ChapterId,
) -> Result<Plan, Halt> {
    let mut not_by = vec![by.officer()];
    not_by.extend(new.not_by.iter().filter(|person| **person != by.officer()));
    not_by.dedup();
    let mut steps = Vec::new();
    for side in [Some(chapter), new.with].into_iter().flatten() {
        steps.extend(chain::of_side(conn, now, new.kind, side, new.amount_vnd, &not_by)?);
    }
    Ok(Plan { chapter, steps, not_by })
}

/// Enters a request whose content its room has written, and notes in the audit trail that it was asked.
pub fn enter<R: Right>(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    by: &Granted<R>,
    new: &New<'_>,
    plan: &Plan,
) -> Result<(), Halt> {
    enter_noting(conn, now, by, new, plan, Some(by.account()), by.chapter())
}

/// [`enter`] for what somebody's request leaves to a chapter above, and they are to learn nothing of: the trail names nobody.
pub fn enter_above<R: Right>(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    by: &Granted<R>,
    new: &New<'_>,
    plan: &Plan,
) -> Result<(), Halt> {
    enter_noting(conn, now, by, new, plan, None, plan.chapter)
}

/// Enters a request that its room kept without a second person until now, for nobody had to approve it, so that somebody may decide
/// it in this very transaction. `asked` says by which account and when; whoever asked does not decide.
pub fn enter_late(
    conn: &mut PgConnection,
    new: &New<'_>,
    chapter: ChapterId,
    (account, at): (Uuid, DateTime<Utc>),
) -> Result<(), Halt> {
    let not_by = [identity::officer_of(conn, account)?];
    let row = NewRow {
        kind: new.kind,
        id: new.id,
        subject: new.subject,
        chapter,
        approver: chapter,
        amount_vnd: new.amount_vnd,
        about: new.about,
        not_by: &not_by,
        note: None,
        hashes: None,
    };
    if store::insert(conn, (account, at), &row)? { Ok(()) } else { Err(Halt::IdTaken) }
}

fn enter_noting<R: Right>(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    by: &Granted<R>,
    new: &New<'_>,
    plan: &Plan,
    account: Option<Uuid>,
    chapter: ChapterId,
) -> Result<(), Halt> {
    if !write(conn, now, by, new, plan, None)? {
        return Err(Halt::IdTaken);
    }
    note(conn, now, new, account, chapter)
}

fn note(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    new: &New<'_>,
    account: Option<Uuid>,
    chapter: ChapterId,
) -> Result<(), Halt> {
    let event = AuditEvent { account, action: new.kind.actions.asked, subject: Some(new.id), chapter: Some(chapter.0) };
    Ok(authz::audit(conn, now, &[event])?)
}

/// Asks. The same request sent again is the same request.
pub fn ask<R: Right>(v: &mut Visit<'_>, by: &Granted<R>, new: &New<'_>, content: Content<'_>) -> Result<Asked, Halt> {
    if let Some(known) = store::find(v.conn, new.kind, new.id)? {
        return before(&known, &fingerprint(v.vault, new.kind, new.id, content));
    }
    Ok(ask_first(v, by, new, content)?.map_or(Asked::Before, |_| Asked::Now))
}

/// [`ask`] where the room has just seen that there is no such request: the chapter whose turn it is, or nothing if a twin of this
/// request was faster.
pub fn ask_first<R: Right>(
    v: &mut Visit<'_>,
    by: &Granted<R>,
    new: &New<'_>,
    content: Content<'_>,
) -> Result<Option<ChapterId>, Halt> {
    let print = fingerprint(v.vault, new.kind, new.id, content);
    let plan = plan(v.conn, v.now, by, new)?;
    let sealed = content.note.map(|note| seal_note(v.vault, new.kind, new.id, note)).transpose()?;
    if write(v.conn, v.now, by, new, &plan, Some((&print, sealed.as_deref())))? {
        note(v.conn, v.now, new, Some(by.account()), by.chapter())?;
        return Ok(Some(plan.approver()?));
    }
    let known = store::find(v.conn, new.kind, new.id)?.ok_or(Halt::Unknown)?;
    before(&known, &print).map(|_| None)
}

fn before(known: &store::Row, print: &Fingerprint) -> Result<Asked, Halt> {
    match &known.request_hash {
        Some(hash) if print.is_of(hash) => Ok(Asked::Before),
        _ => Err(Halt::IdTaken),
    }
}

fn write<R: Right>(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    by: &Granted<R>,
    new: &New<'_>,
    plan: &Plan,
    content: Option<(&Fingerprint, Option<&[u8]>)>,
) -> Result<bool, Halt> {
    let row = NewRow {
        kind: new.kind,
        id: new.id,
        subject: new.subject,
        chapter: plan.chapter,
        approver: plan.approver()?,
        amount_vnd: new.amount_vnd,
        about: new.about,
        not_by: &plan.not_by,
        note: content.and_then(|(_, note)| note),
        hashes: content.map(|(print, _)| (print.whole.as_slice(), print.bare.as_slice())),
    };
    if !store::insert(conn, (by.account(), now), &row)? {
        return Ok(false);
    }
    if plan.steps.len() > 1 {
        store::insert_steps(conn, &rows(new, plan))?;
    }
    Ok(true)
}

fn rows(new: &New<'_>, plan: &Plan) -> Vec<StepRow> {
    let row = |(n, step): (i16, &Step)| StepRow {
        matter: new.kind.name.to_owned(),
        decision_id: new.id,
        n,
        of_chapter_id: step.of.0,
        chapter_id: step.at.0,
        approver_chapter_id: step.approver.0,
        decided_by: None,
        decided_at: None,
    };
    (1..).zip(&plan.steps).map(row).collect()
}

/// What a request is compared by.
fn fingerprint(vault: &Vault, kind: &Kind, id: Uuid, content: Content<'_>) -> Fingerprint {
    let note = content.note.map_or("", Line::as_str);
    let of = |purpose: &str, text: String| vault.hash(&format!("decision.{purpose}.{}", kind.name), text.as_bytes());
    Fingerprint {
        whole: of("request", format!("{id}\0{}\0{note}", content.text)),
        bare: of("request.bare", format!("{id}\0{}", content.text)),
    }
}

/// The place of a note names its matter: two matters may use the same id.
pub(super) fn note_row(matter: &str, id: Uuid) -> Vec<u8> {
    [matter.as_bytes(), b"\0", id.as_bytes()].concat()
}

fn seal_note(vault: &Vault, kind: &Kind, id: Uuid, note: &Line) -> Result<Vec<u8>, Halt> {
    let row = note_row(kind.name, id);
    let at = Place { table: "decision", column: "note", row: &row };
    vault.seal(at, note.as_str().as_bytes()).map_err(|error| Halt::Matter(Problem::internal(error)))
}
