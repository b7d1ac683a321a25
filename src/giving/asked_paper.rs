//! The provisional paper of an asked gift: what the giver takes home before a second person has approved.
//!
//! No receipt and no number: those come with the booking. The page runs under a policy that allows nothing but its style.

use std::sync::LazyLock;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use diesel::pg::PgConnection;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::asked_wire::AskedGift;
use crate::basics::{PublicCode, Vnd, words};
use crate::http::{Lang, Problem, PublicUrl};
use crate::tree;
use crate::vouchers::model::{short_day, spaced};

const STYLE: &str = include_str!("../../templates/provisional.css");

/// Value of `Content-Security-Policy` for [`html`].
pub static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
});

/// The words of the paper.
struct Labels {
    title: &'static str,
    /// By state: waiting, approved, refused, withdrawn.
    states: [&'static str; 4],
    giver: &'static str,
    unknown: &'static str,
    amount: &'static str,
    in_words: &'static str,
    received_on: &'static str,
    decides: &'static str,
    code: &'static str,
    find: &'static str,
    signatures: [&'static str; 2],
}

const VI: Labels = Labels {
    title: "GIẤY XÁC NHẬN TẠM",
    states: [
        "CHƯA GHI SỔ – chờ người thứ hai duyệt. Giấy này không thay phiếu thu.",
        "Đã được duyệt và ghi sổ: hãy lấy phiếu thu; giấy này không còn giá trị.",
        "KHÔNG ĐƯỢC DUYỆT: khoản này không ghi sổ.",
        "ĐÃ RÚT: khoản này không ghi sổ.",
    ],
    giver: "Người ủng hộ",
    unknown: "Ẩn danh",
    amount: "Số tiền (giá trị)",
    in_words: "Viết bằng chữ",
    received_on: "Ngày nhận",
    decides: "Nơi duyệt",
    code: "Mã công khai",
    find: "Sau khi duyệt, xem khoản này tại",
    signatures: ["Người nhận (ký, họ tên)", "Người ủng hộ (ký, họ tên)"],
};

const EN: Labels = Labels {
    title: "PROVISIONAL NOTE (Giấy xác nhận tạm)",
    states: [
        "NOT BOOKED YET – it waits for a second person. This is no receipt.",
        "Approved and booked: ask for the receipt; this note counts no more.",
        "NOT APPROVED: this gift is not booked.",
        "WITHDRAWN: this gift is not booked.",
    ],
    giver: "Given by",
    unknown: "Name not given",
    amount: "Amount (value)",
    in_words: "In words (Vietnamese)",
    received_on: "Received on",
    decides: "Decided at",
    code: "Public code",
    find: "Once approved, find it at",
    signatures: ["Received by (signature, name)", "Giver (signature, name)"],
};

#[derive(Template)]
#[template(path = "provisional.html")]
struct Paper<'a> {
    lang: &'static str,
    style: &'static str,
    policy: &'a str,
    l: &'a Labels,
    names: &'a Names,
    state: &'static str,
    giver: Option<&'a str>,
    amount: String,
    in_words: String,
    received_on: String,
    code: String,
    url: String,
}

/// Names of the chapter that recorded it and of the one that decides.
pub struct Names {
    chapter: String,
    approver: String,
}

/// See [`Names`].
pub fn names(conn: &mut PgConnection, asked: &AskedGift) -> Result<Names, Problem> {
    let mut name = |code: &str| -> Result<String, Problem> {
        let id: Uuid = tree::place(conn, code)?.ok_or_else(Problem::not_found)?.id.0;
        Ok(tree::labels(conn, &[id])?.remove(&id).map(|label| label.name).unwrap_or_default())
    };
    Ok(Names { chapter: name(&asked.asked.chapter)?, approver: name(&asked.asked.approver_chapter)? })
}

/// The page in one language.
pub fn html(asked: &AskedGift, names: &Names, public: &PublicUrl, lang: Lang) -> Result<String, Problem> {
    let labels = if lang == Lang::Vi { &VI } else { &EN };
    let gift = &asked.asked;
    let code = PublicCode::parse(&gift.code).map_err(|_| Problem::internal("an asked gift has a broken code"))?;
    let amount = Vnd::parse(gift.amount_vnd).map_err(|_| Problem::internal("an asked gift has an impossible amount"))?;
    let at = ["ASKED", "APPROVED", "REFUSED", "WITHDRAWN"].iter().position(|state| *state == gift.state);
    let page = Paper {
        lang: lang.tag(),
        style: STYLE,
        policy: &POLICY,
        l: labels,
        names,
        state: at.and_then(|at| labels.states.get(at)).copied().unwrap_or_default(),
        giver: asked.giver.as_ref().map(|giver| giver.name.as_str()),
        amount: format!("{amount} đ"),
        in_words: words::dong_on_paper(gift.amount_vnd),
        received_on: short_day(gift.received_on),
        code: spaced(&code),
        url: public.page(&format!("/g/{}", code.as_str())),
    };
    page.render().map_err(Problem::internal)
}
