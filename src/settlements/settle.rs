//! A settlement report asked for by somebody who records, approved by a second person, stated and published.

use chrono::NaiveDate;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::fault::Fault;
use super::matter::MATTER;
use super::model::SettlementFigures;
use super::report;
use super::store::{self, NewReport, Outcome, ReportRow};
use super::wire::{self, SettlementReportOut};
use crate::authz::{Granted, Read, Record, Right, Visit};
use crate::basics::clock::vietnam_date;
use crate::basics::{Line, hex};
use crate::decisions::{self, Approval, Asked, Content, Halt, Matter, State, Verdict};
use crate::giving::appeals::{self, AppealRow};
use crate::giving::publishing::refuse_draft;
use crate::http::{FieldError, Say, one_line};
use crate::publications::milestones::Milestone;
use crate::publications::model::Event as Published;
use crate::publications::stated::{self, Approved};
use crate::statements::{self, Event, NotStated};
use crate::tree::ChapterId;

/// A request as its author makes it.
#[derive(Debug, Clone)]
pub struct Ask {
    pub id: Uuid,
    /// Code of the appeal.
    pub appeal: String,
    pub as_of: NaiveDate,
    pub note: Option<Line>,
}

/// Makes a report from the books and asks for its approval. Sent again, it asks only once, and shows what was made then.
pub fn request(v: &mut Visit<'_>, ask: &Ask) -> Result<(SettlementReportOut, bool), Fault> {
    let appeal = appeals::find(v.conn, &ask.appeal)?.ok_or_else(no_such_appeal)?;
    let grant = v.at::<Record>(ChapterId(appeal.chapter_id))?;
    let made = match store::find(v.conn, ask.id)? {
        Some(_) => None,
        None => Some(made(v, &appeal, ask.as_of)?),
    };
    let new = decisions::New {
        kind: MATTER,
        id: ask.id,
        subject: ask.id,
        about: Some(&appeal.code),
        amount_vnd: made.as_ref().map(SettlementFigures::came),
        not_by: &[],
        with: None,
    };
    let text = json!([appeal.id, ask.as_of]).to_string();
    let asked = decisions::ask(v, &grant, &new, Content { text: &text, note: ask.note.as_ref() })?;
    if let (Asked::Now, Some(figures)) = (asked, &made) {
        let body = statements::canonical(figures).map_err(Fault::broken)?;
        let sha256 = hex(&Sha256::digest(&body));
        let new = NewReport { id: ask.id, appeal: appeal.id, as_of: ask.as_of, body: &body, sha256: &sha256 };
        store::insert(v.conn, &grant, v.now, &new).map_err(|error| match error.constraint() {
            Some("settlement_report_waiting_key") => Fault::Waits,
            _ => error.into(),
        })?;
    }
    let row = store::find(v.conn, ask.id)?.ok_or(Fault::Unknown)?;
    Ok((wire::one(v.conn, row)?, asked == Asked::Now))
}

fn no_such_appeal() -> Fault {
    wrong("/appeal", "NO_SUCH_APPEAL", "Không có đợt này.", "There is no such appeal.")
}

fn wrong(pointer: &str, code: &'static str, vi: &'static str, en: &'static str) -> Fault {
    Fault::Fields(vec![FieldError::new(pointer, code, Say::fixed(vi, en))])
}

/// The figures, where the appeal is over and the day has come.
fn made(v: &mut Visit<'_>, appeal: &AppealRow, as_of: NaiveDate) -> Result<SettlementFigures, Fault> {
    refuse_draft(appeal).map_err(Halt::from)?;
    if as_of > vietnam_date(v.now) {
        return Err(wrong("/as_of", "IN_THE_FUTURE", "Ngày này không thể sau hôm nay.", "This cannot be after today."));
    }
    if as_of < appeal.receive_from {
        return Err(wrong("/as_of", "BEFORE_THE_APPEAL", "Ngày này trước khi mở đợt.", "This is before the appeal began."));
    }
    may_be_approved(v, appeal)?;
    report::make(v.conn, appeal, as_of)
}

/// Not while it receives, nor before everything was handed out by what was typed.
fn may_be_approved(v: &mut Visit<'_>, appeal: &AppealRow) -> Result<(), Fault> {
    match stated::refuse(v, appeal, Milestone::SettlementApproved)? {
        Some(error) => Err(Fault::Fields(vec![FieldError { pointer: "/appeal".to_owned(), ..error }])),
        None => Ok(()),
    }
}

impl Matter for ReportRow {
    type Asks = Record;
    type Fault = Fault;

    fn kind(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        let named = appeals::named(v.conn, &[self.appeal_id])?.remove(&self.appeal_id).ok_or(Fault::Unknown)?;
        let appeal = appeals::find_for_update(v.conn, &named.0)?.ok_or(Fault::Unknown)?;
        may_be_approved(v, &appeal)?;
        let body = store::body(v.conn, self.id)?.ok_or(Fault::Unknown)?;
        let figures: SettlementFigures = serde_json::from_slice(&body).map_err(Fault::broken)?;
        if !report::make(v.conn, &appeal, self.as_of)?.agrees(&figures) {
            return Err(Fault::Moved);
        }
        let before = store::newest_statement(v.conn, self.appeal_id)?;
        let new = statements::New {
            event: Event::SettlementReport,
            appeal: Some(&appeal.code),
            day: self.as_of,
            replaces: before.as_deref(),
            body: &body,
        };
        let statement = statements::state(v.conn, v.now, &by.grant, &new).map_err(not_stated)?;
        let title = one_line("/title", "Báo cáo quyết toán", 200).map_err(|error| Fault::Fields(vec![error]))?;
        let approved = Approved {
            id: self.id,
            milestone: Milestone::SettlementApproved,
            event: Published::SettlementReport,
            statement: &statement,
            title,
        };
        let publication = stated::approve(v, &by.grant, &appeal, approved)?;
        let outcome = Outcome { statement: Some(statement.code), publication };
        Ok(store::decide(v.conn, &by.grant, v.now, self.id, State::Approved, outcome)?)
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Fault> {
        Ok(store::decide(v.conn, by, v.now, self.id, state, Outcome::default())?)
    }
}

fn not_stated(error: NotStated) -> Fault {
    match error {
        NotStated::Db(error) => error.into(),
        other => Fault::broken(other),
    }
}

/// Decides a report. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<SettlementReportOut, Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    decisions::decide(v, &row, id, verdict)?;
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    wire::one(v.conn, row)
}

/// One report with its figures, for those who may read the chapter's books.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<SettlementReportOut, Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(ChapterId(row.chapter_id))?;
    let note = decisions::note_of(v, MATTER, id)?;
    let report = figures(v, id)?;
    Ok(SettlementReportOut { note, report: Some(report), ..wire::one(v.conn, row)? })
}

/// The figures of a report, as they were made.
pub(super) fn figures(v: &mut Visit<'_>, id: Uuid) -> Result<SettlementFigures, Fault> {
    let body = store::body(v.conn, id)?.ok_or(Fault::Unknown)?;
    serde_json::from_slice(&body).map_err(Fault::broken)
}
