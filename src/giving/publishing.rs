//! Linking and publishing documents of appeals: what is asked of them, and what is answered.

use super::appeals::AppealRow;
use super::model::AppealState;
use crate::basics::Line;
use crate::documents::model::MAX_LINKS;
use crate::documents::store::{Linked, Published};
use crate::http::{Kind, Problem, one_line};

/// A title made for the public.
pub fn title_of(text: &str) -> Result<Line, Problem> {
    Ok(one_line("/title", text, 200)?)
}

/// What is answered when a document can not be linked.
pub fn refused_link(linked: &Linked) -> Option<Problem> {
    match linked {
        Linked::New | Linked::Already => None,
        Linked::NoSuchDocument => Some(Problem::field(
            "/document",
            "NO_SUCH_DOCUMENT",
            "Không có tài liệu này ở đơn vị đó.",
            "There is no such document in this chapter.",
        )),
        Linked::OtherPurpose => Some(Problem::field(
            "/document",
            "OTHER_PURPOSE",
            "Tài liệu được gửi lên cho mục đích khác.",
            "The document was uploaded for another purpose.",
        )),
        Linked::Full => Some(Problem::say(
            Kind::Conflict,
            format!("Đã có {MAX_LINKS} tài liệu."),
            format!("There are {MAX_LINKS} documents already."),
        )),
    }
}

/// What is answered when a document can not be published.
pub fn refused_publication(published: &Published) -> Option<Problem> {
    match published {
        Published::New | Published::Already => None,
        Published::NotLinked => Some(Problem::not_found()),
        Published::OtherTitle => Some(Problem::say(
            Kind::Conflict,
            "Đã công bố với tên khác: hãy rút lại rồi công bố lại.",
            "It is published under another title: withdraw it, then publish again.",
        )),
    }
}

/// A draft shows nothing to anybody yet.
pub fn refuse_draft(row: &AppealRow) -> Result<(), Problem> {
    if row.state == AppealState::Draft.name() {
        return Err(Problem::say(Kind::Conflict, "Đợt chưa mở: mở đợt rồi mới công bố.", "Open the appeal first, then publish."));
    }
    Ok(())
}
