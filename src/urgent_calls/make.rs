//! Making a call, changing it, asking its waves, ending it.

use serde_json::json;
use uuid::Uuid;

use super::ask::{self, Calling, Wave};
use super::clubs;
use super::due;
use super::fault::Fault;
use super::request;
use super::roll::UrgentRoll;
use super::store::{self, CallRow};
use super::wire::{NewCall, NewWave, Patched, UrgentCallPatch};
use crate::authz::{Attempt, Granted, KeepBlood, Read, Visit};
use crate::calling::enough;
use crate::http::PublicUrl;
use crate::http::etag::Expected;
use crate::outbox::Ways;
use crate::tree;

/// Makes a call. The same sent again answers as the first time: whether it is new.
pub fn make(v: &mut Visit<'_>, new: &NewCall) -> Result<bool, Fault> {
    let (grant, place) = v.at_code::<KeepBlood>(&new.chapter).map_err(Fault::NoSuchChapter)?;
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
    if let Some(club) = new.club {
        let here = tree::with_succeeded(v.conn, place.id)?;
        let known = clubs::find(v.conn, club)?.filter(|club| club.is_active() && here.contains(&club.chapter_id));
        known.ok_or_else(clubs::no_such_club)?;
    }
    store::insert(v.conn, &grant, v.now, new).map_err(|error| match error.constraint() {
        Some("urgent_call_pk") => Fault::IdTaken,
        _ => error.into(),
    })?;
    due::expect_end(v.conn, v.now, new.id, grant.chapter(), new.until)?;
    let detail = json!({"component": new.component, "units": new.units, "reach": new.reach});
    v.note_with(&grant, "URGENT_CALL_MADE", new.id, &detail)?;
    Ok(true)
}

/// A call, held, and the right to keep the donors of the chapter that has it today.
pub fn held(v: &mut Visit<'_>, id: Uuid) -> Result<(CallRow, Granted<KeepBlood>), Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(row.chapter())?;
    let chapter = tree::successor(v.conn, row.chapter())?.unwrap_or(row.chapter());
    let grant = v.at::<KeepBlood>(chapter)?;
    Ok((store::hold(v.conn, id)?.ok_or(Fault::Unknown)?, grant))
}

/// [`held`] of a call that is open.
pub fn open(v: &mut Visit<'_>, id: Uuid) -> Result<(CallRow, Granted<KeepBlood>), Fault> {
    let (row, grant) = held(v, id)?;
    if !row.is_open() {
        return Err(over());
    }
    Ok((row, grant))
}

/// Nobody is asked and nobody answers any more.
pub fn over() -> Fault {
    Fault::conflict("Đợt gọi này đã kết thúc.", "This call has ended.")
}

/// Asks a wave. The same sent again asks nobody: whether it is new.
pub fn wave(v: &mut Visit<'_>, ways: &Ways, public: &PublicUrl, id: Uuid, new: &NewWave) -> Result<bool, Fault> {
    let (row, grant) = held(v, id)?;
    if !request::is_new(v, new.id, &new.content(id))? {
        return Ok(false);
    }
    if !row.is_open() || row.until_at <= v.now {
        return Err(over());
    }
    let calling = Calling { ways, public, by: &grant, row: &row };
    let wave = Wave { id: new.id, by: Some(grant.account()), wanted: new.ask, quiet_reason: new.quiet_reason.clone() };
    ask::wave(&mut v.errand(), &calling, &wave)?;
    Ok(true)
}

/// Changes a call as the client read it.
pub fn change(v: &mut Visit<'_>, id: Uuid, expected: &Expected, patch: UrgentCallPatch) -> Result<(), Fault> {
    let (row, grant) = open(v, id)?;
    if !expected.has(row.version) {
        return Err(Fault::Stale);
    }
    let old = Patched {
        until: row.until_at,
        units: row.needed,
        reach: row.reach().ok_or(Fault::Broken("a call that reaches nobody"))?,
        wave_size: row.wave_size,
        wave_minutes: row.wave_minutes,
    };
    let to = patch.over(v.now, &old).map_err(Fault::Fields)?;
    if to != old {
        store::change(v.conn, &grant, id, &to)?;
        v.note_with(&grant, "URGENT_CALL_CHANGED", id, &json!({"units": to.units, "until": to.until, "reach": to.reach}))?;
        if to.until != old.until {
            due::expect_end(v.conn, v.now, id, grant.chapter(), to.until)?;
        }
        // More may be needed than come, or fewer.
        enough::count(v.conn, v.now, &UrgentRoll, &[id])?;
    }
    Ok(())
}

/// Ends a call: nobody is asked and nobody answers any more.
pub fn end(v: &mut Visit<'_>, id: Uuid) -> Result<(), Fault> {
    let (row, grant) = held(v, id)?;
    if v.attempt() == Attempt::Replay || !row.is_open() {
        return Ok(());
    }
    store::end(v.conn, v.now, id, Some(&grant))?;
    v.note(&grant, "URGENT_CALL_ENDED", id)?;
    Ok(())
}
