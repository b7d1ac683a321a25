//! The link with which somebody gives up their own place, without an account: who waits moves up at once.

use chrono::{DateTime, Days, Utc};
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::enrolments;
use super::fault::Fault;
use super::model::{CourseEnrolmentCancelled, CourseEnrolmentState, CourseState};
use super::out::CourseLinkOut;
use super::places;
use super::plan;
use super::store::{self, CourseRow};
use crate::authz::{self, Attempt, AuditEvent, Visit};
use crate::basics::Phone;
use crate::basics::clock::vietnam_midnight;
use crate::http::{PublicUrl, Say};
use crate::links::{self, Acted, Link, LinkPage, NewLink, Shown};
use crate::outbox::{self, Address, NewMessage, Text, Ways};
use crate::persons::{self, PersonId};

/// What the links are for, as [`crate::links`] knows it.
const PURPOSE: &str = "GIVE_UP_COURSE_PLACE";

/// Makes the link of an enrolment in the place of the one before; sends it, or tells it once.
pub fn make(v: &mut Visit<'_>, (ways, public): (&Ways, &PublicUrl), id: Uuid, send: bool) -> Result<CourseLinkOut, Fault> {
    let found = enrolments::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let (course, grant) = plan::kept(v, found.course_id)?;
    let row = enrolments::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let ends_at = vietnam_midnight(course.last_day + Days::new(1));
    if v.attempt() == Attempt::Replay {
        return Err(Fault::conflict(
            "Liên kết đã được báo một lần và không lưu lại: hãy tạo liên kết mới với khóa khác.",
            "The link was told once and is kept nowhere: make a new one under another key.",
        ));
    }
    if !course.is(CourseState::Open) || row.is(CourseEnrolmentState::Cancelled) || ends_at <= v.now {
        return Err(Fault::conflict("Người này không có chỗ nào để hủy.", "There is no place to give up."));
    }
    links::revoke_of(v.conn, &grant, v.now, PURPOSE, id)?;
    let new = NewLink { id: Uuid::now_v7(), purpose: PURPOSE, subject: id, ends_at, once: true };
    let token = links::make(v.conn, v.vault, &grant, v.now, &new)?;
    let url = public.page(&token.path());
    if send {
        let id_of = PersonId(row.person_id);
        let person = persons::names(v.conn, v.vault, &[id_of])?.remove(&id_of);
        let to = person.and_then(|person| person.phone).and_then(|phone| Phone::parse(&phone).ok()).map(Address::Phone);
        let sent = match to {
            Some(to) => {
                let message = NewMessage { id: new.id, to, text: letter(&course, &url), purpose: "COURSE", about: Some(id) };
                outbox::send_in_confidence(v.conn, v.vault, ways, &grant, v.now, &message)?
            }
            None => false,
        };
        if !sent {
            return Err(Fault::conflict(
                "Máy chủ này không nhắn tin được cho người ấy: bỏ send, rồi đưa tận tay liên kết.",
                "This server cannot send to this person: leave send out, and hand the link over.",
            ));
        }
    }
    v.note(&grant, "COURSE_LINK_MADE", id)?;
    Ok(CourseLinkOut { id: new.id, enrolment: id, ends_at, sent: send, url: Some(url).filter(|_| !send) })
}

fn letter(course: &CourseRow, url: &str) -> Text {
    let code = &course.code;
    Text {
        subject: format!("Hội Chữ thập đỏ: lớp {code}"),
        body: format!(
            "Nếu không dự được lớp {code}, bạn mở liên kết này để nhường chỗ cho người khác:\n{url}\n--\nIf you cannot come to the course {code}, give your place up by this link.\n"
        ),
    }
}

/// The page of such a link.
pub fn page() -> LinkPage {
    LinkPage::new(PURPOSE, |conn, link| Ok(shown(conn, link)?), |conn, link, _, now| Ok(act(conn, link, now)?))
}

fn shown(conn: &mut PgConnection, link: &Link) -> Result<Option<Shown>, Fault> {
    let Some(row) = enrolments::find(conn, link.subject)? else { return Ok(None) };
    let Some(course) = store::find(conn, row.course_id)? else { return Ok(None) };
    if row.is(CourseEnrolmentState::Cancelled) || !course.is(CourseState::Open) {
        return Ok(None);
    }
    let CourseRow { code, title, place, .. } = &course;
    let day = course.first_day.format("%d/%m/%Y");
    Ok(Some(Shown {
        title: Say::fixed("Nhường chỗ trong lớp", "Give up a place in a course"),
        text: Say::new(
            format!(
                "Lớp {code} “{title}”, từ {day}, tại {place}. Bấm nút nếu bạn không dự được: chỗ sẽ dành cho người đang chờ."
            ),
            format!(
                "Course {code} “{title}”, from {day}, at {place}. Press the button if you cannot come: somebody who waits will have the place."
            ),
        ),
        button: Say::fixed("Tôi không dự được", "I cannot come"),
        fields: Vec::new(),
    }))
}

fn act(conn: &mut PgConnection, link: &Link, now: DateTime<Utc>) -> Result<Acted, Fault> {
    let Some(found) = enrolments::find(conn, link.subject)? else { return Ok(Acted::Over) };
    let Some(mut course) = store::hold(conn, found.course_id)? else { return Ok(Acted::Over) };
    let Some(row) = enrolments::find(conn, link.subject)? else { return Ok(Acted::Over) };
    if !course.is(CourseState::Open) || !places::give_up(conn, now, &mut course, &row, CourseEnrolmentCancelled::ByLink)? {
        return Ok(Acted::Over);
    }
    let event = AuditEvent {
        account: None,
        action: "COURSE_PLACE_GIVEN_UP_BY_LINK",
        subject: Some(row.id),
        chapter: Some(link.chapter.0),
    };
    authz::audit_detailed(conn, now, &event, &json!({"course": course.code}))?;
    Ok(Acted::Done(Say::new(
        format!("Bạn đã nhường chỗ trong lớp {}. Cảm ơn bạn đã báo trước.", course.code),
        format!("Your place in the course {} is given up. Thank you for telling us.", course.code),
    )))
}
