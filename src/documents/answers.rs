//! Linking and publishing: what is asked of it, and what is answered.

use super::model::MAX_LINKS;
use super::store::{Linked, Published};
use crate::basics::Line;
use crate::house::papers::NoPaper;
use crate::http::{Kind, Problem, one_line};

/// A title made for the public.
pub fn title_of(text: &str) -> Result<Line, Problem> {
    Ok(one_line("/title", text, 200)?)
}

/// What is answered when a document cannot be linked.
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

/// What is answered when a document cannot be published.
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

/// What is answered when a record takes no paper, or shows none.
pub fn no_paper(why: NoPaper) -> Problem {
    match why {
        NoPaper::Gone => Problem::not_found(),
        NoPaper::Refused(say) => Problem::say(Kind::Conflict, say.vi, say.en),
        NoPaper::Broken(what) => Problem::internal(what),
        NoPaper::Db(error) => error.into(),
    }
}
