//! Giving and ending roles: what is decided before anything is written.
//!
//! Thu, administrator of Lâm Đồng, makes Lan accountant of Hàm Liêm by decision 15/QĐ, from the first of the month. She
//! may, because `GIVES` lets her role give ACCOUNTANT and Hàm Liêm is in her province; she could not make Lan a
//! provincial administrator, nor make herself accountant, nor give a role in Hà Nội. Everything she does stands in the
//! audit trail in the same transaction: who, whom, role, place, decision.

use chrono::{Days, NaiveDate};
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::appointments::{self, AssignmentRow, Ending, NewActsFor, NewAssignment, Period};
use super::{manage, store};
use crate::authz::{Appoint, Attempt, Denied, Granted, Refusal, Role, Visit};
use crate::basics::Line;
use crate::basics::clock::vietnam_date;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::http::{Check, FieldError, Say};
use crate::tree::{self, ChapterId, Place};

/// Why a role is not given, or not ended. What that means in HTTP stands in `answers.rs`.
#[derive(Debug)]
pub enum Fault {
    /// There is no such assignment.
    Unknown,
    /// The id stands for something else.
    IdTaken,
    /// What a field names does not exist or is out of reach: one answer (decision 20).
    OutOfReach(FieldError),
    Fields(Vec<FieldError>),
    /// Nobody gives a role to themself.
    Oneself,
    /// The person holds exactly this at that time.
    HeldAlready,
    OverAlready,
    /// Nobody who administers would be left at work.
    LastAdministrator,
    Denied(Denied),
    /// What is stored is not as it must be.
    Broken(&'static str),
    Db(DbError),
}

impl From<FieldError> for Fault {
    fn from(error: FieldError) -> Self {
        Fault::Fields(vec![error])
    }
}

wraps! {
    Fault {
        Denied => Fault::Denied,
        DbError => Fault::Db,
    }
}

/// Gives a role at a chapter, with the chapters it acts for. The same request again answers as the first time: (the
/// assignment, whether it is new).
pub fn give(
    v: &mut Visit<'_>,
    chapter: &str,
    new: &NewAssignment,
    acting: &[NewActsFor],
) -> Result<(AssignmentRow, bool), Fault> {
    let here = tree::place(v.conn, chapter)?.ok_or_else(|| Fault::OutOfReach(no_such_chapter("/chapter")))?;
    let grant = v.at_to_give(here.id, new.role).map_err(|denied| out_of_reach(denied, no_such_chapter("/chapter")))?;
    let officer = hold_account(v, new.account)?;
    let hash = v.vault.hash("role_assignment.request", sent(chapter, new, acting).as_bytes());
    if let Some(known) = appointments::find(v.conn, new.id)? {
        return if known.request_hash.as_deref() == Some(&hash) { Ok((known, false)) } else { Err(Fault::IdTaken) };
    }
    refuse_oneself(&grant, officer)?;
    let wrong = wrong_role(v.conn, &here, new, acting, vietnam_date(v.now))?;
    if !wrong.is_empty() {
        return Err(Fault::Fields(wrong));
    }
    let standing =
        appointments::list(v.conn, &appointments::Which::OfAccount(new.account), Some(vietnam_date(v.now)), None, 1_000)?;
    let same = |row: &&AssignmentRow| row.role == new.role.name() && row.chapter_id == here.id.0;
    if standing.iter().filter(same).any(|row| row.period().meets(new.period)) {
        return Err(Fault::HeldAlready);
    }
    if !appointments::insert(v.conn, &grant, v.now, new, &hash)? {
        return Err(Fault::IdTaken);
    }
    for (n, acts) in acting.iter().enumerate() {
        let pointer = format!("/acts_for/{n}");
        let assignment = (new.id, new.role, new.period);
        let there = check_acting(v, &here, assignment, acts, &pointer)?;
        appointments::insert_acts_for(v.conn, &there, v.now, new.id, acts, None)?;
    }
    let acts_for: Vec<&str> = acting.iter().map(|acts| acts.chapter.as_str()).collect();
    let detail = json!({"account": new.account, "role": new.role, "place": chapter, "from": new.period.from, "to": new.period.to,
        "decision": new.decision_no.as_str(), "acts_for": acts_for});
    v.note_with(&grant, "ROLE_GIVEN", new.id, &detail)?;
    let row = appointments::find(v.conn, new.id)?.ok_or(Fault::Unknown)?;
    Ok((row, true))
}

/// Everything that was sent, for comparison with what is sent under the same id.
fn sent(chapter: &str, new: &NewAssignment, acting: &[NewActsFor]) -> String {
    let period = |p: Period| format!("{}\0{}", p.from, p.to.map(|to| to.to_string()).unwrap_or_default());
    let mut text =
        format!("{}\0{}\0{chapter}\0{}\0{}", new.account, new.role.name(), period(new.period), new.decision_no.as_str());
    for acts in acting {
        text += &format!("\0{}\0{}\0{}", acts.chapter, period(acts.period), acts.decision_no.as_str());
    }
    text
}

/// Ends a role: with the next request, or with a last day.
pub fn end(v: &mut Visit<'_>, id: Uuid, last_day: Option<NaiveDate>, decision_no: &Line) -> Result<AssignmentRow, Fault> {
    manage::lock_administrators(v.conn)?;
    let row = appointments::find_for_update(v.conn, id)?.ok_or(Fault::Unknown)?;
    let role = role_of(&row)?;
    let own = store::officer_of(v.conn, row.account_id)? == v.officer();
    let grant = require_to_end(v, &row, own)?;
    if v.attempt() == Attempt::Replay {
        return Ok(row);
    }
    let same_decision = row.end_decision_no.as_deref() == Some(decision_no.as_str());
    let done_already = match last_day {
        None => row.ended_at.is_some(),
        Some(day) => row.ended_at.is_none() && row.valid_to == Some(day),
    };
    if done_already && same_decision {
        return Ok(row);
    }
    let today = vietnam_date(v.now);
    if !row.stands(today) {
        return Err(Fault::OverAlready);
    }
    let (ending, free_from) = match last_day {
        None => (Ending::AtOnce, today),
        Some(day) => (Ending::After(check_last_day(&row, day, today)?), day + Days::new(1)),
    };
    if row.valid_from <= today {
        let going = [(id, role, ChapterId(row.chapter_id))];
        if !manage::leaves_an_administrator(v.conn, &going, own, free_from)? {
            return Err(Fault::LastAdministrator);
        }
    }
    appointments::end(v.conn, &grant, v.now, id, ending, decision_no)?;
    let place = tree::code_of(v.conn, grant.chapter())?;
    let detail =
        json!({"account": row.account_id, "role": role, "place": place, "decision": decision_no.as_str(), "last_day": last_day});
    v.note_with(&grant, "ROLE_ENDED", id, &detail)?;
    appointments::find(v.conn, id)?.ok_or(Fault::Unknown)
}

/// Lets an assignment act for one more chapter. (the assignment, whether that is new)
pub fn give_acting(v: &mut Visit<'_>, id: Uuid, new: &NewActsFor) -> Result<(AssignmentRow, bool), Fault> {
    let row = appointments::find_for_update(v.conn, id)?.ok_or(Fault::Unknown)?;
    let role = role_of(&row)?;
    let grant = v.at_to_give(ChapterId(row.chapter_id), role)?;
    let hash = v.vault.hash(
        "role_assignment_acts_for.request",
        format!("{id}\0{}\0{}\0{:?}\0{}", new.chapter, new.period.from, new.period.to, new.decision_no.as_str()).as_bytes(),
    );
    if let Some(known) = appointments::find_acts_for(v.conn, new.id)? {
        let same = known.request_hash.as_deref() == Some(&hash);
        return if same { Ok((row, false)) } else { Err(Fault::IdTaken) };
    }
    refuse_oneself(&grant, store::officer_of(v.conn, row.account_id)?)?;
    if !row.stands(vietnam_date(v.now)) {
        return Err(Fault::OverAlready);
    }
    let here = tree::place_of(v.conn, grant.chapter())?;
    let there = check_acting(v, &here, (id, role, row.period()), new, "")?;
    if !appointments::insert_acts_for(v.conn, &there, v.now, id, new, Some(&hash))? {
        return Err(Fault::IdTaken);
    }
    let detail = json!({"account": row.account_id, "role": role, "place": here.code, "acts_for": [new.chapter], "from": new.period.from,
        "to": new.period.to, "decision": new.decision_no.as_str()});
    v.note_with(&there, "ACTS_FOR_GIVEN", id, &detail)?;
    Ok((row, true))
}

/// Ends acting for a chapter with the next request.
pub fn end_acting(v: &mut Visit<'_>, id: Uuid, acting: Uuid, decision_no: &Line) -> Result<AssignmentRow, Fault> {
    let row = appointments::find_for_update(v.conn, id)?.ok_or(Fault::Unknown)?;
    let own = store::officer_of(v.conn, row.account_id)? == v.officer();
    let grant = require_to_end(v, &row, own)?;
    let acts = appointments::find_acts_for(v.conn, acting)?.filter(|acts| acts.assignment_id == id).ok_or(Fault::Unknown)?;
    if acts.ended_at.is_some() {
        let same = acts.end_decision_no.as_deref() == Some(decision_no.as_str());
        return if same { Ok(row) } else { Err(Fault::OverAlready) };
    }
    if acts.valid_to.is_some_and(|to| to < vietnam_date(v.now)) {
        return Err(Fault::OverAlready);
    }
    appointments::end_acts_for(v.conn, &grant, v.now, acting, decision_no)?;
    let place = tree::code_of(v.conn, grant.chapter())?;
    let acted = tree::code_of(v.conn, ChapterId(acts.chapter_id))?;
    let detail = json!({"account": row.account_id, "role": row.role, "place": place, "acts_for": [acted],
        "decision": decision_no.as_str()});
    v.note_with(&grant, "ACTS_FOR_ENDED", id, &detail)?;
    Ok(row)
}

/// Who may give a role may end it; one's own role ends by one's own hand too.
fn require_to_end(v: &mut Visit<'_>, row: &AssignmentRow, own: bool) -> Result<Granted<Appoint>, Fault> {
    let chapter = ChapterId(row.chapter_id);
    Ok(if own { v.at(chapter)? } else { v.at_to_give(chapter, role_of(row)?)? })
}

/// The account within the giver's reach, locked; returns its person.
fn hold_account(v: &mut Visit<'_>, id: Uuid) -> Result<Uuid, Fault> {
    let no_such_account = || {
        let say = Say::fixed("Không có tài khoản này trong phạm vi của bạn.", "There is no such account within your reach.");
        FieldError::new("/account", "NO_SUCH_ACCOUNT", say)
    };
    let (officer, home) = appointments::hold_account(v.conn, id)?.ok_or_else(|| Fault::OutOfReach(no_such_account()))?;
    v.at::<Appoint>(home).map_err(|denied| out_of_reach(denied, no_such_account()))?;
    Ok(officer)
}

fn refuse_oneself(by: &Granted<Appoint>, officer: Uuid) -> Result<(), Fault> {
    if by.officer() == officer { Err(Fault::Oneself) } else { Ok(()) }
}

/// What is wrong with a role at a chapter, and with the days of all that belongs to it.
fn wrong_role(
    conn: &mut PgConnection,
    here: &Place,
    new: &NewAssignment,
    acting: &[NewActsFor],
    today: NaiveDate,
) -> Result<Vec<FieldError>, Fault> {
    let mut wrong = Vec::new();
    let level = tree::level(conn, here.id)?.ok_or(Fault::Broken("a chapter has no level"))?;
    if !new.role.exists_at(level) {
        let role = new.role.name();
        let say = Say::new(format!("Cấp này không có vai trò {role}."), format!("There is no {role} at this level."));
        wrong.push(FieldError::new("/role", "NOT_AT_THIS_LEVEL", say));
    }
    if !here.accepts_entries {
        wrong.push(chapter_closed("/chapter"));
    }
    wrong.extend(wrong_days(new.period, None, today, ""));
    for (n, acts) in acting.iter().enumerate() {
        wrong.extend(wrong_days(acts.period, Some(new.period), today, &format!("/acts_for/{n}")));
    }
    Ok(wrong)
}

/// What is wrong with a period: it is not over, begins within a year and, where it belongs to a role, meets the time of that.
pub(super) fn wrong_days(period: Period, of: Option<Period>, today: NaiveDate, pointer: &str) -> Vec<FieldError> {
    let mut wrong = Check::default();
    let (from, to) = (format!("{pointer}/valid_from"), format!("{pointer}/valid_to"));
    if period.to.is_some_and(|to| to < period.from) {
        wrong.wrong(to, "BEFORE_THE_START", "Ngày cuối không trước ngày đầu.", "The last day is not before the first.");
    } else if period.to.is_some_and(|to| to < today) {
        wrong.wrong(to, "IN_THE_PAST", "Ngày cuối đã qua.", "The last day has passed.");
    }
    // A typing error in the year, not a decision.
    if period.from > today + Days::new(366) || period.from < today - Days::new(366 * 30) {
        wrong.wrong(
            from,
            "OUT_OF_RANGE",
            "Ngày đầu trong khoảng 30 năm trước đến 1 năm tới.",
            "The first day is within 30 years past and one to come.",
        );
    } else if of.is_some_and(|role| !period.meets(role)) && wrong.is_clean() {
        wrong.wrong(from, "OUTSIDE_THE_ROLE", "Ngoài thời gian giữ vai trò.", "Outside the time of the role itself.");
    }
    wrong.into_errors()
}

fn check_last_day(row: &AssignmentRow, day: NaiveDate, today: NaiveDate) -> Result<NaiveDate, FieldError> {
    let refused = |code, vi: &'static str, en: &'static str| Err(FieldError::new("/last_day", code, Say::fixed(vi, en)));
    if day < today {
        return refused(
            "IN_THE_PAST",
            "Ngày cuối đã qua: bỏ trống để chấm dứt ngay.",
            "This day has passed: leave it out to end at once.",
        );
    }
    if day < row.valid_from {
        return refused("BEFORE_THE_START", "Ngày cuối không trước ngày đầu.", "The last day is not before the first.");
    }
    if row.valid_to.is_some_and(|to| to < day) {
        return refused("AFTER_THE_END", "Vai trò này kết thúc sớm hơn rồi.", "The role ends before that day already.");
    }
    Ok(day)
}

/// Whether an assignment (its id, role and period) at `here` may act for one more chapter. Acting for means keeping the
/// books of a chapter without staff, so it stays within the province, and within the giver's reach.
fn check_acting(
    v: &mut Visit<'_>,
    here: &Place,
    (assignment, role, period): (Uuid, Role, Period),
    new: &NewActsFor,
    pointer: &str,
) -> Result<Granted<Appoint>, Fault> {
    let at = format!("{pointer}/chapter");
    let refused = |code, vi: &'static str, en: &'static str| Err(FieldError::new(&at, code, Say::fixed(vi, en)).into());
    if !role.can_act_for() {
        return refused("NOT_FOR_THIS_ROLE", "Vai trò này không làm thay nơi khác được.", "This role acts for nobody else.");
    }
    let there = tree::place(v.conn, &new.chapter)?.ok_or_else(|| Fault::OutOfReach(no_such_chapter(&at)))?;
    let grant = v.at_to_give(there.id, role).map_err(|denied| out_of_reach(denied, no_such_chapter(&at)))?;
    if there.id == here.id {
        return refused("SAME_CHAPTER", "Đây là đơn vị của chính vai trò này.", "This is the role's own chapter.");
    }
    if here.province().is_some() && here.province() != there.province() {
        return refused(
            "OTHER_PROVINCE",
            "Chỉ làm thay trong cùng tỉnh, thành phố.",
            "One acts for chapters of one's own province only.",
        );
    }
    if !there.accepts_entries {
        return Err(chapter_closed(&at).into());
    }
    let wrong = wrong_days(new.period, Some(period), vietnam_date(v.now), pointer);
    if !wrong.is_empty() {
        return Err(Fault::Fields(wrong));
    }
    let others = appointments::acts_for(v.conn, &[assignment])?;
    let same = |acts: &&appointments::ActsForRow| acts.chapter_id == there.id.0 && acts.ended_at.is_none();
    if others.iter().filter(same).any(|acts| acts.period().meets(new.period)) {
        return Err(Fault::HeldAlready);
    }
    Ok(grant)
}

fn role_of(row: &AssignmentRow) -> Result<Role, Fault> {
    Role::parse(&row.role).ok_or(Fault::Broken("an assignment has an unknown role"))
}

/// Said of chapters that have merged or dissolved.
pub(super) fn chapter_closed(pointer: &str) -> FieldError {
    let say = Say::fixed("Đơn vị này đã sáp nhập hoặc giải thể.", "This chapter has merged or dissolved.");
    FieldError::new(pointer, "CHAPTER_CLOSED", say)
}

fn no_such_chapter(pointer: &str) -> FieldError {
    let say = Say::fixed("Không có đơn vị này trong phạm vi của bạn.", "There is no such chapter within your reach.");
    FieldError::new(pointer, "NO_SUCH_CHAPTER", say)
}

/// Says which field names what may not be seen.
fn out_of_reach(denied: Denied, field: FieldError) -> Fault {
    match denied {
        Denied::Refused(Refusal::Unreadable) => Fault::OutOfReach(field),
        denied => denied.into(),
    }
}
