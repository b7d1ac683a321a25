//! What an officer does for somebody who was asked: writes down what they said by telephone, puts them into a shift, takes their link
//! back.

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::heard_wire::Heard;
use super::make;
use super::roll::CallOutRoll;
use super::store::{self, AskedRow};
use crate::authz::{Attempt, Granted, KeepPeople, Visit};
use crate::calling::answering::{self, Outcome, Saying};

/// Somebody who was asked in a call-out.
fn somebody(v: &mut Visit<'_>, call_out: Uuid, id: Uuid) -> Result<AskedRow, Fault> {
    store::asked(v.conn, id)?.filter(|asked| asked.call_out_id == call_out).ok_or(Fault::Unknown)
}

/// Writes down what somebody said by telephone.
pub fn answer(v: &mut Visit<'_>, call_out: Uuid, id: Uuid, heard: &Heard) -> Result<(), Fault> {
    let (_, grant) = make::held(v, call_out)?;
    let asked = somebody(v, call_out, id)?;
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
    if answering::write(v.conn, v.now, &CallOutRoll, &[saying], Some(by))? != [Outcome::Taken] {
        return Err(make::over());
    }
    if heard.shift.is_some() {
        put(v, &grant, call_out, id, heard.shift)?;
    }
    v.note_with(&grant, "CALL_OUT_ANSWER_HEARD", id, &json!({"call_out": call_out, "answer": heard.answer}))?;
    Ok(())
}

/// Puts somebody into a shift of the call-out, or into none.
pub fn shift(v: &mut Visit<'_>, call_out: Uuid, id: Uuid, shift: Option<Uuid>) -> Result<(), Fault> {
    let (row, grant) = make::held(v, call_out)?;
    somebody(v, call_out, id)?;
    if v.attempt() == Attempt::Replay {
        return Ok(());
    }
    if row.closed_at.is_some() {
        return Err(make::over());
    }
    put(v, &grant, call_out, id, shift)
}

fn put(v: &mut Visit<'_>, by: &Granted<KeepPeople>, call_out: Uuid, id: Uuid, shift: Option<Uuid>) -> Result<(), Fault> {
    if let Some(shift) = shift
        && !store::shifts(v.conn, &[call_out])?.iter().any(|row| row.id == shift)
    {
        return Err(Fault::not_there("/shift", "NO_SUCH_SHIFT", "Đợt này không có ca ấy.", "The call-out has no such shift."));
    }
    Ok(store::put_into_shift(v.conn, by, id, shift)?)
}

/// Takes somebody's link back: it says nothing any more, and no answer is taken.
pub fn revoke(v: &mut Visit<'_>, call_out: Uuid, id: Uuid) -> Result<(), Fault> {
    let (_, grant) = make::held(v, call_out)?;
    somebody(v, call_out, id)?;
    if store::revoke(v.conn, &[id], v.now, Some(grant.account()))? == 1 {
        v.note_with(&grant, "CALL_OUT_LINK_TAKEN_BACK", id, &json!({"call_out": call_out}))?;
    }
    Ok(())
}
