//! What is sent about transfers, checked field by field, how they stand, and how goods and money are parted. Pure.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::basics::codes::codes;
use crate::basics::vnd::VndError;
use crate::basics::{Line, Vnd, unhex};
use crate::http::{Check, FieldError, note, one_line};
use crate::ledger::accounts::Account;
use crate::stock::quantity::{Quantity, QuantityIn, quantity_schema};

/// Most kinds of goods in one transfer.
pub const MAX_LINES: usize = 100;
/// A date before it is a slip of the hand.
const OLDEST: (i32, u32, u32) = (2000, 1, 1);

codes! {
    /// As what it is sent and arrives.
    pub wire enum Carried {
        /// Tiền mặt.
        Cash = "CASH",
        /// Chuyển khoản.
        Bank = "BANK",
        /// Hiện vật.
        Goods = "GOODS",
    }

    /// Where a transfer stands.
    pub wire enum TransferState {
        Requested = "REQUESTED",
        Refused = "REFUSED",
        Withdrawn = "WITHDRAWN",
        /// On the way, and nothing of it confirmed.
        Sent = "SENT",
        /// Some of it confirmed, the rest on the way.
        PartlyConfirmed = "PARTLY_CONFIRMED",
        /// Nothing is on the way any more; what did not arrive came back or is lost.
        Confirmed = "CONFIRMED",
        /// All of it came back or is lost.
        Returned = "RETURNED",
        /// A mistake, taken back by two persons.
        Reversed = "REVERSED",
    }

    /// What became of a part of a transfer.
    pub wire enum TransferPartKind {
        Receipt = "RECEIPT",
        Return = "RETURN",
        Loss = "LOSS",
    }

    /// Where a part of a transfer stands.
    pub wire enum TransferPartState {
        /// A loss that waits for a second person.
        Waiting = "WAITING",
        Refused = "REFUSED",
        Withdrawn = "WITHDRAWN",
        Booked = "BOOKED",
        Reversed = "REVERSED",
    }

    /// Why the receiver does not take it.
    pub wire enum ReceiptRefusal {
        NotArrived = "NOT_ARRIVED",
        NotAsSent = "NOT_AS_SENT",
        NotForUs = "NOT_FOR_US",
        Other = "OTHER",
    }

    /// Why it came back.
    pub wire enum ReturnReason {
        Refused = "REFUSED",
        NotDelivered = "NOT_DELIVERED",
        NotAsSent = "NOT_AS_SENT",
        NotNeeded = "NOT_NEEDED",
        Other = "OTHER",
    }

    /// How it was lost. Public with the entry of the loss.
    pub wire enum TransferLossReason {
        LostOnTheWay = "LOST_ON_THE_WAY",
        Stolen = "STOLEN",
        Spoiled = "SPOILED",
        Destroyed = "DESTROYED",
        Other = "OTHER",
    }
}

impl Carried {
    /// Where it leaves from.
    pub fn leaves(self) -> Account {
        match self {
            Carried::Cash => Account::CashOnHand,
            Carried::Bank => Account::InTransitOut,
            Carried::Goods => Account::GoodsInStock,
        }
    }

    /// Where it arrives.
    pub fn arrives(self) -> Account {
        match self {
            Carried::Cash => Account::CashOnHand,
            Carried::Bank => Account::InTransit,
            Carried::Goods => Account::GoodsInStock,
        }
    }
}

/// A request as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferIn {
    /// Made by the client, once; sending it again asks only once.
    pub id: Uuid,
    /// Code of the chapter that sends.
    #[schema(example = "68", max_length = 40)]
    pub chapter: String,
    /// Code of the chapter that receives.
    #[schema(example = "23095", max_length = 40)]
    pub to: String,
    /// Code of the fund, which stays the same: `GENERAL`, `OPERATING`, `APPEAL:<code>`.
    #[schema(example = "GENERAL", max_length = 60)]
    pub fund: String,
    /// As what it leaves.
    pub from: Carried,
    /// How much money. What goods are worth, their lots say.
    #[serde(default)]
    #[schema(minimum = 1, example = 2_000_000_000)]
    pub amount_vnd: Option<i64>,
    /// The goods, where `from` is `GOODS`.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub lines: Vec<TransferLineIn>,
    /// The day on which it leaves; the day of the last approval unless given.
    #[serde(default)]
    pub day: Option<NaiveDate>,
    /// SHA-256 of a document that the sender has uploaded for the purpose `TRANSFER`, hexadecimal; the hash becomes public with the
    /// entry.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    pub document: Option<String>,
    /// For the second person; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// Goods of one kind that are asked for: what expires first is sent first.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferLineIn {
    /// Catalogue code (`GET /api/v1/public/items`).
    #[schema(example = "RICE", max_length = 40)]
    pub item: String,
    /// As text (`"12.5"`) or number: up to three decimals in units that measure, none in units that count.
    #[schema(schema_with = quantity_schema)]
    pub quantity: QuantityIn,
    /// One of the item's units.
    #[schema(example = "KG", max_length = 20)]
    pub unit: String,
}

/// Goods of one kind, right in themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoodsLine {
    pub item: String,
    pub unit: String,
    pub quantity: Quantity,
}

/// A request that is right in itself.
#[derive(Debug, Clone)]
pub struct NewTransfer {
    pub id: Uuid,
    pub chapter: String,
    pub to: String,
    pub fund: String,
    pub from: Carried,
    /// Of money.
    pub amount: Option<Vnd>,
    pub lines: Vec<GoodsLine>,
    pub day: Option<NaiveDate>,
    pub document: Option<[u8; 32]>,
    pub note: Option<Line>,
}

impl TransferIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<NewTransfer, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        if self.chapter == self.to {
            check.wrong("/to", "SAME_CHAPTER", "Nơi nhận phải là đơn vị khác.", "The receiver is another chapter.");
        }
        day(&mut check, self.day, today);
        let document = document(&mut check, self.document.as_deref());
        let note = check.read(note(self.note.as_deref()));
        let lines = if self.from == Carried::Goods { goods_lines(&mut check, &self.lines) } else { Vec::new() };
        if self.from != Carried::Goods && !self.lines.is_empty() {
            check.wrong("/lines", "NOT_IN_KIND", "Chỉ khi chuyển hiện vật mới có dòng hàng.", "Only goods have lines.");
        }
        let amount = match self.from {
            Carried::Goods => no_amount(&mut check, self.amount_vnd),
            _ => Some(amount(&mut check, self.amount_vnd)),
        };
        let (id, chapter, to, fund, from, day) = (self.id, self.chapter, self.to, self.fund, self.from, self.day);
        let made = amount.zip(document).zip(note);
        check.done(made.map(|((amount, document), note)| NewTransfer {
            id,
            chapter,
            to,
            fund,
            from,
            amount,
            lines,
            day,
            document,
            note,
        }))
    }
}

fn own_id(check: &mut Check, id: Uuid) {
    check.own_id("/id", id, "id phải là UUID của riêng yêu cầu này.", "The id must be a UUID of its own.");
}

fn day(check: &mut Check, day: Option<NaiveDate>, today: NaiveDate) {
    let Some(day) = day else { return };
    if day > today {
        check.wrong("/day", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
    }
    if NaiveDate::from_ymd_opt(OLDEST.0, OLDEST.1, OLDEST.2).is_some_and(|oldest| day < oldest) {
        check.wrong("/day", "TOO_OLD", "Không trước ngày 1/1/2000.", "Not before 1/1/2000.");
    }
}

/// `None` where it is no hash; what is not sent is none.
fn document(check: &mut Check, text: Option<&str>) -> Option<Option<[u8; 32]>> {
    let document = text.map(|text| unhex(text).ok_or(())).transpose();
    if document.is_err() {
        check.wrong("/document", "NOT_A_HASH", "SHA-256 gồm 64 chữ số hệ 16.", "A SHA-256 has 64 hexadecimal digits.");
    }
    document.ok()
}

fn vnd(check: &mut Check, pointer: String, amount: i64) -> Option<Vnd> {
    match Vnd::parse(amount) {
        Ok(amount) => return Some(amount),
        Err(VndError::NotPositive) => check.wrong(pointer, "NOT_POSITIVE", "Số tiền phải từ 1 đồng.", "1 đồng or more."),
        Err(VndError::TooLarge) => check.wrong(pointer, "TOO_LARGE", "Tối đa 10^15 đồng.", "At most 10^15 đồng."),
    }
    None
}

fn amount(check: &mut Check, amount: Option<i64>) -> Option<Vnd> {
    match amount {
        Some(amount) => vnd(check, "/amount_vnd".to_owned(), amount),
        None => {
            check.wrong("/amount_vnd", "MISSING", "Thiếu số tiền.", "The amount is missing.");
            None
        }
    }
}

/// Goods are worth what their lots say.
fn no_amount(check: &mut Check, amount: Option<i64>) -> Option<Option<Vnd>> {
    if amount.is_some() {
        let (vi, en) =
            ("Giá trị hiện vật tính theo lô trong kho: bỏ trường này.", "Goods are worth what their lots say: leave this out.");
        check.wrong("/amount_vnd", "NOT_FOR_THIS", vi, en);
    }
    Some(None)
}

fn goods_lines(check: &mut Check, lines: &[TransferLineIn]) -> Vec<GoodsLine> {
    if lines.is_empty() || lines.len() > MAX_LINES {
        let (vi, en) = (format!("Cần từ 1 đến {MAX_LINES} dòng hàng."), format!("1 to {MAX_LINES} lines of goods."));
        check.wrong("/lines", "OUT_OF_RANGE", vi, en);
        return Vec::new();
    }
    lines.iter().enumerate().filter_map(|(n, line)| goods_line(check, n, line)).collect()
}

fn goods_line(check: &mut Check, n: usize, line: &TransferLineIn) -> Option<GoodsLine> {
    let item = check.read(one_line(&format!("/lines/{n}/item"), &line.item, 40));
    let unit = check.read(one_line(&format!("/lines/{n}/unit"), &line.unit, 20));
    let quantity = line.quantity.check(check, format!("/lines/{n}/quantity"));
    Some(GoodsLine { item: item?.as_str().to_owned(), unit: unit?.as_str().to_owned(), quantity: quantity? })
}

/// How much of a line of goods.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferPartLineIn {
    /// Number of the line in the transfer, from 1.
    #[schema(minimum = 1, maximum = 100, example = 1)]
    pub line: i16,
    /// How much of it, in the unit of the line.
    #[schema(schema_with = quantity_schema)]
    pub quantity: QuantityIn,
}

/// What every part says.
pub struct PartIn {
    pub id: Uuid,
    pub amount_vnd: Option<i64>,
    pub account: Option<Carried>,
    pub lines: Vec<TransferPartLineIn>,
    pub day: Option<NaiveDate>,
    pub document: Option<String>,
    pub note: Option<String>,
    /// Its code, of parts that have one.
    pub reason: Option<&'static str>,
}

/// A part that is right in itself.
#[derive(Debug, Clone)]
pub struct PartAsk {
    pub id: Uuid,
    pub amount: Option<Vnd>,
    pub account: Option<Carried>,
    /// Lines with their numbers; none for all that is left.
    pub lines: Vec<(i16, Quantity)>,
    pub day: Option<NaiveDate>,
    pub document: Option<[u8; 32]>,
    pub note: Option<Line>,
    pub reason: Option<&'static str>,
}

impl PartIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<PartAsk, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        day(&mut check, self.day, today);
        let document = document(&mut check, self.document.as_deref());
        let note = check.read(note(self.note.as_deref()));
        let amount = self.amount_vnd.map(|amount| vnd(&mut check, "/amount_vnd".to_owned(), amount));
        let lines = part_lines(&mut check, &self.lines);
        let (id, account, day, reason) = (self.id, self.account, self.day, self.reason);
        let made = document.zip(note);
        check.done(made.map(|(document, note)| PartAsk {
            id,
            amount: amount.flatten(),
            account,
            lines,
            day,
            document,
            note,
            reason,
        }))
    }
}

fn part_lines(check: &mut Check, lines: &[TransferPartLineIn]) -> Vec<(i16, Quantity)> {
    if lines.len() > MAX_LINES {
        let (vi, en) = (format!("Tối đa {MAX_LINES} dòng hàng."), format!("At most {MAX_LINES} lines of goods."));
        check.wrong("/lines", "OUT_OF_RANGE", vi, en);
        return Vec::new();
    }
    let mut known = BTreeSet::new();
    let mut read = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        if !known.insert(line.line) {
            check.wrong(format!("/lines/{n}/line"), "TWICE", "Dòng này đã có ở trên.", "This line stands above already.");
        }
        let quantity = line.quantity.check(check, format!("/lines/{n}/quantity"));
        read.extend(quantity.map(|quantity| (line.line, quantity)));
    }
    read
}

/// Where a transfer stands that was sent and not reversed.
pub fn stands(amount: i64, confirmed: i64, returned: i64) -> TransferState {
    match (confirmed, amount - confirmed - returned) {
        (0, 0) => TransferState::Returned,
        (_, 0) => TransferState::Confirmed,
        (0, _) => TransferState::Sent,
        _ => TransferState::PartlyConfirmed,
    }
}

/// Which accounts a transfer by book takes a sum from, of what a chapter's share of the bank account stands on. Everything there is
/// goes as it stands, what is on its way out too; else what the bank has confirmed goes first.
pub fn by_book(amount: i64, bank: i64, in_transit: i64, in_transit_out: i64) -> Vec<(Account, i64)> {
    let parts = if bank + in_transit + in_transit_out == amount {
        [(Account::Bank, bank), (Account::InTransit, in_transit), (Account::InTransitOut, in_transit_out)]
    } else {
        let of_bank = bank.clamp(0, amount);
        [(Account::Bank, of_bank), (Account::InTransit, amount - of_bank), (Account::InTransitOut, 0)]
    };
    parts.into_iter().filter(|(_, part)| *part != 0).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_transfer_stands_where_its_parts_say() {
        let states = [
            ((10, 0, 0), TransferState::Sent),
            ((10, 0, 4), TransferState::Sent),
            ((10, 4, 0), TransferState::PartlyConfirmed),
            ((10, 9, 1), TransferState::Confirmed),
            ((10, 0, 10), TransferState::Returned),
        ];
        for ((amount, confirmed, returned), state) in states {
            assert_eq!(stands(amount, confirmed, returned), state, "{amount} {confirmed} {returned}");
        }
    }

    #[test]
    fn by_book_goes_what_the_bank_has_first_and_everything_as_it_stands() {
        assert_eq!(by_book(40, 100, 50, -60), [(Account::Bank, 40)]);
        assert_eq!(by_book(80, 70, 50, 0), [(Account::Bank, 70), (Account::InTransit, 10)]);
        assert_eq!(by_book(90, 100, 50, -60), [(Account::Bank, 100), (Account::InTransit, 50), (Account::InTransitOut, -60)]);
        assert_eq!(by_book(5, 0, 5, 0), [(Account::InTransit, 5)]);
    }

    proptest! {
        #[test]
        fn by_book_is_the_sum(amount in 1i64..1000, bank in -100i64..1000, transit in 0i64..1000, out in -1000i64..=0) {
            prop_assert_eq!(by_book(amount, bank, transit, out).iter().map(|(_, part)| part).sum::<i64>(), amount);
        }
    }
}
