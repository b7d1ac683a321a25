//! Closing a month: asked for by somebody who records, approved by a second person, stated in public.

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::figures::{self, Before, Figures, Wanted};
use super::matter::MATTER;
use super::model;
use super::store::{self, ClosedRow, ClosingRow};
use super::wire::{self, PeriodClosingOut};
use crate::authz::{Approve, Granted, Read, Record, Right, Visit};
use crate::basics::Line;
use crate::basics::clock::vietnam_date;
use crate::decisions::{self, Approval, Asked, Content, Matter, State, Verdict};
use crate::ledger::months;
use crate::log;
use crate::log::tile_store;
use crate::statements::{self, Event, NotStated};
use crate::tree::{self, ChapterId};

/// As many leaves without a place as are looked through; where more wait, the log is too far behind to close anything.
const MOST_WAITING: i64 = 10_000;

/// A request as its author makes it.
#[derive(Debug, Clone)]
pub struct Ask {
    pub id: Uuid,
    pub chapter: String,
    /// Its first day.
    pub month: NaiveDate,
    pub note: Option<Line>,
}

/// Asks for a month to be closed. Sent again, it asks only once.
pub fn request(v: &mut Visit<'_>, ask: &Ask) -> Result<(PeriodClosingOut, bool), Fault> {
    let (grant, here) = v.at_code::<Record>(&ask.chapter)?;
    let known = store::find(v.conn, ask.id)?;
    if known.is_none() {
        may_close(v, here.id.0, ask.month)?;
    }
    let about = ask.month.format("%m/%Y").to_string();
    let new = decisions::New {
        kind: MATTER,
        id: ask.id,
        subject: ask.id,
        about: Some(&about),
        amount_vnd: None,
        not_by: &[],
        with: None,
    };
    let text = json!([here.id.0, ask.month]).to_string();
    let asked = decisions::ask(v, &grant, &new, Content { text: &text, note: ask.note.as_ref() })?;
    if asked == Asked::Now {
        store::insert(v.conn, &grant, v.now, ask.id, ask.month).map_err(|error| match error.constraint() {
            Some("period_closing_standing_key") => Fault::Waits,
            _ => error.into(),
        })?;
    }
    let row = store::find(v.conn, ask.id)?.ok_or(Fault::Unknown)?;
    Ok((wire::one(v.conn, row)?, asked == Asked::Now))
}

fn may_close(v: &mut Visit<'_>, chapter: Uuid, month: NaiveDate) -> Result<Option<ClosedRow>, Fault> {
    let last = store::last(v.conn, chapter)?;
    let first = months::first_day(v.conn, chapter)?;
    model::may_close(month, last.as_ref().map(|row| row.month), first, vietnam_date(v.now))?;
    Ok(last)
}

impl Matter for ClosingRow {
    type Asks = Record;
    type Fault = Fault;

    fn kind(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        close(v, &by.grant, self)?;
        Ok(store::decide(v.conn, &by.grant, v.now, self.id, State::Approved)?)
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Fault> {
        Ok(store::decide(v.conn, by, v.now, self.id, state)?)
    }
}

/// Decides a request. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<PeriodClosingOut, Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    decisions::decide(v, &row, id, verdict)?;
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    wire::one(v.conn, row)
}

/// One request, for those who may read the chapter's books.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<PeriodClosingOut, Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(ChapterId(row.chapter_id))?;
    let note = decisions::note_of(v, MATTER, id)?;
    Ok(PeriodClosingOut { note, ..wire::one(v.conn, row)? })
}

/// Closes a month: adds up what counts in it, states it, and writes the size of the log that parts it from what comes late.
fn close(v: &mut Visit<'_>, by: &Granted<Approve>, row: &ClosingRow) -> Result<(), Fault> {
    let last = may_close(v, row.chapter_id, row.month)?;
    // What has a place below this size has it for good, whatever is booked meanwhile.
    let head = tile_store::head(v.conn)?;
    let size = i64::try_from(head.size).map_err(Fault::broken)?;
    let beyond = log::store::entries_beyond(v.conn, size - 1, MOST_WAITING)?;
    let is_behind = i64::try_from(beyond.len()).unwrap_or(i64::MAX) >= MOST_WAITING;
    if is_behind || months::among(v.conn, &beyond, row.chapter_id, model::last_day(row.month))? > 0 {
        return Err(Fault::Sealing);
    }
    let code = tree::code_of(v.conn, by.chapter())?;
    let before = last.map(|last| before(v, last)).transpose()?;
    let wanted = Wanted { chapter: row.chapter_id, code: &code, month: row.month, size, root: &head.root, before };
    let figures = figures::of(v.conn, &[wanted])?.pop().ok_or_else(|| Fault::broken("a month without figures"))?;
    let body = statements::canonical(&figures).map_err(Fault::broken)?;
    let new =
        statements::New { event: Event::PeriodClose, appeal: None, day: model::last_day(row.month), replaces: None, body: &body };
    let stated = statements::state(v.conn, v.now, by, &new).map_err(not_stated)?;
    let closed = ClosedRow {
        chapter_id: row.chapter_id,
        month: row.month,
        closing_id: row.id,
        size,
        root: head.root.to_vec(),
        entries: figures.entries,
        late: figures.late,
        statement: stated.code,
        closed_at: v.now,
    };
    store::close(v.conn, by, &closed).map_err(|error| match error.constraint() {
        Some("closed_period_pk" | "closed_period_follows") => Fault::NotNow(model::NotNow::ClosedAlready),
        _ => error.into(),
    })
}

/// A closed month with its figures, as they were stated.
fn before(v: &mut Visit<'_>, row: ClosedRow) -> Result<Before, Fault> {
    let body =
        statements::store::body(v.conn, &row.statement)?.ok_or_else(|| Fault::broken("a closed month without statement"))?;
    let figures: Figures = serde_json::from_slice(&body).map_err(Fault::broken)?;
    Ok(Before { statement: row.statement, size: row.size, closed_at: row.closed_at, figures })
}

fn not_stated(error: NotStated) -> Fault {
    match error {
        NotStated::Db(error) => error.into(),
        other => Fault::broken(other),
    }
}
