//! Ending committees, and everybody's time in them, with the roles that their posts carry: one transaction, one day.

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{EndedHow, Tenure, may_begin};
use super::store::{self, CommitteeRow, Ending};
use super::who::above;
use super::wire::Ended;
use crate::authz::{Attempt, KeepPeople, Read, Visit};
use crate::basics::clock::vietnam_date;
use crate::identity::in_post;

/// Ends committees that are held; whoever sits in them does no longer, and no role of theirs is left.
pub fn with_everybody(v: &mut Visit<'_>, rows: &[CommitteeRow], ending: &Ending<'_>) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let gone = store::end_holders_of(v.conn, &ids, ending)?;
    roles(v, &gone, ending)?;
    for row in rows {
        store::end_committee(v.conn, row, ending)?;
        let detail = json!({"kind": row.kind, "decision": ending.decision_no, "until": ending.until, "how": ending.how});
        v.note_at(Some(row.chapter()), "COMMITTEE_ENDED", Some(row.id), Some(&detail))?;
    }
    Ok(())
}

fn roles(v: &mut Visit<'_>, holders: &[Uuid], ending: &Ending<'_>) -> Result<(), Fault> {
    let carried: Vec<Uuid> = store::roles_of(v.conn, holders)?.into_iter().map(|(assignment, _)| assignment).collect();
    if !carried.is_empty() {
        in_post::end(v, &carried, ending.until, ending.decision_no)?;
    }
    Ok(())
}

/// The day from which it no longer holds: today unless said, not before it began, and before an end that is known.
fn day(said: Option<NaiveDate>, of: Tenure, today: NaiveDate) -> Result<NaiveDate, Fault> {
    // What has yet to begin never does.
    let until = said.unwrap_or(today.max(of.from));
    if until < of.from {
        return Err(Fault::field("/until", "BEFORE_THE_START", "Không trước ngày bắt đầu.", "Not before the beginning."));
    }
    if !may_begin(until, today) {
        return Err(Fault::field("/until", "OUT_OF_RANGE", "Trong vòng một năm tới.", "Within a year from now."));
    }
    if of.until.is_some_and(|end| end < until) {
        return Err(Fault::field("/until", "AFTER_THE_END", "Đã kết thúc sớm hơn rồi.", "It ends before that day already."));
    }
    Ok(until)
}

fn over_already() -> Fault {
    Fault::conflict("Việc này đã kết thúc rồi, theo quyết định khác.", "This has ended already, by another decision.")
}

/// Ends a committee by a decision of the chapter above. By the same decision once more it is the same.
pub fn committee(v: &mut Visit<'_>, id: Uuid, ended: &Ended) -> Result<(), Fault> {
    in_post::hold(v)?;
    let row = store::hold_committee(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(row.chapter())?;
    let grant = above(v, row.chapter())?;
    if v.attempt() == Attempt::Replay {
        return Ok(());
    }
    if row.ended_how.is_some() {
        let same_day = ended.until.is_none_or(|until| row.valid_until == Some(until));
        let same = same_day && row.end_decision_no.as_deref() == Some(ended.decision_no.as_str());
        return if same { Ok(()) } else { Err(over_already()) };
    }
    let until = day(ended.until, row.tenure(), vietnam_date(v.now))?;
    let ending =
        Ending { until, how: EndedHow::ByDecision, decision_no: ended.decision_no.as_str(), by: grant.account(), at: v.now };
    with_everybody(v, &[row], &ending)
}

/// Ends somebody's time in a seat, by a decision. Who keeps the chapter's people may, unless a role ends with it.
pub fn holder(v: &mut Visit<'_>, post: Uuid, id: Uuid, ended: &Ended) -> Result<(), Fault> {
    in_post::hold(v)?;
    let (committee, _) = super::hold::committee_of(v, post)?;
    let row = store::holder(v.conn, id)?.filter(|row| row.post_id == post).ok_or(Fault::Unknown)?;
    let carried: Vec<Uuid> = store::roles_of(v.conn, &[id])?.into_iter().map(|(assignment, _)| assignment).collect();
    let by = if in_post::any_stands(v, &carried)? {
        above(v, committee.chapter())?.account()
    } else {
        match above(v, committee.chapter()) {
            Err(Fault::AboveDecides) => v.at::<KeepPeople>(committee.chapter())?.account(),
            decides => decides?.account(),
        }
    };
    if v.attempt() == Attempt::Replay {
        return Ok(());
    }
    if row.ended_how.is_some() {
        let same_day = ended.until.is_none_or(|until| row.held_until == Some(until));
        let same = same_day && row.end_decision_no.as_deref() == Some(ended.decision_no.as_str());
        return if same { Ok(()) } else { Err(over_already()) };
    }
    if row.tenure().is_over(vietnam_date(v.now)) {
        return Err(over_already());
    }
    let until = day(ended.until, row.tenure(), vietnam_date(v.now))?;
    let ending = Ending { until, how: EndedHow::ByDecision, decision_no: ended.decision_no.as_str(), by, at: v.now };
    store::end_holder(v.conn, id, &ending)?;
    roles(v, &[id], &ending)?;
    let detail = json!({"post": post, "decision": ended.decision_no.as_str(), "until": until});
    v.note_at(Some(committee.chapter()), "POST_ENDED", Some(id), Some(&detail))?;
    Ok(())
}
