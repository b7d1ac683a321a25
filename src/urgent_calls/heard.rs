//! What an officer does for somebody who was asked: writes down what they said by telephone, takes their link back.

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::make;
use super::roll::UrgentRoll;
use super::store::{self, AskedRow};
use super::wire::Heard;
use crate::authz::{Attempt, Visit};
use crate::calling::answering::{self, Outcome, Saying};

/// Somebody who was asked in a call.
fn somebody(v: &mut Visit<'_>, urgent_call: Uuid, id: Uuid) -> Result<AskedRow, Fault> {
    store::asked(v.conn, id)?.filter(|asked| asked.urgent_call_id == urgent_call).ok_or(Fault::Unknown)
}

/// Writes down what somebody said by telephone.
pub fn answer(v: &mut Visit<'_>, urgent_call: Uuid, id: Uuid, heard: &Heard) -> Result<(), Fault> {
    let (_, grant) = make::held(v, urgent_call)?;
    let asked = somebody(v, urgent_call, id)?;
    if v.attempt() == Attempt::Replay {
        return Ok(());
    }
    if asked.revoked_at.is_some() {
        return Err(Fault::conflict(
            "Lời mời này đã thu hồi: không ghi trả lời được nữa.",
            "What they were asked was taken back: no answer is written any more.",
        ));
    }
    let saying = Saying { asked: id, answer: heard.answer, arrives_at: heard.arrives_at };
    let by = grant.account();
    if answering::write(v.conn, v.now, &UrgentRoll, &[saying], Some(by))? != [Outcome::Taken] {
        return Err(make::over());
    }
    v.note_with(&grant, "URGENT_CALL_ANSWER_HEARD", id, &json!({"urgent_call": urgent_call, "answer": heard.answer}))?;
    Ok(())
}

/// Takes somebody's link back: it says nothing any more, and no answer is taken.
pub fn revoke(v: &mut Visit<'_>, urgent_call: Uuid, id: Uuid) -> Result<(), Fault> {
    let (_, grant) = make::held(v, urgent_call)?;
    somebody(v, urgent_call, id)?;
    if store::revoke(v.conn, &[id], v.now, Some(grant.account()))? == 1 {
        v.note_with(&grant, "URGENT_CALL_LINK_TAKEN_BACK", id, &json!({"urgent_call": urgent_call}))?;
    }
    Ok(())
}
