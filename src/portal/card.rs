//! `/g/{code}` for a member's card: whether it is valid and of which chapter, and no more; of a junior's card only that it is valid.

use askama::Template;

use super::format;
use super::page::{Page, render};
use crate::disclosure::cards::PublicCardOut;
use crate::http::{Problem, Say};
use crate::members::model::CardState;

#[derive(Template)]
#[template(path = "portal/card.html")]
struct CardPage {
    p: Page,
    spaced: String,
    what: String,
    heading: String,
    text: String,
    /// Class of the style sheet, and what stands before the heading: what is seen at a glance, also without colours.
    look: &'static str,
    sign: &'static str,
    /// Code and name.
    chapter: Option<(String, String)>,
}

/// Heading, and what that means.
fn words(card: &PublicCardOut) -> (Say, Say) {
    match (card.state, &card.chapter) {
        (CardState::Valid, Some(_)) => (
            Say::fixed("Thẻ còn giá trị", "This card is valid"),
            Say::fixed("Người mang thẻ là hội viên của", "Its bearer is a member of"),
        ),
        (CardState::Valid, None) => (
            Say::fixed("Thẻ còn giá trị", "This card is valid"),
            Say::fixed("Sổ không công bố gì thêm về thẻ này.", "Nothing else is public of this card."),
        ),
        (CardState::NotValid, _) => (
            Say::fixed("Thẻ không còn giá trị", "This card is not valid any more"),
            Say::fixed(
                "Thẻ đã được thay bằng thẻ khác, hoặc người mang thẻ không còn là hội viên.",
                "Another card has taken its place, or its bearer is no member any more.",
            ),
        ),
        (CardState::NoLongerOnRecord, _) => (
            Say::fixed("Thẻ không còn trong sổ", "This card is no longer on record"),
            Say::fixed("Dữ liệu về thẻ này đã được xóa theo yêu cầu.", "What was kept about this card was erased on request."),
        ),
    }
}

/// The page of a card.
pub fn page(p: Page, card: PublicCardOut) -> Result<String, Problem> {
    let (heading, text) = words(&card);
    let (look, sign) = match card.state {
        CardState::Valid => ("good", "✓"),
        CardState::NotValid => ("bad", "✕"),
        CardState::NoLongerOnRecord => ("gone", ""),
    };
    let in_lang = |say: &Say| say.in_lang(p.lang).to_owned();
    render(&CardPage {
        spaced: format::spaced(&card.code, 4),
        what: in_lang(&Say::fixed("Thẻ hội viên", "Member's card")),
        heading: in_lang(&heading),
        text: in_lang(&text),
        look,
        sign,
        chapter: card.chapter.zip(card.chapter_name),
        p,
    })
}
