//! Who helps in a shift.

use std::collections::BTreeSet;

use serde_json::json;
use uuid::Uuid;

use super::model::overlap;
use super::plan::{entered, may_plan};
use super::store::{self, Shift};
use super::wire::DriveHelpersIn;
use crate::authz::{Attempt, Granted, KeepPeople, Visit};
use crate::drives::fault::Fault;
use crate::drives::{self, Drive};
use crate::http::Check;
use crate::teams;
use crate::tree;
use crate::volunteers::{self, VolunteerId};

/// A shift of a drive that is wanted, with the drive held, and the right to keep the people of its chapter.
pub(super) fn kept(v: &mut Visit<'_>, code: &str, id: Uuid) -> Result<(Drive, Shift, Granted<KeepPeople>), Fault> {
    let found = drives::by_code(v.conn, code)?.ok_or(Fault::Unknown)?;
    let chapter = drives::today(v.conn, &found)?;
    let grant = v.at::<KeepPeople>(chapter)?;
    let drive = drives::hold(v.conn, found.id)?.ok_or(Fault::Unknown)?;
    let shift = store::find(v.conn, drive.id, id)?.filter(|shift| shift.ended_at.is_none()).ok_or(Fault::Unknown)?;
    Ok((drive, shift, grant))
}

/// Enters who helps in a shift. Who does already, does: sent again it is the same.
pub fn enter(v: &mut Visit<'_>, code: &str, id: Uuid, body: &DriveHelpersIn) -> Result<(), Fault> {
    let (drive, shift, grant) = kept(v, code, id)?;
    let mut all: BTreeSet<VolunteerId> = body.volunteers.iter().copied().collect();
    if body.team {
        all.extend(of_team(v, &drive)?);
    }
    let here: BTreeSet<Uuid> = store::helpers(v.conn, &[id])?.into_iter().map(|helper| helper.volunteer_id).collect();
    all.retain(|volunteer| !here.contains(&volunteer.0));
    if v.attempt() == Attempt::Replay || all.is_empty() {
        return Ok(());
    }
    may_plan(&drive)?;
    if shift.hours_at.is_some() {
        return Err(entered());
    }
    let busy = at_the_same_time(v, &drive, &shift)?;
    let mut check = Check::default();
    known(v, &grant, &all, body, &mut check)?;
    for (n, volunteer) in body.volunteers.iter().enumerate() {
        if all.contains(volunteer) && busy.contains(&volunteer.0) {
            check.wrong(
                format!("/volunteers/{n}"),
                "TWICE",
                "Vào giờ ấy người này đã ở ca khác.",
                "They help in another shift at that time.",
            );
        }
    }
    check.done(Some(())).map_err(Fault::Fields)?;
    // Of a whole team whoever helps elsewhere at that time stays there.
    let new: Vec<Uuid> = all.into_iter().map(|volunteer| volunteer.0).filter(|id| !busy.contains(id)).collect();
    let entered = store::enter(v.conn, &grant, v.now, id, &new)?;
    Ok(v.note_with(&grant, "DRIVE_HELPERS_ENTERED", id, &json!({"drive": drive.code, "entered": entered}))?)
}

/// The volunteers who are in the drive's team on its day.
fn of_team(v: &mut Visit<'_>, drive: &Drive) -> Result<Vec<VolunteerId>, Fault> {
    let none = || Fault::field("/team", "NO_SUCH_TEAM", "Ngày hiến máu này không có đội.", "This drive has no team.");
    let team = drive.team_id.ok_or_else(none)?;
    Ok(teams::of_call(v.conn, team, drive.day)?.ok_or_else(none)?.volunteers)
}

/// Volunteers who help in another shift of the drive at the time of this one.
fn at_the_same_time(v: &mut Visit<'_>, drive: &Drive, shift: &Shift) -> Result<BTreeSet<Uuid>, Fault> {
    let others: Vec<Uuid> = store::of_drive(v.conn, drive.id)?
        .into_iter()
        .filter(|other| other.id != shift.id && overlap(other.minutes(), shift.minutes()))
        .map(|other| other.id)
        .collect();
    Ok(store::helpers(v.conn, &others)?.into_iter().map(|helper| helper.volunteer_id).collect())
}

/// Whether these are volunteers of the chapter, or of one that it goes on for; nothing is said of another chapter's.
fn known(
    v: &mut Visit<'_>,
    by: &Granted<KeepPeople>,
    all: &BTreeSet<VolunteerId>,
    body: &DriveHelpersIn,
    check: &mut Check,
) -> Result<(), Fault> {
    let chapters = tree::with_succeeded(v.conn, by.chapter())?;
    let found = volunteers::find_all(v.conn, &all.iter().copied().collect::<Vec<_>>())?;
    let is_here = |id: &VolunteerId| found.get(id).is_some_and(|row| row.is_one() && chapters.contains(&row.chapter_id));
    for (n, _) in body.volunteers.iter().enumerate().filter(|(_, id)| all.contains(id) && !is_here(id)) {
        check.wrong(
            format!("/volunteers/{n}"),
            "NO_SUCH_VOLUNTEER",
            "Đơn vị không có tình nguyện viên này.",
            "The chapter has no such volunteer.",
        );
    }
    let of_team = all.iter().any(|id| !body.volunteers.contains(id) && !is_here(id));
    if of_team {
        check.wrong("/team", "NO_SUCH_TEAM", "Đội này không phải của đơn vị.", "The team is not the chapter's.");
    }
    Ok(())
}

/// Somebody does not help in a shift after all. Once more it is the same.
pub fn leave(v: &mut Visit<'_>, code: &str, id: Uuid, volunteer: Uuid) -> Result<(), Fault> {
    let (drive, shift, grant) = kept(v, code, id)?;
    if v.attempt() == Attempt::Replay {
        return Ok(());
    }
    if shift.hours_at.is_some() {
        return Err(entered());
    }
    if store::leave(v.conn, &grant, id, volunteer)? {
        v.note_with(&grant, "DRIVE_HELPER_LEFT", id, &json!({"drive": drive.code}))?;
    }
    Ok(())
}
