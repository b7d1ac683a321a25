//! Making a team, changing it, ending it with everybody's time in it.

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::request;
use super::store::{self, Ending, TeamRow};
use super::wire::{Ended, NewTeam, TeamPatch};
use crate::authz::{Attempt, Granted, KeepPeople, Read, Visit};
use crate::http::etag::Expected;

/// A team, held, and the right to keep it.
pub fn held(v: &mut Visit<'_>, id: Uuid) -> Result<(TeamRow, Granted<KeepPeople>), Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(row.chapter())?;
    let grant = v.at::<KeepPeople>(row.chapter())?;
    Ok((store::hold(v.conn, id)?.ok_or(Fault::Unknown)?, grant))
}

/// [`held`] of a team that has not ended.
pub fn going_on(v: &mut Visit<'_>, id: Uuid) -> Result<(TeamRow, Granted<KeepPeople>), Fault> {
    let (row, grant) = held(v, id)?;
    if row.ended_on.is_some() {
        return Err(Fault::conflict("Đội này đã giải thể.", "This team has ended."));
    }
    Ok((row, grant))
}

/// Makes a team. The same sent again answers as the first time: whether it is new.
pub fn make(v: &mut Visit<'_>, new: &NewTeam) -> Result<bool, Fault> {
    let (grant, place) = v.at_code::<KeepPeople>(&new.chapter).map_err(Fault::NoSuchChapter)?;
    if !request::is_new(v, new.id, &new.content())? {
        return Ok(false);
    }
    if !place.accepts_entries {
        return Err(Fault::field(
            "/chapter",
            "CHAPTER_CLOSED",
            "Đơn vị đã sáp nhập hoặc giải thể: hãy ghi ở đơn vị kế tục.",
            "The chapter has merged or is dissolved: write at its successor.",
        ));
    }
    store::insert(v.conn, &grant, v.now, new).map_err(|error| match error.constraint() {
        Some("team_pk") => Fault::IdTaken,
        _ => error.into(),
    })?;
    v.note_with(&grant, "TEAM_MADE", new.id, &json!({"kind": new.kind}))?;
    Ok(true)
}

/// Changes a team as the client read it.
pub fn change(v: &mut Visit<'_>, id: Uuid, expected: &Expected, patch: TeamPatch) -> Result<(), Fault> {
    let (row, grant) = going_on(v, id)?;
    if !expected.has(row.version) {
        return Err(Fault::Stale);
    }
    let kind = row.kind().ok_or(Fault::Broken("a team of no kind"))?;
    let to = patch.over(kind, &row.name, row.place.as_deref()).map_err(Fault::Fields)?;
    let same = (to.kind, to.name.as_str()) == (kind, row.name.as_str())
        && to.place.as_ref().map(|line| line.as_str()) == row.place.as_deref();
    if !same {
        store::change(v.conn, &grant, id, &to)?;
        v.note(&grant, "TEAM_CHANGED", id)?;
    }
    Ok(())
}

/// Ends a team, with everybody's time in it and at its head.
pub fn end(v: &mut Visit<'_>, id: Uuid, ended: &Ended) -> Result<(), Fault> {
    let (row, grant) = held(v, id)?;
    if v.attempt() == Attempt::Replay || row.ended_on == Some(ended.until) {
        return Ok(());
    }
    let (row, grant) = if row.ended_on.is_none() { (row, grant) } else { going_on(v, id)? };
    if ended.until < row.founded_on {
        return Err(Fault::field("/until", "BEFORE_THE_START", "Không trước ngày lập đội.", "Not before it was founded."));
    }
    let ending = Ending { until: ended.until, by: Some(grant.account()), at: v.now };
    let members = store::members_of(v.conn, &[id])?;
    store::end_members(v.conn, &members.iter().collect::<Vec<_>>(), ending)?;
    let decision_no = ended.decision_no.as_ref().map(|line| line.as_str());
    store::end(v.conn, &grant, id, ending, decision_no)?;
    v.note_with(&grant, "TEAM_ENDED", id, &json!({"until": ended.until, "decision": decision_no}))?;
    Ok(())
}
