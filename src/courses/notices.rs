//! What people are told of their places: a job behind the requests, so that it makes no difference who gave a place up, an officer, the
//! person with their link, or an erasure. The job says which place and what; name and number are read when it runs, and nobody is
//! written to whose data are gone or may not be used by then.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::enrolments::{self, EnrolmentRow};
use super::fault::Fault;
use super::model::{CourseEnrolmentCancelled, CourseEnrolmentState, CourseState, Session, said};
use super::store::{self, CourseRow};
use crate::db::DbError;
use crate::jobs::{self, Failure, Handler, JobKind, NewJob, Work};
use crate::outbox::{self, NewMessage, Text, Ways};
use crate::persons::{self, Known, PersonId};
use crate::tree::ChapterId;
use crate::vault::Vault;

/// Telling somebody, or everybody of a course.
pub static TELL_ENROLLED: JobKind = JobKind::own("TELL_ENROLLED");

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// One person: how they stand now.
    Standing(Uuid),
    /// Everybody with a place: when and where it is now.
    Moved,
    /// Everybody who had a place or waited: it is called off.
    CalledOff,
}

/// Sees to it that it is told.
pub fn tell(conn: &mut PgConnection, now: DateTime<Utc>, course: &CourseRow, notice: Notice) -> Result<(), DbError> {
    let content = match notice {
        Notice::Standing(enrolment) => json!({"course": course.id, "enrolment": enrolment}),
        Notice::Moved => json!({"course": course.id, "moved": true}),
        Notice::CalledOff => json!({"course": course.id, "called_off": true}),
    };
    let job = NewJob { id: Uuid::now_v7(), kind: &TELL_ENROLLED, content, total: None, due_at: now, url: None };
    jobs::enqueue_for_house(conn, now, Some(ChapterId(course.chapter_id)), &job)?;
    Ok(())
}

/// Tells.
pub fn handler(vault: Arc<Vault>, ways: Arc<Ways>) -> Handler {
    Handler::new(&TELL_ENROLLED, move |work: &mut Work<'_>| {
        let (job, now) = (work.id(), work.now());
        let id = |name: &str| work.content().get(name).and_then(serde_json::Value::as_str).and_then(|id| id.parse::<Uuid>().ok());
        let (course, enrolment) = (id("course").ok_or(Failure::Never("NO_SUCH_COURSE"))?, id("enrolment"));
        work.last_step(|conn, _| tell_all(conn, (vault.as_ref(), ways.as_ref()), (job, now), course, enrolment).map_err(failure))
    })
}

fn failure(fault: Fault) -> Failure {
    match fault {
        Fault::Db(error) => Failure::Db(error),
        _ => Failure::Again("SEALED"),
    }
}

fn tell_all(
    conn: &mut PgConnection,
    (vault, ways): (&Vault, &Ways),
    (job, now): (Uuid, DateTime<Utc>),
    course: Uuid,
    one: Option<Uuid>,
) -> Result<(), Fault> {
    let Some(course) = store::find(conn, course)? else { return Ok(()) };
    let sessions = store::sessions(conn, &[course.id])?.remove(&course.id).unwrap_or_default();
    let mut rows = match one {
        Some(id) => enrolments::find(conn, id)?.into_iter().collect(),
        None => enrolments::of_course(conn, course.id)?,
    };
    rows.retain(|row| one.is_some() || concerns(&course, row));
    let ids: Vec<PersonId> = rows.iter().map(|row| PersonId(row.person_id)).collect();
    let known = persons::names(conn, vault, &ids)?;
    let chapter = store::today(conn, course.chapter_id)?;
    for row in rows {
        let Some(to) = known.get(&PersonId(row.person_id)).and_then(Known::address) else { continue };
        let Some(text) = text(&course, &row, sessions.first().map(|(_, session)| *session)) else { continue };
        // Told again after a crash, it is the same message.
        let id = Uuid::from_u128(job.as_u128() ^ row.id.as_u128());
        let message = NewMessage { id, to, text, purpose: "COURSE", about: Some(row.id) };
        outbox::send_for_house(conn, vault, ways, chapter, now, &message)?;
    }
    Ok(())
}

/// Whether what concerns everybody of a course concerns them.
fn concerns(course: &CourseRow, row: &EnrolmentRow) -> bool {
    match course.state() {
        Some(CourseState::Cancelled) => row.cancelled_how.as_deref() == Some(CourseEnrolmentCancelled::CourseCancelled.name()),
        _ => row.is(CourseEnrolmentState::Enrolled),
    }
}

fn day(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

/// How somebody stands; nothing where there is nothing to say. No name: whoever has the telephone reads it.
fn text(course: &CourseRow, row: &EnrolmentRow, first: Option<Session>) -> Option<Text> {
    let CourseRow { code, title, place, .. } = course;
    let when = first.map(|session| format!("{} lúc {}", day(session.day), said(session.from))).unwrap_or_default();
    let when_en = first.map(|session| format!("{} at {}", day(session.day), said(session.from))).unwrap_or_default();
    let (vi, en) = match (row.state()?, course.state()?) {
        (CourseEnrolmentState::Enrolled, CourseState::Open) => (
            format!(
                "Bạn có chỗ trong lớp {code} “{title}”: buổi đầu {when}, tại {place}. Nếu không dự được, hãy báo cho Hội để nhường chỗ."
            ),
            format!(
                "You have a place in the course {code}: first session {when_en}, {place}. If you cannot come, tell the chapter."
            ),
        ),
        (CourseEnrolmentState::Waiting, CourseState::Open) => (
            format!("Lớp {code} “{title}” đã đủ chỗ; bạn đang trong danh sách chờ và sẽ được báo khi có chỗ."),
            format!("The course {code} is full; you are in the waiting list and will be told when there is a place."),
        ),
        (CourseEnrolmentState::Cancelled, CourseState::Cancelled) => (
            format!("Lớp {code} “{title}” ({when}) đã hủy. Hội xin lỗi và sẽ báo khi có lớp khác."),
            format!("The course {code} ({when_en}) is called off. The chapter will tell you of the next one."),
        ),
        (CourseEnrolmentState::Cancelled, _) => (
            format!("Chỗ của bạn trong lớp {code} “{title}” đã được hủy."),
            format!("Your place in the course {code} is given up."),
        ),
        _ => return None,
    };
    Some(Text { subject: format!("Hội Chữ thập đỏ: lớp {code}"), body: format!("{vi}\n--\n{en}\n") })
}
