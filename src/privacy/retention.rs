//! Deciding on proposals: asking for the erasure of somebody whom nothing needs any more, at that chapter alone, or keeping them.

use chrono::{Months, NaiveDate};
use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::matter::{self, new};
use super::model::{NewRequest, RequestKind, Way};
use super::proposals::{self, KeepReason, ProposalRow, ProposalState};
use super::requests::hold_subject;
use super::store;
use super::writing::{Reach, write};
use crate::authz::{Granted, KeepPeople, Record, SeePeople, Visit};
use crate::basics::Line;
use crate::basics::clock::vietnam_date;
use crate::decisions;
use crate::giving::personal::Scope;
use crate::house::Rooms;
use crate::http::{FieldError, Say, Span};
use crate::parties::alias;
use crate::persons::retention as persons;
use crate::tree::{self, ChapterId};

/// Most years for which somebody may be kept at once.
const MOST_YEARS: u32 = 10;
/// What whoever decides reads.
const NOTE: &str = "Hết thời hạn lưu: không còn vai trò nào ở đơn vị.";

/// The proposals of a chapter, for those who see its persons. Each page is noted.
pub fn list(
    v: &mut Visit<'_>,
    chapter: &str,
    state: ProposalState,
    span: &Span<proposals::At>,
) -> Result<Vec<ProposalRow>, Fault> {
    let (here, _) = v.see_code::<SeePeople>(chapter)?;
    let chapters = tree::with_succeeded(v.conn, here.chapter())?;
    let rows = proposals::list(v.conn, &chapters, state, span)?;
    v.note_at(Some(here.chapter()), "RETENTION_PROPOSALS_LISTED", None, Some(&json!({"shown": rows.len()})))?;
    Ok(rows)
}

/// A proposal that is held, for those who keep the persons of its chapter.
fn held(v: &mut Visit<'_>, id: Uuid) -> Result<(ProposalRow, Granted<KeepPeople>), Fault> {
    let row = proposals::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    let grant = v.at::<KeepPeople>(ChapterId(row.chapter_id))?;
    Ok((row, grant))
}

/// Asks for the erasure as for any other: a second person approves it. What other chapters hold of the person is not touched.
pub fn ask(v: &mut Visit<'_>, rooms: Rooms, id: Uuid) -> Result<ProposalRow, Fault> {
    let (row, _) = held(v, id)?;
    if row.is(ProposalState::Asked) {
        return Ok(row);
    }
    if !row.is(ProposalState::Proposed) {
        return Err(Fault::Decided);
    }
    let grant = v.at::<Record>(ChapterId(row.chapter_id))?;
    let today = vietnam_date(v.now);
    let of = persons::these(v.conn, &[row.person_id])?;
    let due = proposals::due(v.conn, rooms, today, &of)?;
    let (one, _) = due.get(&row.person_id).copied().ok_or(Fault::NeededAgain)?;
    hold_subject(v.conn, Scope::Party(one.party))?;
    let name = alias::of(v.conn, one.party, one.chapter)?;
    if store::is_open(v.conn, RequestKind::Erase, Scope::Party(name))? {
        return Err(Fault::AskedAlready);
    }
    let ask = NewRequest {
        id: Uuid::new_v4(),
        kind: RequestKind::Erase,
        scope: Scope::Party(name),
        received_on: today,
        channel: Way::Other,
        third_parties: false,
        note: Line::parse(NOTE, 500).ok(),
        changes: None,
    };
    let kind = matter::of(ask.kind).ok_or_else(|| Fault::broken("an erasure takes a second person"))?;
    let decision = new(kind, ask.id);
    let plan = decisions::plan_at(v.conn, v.now, &grant, &decision, ChapterId(one.chapter))?;
    let approver = Some(plan.approver()?.0);
    let chapters = [one.chapter];
    let reach = Reach { scope: Scope::Party(one.party), party_alias: Some(name), chapters: &chapters, approver, rest: None };
    write(v, &grant, &ask, reach)?;
    decisions::enter(v.conn, v.now, &grant, &decision, &plan)?;
    decided(v, row, ProposalState::Asked, |row| row.request_id = Some(ask.id))
}

/// Keeps somebody until a day, and says why.
pub fn keep(v: &mut Visit<'_>, id: Uuid, reason: KeepReason, until: NaiveDate) -> Result<ProposalRow, Fault> {
    let (row, grant) = held(v, id)?;
    let today = vietnam_date(v.now);
    if until <= today || today.checked_add_months(Months::new(12 * MOST_YEARS)).is_some_and(|most| until > most) {
        let said = Say::fixed(
            "Ngày giữ đến phải sau hôm nay và trong vòng 10 năm.",
            "The day until which they are kept comes after today and within 10 years.",
        );
        return Err(Fault::Field(FieldError::new("/until", "OUT_OF_RANGE", said)));
    }
    if row.is(ProposalState::Kept) && row.reason.as_deref() == Some(reason.name()) && row.kept_until == Some(until) {
        return Ok(row);
    }
    if !row.is(ProposalState::Proposed) {
        return Err(Fault::Decided);
    }
    v.note(&grant, "RETENTION_KEPT", row.id)?;
    let kept = |row: &mut ProposalRow| (row.reason, row.kept_until) = (Some(reason.name().to_owned()), Some(until));
    decided(v, row, ProposalState::Kept, kept)
}

fn decided(
    v: &mut Visit<'_>,
    row: ProposalRow,
    state: ProposalState,
    how: impl FnOnce(&mut ProposalRow),
) -> Result<ProposalRow, Fault> {
    let (state, by, at) = (state.name().to_owned(), Some(v.account()), Some(v.now));
    let mut row = ProposalRow { state, decided_by: by, decided_at: at, ..row };
    how(&mut row);
    proposals::decide(v.conn, &row)?;
    Ok(row)
}
