//! Reversing an opening balance, whole: one asks, somebody who neither asked for this nor for the opening decides.

use std::collections::HashMap;

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::model::OpeningFault;
use super::opening::{self, Funds};
use super::store::{self, OpeningRow, ReversalRow};
use super::wire::{OpeningOut, out};
use crate::authz::{Approve, Granted, Record, Right, Visit};
use crate::basics::Line;
use crate::db::DbError;
use crate::decisions::model::Fingerprint;
use crate::decisions::{self, Approval, Halt, Matter, OfRequest, State, Verdict};
use crate::identity::store as identity;
use crate::ledger::draft::Draft;
use crate::ledger::reversals::{self, TwoPersons};
use crate::ledger::store::{self as ledger, BookedAt};
use crate::stock::{self, lots};
use crate::tree::ChapterId;
use crate::vault::Vault;

/// The reversal of an opening balance, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "OPENING_BALANCE_REVERSAL",
    vi: "Hủy số dư đầu kỳ theo biên bản",
    en: "Reverse the opening balance of the minutes",
    shown_at: "/api/v1/opening-balances/{id}",
    decided_at: "/reversal",
    actions: decisions::Actions {
        asked: "OPENING_BALANCE_REVERSAL_REQUESTED",
        approved: "OPENING_BALANCE_REVERSAL_APPROVED",
        refused: "OPENING_BALANCE_REVERSAL_REFUSED",
        withdrawn: "OPENING_BALANCE_REVERSAL_WITHDRAWN",
    },
};

/// A request as its author makes it.
#[derive(Debug, Clone)]
pub struct Ask {
    pub id: Uuid,
    pub opening: Uuid,
    pub reason: OpeningFault,
    pub note: Option<Line>,
}

/// Asks for the reversal of an approved opening balance. Sent again, it asks only once.
pub fn request(v: &mut Visit<'_>, ask: &Ask) -> Result<(OpeningOut, bool), Fault> {
    let row = store::hold(v.conn, ask.opening)?.ok_or(Fault::Unknown)?;
    let grant = v.at::<Record>(ChapterId(row.chapter_id))?;
    let content = |note: Option<&Line>| json!([ask.opening, ask.reason.name(), note.map(Line::as_str)]);
    let hash = Fingerprint { whole: hash(v.vault, &content(ask.note.as_ref())), bare: hash(v.vault, &content(None)) };
    if let Some(known) = store::reversal(v.conn, ask.id)? {
        // Without its note a request is the same only where the note was erased.
        let same = known.request_hash == hash.whole || known.note.is_none() && hash.is_of(&known.request_hash);
        return if same { Ok((out(v.conn, row)?, false)) } else { Err(Halt::IdTaken.into()) };
    }
    if row.state != "APPROVED" {
        return Err(Fault::NotStanding);
    }
    let opener = identity::officer_of(v.conn, row.requested_by)?;
    let decision = decisions::New {
        kind: MATTER,
        id: ask.id,
        subject: row.id,
        about: Some(&row.document_no),
        amount_vnd: Some(store::lines(v.conn, row.id)?.iter().map(|line| line.amount_vnd).sum()),
        not_by: &[opener],
        with: None,
    };
    let plan = decisions::plan(v.conn, v.now, &grant, &decision)?;
    let new = ReversalRow {
        id: ask.id,
        opening_id: row.id,
        reason: ask.reason.name().to_owned(),
        note: opening::seal_note(v.vault, "opening_balance_reversal", ask.id, ask.note.as_ref())?,
        request_hash: hash.whole.to_vec(),
        state: "REQUESTED".to_owned(),
        approver_chapter_id: plan.approver()?.0,
        requested_by: grant.account(),
        requested_at: v.now,
        decided_by: None,
        decided_at: None,
    };
    store::insert_reversal(v.conn, &grant, new).map_err(|error| refused(&error).unwrap_or_else(|| error.into()))?;
    decisions::enter(v.conn, v.now, &grant, &decision, &plan)?;
    Ok((out(v.conn, row)?, true))
}

/// What a request is compared by.
pub(super) fn hash(vault: &Vault, content: &serde_json::Value) -> [u8; 32] {
    vault.hash("opening_balance_reversal.request", content.to_string().as_bytes())
}

fn refused(error: &DbError) -> Option<Fault> {
    match error.constraint()? {
        "opening_balance_reversal_pk" => Some(Halt::IdTaken.into()),
        "opening_balance_reversal_standing_key" => Some(Fault::ReversalAsked),
        _ => None,
    }
}

/// The opening balance and the request to reverse it.
struct Reversal<'a> {
    opening: &'a OpeningRow,
    asked: &'a ReversalRow,
}

impl Matter for Reversal<'_> {
    type Asks = Record;
    type Fault = Fault;

    fn kind(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        store::decide_reversal(v.conn, &by.grant, v.now, self.asked.id, State::Approved)?;
        let persons = TwoPersons { asked: by.asked_by(v.conn)?, approves: &by.grant };
        book(v, &persons, self.opening, self.asked)?;
        store::give_back(v.conn, &by.grant, self.opening.id)?;
        Ok(())
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Fault> {
        Ok(store::decide_reversal(v.conn, by, v.now, self.asked.id, state)?)
    }
}

/// Decides a request to reverse an opening balance: the one that was seen, or the newest. Deciding again the same way answers as the
/// first time.
pub fn decide(v: &mut Visit<'_>, id: Uuid, of: &OfRequest, verdict: Verdict) -> Result<OpeningOut, Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.at::<Approve>(ChapterId(row.chapter_id))?;
    let asked = match of.request {
        Some(seen) => store::reversal(v.conn, seen)?.filter(|asked| asked.opening_id == id),
        None => store::reversal_of(v.conn, id)?,
    };
    let asked = asked.ok_or(Fault::NobodyAsked)?;
    decisions::decide(v, &Reversal { opening: &row, asked: &asked }, asked.id, verdict)?;
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    out(v.conn, row)
}

/// Books the mirror of every entry of the opening, today, and counts them.
fn book(v: &mut Visit<'_>, by: &TwoPersons<'_>, row: &OpeningRow, asked: &ReversalRow) -> Result<(), Fault> {
    let reason = OpeningFault::parse(&asked.reason).ok_or_else(|| Fault::broken("a request has an unknown reason"))?;
    let here = opening::here(v.conn, by.approves)?;
    let at = BookedAt::now(v.now);
    let mut funds: Funds = HashMap::new();
    let mut entries = Vec::new();
    for (_, id) in store::entries(v.conn, row.id)? {
        let written = ledger::written(v.conn, id)?.ok_or(Fault::Unknown)?;
        lots::undo(v.conn, v.now, id).map_err(|fault| match fault {
            stock::fault::Fault::Db(error) => error.into(),
            stock::fault::Fault::NotCovered => Fault::NotCovered,
            other => Fault::broken(format!("{other:?}")),
        })?;
        funds.extend(ledger::funds(v.conn, &written.postings.iter().map(|p| p.fund).collect::<Vec<_>>())?);
        let draft = Draft { vault: v.vault, now: v.now, here: here.clone(), day: at.day, document: opening::document(row)? };
        entries.push(draft.reversal(id, &written, reason.name()).map_err(Fault::broken)?);
    }
    reversals::book(v.conn, at, &funds, by, entries).map_err(opening::not_booked)
}
