//! Who was there, and what came of it: a course is closed once, with a result for everybody who had a place.

use std::collections::{HashMap, HashSet};

use serde_json::json;
use uuid::Uuid;

use super::enrolments::{self, EnrolmentRow};
use super::fault::Fault;
use super::issue;
use super::model::{CourseEnrolmentCancelled, CourseEnrolmentState, CourseResult, CourseState};
use super::plan;
use super::store::{self, CourseRow};
use super::told;
use super::wire::{CourseAttendanceIn, CourseResultIn};
use crate::authz::{Attempt, Visit};
use crate::basics::clock::vietnam_date;
use crate::committees;
use crate::http::Check;
use crate::persons;

/// Notes who was there at a session. Said again it is as it is said last.
pub fn attend(v: &mut Visit<'_>, course: Uuid, body: &CourseAttendanceIn) -> Result<(), Fault> {
    let (row, grant) = plan::kept(v, course)?;
    if v.attempt() == Attempt::Replay {
        return Ok(());
    }
    if !row.is(CourseState::Open) {
        return Err(Fault::conflict(
            "Lớp chưa mở, đã kết thúc hoặc đã hủy.",
            "The course is not open yet, is over, or is called off.",
        ));
    }
    let sessions = store::sessions(v.conn, &[course])?.remove(&course).unwrap_or_default();
    let mut check = Check::default();
    match sessions.iter().find(|(n, _)| *n == body.session) {
        None => check.wrong("/session", "NOT_A_CHOICE", "Lớp không có buổi này.", "The course has no such session."),
        Some((_, session)) if session.day > vietnam_date(v.now) => {
            check.wrong("/session", "IN_THE_FUTURE", "Buổi này chưa đến.", "This session is still to come.");
        }
        Some(_) => {}
    }
    let enrolled: HashSet<Uuid> = with_places(&enrolments::of_course(v.conn, course)?).map(|row| row.id).collect();
    for (n, id) in body.present.iter().enumerate().filter(|(_, id)| !enrolled.contains(*id)) {
        not_in_the_course(&mut check, format!("/present/{n}"), *id);
    }
    check.done(Some(())).map_err(Fault::Fields)?;
    let present: HashSet<Uuid> = body.present.iter().copied().collect();
    enrolments::write_attendance(v.conn, course, body.session, &present)?;
    Ok(v.note_with(&grant, "COURSE_ATTENDANCE_NOTED", course, &json!({"session": body.session, "present": present.len()}))?)
}

fn with_places(rows: &[EnrolmentRow]) -> impl Iterator<Item = &EnrolmentRow> {
    rows.iter().filter(|row| row.is(CourseEnrolmentState::Enrolled))
}

fn not_in_the_course(check: &mut Check, pointer: String, id: Uuid) {
    check.wrong(
        pointer,
        "NOT_A_CHOICE",
        format!("Không ai có chỗ trong lớp này với mã {id}."),
        format!("Nobody has a place in this course under {id}."),
    );
}

/// Closes a course: everybody with a place has a result, who passed has a certificate, who still waits does no longer.
pub fn close(v: &mut Visit<'_>, course: Uuid, results: &[CourseResultIn]) -> Result<(), Fault> {
    let (mut row, grant) = plan::kept(v, course)?;
    if v.attempt() == Attempt::Replay {
        return Ok(());
    }
    let today = vietnam_date(v.now);
    if !row.is(CourseState::Open) {
        return Err(Fault::conflict(
            "Lớp chưa mở, đã có kết quả hoặc đã hủy: kết quả đã có thì đính chính từng người.",
            "The course is not open yet, has its results, or is called off: results there are corrected one by one.",
        ));
    }
    if today < row.last_day {
        return Err(Fault::conflict(
            "Lớp chưa kết thúc: ghi kết quả từ ngày học cuối.",
            "The course is not over: enter the results from its last day on.",
        ));
    }
    let all = enrolments::of_course(v.conn, course)?;
    let said = said(v, course, &all, results)?;
    for result in CourseResult::ALL {
        let ids: Vec<Uuid> = said.iter().filter(|(_, is)| **is == result).map(|(id, _)| *id).collect();
        enrolments::write_result(v.conn, &ids, result)?;
    }
    let waited: Vec<Uuid> = all.iter().filter(|row| row.is(CourseEnrolmentState::Waiting)).map(|row| row.id).collect();
    enrolments::cancel(v.conn, &waited, CourseEnrolmentCancelled::CourseClosed, v.now)?;
    note_officers(v, &row, &all)?;
    row.state = CourseState::Closed.name().to_owned();
    (row.closed_by, row.closed_on) = (Some(grant.account()), Some(today));
    (row.version, row.changed_at) = (row.version + 1, v.now);
    store::write(v.conn, &row)?;
    let passed: Vec<&EnrolmentRow> = with_places(&all).filter(|row| said.get(&row.id) == Some(&CourseResult::Passed)).collect();
    issue::give(v, &grant, &row, &passed)?;
    told::expect(v.conn, v.now, row.last_day)?;
    let detail = json!({"enrolled": said.len(), "passed": passed.len()});
    Ok(v.note_with(&grant, "COURSE_CLOSED", course, &detail)?)
}

/// A result for each who has a place, and for nobody else. Whoever was at no session that was noted has not passed.
fn said(
    v: &mut Visit<'_>,
    course: Uuid,
    all: &[EnrolmentRow],
    results: &[CourseResultIn],
) -> Result<HashMap<Uuid, CourseResult>, Fault> {
    let attended = enrolments::attendance(v.conn, course)?;
    let (mut check, mut said) = (Check::default(), HashMap::new());
    for (n, one) in results.iter().enumerate() {
        if !with_places(all).any(|row| row.id == one.enrolment) {
            not_in_the_course(&mut check, format!("/results/{n}/enrolment"), one.enrolment);
        } else if said.insert(one.enrolment, one.result).is_some() {
            check.wrong(
                format!("/results/{n}/enrolment"),
                "TWICE",
                "Người này đã có kết quả ở trên.",
                "This person has a result above.",
            );
        } else if one.result == CourseResult::Passed && !attended.is_empty() && !attended.contains_key(&one.enrolment) {
            check.wrong(
                format!("/results/{n}/result"),
                "NOT_TOGETHER",
                "Người này không có mặt ở buổi nào: hãy xem lại điểm danh.",
                "This person was at none of the sessions: look at the attendance again.",
            );
        }
    }
    let missing = with_places(all).filter(|row| !said.contains_key(&row.id)).count();
    if missing > 0 {
        check.wrong(
            "/results",
            "MISSING",
            format!("Còn {missing} người chưa có kết quả."),
            format!("{missing} people have no result yet."),
        );
    }
    check.done(Some(said)).map_err(Fault::Fields)
}

/// Notes who of them held a post of the society on the last day, at whatever chapter.
fn note_officers(v: &mut Visit<'_>, course: &CourseRow, all: &[EnrolmentRow]) -> Result<(), Fault> {
    let people: Vec<Uuid> = with_places(all).map(|row| row.person_id).collect();
    let same = persons::same_people(v.conn, &people)?;
    let everywhere: Vec<Uuid> = same.iter().map(|(_, other)| *other).collect();
    let holders: HashSet<Uuid> = committees::shown::who_hold_posts(v.conn, &everywhere, course.last_day)?.into_iter().collect();
    let officers: HashSet<Uuid> = same.into_iter().filter(|(_, other)| holders.contains(other)).map(|(own, _)| own).collect();
    let ids: Vec<Uuid> = with_places(all).filter(|row| officers.contains(&row.person_id)).map(|row| row.id).collect();
    Ok(enrolments::note_officers(v.conn, &ids)?)
}
