//! Reversing a gift takes two persons: somebody who records at the chapter asks, with a reason; somebody else with
//! APPROVE decides. Whoever recorded the gift or asked for its reversal — as a person, whatever account they use —
//! does not decide. Where the chapter has no such second person, the request says which chapter above will ([`decisions`]).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::bare;
use super::feed::{changed, changed_reversal};
use super::rebooking::{self, Instead};
use super::store::{self, GiftRow, Gifts, ReversalRow, Reversals};
use crate::authz::{Granted, Read, Record, Right, Seen, Visit};
use crate::basics::Line;
use crate::basics::codes::codes;
use crate::changes;
use crate::db::DbError;
use crate::decisions::model::Fingerprint;
use crate::decisions::{self, Approval, Halt, Matter, State, Verdict, already_waits, not_covered};
use crate::http::{self, Problem, Span};
use crate::identity::store as identity;
use crate::ledger::draft::Draft;
use crate::ledger::kinds::Kind;
use crate::ledger::reversals::{self, TwoPersons};
use crate::ledger::store::{self as ledger, BookError, BookedAt};
use crate::stock::fault::Fault;
use crate::stock::lots;
use crate::tree::{self, ChapterId};
use crate::vault::{Vault, place};

/// The reversal of a gift, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "GIFT_REVERSAL",
    vi: "Hủy khoản ủng hộ",
    en: "Reverse the gift",
    shown_at: "/api/v1/reversals/{id}",
    decided_at: "",
    actions: decisions::Actions {
        asked: "REVERSAL_REQUESTED",
        approved: "REVERSAL_APPROVED",
        refused: "REVERSAL_REFUSED",
        withdrawn: "REVERSAL_WITHDRAWN",
    },
};

codes! {
    /// Why a gift is reversed. Public, so it is a code; the note is not.
    pub wire enum Reason {
        Duplicate = "DUPLICATE",
        WrongAmount = "WRONG_AMOUNT",
        WrongAppeal = "WRONG_APPEAL",
        WrongChapter = "WRONG_CHAPTER",
        WrongGiver = "WRONG_GIVER",
        NotReceived = "NOT_RECEIVED",
        Other = "OTHER",
    }
}

/// A request as its author makes it.
#[derive(Debug, Clone)]
pub struct Request {
    pub id: Uuid,
    pub gift: Uuid,
    pub reason: Reason,
    /// What it is booked as instead, when its appeal is wrong.
    pub instead: Option<Instead>,
    pub note: Option<Line>,
}

/// A request and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReversalOut {
    pub id: Uuid,
    pub gift_id: Uuid,
    /// `REQUESTED`, `APPROVED` or `REFUSED`.
    #[schema(example = "REQUESTED")]
    pub state: String,
    #[schema(example = "DUPLICATE")]
    pub reason: String,
    pub requested_at: DateTime<Utc>,
    /// Code of the nearest chapter with a second person who can decide.
    #[schema(example = "23095")]
    pub approver_chapter: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// Public code of the reversing entry, once approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What the gift is booked as instead, by the same approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<Instead>,
    /// What was written for whoever decides; shown to them alone, where one request is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What is shown of these requests, in their order.
pub(super) fn shown(conn: &mut PgConnection, rows: Vec<ReversalRow>) -> Result<Vec<ReversalOut>, DbError> {
    let booked = ledger::booked(conn, &rows.iter().filter_map(|row| row.entry_id).collect::<Vec<_>>())?;
    let chapters = tree::codes(conn, rows.iter().map(|row| row.approver_chapter_id))?;
    let mut instead: HashMap<Uuid, Instead> =
        rebooking::of(conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?.into_iter().collect();
    let show = |row: ReversalRow| ReversalOut {
        instead: instead.remove(&row.id),
        id: row.id,
        gift_id: row.gift_id,
        state: row.state,
        reason: row.reason,
        requested_at: row.requested_at,
        approver_chapter: chapters.get(&row.approver_chapter_id).cloned().unwrap_or_default(),
        decided_at: row.decided_at,
        code: row.entry_id.and_then(|id| booked.get(&id)).map(|entry| entry.code.clone()),
        note: None,
    };
    Ok(rows.into_iter().map(show).collect())
}

/// [`shown`] for one.
fn out(conn: &mut PgConnection, row: ReversalRow) -> Result<ReversalOut, Problem> {
    shown(conn, vec![row])?.pop().ok_or_else(Problem::not_found)
}

fn content_hash(vault: &Vault, ask: &Request) -> [u8; 32] {
    let (reason, note) = (said(ask), ask.note.as_ref().map_or("", Line::as_str));
    vault.hash("reversal.request", format!("{}\0{reason}\0{note}", ask.gift).as_bytes())
}

/// The reason, and what is booked instead where something is.
fn said(ask: &Request) -> String {
    match &ask.instead {
        None => ask.reason.name().to_owned(),
        Some(instead) => format!("{}\0{}\0{}", ask.reason, instead.id, instead.appeal.as_deref().unwrap_or_default()),
    }
}

/// Asks for a reversal. The same request sent again answers as the first time.
pub fn request(v: &mut Visit<'_>, ask: &Request) -> Result<(ReversalOut, bool), Problem> {
    let gift = store::gifts(v.conn, Gifts::One(ask.gift), 1)?.pop().ok_or_else(Problem::not_found)?;
    let grant = v.at::<Record>(ChapterId(gift.chapter_id))?;
    store::hold_gift(v.conn, ask.gift)?;
    let hash = Fingerprint { whole: content_hash(v.vault, ask), bare: bare::of_reversal(v.vault, ask.gift, &said(ask)) };
    if let Some(known) = store::reversals(v.conn, Reversals::One(ask.id), 1)?.pop() {
        return if hash.is_of(&known.request_hash) { Ok((out(v.conn, known)?, false)) } else { Err(Halt::IdTaken.into()) };
    }
    let standing = store::reversals(v.conn, Reversals::OfGift(ask.gift), 50)?.into_iter().find(|r| r.state != "REFUSED");
    if standing.is_some() {
        return Err(already_waits());
    }
    if let Some(instead) = &ask.instead {
        rebooking::check(v.conn, instead)?;
    }
    let recorder = identity::officer_of(v.conn, gift.recorded_by)?;
    let about = ledger::booked(v.conn, &[gift.entry_id])?.remove(&gift.entry_id).map(|entry| entry.code);
    let decision = decisions::New {
        kind: MATTER,
        id: ask.id,
        subject: ask.id,
        about: about.as_deref(),
        amount_vnd: Some(gift.amount_vnd),
        not_by: &[recorder],
        with: None,
    };
    let plan = decisions::plan(v.conn, v.now, &grant, &decision)?;
    let note =
        ask.note.as_ref().map(|n| v.vault.seal(place("reversal_request", "note", &ask.id), n.as_str().as_bytes())).transpose();
    let note = note.map_err(Problem::internal)?;
    let new = store::NewReversal {
        id: ask.id,
        gift: ask.gift,
        reason: ask.reason.name(),
        note: note.as_deref(),
        request_hash: &hash.whole,
        approver_chapter: plan.approver()?.0,
    };
    store::insert_reversal(v.conn, &grant, v.now, &new).map_err(|error| match error.constraint() {
        Some("reversal_request_standing_key") => already_waits(),
        Some("reversal_request_pk") => Halt::IdTaken.into(),
        _ => error.into(),
    })?;
    if let Some(instead) = &ask.instead {
        rebooking::keep(v.conn, ask.id, instead).map_err(|error| match error.constraint() {
            Some("reversal_instead_gift_key") => Halt::IdTaken.into(),
            _ => Problem::from(error),
        })?;
    }
    decisions::enter(v.conn, v.now, &grant, &decision, &plan)?;
    changes::note(v.conn, &[changed_reversal(grant.chapter(), ask.id)])?;
    let row = store::reversals(v.conn, Reversals::One(ask.id), 1)?.pop().ok_or_else(Problem::not_found)?;
    Ok((out(v.conn, row)?, true))
}

/// A request with the entry of its gift.
struct Reversal {
    row: ReversalRow,
    gift: GiftRow,
}

impl Matter for Reversal {
    type Asks = Record;
    type Fault = Problem;

    fn kind(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Problem> {
        rebooking::hold(v, self.row.id)?;
        let asked_by = by.asked_by(v.conn)?;
        let persons = TwoPersons { asked: asked_by, approves: &by.grant };
        let entry = book(v, &persons, &self.row, self.gift.entry_id)?;
        store::release_slip(v.conn, self.row.gift_id)?;
        if let Some((_, instead)) = rebooking::of(v.conn, &[self.row.id])?.pop() {
            let recorder = by.grant.for_recorder(by.asking_account, asked_by).ok_or(Halt::NotOneself)?;
            rebooking::book(v, recorder, &self.gift, &instead)?;
        }
        let here = by.grant.chapter();
        changes::note(v.conn, &[changed(here, self.row.gift_id), changed_reversal(here, self.row.id)])?;
        Ok(store::decide_reversal(v.conn, &by.grant, v.now, self.row.id, Some(entry))?)
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Problem> {
        if state != State::Refused {
            return Err(Problem::internal("a reversal is approved or refused"));
        }
        store::decide_reversal(v.conn, by, v.now, self.row.id, None)?;
        Ok(changes::note(v.conn, &[changed_reversal(by.chapter(), self.row.id)])?)
    }
}

/// Decides a request. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<ReversalOut, Problem> {
    let row = store::reversals(v.conn, Reversals::ForDecision(id), 1)?.pop().ok_or_else(Problem::not_found)?;
    let gift = store::gifts(v.conn, Gifts::One(row.gift_id), 1)?.pop().ok_or_else(Problem::not_found)?;
    decisions::decide(v, &Reversal { row, gift }, id, verdict)?;
    let row = store::reversals(v.conn, Reversals::One(id), 1)?.pop().ok_or_else(Problem::not_found)?;
    out(v.conn, row)
}

/// Books the mirror of the gift's entry, today, and counts it.
fn book(v: &mut Visit<'_>, by: &TwoPersons<'_>, row: &ReversalRow, gift_entry: Uuid) -> Result<Uuid, Problem> {
    let written = ledger::written(v.conn, gift_entry)?.ok_or_else(Problem::not_found)?;
    let reason = Reason::parse(&row.reason).ok_or_else(|| Problem::internal("a request has an unknown reason"))?;
    let funds = ledger::funds(v.conn, &written.postings.iter().map(|p| p.fund).collect::<Vec<_>>())?;
    let at = BookedAt::now(v.now);
    if written.kind == Kind::GiftInKind {
        lots::undo(v.conn, v.now, gift_entry).map_err(not_back)?;
    }
    let draft = Draft::today(v.conn, v.vault, v.now, by.approves)?;
    let entry = draft.reversal(gift_entry, &written, reason.name()).map_err(Problem::internal)?;
    let id = entry.id;
    reversals::book(v.conn, at, &HashMap::from_iter(funds), by, vec![entry]).map_err(|error| match error {
        BookError::NotCovered => not_covered(),
        BookError::Closed => decisions::books_closed(),
        BookError::Db(error) => match error.constraint() {
            Some("entry_reverses_key") => already_waits(),
            Some("entry_order_stands") => refunded(),
            _ => error.into(),
        },
        other => Problem::internal(other),
    })?;
    Ok(id)
}

/// What was given back to its giver cannot be taken back once more.
fn refunded() -> Problem {
    Problem::say(
        http::Kind::Conflict,
        "Khoản này đã hoàn trả cho người ủng hộ: hãy hủy khoản hoàn trả trước.",
        "This gift was refunded to its giver: reverse the refund first.",
    )
}

/// Goods that have left are not taken back.
fn not_back(fault: Fault) -> Problem {
    if matches!(fault, Fault::NotCovered) { not_covered() } else { fault.into() }
}

/// One request, for those who may read the chapter's books.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<ReversalOut, Problem> {
    let row = store::reversals(v.conn, Reversals::One(id), 1)?.pop().ok_or_else(Problem::not_found)?;
    v.see::<Read>(ChapterId(row.gift_chapter_id))?;
    let note = match decisions::decides_at(v, ChapterId(row.approver_chapter_id))? {
        true => store::reversal_note(v.conn, id)?,
        false => None,
    };
    let note = note.map(|sealed| v.vault.open_text(place("reversal_request", "note", &id), &sealed)).transpose();
    Ok(ReversalOut { note: note.map_err(Problem::internal)?, ..out(v.conn, row)? })
}

/// Requests that wait for a chapter to decide, oldest first.
pub(super) fn waiting(
    conn: &mut PgConnection,
    here: &Seen<Read>,
    span: Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<ReversalRow>, DbError> {
    let chapters = tree::with_succeeded(conn, here.chapter())?;
    store::reversals(conn, Reversals::WaitingAt { chapters, after: span.after }, span.rows)
}
