//! Enrolling somebody, and giving their place up by an officer's hand.

use serde_json::json;
use uuid::Uuid;

use super::enrolments::{self, EnrolmentRow};
use super::fault::Fault;
use super::model::{CourseEnrolmentCancelled, CourseEnrolmentState, CourseState, comes};
use super::notices::{Notice, tell};
use super::places;
use super::plan;
use super::show;
use super::store;
use super::wire::CourseEnrolmentIn;
use crate::authz::{Attempt, KeepPeople, SeePeople, Visit};
use crate::http::{FieldError, Say, Span};
use crate::persons;

/// Enrols a person of the chapter: in a place while there is one, else in the waiting list. The same sent again is the same: whether it
/// is new.
pub fn enrol(v: &mut Visit<'_>, course: Uuid, body: &CourseEnrolmentIn) -> Result<bool, Fault> {
    let found = store::find(v.conn, course)?.ok_or(Fault::Unknown)?;
    let chapter = store::today(v.conn, found.chapter_id)?;
    let grant = v.at::<KeepPeople>(chapter)?;
    if let Some(known) = enrolments::find(v.conn, body.id)? {
        return repeated(v, &known, course, body);
    }
    // The person before the course: an erasure holds them in this order as well.
    let person = persons::hold(v.conn, v.vault, &grant, body.person)?.ok_or_else(no_such_person)?;
    let mut row = store::hold(v.conn, course)?.ok_or(Fault::Unknown)?;
    // A twin of this request may have been done meanwhile.
    if let Some(known) = enrolments::find(v.conn, body.id)? {
        return repeated(v, &known, course, body);
    }
    if !row.is(CourseState::Open) {
        return Err(Fault::conflict(
            "Lớp chưa mở ghi danh, đã kết thúc hoặc đã hủy.",
            "The course is not open yet, is over, or is called off.",
        ));
    }
    let same: Vec<Uuid> = persons::all_of(v.conn, person.id)?.into_iter().map(|id| id.0).collect();
    if enrolments::has_any(v.conn, course, &same)? {
        return Err(Fault::conflict("Người này đã ghi danh lớp này.", "This person is enrolled in this course already."));
    }
    if store::trainers(v.conn, course)?.iter().any(|trainer| same.contains(trainer)) {
        return Err(Fault::conflict("Người này là giảng viên của lớp.", "This person teaches the course."));
    }
    let (waiting, turn) = enrolments::line(v.conn, course)?;
    let state = comes(row.places, row.taken, waiting).ok_or_else(|| {
        Fault::conflict("Lớp đã đủ chỗ và danh sách chờ đã đầy.", "The course is full, and so is its waiting list.")
    })?;
    let new = EnrolmentRow {
        id: body.id,
        course_id: course,
        person_id: person.id.0,
        state: state.name().to_owned(),
        turn,
        enrolled_by: grant.account(),
        enrolled_at: v.now,
        moved_up_at: None,
        cancelled_at: None,
        cancelled_how: None,
        result: None,
        officer: false,
    };
    enrolments::insert(v.conn, &new)?;
    if state == CourseEnrolmentState::Enrolled {
        row.taken += 1;
        store::write_taken(v.conn, course, row.taken)?;
    }
    tell(v.conn, v.now, &row, Notice::Standing(new.id))?;
    v.note_with(&grant, "COURSE_ENROLLED", new.id, &json!({"course": row.code, "state": state}))?;
    Ok(true)
}

fn repeated(v: &mut Visit<'_>, known: &EnrolmentRow, course: Uuid, body: &CourseEnrolmentIn) -> Result<bool, Fault> {
    let same = persons::all_of(v.conn, body.person)?.iter().any(|id| id.0 == known.person_id);
    if known.course_id == course && same { Ok(false) } else { Err(Fault::IdTaken) }
}

fn no_such_person() -> Fault {
    Fault::Fields(vec![FieldError::new(
        "/person",
        "NO_SUCH_PERSON",
        Say::fixed(
            "Đơn vị không có người này, hoặc dữ liệu của người này không được dùng.",
            "The chapter knows no such person, or their data may not be used.",
        ),
    )])
}

/// Gives somebody's place up. Once more it is the same.
pub fn cancel(v: &mut Visit<'_>, id: Uuid) -> Result<(), Fault> {
    let found = enrolments::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let (mut course, grant) = plan::kept(v, found.course_id)?;
    if v.attempt() == Attempt::Replay {
        return Ok(());
    }
    // Read again now that the course is held.
    let row = enrolments::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    if row.is(CourseEnrolmentState::Cancelled) {
        return Ok(());
    }
    if !course.is(CourseState::Open) {
        return Err(Fault::conflict("Lớp này đã kết thúc.", "This course is over."));
    }
    places::give_up(v.conn, v.now, &mut course, &row, CourseEnrolmentCancelled::ByOfficer)?;
    Ok(v.note(&grant, "COURSE_PLACE_GIVEN_UP", id)?)
}

/// A page of those of a course, for those who see the people of its chapter; noted.
pub fn list(
    v: &mut Visit<'_>,
    course: Uuid,
    state: Option<CourseEnrolmentState>,
    span: &Span<i32>,
) -> Result<Vec<EnrolmentRow>, Fault> {
    let (row, here) = show::course_for_people(v, course)?;
    let rows = enrolments::list(v.conn, course, state, span)?;
    v.note_seen(&here, "COURSE_PEOPLE_LISTED", row.id)?;
    Ok(rows)
}

/// One of them; each reading is noted, and so is each that is refused.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<Result<super::out::CourseEnrolmentOut, Fault>, Fault> {
    let Some(row) = enrolments::find(v.conn, id)? else { return Ok(Err(Fault::Unknown)) };
    let course = store::find(v.conn, row.course_id)?.ok_or(Fault::Unknown)?;
    let chapter = store::today(v.conn, course.chapter_id)?;
    let here = match v.see::<SeePeople>(chapter) {
        Ok(here) => here,
        Err(denied) => {
            v.note_at(Some(chapter), "PERSON_READ_REFUSED", Some(id), None)?;
            return Ok(Err(denied.into()));
        }
    };
    v.note_seen(&here, "COURSE_ENROLMENT_READ", id)?;
    show::enrolment(v, id).map(Ok)
}
