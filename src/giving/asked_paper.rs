//! The provisional note of an asked gift (*giấy xác nhận tạm*): what the giver takes home before a second person has approved.
//!
//! No receipt and no number: those come with the booking. Page and PDF are made from one description, like those of a cash receipt.

use chrono::{Datelike, NaiveDate};
use print::{About, Body, Cancelled, Foot, Item, Labelled, Look, Page, Paper, PrintError, Signature};
use uuid::Uuid;

use super::{asked, cash_receipts};
use crate::authz::Visit;
use crate::basics::clock::vietnam_date;
use crate::basics::{PublicCode, Vnd, words};
use crate::decisions::State;
use crate::http::{Lang, Problem, PublicUrl, Say};
use crate::ledger::kinds::Channel;
use crate::tree::{self, ChapterId};
use crate::vouchers::heading;
use crate::vouchers::model::{Issuer, keep_visible, long_day, short_day, spaced};

/// Everything that is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvisionalNote {
    /// The public code that the entry will have.
    pub code: PublicCode,
    pub state: State,
    /// The day it was recorded.
    pub asked_on: NaiveDate,
    pub received_on: NaiveDate,
    pub issuer: Issuer,
    /// The giver's name while it waits; `None` for a giver who stays unknown, and for everybody once it is decided.
    pub giver: Option<String>,
    pub giver_address: Option<String>,
    /// What it is for.
    pub content: Say,
    pub channel: Channel,
    pub amount: Vnd,
    /// Name of the chapter that decides.
    pub decides: String,
    /// Full name of whoever recorded it.
    pub made_by: String,
    /// Where the public finds the entry once there is one: what the QR code says.
    pub public_url: String,
}

impl ProvisionalNote {
    /// The same with [`keep_visible`] in what people typed.
    pub fn visible(mut self) -> Self {
        [&mut self.giver, &mut self.giver_address].into_iter().flatten().for_each(keep_visible);
        [self.content.vi.to_mut(), self.content.en.to_mut()].into_iter().for_each(keep_visible);
        [&mut self.decides, &mut self.made_by].into_iter().for_each(keep_visible);
        self.issuer.keep_visible();
        self.giver = self.giver.filter(|name| !name.trim().is_empty());
        self
    }

    /// Name of a file that holds it.
    pub fn file_stem(&self) -> String {
        format!("giay-xac-nhan-tam-{}", self.code.as_str())
    }
}

/// What stands on the note of an asked gift. Reading it is noted in the audit trail, because it names the giver.
pub fn show(v: &mut Visit<'_>, public: &PublicUrl, id: Uuid) -> Result<ProvisionalNote, Problem> {
    let (row, sent) = asked::read(v, id)?;
    let code = PublicCode::parse(&row.code).map_err(|_| Problem::internal("an asked gift has a broken code"))?;
    let decides = tree::labels(v.conn, &[row.approver_chapter_id])?.remove(&row.approver_chapter_id);
    let (giver, giver_address) = sent.map_or((None, None), |sent| (sent.giver, sent.payer_address));
    Ok(ProvisionalNote {
        public_url: public.page(&format!("/g/{}", code.as_str())),
        code,
        state: State::parse(&row.state).ok_or_else(|| Problem::internal("an asked gift has an unknown state"))?,
        asked_on: vietnam_date(row.asked_at),
        received_on: row.received_on,
        issuer: heading::issuer(v.conn, ChapterId(row.chapter_id))?,
        giver: giver.map(|giver| giver.name),
        giver_address,
        content: cash_receipts::content(v.conn, row.appeal.as_deref(), row.asked_at)?,
        channel: Channel::parse(&row.channel).ok_or_else(|| Problem::internal("an asked gift has an unknown channel"))?,
        amount: Vnd::parse(row.amount_vnd).map_err(|_| Problem::internal("an asked gift has an impossible amount"))?,
        decides: decides.map(|label| label.name).unwrap_or_default(),
        made_by: heading::full_name(v, row.asked_by)?,
    }
    .visible())
}

/// The note as a page to print.
///
/// # Errors
/// Only by a fault of this program.
pub fn html(note: &ProvisionalNote, lang: Lang) -> Result<Page, PrintError> {
    print::html(&paper(note, lang))
}

/// The note as PDF/A-2u: one A5 sheet across.
///
/// # Errors
/// Only by a fault of this program.
pub fn pdf(note: &ProvisionalNote, lang: Lang) -> Result<Vec<u8>, PrintError> {
    print::pdf(&paper(note, lang))
}

fn paper(note: &ProvisionalNote, lang: Lang) -> Paper {
    let (l, code, day) = (if lang == Lang::Vi { &VI } else { &EN }, spaced(&note.code), note.asked_on);
    let (stamp, said) = l.state(note.state);
    // What is not booked and never will be is found nowhere.
    let link = matches!(note.state, State::Asked | State::Approved).then(|| note.public_url.clone());
    let name = |n: usize| (n == 0).then(|| note.made_by.clone());
    Paper {
        lang: lang.tag(),
        about: About {
            title: format!("{} {code}", l.title),
            id: note.file_stem(),
            day: (day.year().clamp(0, 9999) as u16, day.month() as u8, day.day() as u8),
        },
        issuer: print::Issuer {
            above: note.issuer.above.clone(),
            name: note.issuer.name.clone(),
            address: note.issuer.address.as_ref().map(|address| Labelled::new(l.address, address)),
        },
        series: None,
        number: None,
        title: l.title.to_owned(),
        subtitle: l.subtitle.map(str::to_owned),
        day: Some(long_day(day).in_lang(lang).to_owned()),
        cancelled: Some(Cancelled { stamp: stamp.to_owned(), said: said.to_owned() }),
        body: Body::Slip(items(note, l, lang)),
        signatures: l
            .signatures
            .iter()
            .enumerate()
            .map(|(n, who)| Signature { who: (*who).to_owned(), hint: l.sign.to_owned(), name: name(n) })
            .collect(),
        note: None,
        foot: Some(Foot {
            code: Labelled::new(l.code, code),
            find: link.as_ref().map_or_else(|| l.nowhere.to_owned(), |link| format!("{}: {link}", l.find)),
        }),
        link,
        copies: Vec::new(),
        sheet: l.sheet,
    }
}

fn items(note: &ProvisionalNote, l: &Labels, lang: Lang) -> Vec<Item> {
    let giver = match &note.giver {
        Some(giver) => Item::new(l.giver, Some(giver.clone()), Look::Name),
        None if note.state == State::Asked => Item::new(l.giver, Some(l.unknown.to_owned()), Look::Unnamed),
        None => Item::new(l.giver, Some(l.gone.to_owned()), Look::Plain),
    };
    let address = note.giver_address.as_ref().map(|address| Item::new(l.address, Some(address.clone()), Look::Text));
    let in_words = format!("{}.", words::dong_on_paper(note.amount.get()));
    let rest = [
        (l.content, note.content.in_lang(lang).to_owned(), Look::Text),
        (l.channel, note.channel.said().in_lang(lang).to_owned(), Look::Plain),
        (l.amount, format!("{} đ", note.amount), Look::Amount),
        (l.in_words, in_words, Look::Words),
        (l.received_on, short_day(note.received_on), Look::Plain),
        (l.decides, note.decides.clone(), Look::Text),
    ];
    let rest = rest.map(|(label, value, look)| Item::new(label, Some(value), look));
    std::iter::once(giver).chain(address).chain(rest).collect()
}

/// The words of the paper.
struct Labels {
    title: &'static str,
    /// Its Vietnamese name on the English sheet.
    subtitle: Option<&'static str>,
    /// By state: waiting, approved, refused, withdrawn.
    states: [&'static str; 4],
    giver: &'static str,
    unknown: &'static str,
    /// In place of the giver's name once it was decided: it is no longer kept here.
    gone: &'static str,
    address: &'static str,
    content: &'static str,
    channel: &'static str,
    amount: &'static str,
    in_words: &'static str,
    received_on: &'static str,
    decides: &'static str,
    code: &'static str,
    find: &'static str,
    /// In place of where it is found: it is not booked.
    nowhere: &'static str,
    /// Who received and who gave.
    signatures: [&'static str; 2],
    sign: &'static str,
    sheet: &'static str,
}

impl Labels {
    /// What goes across the sheet, the same in every language, and what is said under the day.
    fn state(&self, state: State) -> (&'static str, &'static str) {
        let [asked, approved, refused, withdrawn] = self.states;
        match state {
            State::Asked => ("CHƯA GHI SỔ", asked),
            State::Approved => ("HẾT GIÁ TRỊ", approved),
            State::Refused => ("KHÔNG DUYỆT", refused),
            State::Withdrawn => ("ĐÃ RÚT", withdrawn),
        }
    }
}

const VI: Labels = Labels {
    title: "GIẤY XÁC NHẬN TẠM",
    subtitle: None,
    states: [
        "CHƯA GHI SỔ – chờ người thứ hai duyệt. Giấy này không thay phiếu thu.",
        "Đã được duyệt và ghi sổ: hãy lấy phiếu thu; giấy này không còn giá trị.",
        "KHÔNG ĐƯỢC DUYỆT: khoản này không ghi sổ.",
        "ĐÃ RÚT: khoản này không ghi sổ.",
    ],
    giver: "Người ủng hộ",
    unknown: "Ẩn danh",
    gone: "không in lại sau khi đã quyết định",
    address: "Địa chỉ",
    content: "Nội dung",
    channel: "Hình thức",
    amount: "Số tiền (giá trị)",
    in_words: "Viết bằng chữ",
    received_on: "Ngày nhận",
    decides: "Nơi duyệt",
    code: "Mã công khai",
    find: "Sau khi duyệt, quét mã để xem khoản này tại",
    nowhere: "Khoản này không có trên sổ công khai",
    signatures: ["Người nhận", "Người ủng hộ"],
    sign: "(Ký, họ tên)",
    sheet: "Trang",
};

const EN: Labels = Labels {
    title: "PROVISIONAL NOTE",
    subtitle: Some("(Giấy xác nhận tạm)"),
    states: [
        "NOT BOOKED YET – it waits for a second person. This is no receipt.",
        "Approved and booked: ask for the receipt; this note counts no more.",
        "NOT APPROVED: this gift is not booked.",
        "WITHDRAWN: this gift is not booked.",
    ],
    giver: "Given by",
    unknown: "Name not given",
    gone: "not printed again once it is decided",
    address: "Address",
    content: "For",
    channel: "Given as",
    amount: "Amount (value)",
    in_words: "In words (Vietnamese)",
    received_on: "Received on",
    decides: "Decided at",
    code: "Public code",
    find: "Once approved, scan to find it at",
    nowhere: "This gift is not in the public ledger",
    signatures: ["Received by", "Giver"],
    sign: "(Signature, name)",
    sheet: "Sheet",
};
