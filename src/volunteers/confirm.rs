//! The page of the link by which somebody confirms that they signed up. It says nothing of whom: links are forwarded, and opened by
//! programs.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;

use super::applications::{self, ApplicationState, PURPOSE};
use crate::authz::{self, AuditEvent};
use crate::http::{Problem, Say};
use crate::links::{Acted, Link, LinkPage, Shown};
use crate::tree;

/// See the module.
pub fn page() -> LinkPage {
    LinkPage::new(PURPOSE, shown, |conn, link, _, now| act(conn, link, now))
}

fn shown(conn: &mut PgConnection, link: &Link) -> Result<Option<Shown>, Problem> {
    let Some(row) = applications::find(conn, link.subject)?.filter(|row| row.content.is_some()) else { return Ok(None) };
    let chapter = tree::ChapterId(row.chapter_id);
    let today = tree::successor(conn, chapter)?.unwrap_or(chapter);
    let name = tree::place_of(conn, today)?.short_name;
    Ok(Some(Shown {
        title: Say::fixed("Xác nhận đăng ký tình nguyện viên", "Confirm that you sign up as a volunteer"),
        text: Say::new(
            format!(
                "Bạn đăng ký làm tình nguyện viên Chữ thập đỏ ở {name}. Bấm nút để xác nhận; cán bộ của Hội sẽ liên hệ với bạn. Nếu không phải bạn đăng ký, hãy đóng trang này."
            ),
            format!(
                "You sign up as a Red Cross volunteer at {name}. Press the button to confirm; an officer will be in touch. If you did not sign up, close this page."
            ),
        ),
        button: Say::fixed("Xác nhận", "Confirm"),
        fields: Vec::new(),
    }))
}

fn act(conn: &mut PgConnection, link: &Link, now: DateTime<Utc>) -> Result<Acted, Problem> {
    let Some(row) = applications::held(conn, link.subject)?.filter(|row| row.content.is_some()) else { return Ok(Acted::Over) };
    if row.state() == Some(ApplicationState::Unconfirmed) {
        applications::confirm(conn, row.id, now, None)?;
        let event = AuditEvent {
            account: None,
            action: "VOLUNTEER_APPLICATION_CONFIRMED",
            subject: Some(row.id),
            chapter: Some(row.chapter_id),
        };
        authz::audit(conn, now, &[event])?;
    }
    Ok(Acted::Done(Say::fixed(
        "Cảm ơn bạn. Hội đã nhận được xác nhận và sẽ liên hệ với bạn.",
        "Thank you. The chapter has your confirmation and will be in touch.",
    )))
}
