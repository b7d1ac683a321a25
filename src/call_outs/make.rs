//! Making a call-out, changing it, asking its waves, ending it.

use std::collections::HashSet;

use serde_json::json;
use uuid::Uuid;

use super::ask::{self, Calling, Wave};
use super::fault::Fault;
use super::model::CallOutState;
use super::occasion;
use super::request;
use super::roll::CallOutRoll;
use super::store::{self, CallOutRow};
use super::wire::{CallOutPatch, NewCallOut, NewWave, Patched};
use crate::authz::{Attempt, Granted, KeepPeople, Read, Visit};
use crate::basics::clock::vietnam_date;
use crate::calling::enough;
use crate::house::Rooms;
use crate::http::PublicUrl;
use crate::http::etag::Expected;
use crate::outbox::Ways;
use crate::volunteers::skills;
use crate::{teams, tree};

/// Makes a call-out. The same sent again answers as the first time: whether it is new.
pub fn make(v: &mut Visit<'_>, rooms: Rooms, new: &NewCallOut) -> Result<bool, Fault> {
    let (grant, place) = v.at_code::<KeepPeople>(&new.chapter).map_err(Fault::NoSuchChapter)?;
    if !request::is_new(v, new.id, &new.content())? {
        return Ok(false);
    }
    if !place.accepts_entries {
        return Err(Fault::field(
            "/chapter",
            "CHAPTER_CLOSED",
            "Đơn vị đã sáp nhập hoặc giải thể: hãy gọi từ đơn vị kế tục.",
            "The chapter has merged or is dissolved: call from its successor.",
        ));
    }
    let today = vietnam_date(v.now);
    let known: HashSet<String> = skills::on(v.conn, today)?.into_iter().map(|skill| skill.code).collect();
    if !new.skills.iter().all(|skill| known.contains(skill)) {
        return Err(Fault::field(
            "/skills",
            "NOT_A_CODE",
            "Không có kỹ năng này: hãy chọn trong danh mục kỹ năng.",
            "There is no such skill (GET /skills).",
        ));
    }
    if let Some(team) = new.team {
        let here = tree::goes_on_for(v.conn, place.id.0)?;
        teams::of_call(v.conn, team, today)?.filter(|team| here.contains(&team.chapter.0)).ok_or_else(no_such_team)?;
    }
    let called_for = occasion::of_new(v.conn, rooms, &place, new)?;
    let named = called_for.as_ref().map(|of| of.key.as_str());
    store::insert(v.conn, &grant, v.now, new, named).map_err(|error| match error.constraint() {
        Some("call_out_pk" | "call_out_shift_pk") => Fault::IdTaken,
        _ => error.into(),
    })?;
    let detail = json!({"kind": new.kind, "named": named, "needed": new.needed, "skills": new.skills});
    v.note_with(&grant, "CALL_OUT_MADE", new.id, &detail)?;
    Ok(true)
}

fn no_such_team() -> Fault {
    Fault::not_there(
        "/team",
        "NO_SUCH_TEAM",
        "Đơn vị và các đơn vị cấp dưới không có đội nào như vậy đang hoạt động.",
        "There is no such team today at the chapter or below it.",
    )
}

/// A call-out, held, and the right to keep the people of the chapter that has it today.
pub fn held(v: &mut Visit<'_>, id: Uuid) -> Result<(CallOutRow, Granted<KeepPeople>), Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(row.chapter())?;
    let chapter = tree::successor(v.conn, row.chapter())?.unwrap_or(row.chapter());
    let grant = v.at::<KeepPeople>(chapter)?;
    Ok((store::hold(v.conn, id)?.ok_or(Fault::Unknown)?, grant))
}

/// [`held`] of a call-out that is open.
pub fn open(v: &mut Visit<'_>, id: Uuid) -> Result<(CallOutRow, Granted<KeepPeople>), Fault> {
    let (row, grant) = held(v, id)?;
    if !row.is_open() {
        return Err(over());
    }
    Ok((row, grant))
}

/// Nobody is asked and nobody answers any more.
pub fn over() -> Fault {
    Fault::conflict("Đợt huy động này đã kết thúc.", "This call-out has ended.")
}

/// Nobody is asked for what was called off, or is over.
fn called_off() -> Fault {
    Fault::conflict(
        "Ngày hiến máu hoặc chiến dịch này đã hủy hoặc kết thúc: không hỏi thêm ai nữa. Hãy kết thúc đợt huy động và báo cho người đã nhận lời.",
        "The drive or the campaign was called off or is over: nobody else is asked. End the call-out, and tell those who said that they come.",
    )
}

/// Asks a wave. The same sent again asks nobody: whether it is new.
pub fn wave(
    v: &mut Visit<'_>,
    (rooms, ways, public): (Rooms, &Ways, &PublicUrl),
    id: Uuid,
    new: &NewWave,
) -> Result<bool, Fault> {
    let (row, grant) = held(v, id)?;
    if !request::is_new(v, new.id, &new.content(id))? {
        return Ok(false);
    }
    if !row.is_open() || row.until_at <= v.now {
        return Err(over());
    }
    if !occasion::goes_on(v.conn, rooms, &row)? {
        return Err(called_off());
    }
    let calling = Calling { ways, public, by: &grant, row: &row };
    let wave = Wave { id: new.id, by: Some(grant.account()), wanted: new.ask, quiet_reason: new.quiet_reason.clone() };
    ask::wave(&mut v.errand(), &calling, &wave)?;
    Ok(true)
}

/// Changes a call-out as the client read it.
pub fn change(v: &mut Visit<'_>, id: Uuid, expected: &Expected, patch: CallOutPatch) -> Result<(), Fault> {
    let (row, grant) = open(v, id)?;
    if !expected.has(row.version) {
        return Err(Fault::Stale);
    }
    let old = Patched {
        place: row.place.clone(),
        until: row.until_at,
        needed: row.needed,
        wave_size: row.wave_size,
        wave_minutes: row.wave_minutes,
    };
    let to = patch.over(row.from_at, &old).map_err(Fault::Fields)?;
    if to != old {
        store::change(v.conn, &grant, id, &to)?;
        v.note_with(&grant, "CALL_OUT_CHANGED", id, &json!({"needed": to.needed, "until": to.until}))?;
        // More may be needed than come, or fewer.
        enough::count(v.conn, v.now, &CallOutRoll, &[id])?;
    }
    Ok(())
}

/// Ends a call-out: nobody is asked and nobody answers any more.
pub fn end(v: &mut Visit<'_>, id: Uuid) -> Result<(), Fault> {
    let (row, grant) = held(v, id)?;
    if v.attempt() == Attempt::Replay || row.state() != Some(CallOutState::Open) {
        return Ok(());
    }
    store::end(v.conn, &grant, v.now, id)?;
    v.note(&grant, "CALL_OUT_ENDED", id)?;
    Ok(())
}
