//! Who is in a team, and who leads it.

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::keep::{going_on, held};
use super::request;
use super::store::{self, Ending};
use super::wire::{Ended, NewLead, NewMember};
use crate::authz::{Attempt, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::http::{FieldError, Say};
use crate::persons;

/// Enters somebody in a team. The same sent again answers as the first time: whether it is new.
pub fn enter(v: &mut Visit<'_>, team: Uuid, new: &NewMember) -> Result<bool, Fault> {
    let (row, grant) = going_on(v, team)?;
    if !request::is_new(v, new.id, &new.content(team))? {
        return Ok(false);
    }
    let person = persons::hold(v.conn, v.vault, &grant, new.person)?.ok_or_else(no_such_person)?;
    let from = new.from.unwrap_or(vietnam_date(v.now));
    if from < row.founded_on {
        return Err(Fault::field("/from", "BEFORE_THE_START", "Không trước ngày lập đội.", "Not before it was founded."));
    }
    store::insert_member(v.conn, &grant, v.now, (new.id, team, person.id.0, from)).map_err(refused)?;
    v.note_with(&grant, "TEAM_JOINED", new.id, &json!({"team": team, "from": from}))?;
    Ok(true)
}

/// Ends somebody's time in a team, and their time at its head with it.
pub fn leave(v: &mut Visit<'_>, team: Uuid, member: Uuid, ended: &Ended) -> Result<(), Fault> {
    let (_, grant) = held(v, team)?;
    let row = store::members_of(v.conn, &[team])?.into_iter().find(|row| row.id == member).ok_or(Fault::Unknown)?;
    if v.attempt() == Attempt::Replay || row.until_day == Some(ended.until) {
        return Ok(());
    }
    open(row.until_day.is_none(), ended, row.from_day)?;
    store::end_members(v.conn, &[&row], Ending { until: ended.until, by: Some(grant.account()), at: v.now })?;
    v.note_with(&grant, "TEAM_LEFT", member, &json!({"team": team, "until": ended.until}))?;
    Ok(())
}

/// Enters who leads a team. The same sent again answers as the first time: whether it is new.
pub fn lead(v: &mut Visit<'_>, team: Uuid, new: &NewLead) -> Result<bool, Fault> {
    let (_, grant) = going_on(v, team)?;
    if !request::is_new(v, new.id, &new.content(team))? {
        return Ok(false);
    }
    let today = vietnam_date(v.now);
    let member = store::members_of(v.conn, &[team])?.into_iter().find(|row| row.id == new.member).ok_or_else(not_in_it)?;
    if !member.time().holds_on(today) {
        return Err(Fault::conflict(
            "Người này không còn ở trong đội: hãy ghi lại vào đội trước.",
            "They are in the team no longer: enter them in it again first.",
        ));
    }
    let from = new.from.unwrap_or(today);
    if from < member.from_day {
        return Err(Fault::field("/from", "BEFORE_THE_START", "Không trước ngày vào đội.", "Not before they joined the team."));
    }
    store::insert_lead(v.conn, &grant, v.now, (new.id, team, new.member, new.role, from)).map_err(refused)?;
    v.note_with(&grant, "TEAM_LED", new.id, &json!({"team": team, "role": new.role, "from": from}))?;
    Ok(true)
}

/// Ends somebody's time at the head of a team.
pub fn lead_no_longer(v: &mut Visit<'_>, team: Uuid, lead: Uuid, ended: &Ended) -> Result<(), Fault> {
    let (_, grant) = held(v, team)?;
    let row = store::leads_of(v.conn, &[team])?.into_iter().find(|row| row.id == lead).ok_or(Fault::Unknown)?;
    if v.attempt() == Attempt::Replay || row.until_day == Some(ended.until) {
        return Ok(());
    }
    open(row.until_day.is_none(), ended, row.from_day)?;
    store::end_leads(v.conn, &[&row], Ending { until: ended.until, by: Some(grant.account()), at: v.now })?;
    v.note_with(&grant, "TEAM_LED_NO_LONGER", lead, &json!({"team": team, "until": ended.until}))?;
    Ok(())
}

fn open(is_open: bool, ended: &Ended, from: chrono::NaiveDate) -> Result<(), Fault> {
    if !is_open {
        return Err(Fault::conflict("Việc này đã kết thúc rồi, vào ngày khác.", "This has ended already, on another day."));
    }
    if ended.until < from {
        return Err(Fault::field("/until", "BEFORE_THE_START", "Không trước ngày bắt đầu.", "Not before the beginning."));
    }
    Ok(())
}

fn no_such_person() -> Fault {
    Fault::NotThere(FieldError::new(
        "/person",
        "NO_SUCH_PERSON",
        Say::fixed(
            "Đơn vị không có người này, hoặc dữ liệu của người này không được dùng.",
            "The chapter knows no such person, or their data may not be used.",
        ),
    ))
}

fn not_in_it() -> Fault {
    Fault::NotThere(FieldError::new(
        "/member",
        "NO_SUCH_MEMBER",
        Say::fixed("Đội không có người này.", "Nobody of the team has this id."),
    ))
}

/// What the database refuses, said in words.
fn refused(error: DbError) -> Fault {
    match error.constraint() {
        Some("team_member_once_a_day") => Fault::conflict("Người này đã ở trong đội.", "They are in the team already."),
        Some("team_lead_one_leader") => Fault::conflict(
            "Đội đã có đội trưởng trong thời gian ấy: hãy chấm dứt người đang giữ trước.",
            "The team has a leader at that time: end their time at its head first.",
        ),
        Some("team_lead_one_role_each") => Fault::conflict(
            "Người này đã giữ một vai trò trong đội vào thời gian ấy.",
            "They hold a post at its head at that time already.",
        ),
        Some("team_member_pk" | "team_lead_pk") => Fault::IdTaken,
        _ => error.into(),
    }
}
