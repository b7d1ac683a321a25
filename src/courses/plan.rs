//! Planning a course, changing it, opening it, calling it off.

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::enrolments;
use super::fault::Fault;
use super::model::{CourseCancelled, CourseEnrolmentCancelled, CourseEnrolmentState, CourseState, Session};
use super::notices::{Notice, tell};
use super::places;
use super::store::{self, CourseRow};
use super::wire::{CourseIn, CoursePatch, Planned};
use crate::authz::{Attempt, Granted, KeepPeople, SeePeople, Visit};
use crate::basics::clock::vietnam_date;
use crate::chapters::things::{Thing, next_code};
use crate::http::etag::Expected;
use crate::http::{FieldError, Say};
use crate::persons::{self, PersonId};

/// A course, held, and the right to keep the people of its chapter.
pub fn kept(v: &mut Visit<'_>, id: Uuid) -> Result<(CourseRow, Granted<KeepPeople>), Fault> {
    let found = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let chapter = store::today(v.conn, found.chapter_id)?;
    let grant = v.at::<KeepPeople>(chapter)?;
    Ok((store::hold(v.conn, id)?.ok_or(Fault::Unknown)?, grant))
}

/// Plans a course. The same sent again is the same course: whether it is new.
pub fn make(v: &mut Visit<'_>, body: &CourseIn, new: &Planned) -> Result<bool, Fault> {
    let (grant, place) = v.at_code::<KeepPeople>(&body.chapter)?;
    let content = serde_json::to_string(body).map_err(Fault::broken)?;
    let hash = v.vault.hash("course.request", content.as_bytes()).to_vec();
    if let Some(known) = store::request(v.conn, body.id)? {
        return if known == hash { Ok(false) } else { Err(Fault::IdTaken) };
    }
    if !place.accepts_entries {
        return Err(Fault::field(
            "/chapter",
            "CHAPTER_CLOSED",
            "Đơn vị đã sáp nhập hoặc giải thể: hãy ghi ở đơn vị kế tục.",
            "The chapter has merged or is dissolved: write at its successor.",
        ));
    }
    let (first_day, last_day) = new.days().ok_or_else(|| Fault::broken("a course without a session"))?;
    kind_in_use(v, &body.course_kind, first_day)?;
    teachers(v, &grant, &new.trainers)?;
    let row = CourseRow {
        id: body.id,
        chapter_id: place.id.0,
        code: next_code(v.conn, &place, Thing::Course)?,
        kind: body.course_kind.clone(),
        title: new.title.clone(),
        place: new.place.clone(),
        places: new.places,
        taken: 0,
        listed: new.listed,
        state: CourseState::Planned.name().to_owned(),
        first_day,
        last_day,
        cancelled_why: None,
        version: 1,
        recorded_by: grant.account(),
        recorded_at: v.now,
        changed_at: v.now,
        closed_by: None,
        closed_on: None,
    };
    if !store::insert(v.conn, &grant, &row, &hash)? {
        // A twin of this request was faster; sent again it is found.
        return Err(Fault::IdTaken);
    }
    store::write_sessions(v.conn, row.id, &new.sessions)?;
    store::write_trainers(v.conn, row.id, &new.trainers)?;
    v.note_with(&grant, "COURSE_PLANNED", row.id, &json!({"code": row.code, "kind": row.kind}))?;
    Ok(true)
}

fn kind_in_use(v: &mut Visit<'_>, kind: &str, day: NaiveDate) -> Result<(), Fault> {
    if store::kinds(v.conn)?.iter().any(|row| row.code == kind && row.in_use_on(day)) {
        return Ok(());
    }
    Err(Fault::field(
        "/course_kind",
        "NOT_A_CHOICE",
        "Không có loại khóa học này vào ngày ấy: hãy chọn trong danh mục loại khóa học.",
        "There is no such kind of course on that day (GET /course-kinds).",
    ))
}

/// Those who teach are persons that the chapter knows and may use.
fn teachers(v: &mut Visit<'_>, by: &Granted<KeepPeople>, trainers: &[Uuid]) -> Result<(), Fault> {
    // Looked at, not held: whoever erases holds the person first and the course then.
    let here = v.see::<SeePeople>(by.chapter())?;
    let known = persons::look(v.conn, v.vault, &here, &trainers.iter().copied().map(PersonId).collect::<Vec<_>>())?;
    let mut wrong = Vec::new();
    for (n, person) in trainers.iter().enumerate() {
        if !known.contains_key(&PersonId(*person)) {
            wrong.push(FieldError::new(
                format!("/trainers/{n}"),
                "NO_SUCH_PERSON",
                Say::fixed(
                    "Đơn vị không có người này, hoặc dữ liệu của người này không được dùng.",
                    "The chapter knows no such person, or their data may not be used.",
                ),
            ));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Fault::Fields(wrong)) }
}

/// Changes a course as the client read it.
pub fn change(v: &mut Visit<'_>, id: Uuid, expected: &Expected, patch: CoursePatch) -> Result<(), Fault> {
    let (mut row, grant) = kept(v, id)?;
    if !expected.has(row.version) {
        return Err(Fault::Stale);
    }
    let state = row.state().ok_or_else(|| Fault::broken("a course in no state"))?;
    if !state.may_change() {
        return Err(over());
    }
    let before: Vec<Session> =
        store::sessions(v.conn, &[id])?.remove(&id).unwrap_or_default().into_iter().map(|(_, session)| session).collect();
    let taught: Vec<Uuid> = store::trainers(v.conn, id)?;
    let said = patch
        .over(&row, before.clone(), taught.iter().copied().map(PersonId).collect(), vietnam_date(v.now))
        .map_err(Fault::Fields)?;
    fits(v, &row, state, &before, &said)?;
    if said.trainers != taught {
        teachers(v, &grant, &said.trainers)?;
        none_takes_part(v, id, &said.trainers)?;
        store::write_trainers(v.conn, id, &said.trainers)?;
    }
    let moved = said.sessions != before || said.place != row.place;
    (row.first_day, row.last_day) = said.days().ok_or_else(|| Fault::broken("a course without a session"))?;
    (row.title, row.place, row.places, row.listed) = (said.title, said.place, said.places, said.listed);
    (row.version, row.changed_at) = (row.version + 1, v.now);
    store::write(v.conn, &row)?;
    store::write_sessions(v.conn, id, &said.sessions)?;
    v.note_with(&grant, "COURSE_CHANGED", id, &json!({"moved": moved, "places": row.places}))?;
    if moved && state == CourseState::Open && row.taken > 0 {
        tell(v.conn, v.now, &row, Notice::Moved)?;
    }
    Ok(places::fill(v.conn, v.now, &mut row)?)
}

/// What people were told stays possible: nobody loses a place, and a session that stands in somebody's calendar is moved, not lost.
fn fits(v: &mut Visit<'_>, row: &CourseRow, state: CourseState, before: &[Session], said: &Planned) -> Result<(), Fault> {
    if said.places < row.taken {
        return Err(Fault::field(
            "/places",
            "OUT_OF_RANGE",
            "Không ít hơn số người đã có chỗ.",
            "Not below the number of those who have a place.",
        ));
    }
    let fewer = said.sessions.len() < before.len();
    let last = i16::try_from(said.sessions.len()).unwrap_or(i16::MAX);
    if fewer && (state == CourseState::Open || enrolments::attended_after(v.conn, row.id, last)?) {
        return Err(Fault::field(
            "/sessions",
            "OUT_OF_RANGE",
            "Lớp đã mở: chuyển buổi sang ngày khác được, bỏ bớt buổi thì không.",
            "The course is open: a session may be moved to another day, and none left out.",
        ));
    }
    Ok(())
}

fn none_takes_part(v: &mut Visit<'_>, course: Uuid, trainers: &[Uuid]) -> Result<(), Fault> {
    if enrolments::has_any(v.conn, course, trainers)? {
        return Err(Fault::field(
            "/trainers",
            "NOT_TOGETHER",
            "Người đang học lớp này không thể là giảng viên của lớp.",
            "Somebody who takes part does not teach the course.",
        ));
    }
    Ok(())
}

fn over() -> Fault {
    Fault::conflict("Lớp này đã kết thúc hoặc đã hủy.", "This course is over or called off.")
}

/// People may be enrolled from now on. Once more it is the same.
pub fn open(v: &mut Visit<'_>, id: Uuid) -> Result<(), Fault> {
    let (mut row, grant) = kept(v, id)?;
    match row.state() {
        Some(CourseState::Open) => return Ok(()),
        _ if v.attempt() == Attempt::Replay => return Ok(()),
        Some(CourseState::Planned) => {}
        _ => return Err(over()),
    }
    row.state = CourseState::Open.name().to_owned();
    (row.version, row.changed_at) = (row.version + 1, v.now);
    store::write(v.conn, &row)?;
    Ok(v.note(&grant, "COURSE_OPENED", id)?)
}

/// Calls a course off: whoever had a place or waited is told.
pub fn call_off(v: &mut Visit<'_>, id: Uuid, why: CourseCancelled) -> Result<(), Fault> {
    let (mut row, grant) = kept(v, id)?;
    match row.state() {
        _ if v.attempt() == Attempt::Replay => return Ok(()),
        Some(CourseState::Cancelled) if row.cancelled_why.as_deref() == Some(why.name()) => return Ok(()),
        Some(CourseState::Planned | CourseState::Open) => {}
        _ => return Err(over()),
    }
    let standing: Vec<Uuid> = enrolments::of_course(v.conn, id)?
        .iter()
        .filter(|row| !row.is(CourseEnrolmentState::Cancelled))
        .map(|row| row.id)
        .collect();
    enrolments::cancel(v.conn, &standing, CourseEnrolmentCancelled::CourseCancelled, v.now)?;
    row.state = CourseState::Cancelled.name().to_owned();
    (row.taken, row.cancelled_why) = (0, Some(why.name().to_owned()));
    (row.version, row.changed_at) = (row.version + 1, v.now);
    store::write(v.conn, &row)?;
    if !standing.is_empty() {
        tell(v.conn, v.now, &row, Notice::CalledOff)?;
    }
    Ok(v.note_with(&grant, "COURSE_CALLED_OFF", id, &json!({"why": why, "people": standing.len()}))?)
}
