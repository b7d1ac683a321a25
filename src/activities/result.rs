//! What came of an activity: written once, corrected in sight, or called off.
//!
//! It stands below `plan` for what is written down when it is done already.

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{ActivityNumbers, ActivityState};
use super::names;
use super::papers;
use super::request;
use super::store::{self, ActivityRow, Becomes, NewCorrection};
use super::wire::{ActivityCorrectionIn, ActivityResultIn, has_begun};
use crate::authz::{Attempt, Granted, Read, RunActivities, Visit};
use crate::basics::clock::vietnam_date;
use crate::documents::store::{self as documents, Subject};
use crate::http::Check;
use crate::tree;

/// An activity, held, with the right to write it, and how far it is.
pub fn held(v: &mut Visit<'_>, id: Uuid) -> Result<(ActivityRow, Granted<RunActivities>, ActivityState), Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(row.chapter())?;
    let grant = v.at::<RunActivities>(row.chapter())?;
    let state = ActivityState::parse(&row.state).ok_or(Fault::Broken("an activity in no state"))?;
    Ok((row, grant, state))
}

fn called_off() -> Fault {
    Fault::conflict("Hoạt động này đã hủy: hãy ghi một hoạt động khác.", "This was called off: write down another one.")
}

/// Writes what came of a plan, once. The same once more is the same.
pub fn write(v: &mut Visit<'_>, id: Uuid, result: &ActivityResultIn) -> Result<(), Fault> {
    let (row, grant, state) = held(v, id)?;
    if v.attempt() == Attempt::Replay {
        return Ok(());
    }
    match state {
        ActivityState::Cancelled => Err(called_off()),
        ActivityState::Done if row.numbers() == result.numbers && row.result.as_deref() == Some(&result.result) => Ok(()),
        ActivityState::Done => Err(Fault::conflict(
            "Kết quả đã được ghi: nếu sai thì đính chính, có lý do.",
            "Its result is written already: correct it, with a reason (POST …/corrections).",
        )),
        ActivityState::Planned => {
            let mut check = Check::default();
            has_begun(&mut check, row.starts_on, vietnam_date(v.now));
            let lead = tree::place_of(v.conn, row.chapter())?;
            let delivering = match &result.delivered_by {
                Some(codes) => names::delivering(v.conn, &lead, codes, row.ends_on, "/delivered_by", &mut check)?,
                // Who was planned may have gone up in another one meanwhile.
                None => {
                    let planned = store::deliveries(v.conn, &[id])?.into_iter().map(|(_, chapter)| chapter).collect();
                    names::as_of(v.conn, planned, row.ends_on)?
                }
            };
            check.done(Some(())).map_err(Fault::Fields)?;
            store::deliver(v.conn, &grant, id, &delivering)?;
            done(v, &grant, &row, result)
        }
    }
}

/// Writes the result of a plan that is held.
pub fn done(
    v: &mut Visit<'_>,
    grant: &Granted<RunActivities>,
    row: &ActivityRow,
    result: &ActivityResultIn,
) -> Result<(), Fault> {
    let to = Becomes {
        version: row.version + 1,
        state: ActivityState::Done,
        result: Some(&result.result),
        numbers: result.numbers,
        cancelled_reason: None,
        done_now: true,
    };
    store::settle(v.conn, grant, v.now, row.id, &to)?;
    v.note(grant, "ACTIVITY_DONE", row.id)?;
    Ok(())
}

/// Writes anew what is right of something done. The same sent again answers as the first time: whether it is new.
pub fn correct(v: &mut Visit<'_>, id: Uuid, new: &ActivityCorrectionIn) -> Result<bool, Fault> {
    let (row, grant, state) = held(v, id)?;
    if !request::is_new(v, new.id, &json!(["CORRECTION", id, new]).to_string())? {
        return Ok(false);
    }
    match state {
        ActivityState::Done => {}
        ActivityState::Cancelled => return Err(called_off()),
        ActivityState::Planned => {
            return Err(Fault::conflict(
                "Hoạt động chưa có kết quả: hãy sửa kế hoạch.",
                "It has no result yet: change the plan.",
            ));
        }
    }
    let result = new.result.as_deref().or(row.result.as_deref());
    let is_same = row.numbers() == new.numbers && row.result.as_deref() == result;
    if is_same {
        return Err(Fault::conflict("Không có gì khác để đính chính.", "There is nothing to correct: it says so already."));
    }
    let correction = NewCorrection {
        id: new.id,
        of: id,
        version: row.version + 1,
        reason: &new.why,
        taken_back: false,
        by: new.numbers - row.numbers(),
        old_result: row.result.as_deref().filter(|old| Some(*old) != result),
    };
    store::insert_correction(v.conn, &grant, v.now, &correction)?;
    let to = Becomes {
        version: row.version + 1,
        state: ActivityState::Done,
        result,
        numbers: new.numbers,
        cancelled_reason: None,
        done_now: false,
    };
    store::settle(v.conn, &grant, v.now, id, &to)?;
    v.note_with(&grant, "ACTIVITY_CORRECTED", id, &json!({"correction": new.id}))?;
    Ok(true)
}

/// Calls a plan off, or takes back what was written down as done. For the same reason once more it is the same.
pub fn cancel(v: &mut Visit<'_>, id: Uuid, reason: &str) -> Result<(), Fault> {
    let (row, grant, state) = held(v, id)?;
    if v.attempt() == Attempt::Replay {
        return Ok(());
    }
    if state == ActivityState::Cancelled {
        return if row.cancelled_reason.as_deref() == Some(reason) { Ok(()) } else { Err(called_off()) };
    }
    if state == ActivityState::Done {
        let correction = NewCorrection {
            id: Uuid::now_v7(),
            of: id,
            version: row.version + 1,
            reason,
            taken_back: true,
            by: ActivityNumbers::default() - row.numbers(),
            old_result: None,
        };
        store::insert_correction(v.conn, &grant, v.now, &correction)?;
    }
    let to = Becomes {
        version: row.version + 1,
        state: ActivityState::Cancelled,
        result: row.result.as_deref(),
        numbers: ActivityNumbers::default(),
        cancelled_reason: Some(reason),
        done_now: false,
    };
    store::settle(v.conn, &grant, v.now, id, &to)?;
    // What is taken back shows no pictures.
    for paper in documents::of_subject(v.conn, Subject { paper: &papers::OF_ACTIVITIES, id })? {
        documents::take_down(v.conn, v.now, Some(grant.account()), paper.id, id)?;
    }
    v.note(&grant, "ACTIVITY_CANCELLED", id)?;
    Ok(())
}
