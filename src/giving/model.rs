//! What a gift may be: every field checked, all mistakes told at once. Pure; no connection, no HTTP.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::display::Display;
use super::gift_in::{GiftIn, GiverIn, LineIn, Valuation};
use super::payer::Payer;
use super::sent::Sent;
use crate::basics::clock::vietnam_date;
use crate::basics::codes::codes;
use crate::basics::text::{LineError, words};
use crate::basics::vnd::{MAX_VND, VndError, grouped};
use crate::basics::{Line, Phone, PublicCode, Vnd};
use crate::http::{Check, FieldError, Say, phone, unfit_name};
use crate::ledger::kinds::Channel;
use crate::ledger::model::Fund;
use crate::parties::naming;
use crate::parties::{Named, PartyKind};
pub use crate::stock::quantity::Quantity;
use crate::tree::{ChapterId, Place};

/// Most gifts in one batch.
pub const MAX_BATCH: usize = 500;
/// Most lines of goods in one gift.
pub const MAX_LINES: usize = 50;
/// Gifts older than this are opening balances, not gifts.
const OLDEST_YEAR: i32 = 2010;

/// A gift that is right in itself; whether its chapter, appeal and items exist is decided when it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGift {
    pub id: Uuid,
    pub code: Option<PublicCode>,
    pub chapter: String,
    pub appeal: Option<String>,
    pub channel: Channel,
    pub amount: Vnd,
    pub lines: Vec<GiftLine>,
    pub message_count: Option<i32>,
    pub giver: Option<Named>,
    pub display: Display,
    pub payer: Payer,
    pub wish: Option<Line>,
    pub memo: Option<Line>,
    pub bank_reference: Option<Line>,
    pub received_on: NaiveDate,
    pub paper_slip: Option<(Line, Line)>,
    pub captured_at: Option<DateTime<Utc>>,
    /// Its texts as they came, for telling the same gift sent again.
    pub sent: Sent,
    /// What is wrong with it by rules that hold for new gifts only: one that is booked already is answered first.
    pub unfit: Vec<FieldError>,
    /// An unusual sum is right. Says nothing about what was given, so it is not part of what an id stands for.
    pub confirmed: bool,
}

/// Goods of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiftLine {
    pub item: String,
    pub quantity: Quantity,
    pub unit: String,
    pub value: Vnd,
    pub valuation: Valuation,
}

/// What is wrong with a line of a gift is said more closely than elsewhere: clients know these codes.
fn line(wrong: &mut Check, pointer: &str, text: &str, max: usize) -> Option<Line> {
    let line = Line::parse(text, max);
    read(wrong, pointer, text, max, line)
}

/// A name that papers print.
fn name(wrong: &mut Check, pointer: &str, text: &str, max: usize) -> Option<Line> {
    let line = Line::name(text, max);
    read(wrong, pointer, text, max, line)
}

fn read(wrong: &mut Check, pointer: &str, text: &str, max: usize, line: Result<Line, LineError>) -> Option<Line> {
    match line {
        Ok(line) => return Some(line),
        Err(LineError::Empty) => wrong.wrong(
            pointer,
            "EMPTY",
            "Không được để trống; bỏ hẳn trường này nếu không có.",
            "Must not be empty; leave the field out if there is none.",
        ),
        Err(LineError::TooLong) => {
            wrong.wrong(pointer, "TOO_LONG", format!("Tối đa {max} ký tự."), format!("At most {max} characters."));
        }
        Err(LineError::ControlCharacter) => wrong.wrong(
            pointer,
            "CONTROL_CHARACTER",
            "Có ký tự điều khiển hoặc xuống dòng.",
            "Contains a control character or a line break.",
        ),
        Err(error @ (LineError::Garbled | LineError::Unprintable(_))) => wrong.extend(unfit_name(pointer, text, error)),
    }
    None
}

fn optional(wrong: &mut Check, pointer: &str, text: Option<&str>, max: usize) -> Option<Line> {
    text.and_then(|text| line(wrong, pointer, text, max))
}

fn amount(wrong: &mut Check, pointer: &str, amount: i64) -> Option<Vnd> {
    match Vnd::parse(amount) {
        Ok(vnd) => return Some(vnd),
        Err(VndError::NotPositive) => {
            wrong.wrong(pointer, "NOT_POSITIVE", "Số tiền phải từ 1 đồng.", "The amount must be 1 đồng or more.");
        }
        Err(VndError::TooLarge) => {
            let most = grouped(MAX_VND);
            wrong.wrong(pointer, "TOO_LARGE", format!("Tối đa {most} đồng."), format!("At most {most} đồng."));
        }
    }
    None
}

impl NewGift {
    /// Checks every field; on failure says everything that is wrong, not only the first thing.
    pub fn parse(gift: GiftIn, now: DateTime<Utc>) -> Result<Self, Vec<FieldError>> {
        Self::parse_beside(gift, now, Check::default())
    }

    /// The same for a gift of which some fields may be broken ([`Rough`](crate::http::Rough)): a rule about several fields says
    /// nothing where it would have to look at one of those.
    pub fn parse_beside(gift: GiftIn, now: DateTime<Utc>, mut wrong: Check) -> Result<Self, Vec<FieldError>> {
        wrong.own_id("/id", gift.id, "id phải là UUID riêng của khoản này.", "id must be a UUID of this gift's own.");
        let code = gift.code.as_deref().and_then(|text| {
            let code = PublicCode::parse(text).ok();
            if code.is_none() {
                wrong.wrong(
                    "/code",
                    "NOT_A_CODE",
                    "Mã công khai sai (ký tự kiểm tra không khớp).",
                    "Not a public code (the check character does not fit).",
                );
            }
            code
        });
        let chapter = line(&mut wrong, "/chapter", &gift.chapter, 40);
        let appeal = optional(&mut wrong, "/appeal", gift.appeal.as_deref(), 40);
        let lines = parse_lines(&mut wrong, &gift);
        let amount = parse_amount(&mut wrong, &gift, &lines);
        check_messages(&mut wrong, &gift);
        let mut unfit = Check::default();
        let giver = gift.giver.as_ref().and_then(|giver| parse_giver(&mut wrong, &mut unfit, giver));
        let display = parse_display(&mut wrong, gift.giver.as_ref(), gift.display);
        check_day(&mut wrong, gift.received_on, now);
        check_phone_clock(&mut wrong, gift.captured_at);
        let paper_slip = parse_slip(&mut wrong, &gift);
        let payer = Payer::parse(&mut wrong, &gift);
        let wish = optional(&mut wrong, "/wish", gift.wish.as_deref(), 500);
        let memo = optional(&mut wrong, "/memo", gift.memo.as_deref(), 500);
        let bank_reference = optional(&mut wrong, "/bank_reference", gift.bank_reference.as_deref(), 100);
        let sent = Sent::of(&gift);
        let unfit = unfit.into_errors();
        let gift = chapter.zip(amount).map(|(chapter, amount)| Self {
            id: gift.id,
            code,
            chapter: chapter.as_str().to_owned(),
            appeal: appeal.map(|a| a.as_str().to_owned()),
            channel: gift.channel,
            amount,
            lines,
            message_count: gift.message_count,
            giver,
            display,
            payer,
            sent,
            unfit: unfit.clone(),
            wish,
            memo,
            bank_reference,
            received_on: gift.received_on,
            paper_slip,
            captured_at: gift.captured_at,
            confirmed: gift.confirmed,
        });
        wrong.done(gift).map_err(|wrong| [wrong, unfit].concat())
    }

    /// The giver's name in the form the public may see.
    pub fn giver_shown(&self) -> Option<String> {
        self.display.shown(self.giver.as_ref()?.name.as_str())
    }
}

fn parse_lines(wrong: &mut Check, gift: &GiftIn) -> Vec<GiftLine> {
    let is_sound = wrong.sound(&["/channel"]);
    if gift.channel != Channel::InKind {
        if !gift.lines.is_empty() && is_sound {
            wrong.wrong("/lines", "NOT_IN_KIND", "Chỉ khoản hiện vật (IN_KIND) có dòng hàng.", "Only gifts IN_KIND have lines.");
        }
        return Vec::new();
    }
    if gift.lines.is_empty() || gift.lines.len() > MAX_LINES {
        wrong.wrong(
            "/lines",
            "OUT_OF_RANGE",
            format!("Khoản hiện vật có từ 1 đến {MAX_LINES} dòng hàng."),
            format!("A gift in kind has 1 to {MAX_LINES} lines."),
        );
        return Vec::new();
    }
    gift.lines.iter().enumerate().filter_map(|(at, line)| parse_line(wrong, at, line)).collect()
}

fn parse_line(wrong: &mut Check, at: usize, line: &LineIn) -> Option<GiftLine> {
    let item = self::line(wrong, &format!("/lines/{at}/item"), &line.item, 40);
    let unit = self::line(wrong, &format!("/lines/{at}/unit"), &line.unit, 20);
    let quantity = line.quantity.check(wrong, format!("/lines/{at}/quantity"));
    if !line.valuation.is_of_today() {
        let (vi, en) = ("Chỉ dành cho hàng từ sổ cũ.", "For goods out of old books alone.");
        wrong.wrong(format!("/lines/{at}/valuation"), "NOT_A_CHOICE", vi, en);
    }
    let value = amount(wrong, &format!("/lines/{at}/value_vnd"), line.value_vnd);
    Some(GiftLine {
        item: item?.as_str().to_owned(),
        unit: unit?.as_str().to_owned(),
        quantity: quantity?,
        value: value?,
        valuation: line.valuation,
    })
}

fn parse_amount(wrong: &mut Check, gift: &GiftIn, lines: &[GiftLine]) -> Option<Vnd> {
    if gift.channel != Channel::InKind {
        return match gift.amount_vnd {
            Some(amount) => self::amount(wrong, "/amount_vnd", amount),
            None if !wrong.sound(&["/channel"]) => None,
            None => {
                wrong.wrong("/amount_vnd", "MISSING", "Thiếu số tiền.", "The amount is missing.");
                None
            }
        };
    }
    if lines.len() != gift.lines.len() || lines.is_empty() {
        return None; // the lines are wrong already
    }
    let Some(sum) = Vnd::sum(lines.iter().map(|line| line.value)) else {
        wrong.wrong("/lines", "TOO_LARGE", "Tổng giá trị vượt 10^15 đồng.", "The lines are worth more than 10^15 đồng.");
        return None;
    };
    if gift.amount_vnd.is_some_and(|amount| amount != sum.get()) && wrong.sound(&["/lines"]) {
        wrong.wrong(
            "/amount_vnd",
            "NOT_THE_SUM",
            format!("Tổng các dòng hàng là {sum} đồng; bỏ trường này hoặc ghi đúng."),
            format!("The lines sum to {sum} đồng; leave this out or state the sum."),
        );
    }
    Some(sum)
}

fn check_messages(wrong: &mut Check, gift: &GiftIn) {
    let aggregate = matches!(gift.channel, Channel::Sms | Channel::EWallet);
    let is_sound = wrong.sound(&["/channel"]);
    match gift.message_count {
        None if aggregate && is_sound => wrong.wrong(
            "/message_count",
            "MISSING",
            "Thiếu số tin nhắn (lượt) của khoản gộp.",
            "The number of messages of this sum is missing.",
        ),
        Some(_) if !aggregate && is_sound => {
            wrong.wrong(
                "/message_count",
                "NOT_AGGREGATE",
                "Chỉ khoản gộp (SMS, E_WALLET) có số tin nhắn.",
                "Only sums (SMS, E_WALLET) have a number of messages.",
            );
        }
        Some(count) if !(1..=1_000_000_000).contains(&count) => {
            wrong.wrong("/message_count", "OUT_OF_RANGE", "Từ 1 đến 10^9.", "1 to 10^9.")
        }
        _ => {}
    }
    if aggregate && is_sound && gift.giver.is_some() {
        wrong.wrong(
            "/giver",
            "NOT_A_SINGLE_GIFT",
            "Khoản gộp không có một người ủng hộ riêng.",
            "A sum of many gifts has no single giver.",
        );
    }
}

fn parse_giver(wrong: &mut Check, unfit: &mut Check, giver: &GiverIn) -> Option<Named> {
    let name = line(wrong, "/giver/name", &giver.name, 200);
    if let Some(line) = &name
        && self::name(unfit, "/giver/name", &giver.name, 200).is_some()
    {
        unfit.extend(naming::check(line.as_str()).err().map(|why| why.error("/giver/name")));
    }
    let number = giver.phone.as_deref().and_then(|typed| wrong.read(phone("/giver/phone", typed))).map(Phone::into_string);
    Some(Named { kind: giver.kind, name: name?, phone: number })
}

/// The protective choice is the default (Law 91/2025: no consent by default); organisations are named (DESIGN 9).
fn parse_display(wrong: &mut Check, giver: Option<&GiverIn>, chosen: Option<Display>) -> Display {
    match (giver, chosen) {
        (None, None | Some(Display::Anonymous)) => Display::Anonymous,
        (None, Some(_)) => {
            if wrong.sound(&["/giver"]) {
                let (vi, en) = ("Không có tên người ủng hộ để hiển thị.", "There is no giver's name to show.");
                wrong.wrong("/display", "NO_GIVER", vi, en);
            }
            Display::Anonymous
        }
        (Some(giver), None) if giver.kind == PartyKind::Organisation => Display::FullName,
        (Some(_), None) => Display::Anonymous,
        (Some(giver), Some(Display::Masked)) if giver.kind == PartyKind::Organisation && wrong.sound(&["/giver/kind"]) => {
            wrong.wrong(
                "/display",
                "NOT_A_PERSON",
                "Tên tổ chức hiện đầy đủ hoặc ẩn danh.",
                "An organisation is shown in full or not at all.",
            );
            Display::Masked
        }
        (Some(_), Some(display)) => display,
    }
}

fn check_day(wrong: &mut Check, day: NaiveDate, now: DateTime<Utc>) {
    use chrono::Datelike;
    let today = vietnam_date(now);
    if day > today {
        wrong.wrong(
            "/received_on",
            "IN_THE_FUTURE",
            format!("Ngày nhận không thể sau hôm nay ({today})."),
            format!("A gift cannot be received after today ({today})."),
        );
    } else if day.year() < OLDEST_YEAR {
        wrong.wrong(
            "/received_on",
            "TOO_OLD",
            format!("Ngày nhận từ năm {OLDEST_YEAR}; số dư cũ ghi bằng số dư đầu kỳ."),
            format!("Gifts are from {OLDEST_YEAR} on; older money is an opening balance."),
        );
    }
}

/// Not trusted, but it must be a time that the books can hold.
fn check_phone_clock(wrong: &mut Check, at: Option<DateTime<Utc>>) {
    use chrono::Datelike;
    if at.is_some_and(|at| !(1900..=9998).contains(&at.year())) {
        wrong.wrong(
            "/captured_at",
            "OUT_OF_RANGE",
            "Năm từ 1900 đến 9998; bỏ trường này nếu đồng hồ sai.",
            "The year is from 1900 to 9998; leave this out if the clock is wrong.",
        );
    }
}

fn parse_slip(wrong: &mut Check, gift: &GiftIn) -> Option<(Line, Line)> {
    if gift.paper_book.is_some() != gift.paper_no.is_some() && wrong.sound(&["/paper_book", "/paper_no"]) {
        wrong.wrong("/paper_no", "INCOMPLETE", "Phiếu giấy cần cả quyển và số.", "A paper slip has a book and a number.");
    }
    let mut part = |pointer: &str, text: Option<&str>| {
        let line = optional(wrong, pointer, text, 40)?;
        // Blanks and hyphens do not tell one slip from another, so there must be something else.
        if words(line.as_str()).is_empty() {
            wrong.wrong(
                pointer,
                "NOT_A_SLIP",
                "Quyển và số của phiếu giấy phải có chữ hoặc số.",
                "Book and number of a paper slip have letters or digits in them.",
            );
        }
        Some(line)
    };
    let book = part("/paper_book", gift.paper_book.as_deref());
    let number = part("/paper_no", gift.paper_no.as_deref());
    book.zip(number)
}

/// What recording needs to know of an appeal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppealTerms {
    pub id: Uuid,
    pub code: String,
    pub state: AppealState,
    pub chapter: ChapterId,
    pub receive_from: NaiveDate,
    pub receive_until: NaiveDate,
    pub fund: Fund,
    pub quarantine: Fund,
    /// Chapters it is shared with, beside the responsible chapter's subtree.
    pub shared_with: Vec<ChapterId>,
}

codes! {
    /// Life of an appeal.
    pub wire enum AppealState {
        Draft = "DRAFT",
        Open = "OPEN",
        Closed = "CLOSED",
    }
}

/// The answer for an appeal that is not there, or not to be seen.
pub fn no_such_appeal() -> FieldError {
    FieldError::new("/appeal", "NO_SUCH_APPEAL", Say::fixed("Không có đợt vận động này.", "There is no such appeal."))
}

impl AppealTerms {
    /// The fund a gift goes to when `place` received it on `day`, or why it may not name this appeal.
    pub fn destination(&self, place: &Place, day: NaiveDate) -> Result<&Fund, FieldError> {
        let may_receive =
            place.is_below_or_at(self.chapter) || self.shared_with.iter().any(|shared| place.is_below_or_at(*shared));
        if !may_receive && self.state == AppealState::Draft {
            // A draft is nobody's business outside the chapters that will receive for it.
            return Err(no_such_appeal());
        }
        if !may_receive {
            return Err(FieldError::new(
                "/appeal",
                "NOT_FOR_THIS_CHAPTER",
                Say::new(
                    format!("Đơn vị này không nhận cho đợt {}.", self.code),
                    format!("This chapter does not receive for {}.", self.code),
                ),
            ));
        }
        if self.state == AppealState::Draft {
            return Err(FieldError::new(
                "/appeal",
                "NOT_OPEN_YET",
                Say::new(format!("Đợt {} chưa mở.", self.code), format!("{} is not open yet.", self.code)),
            ));
        }
        if day < self.receive_from {
            return Err(FieldError::new(
                "/received_on",
                "BEFORE_THE_APPEAL",
                Say::new(
                    format!("Đợt {} bắt đầu ngày {}; khoản trước đó ghi vào quỹ chung.", self.code, self.receive_from),
                    format!("{} begins on {}; earlier gifts go to the general fund.", self.code, self.receive_from),
                ),
            ));
        }
        let late = self.state == AppealState::Closed || day > self.receive_until;
        Ok(if late { &self.quarantine } else { &self.fund })
    }
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
