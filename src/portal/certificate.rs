//! `/g/{code}` for a certificate: whether it stands, of what, from which chapter and how long; the name only while its holder agrees.

use askama::Template;

use super::format;
use super::page::{Page, render};
use crate::courses::model::PublicCertificateState as State;
use crate::disclosure::certificates::PublicCertificateOut;
use crate::http::{Lang, Problem, Say};

#[derive(Template)]
#[template(path = "portal/certificate.html")]
struct CertificatePage {
    p: Page,
    title: String,
    code: String,
    spaced: String,
    what: String,
    heading: String,
    text: String,
    /// What it is of: words and what stands behind them.
    facts: Vec<(String, String)>,
    /// Word, code and name.
    chapter: Option<(String, String, String)>,
}

/// Heading, and what that means.
fn words(state: State) -> (Say, Say) {
    match state {
        State::Valid => (
            Say::fixed("Giấy chứng nhận còn giá trị", "This certificate is valid"),
            Say::fixed("Hội Chữ thập đỏ đã cấp giấy chứng nhận mang mã này.", "The Red Cross gave a certificate of this code."),
        ),
        State::Expired => (
            Say::fixed("Giấy chứng nhận đã hết hạn", "This certificate has run out"),
            Say::fixed(
                "Hội đã cấp giấy này, nhưng thời hạn đã qua: người được cấp cần tập huấn nhắc lại.",
                "The Red Cross gave it, and its time is over: its holder is due for a refresher.",
            ),
        ),
        State::Revoked => (
            Say::fixed("Giấy chứng nhận đã bị thu hồi", "This certificate was revoked"),
            Say::fixed("Giấy mang mã này không có giá trị.", "A paper with this code is worth nothing."),
        ),
        State::NoLongerOnRecord => (
            Say::fixed("Giấy chứng nhận không còn trong sổ", "This certificate is no longer on record"),
            Say::fixed(
                "Dữ liệu về giấy này đã được xóa theo yêu cầu.",
                "What was kept about this certificate was erased on request.",
            ),
        ),
    }
}

/// The page of a certificate.
pub fn page(p: Page, of: PublicCertificateOut) -> Result<String, Problem> {
    let lang = p.lang;
    let in_lang = |say: &Say| say.in_lang(lang).to_owned();
    let word = |vi: &'static str, en: &'static str| in_lang(&Say::fixed(vi, en));
    let (heading, text) = words(of.state);
    let day = |day| format::day(day, lang);
    let kind = if lang == Lang::En { of.kind_en } else { of.kind_vi };
    let until = match (of.given_on, of.valid_until) {
        (None, _) => None,
        (Some(_), None) => Some(word("Không thời hạn", "For good")),
        (Some(_), Some(last)) => Some(day(last)),
    };
    let facts = [
        (word("Họ tên", "Name"), of.name),
        (word("Khóa học", "Course"), kind),
        (word("Lớp", "Class"), of.course),
        (word("Ngày cấp", "Given on"), of.given_on.map(day)),
        (word("Có giá trị đến", "Good until"), until),
    ];
    let what = word("Giấy chứng nhận", "Certificate");
    render(&CertificatePage {
        title: format!("{what} {}", of.code),
        spaced: format::spaced(&of.code, 4),
        code: of.code,
        heading: in_lang(&heading),
        text: in_lang(&text),
        what,
        facts: facts.into_iter().filter_map(|(label, value)| Some((label, value?))).collect(),
        chapter: of.chapter.zip(of.chapter_name).map(|(code, name)| (word("Đơn vị cấp", "Given by"), code, name)),
        p,
    })
}
