//! Adjustments and counts as they are sent, and what they say once they are right in themselves.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::quantity::{Quantity, QuantityIn, quantity_schema};
use super::valuation::Valuation;
use crate::basics::codes::codes;
use crate::basics::{Line, Vnd, hex, unhex};
use crate::http::{Check, FieldError, note};

/// Most lines of one adjustment on each side, and of one count.
const MAX_LINES: usize = 100;

codes! {
    /// Why what is in stock is not what the books say. Public, so it is a code.
    pub wire enum AdjustmentReason {
        /// Mất.
        Lost = "LOST",
        /// Hỏng.
        Spoiled = "SPOILED",
        /// Hết hạn.
        Expired = "EXPIRED",
        /// Thừa, tìm thấy.
        Found = "FOUND",
        /// What a count found; proposed by the count alone.
        Counted = "COUNTED",
        /// Goods out of old books, of which the value alone was known, are listed item by item.
        Itemised = "ITEMISED",
    }
}

codes! {
    /// Which way goods of a line go.
    pub wire enum LotSide {
        Out = "OUT",
        In = "IN",
    }
}

/// So much of a lot.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfLotIn {
    /// The lot.
    pub lot: Uuid,
    /// As text (`"12.5"`) or number: up to three decimals in units that measure, none in units that count.
    #[schema(schema_with = quantity_schema)]
    pub quantity: QuantityIn,
}

/// Goods that were found: more of a lot, or goods that become a lot of their own.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FoundIn {
    /// More of this lot, at its own price. Then nothing is said but `quantity`.
    #[serde(default)]
    pub lot: Option<Uuid>,
    /// As text (`"12.5"`) or number: up to three decimals in units that measure, none in units that count.
    #[schema(schema_with = quantity_schema)]
    pub quantity: QuantityIn,
    /// Catalogue code.
    #[serde(default)]
    #[schema(example = "RICE", max_length = 40)]
    pub item: Option<String>,
    /// One of the item's units.
    #[serde(default)]
    #[schema(example = "KG", max_length = 20)]
    pub unit: Option<String>,
    /// Value of the line in đồng.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000_000_000_000i64)]
    pub value_vnd: Option<i64>,
    #[serde(default)]
    pub valuation: Option<Valuation>,
    /// The last day they are good.
    #[serde(default)]
    pub expires_on: Option<NaiveDate>,
    /// Where they are kept.
    #[serde(default)]
    pub store: Option<Uuid>,
}

/// An adjustment as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdjustmentIn {
    /// Made by the client, once; sending it again asks only once.
    pub id: Uuid,
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// Code of the fund the goods belong to.
    #[schema(example = "GENERAL", max_length = 60)]
    pub fund: String,
    pub reason: AdjustmentReason,
    /// SHA-256 of the record, which the chapter has uploaded for this purpose (`STOCK_ADJUSTMENT`), hexadecimal; the hash becomes
    /// public with the entry.
    #[schema(min_length = 64, max_length = 64)]
    pub document: String,
    /// For the second person; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
    /// What is gone, lot by lot; lots past their day included.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub out: Vec<OfLotIn>,
    /// What was found.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub found: Vec<FoundIn>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    More { lot: Uuid, quantity: Quantity },
    New(NewGoods),
}

/// Goods that become a lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGoods {
    pub item: String,
    pub unit: String,
    pub quantity: Quantity,
    pub value: Vnd,
    pub valuation: Valuation,
    pub expires_on: Option<NaiveDate>,
    pub store: Option<Uuid>,
}

/// An adjustment that is right in itself.
#[derive(Debug, Clone)]
pub struct Adjustment {
    pub id: Uuid,
    pub chapter: String,
    pub fund: String,
    pub reason: AdjustmentReason,
    pub document: [u8; 32],
    pub note: Option<Line>,
    pub out: Vec<(Uuid, Quantity)>,
    pub found: Vec<Found>,
}

/// A count as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountIn {
    /// Made by the client, once; sending it again counts only once.
    pub id: Uuid,
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// The day it was counted.
    pub counted_on: NaiveDate,
    /// SHA-256 of the record of the count, uploaded for `STOCK_ADJUSTMENT`, hexadecimal.
    #[schema(min_length = 64, max_length = 64)]
    pub document: String,
    /// For the second person; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
    /// What was there, lot by lot; `"0"` where nothing was. Lots that are not named were not counted.
    #[schema(min_items = 1, max_items = 100)]
    pub lines: Vec<OfLotIn>,
}

/// A count that is right in itself.
#[derive(Debug, Clone)]
pub struct Count {
    pub id: Uuid,
    pub chapter: String,
    pub counted_on: NaiveDate,
    pub document: [u8; 32],
    pub note: Option<Line>,
    /// Lot, and how many thousandths were there.
    pub lines: Vec<(Uuid, i64)>,
}

fn document(check: &mut Check, text: &str) -> Option<[u8; 32]> {
    let hash = unhex(text);
    if hash.is_none() {
        check.wrong("/document", "NOT_A_HASH", "SHA-256 gồm 64 chữ số hệ 16.", "A SHA-256 has 64 hexadecimal digits.");
    }
    hash
}

fn twice(check: &mut Check, pointer: String) {
    check.wrong(pointer, "TWICE", "Lô này đã có ở dòng khác.", "This lot is on another line.");
}

impl AdjustmentIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self) -> Result<Adjustment, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng yêu cầu này.", "The id must be a UUID of its own.");
        let document = document(&mut check, &self.document);
        let note = check.read(note(self.note.as_deref()));
        self.check_sides(&mut check);
        let mut lots = BTreeSet::new();
        let mut out = Vec::new();
        for (n, line) in self.out.iter().enumerate() {
            let quantity = line.quantity.check(&mut check, format!("/out/{n}/quantity"));
            if !lots.insert(line.lot) {
                twice(&mut check, format!("/out/{n}/lot"));
            }
            out.extend(quantity.map(|quantity| (line.lot, quantity)));
        }
        let mut found = Vec::new();
        for (n, line) in self.found.iter().enumerate() {
            if line.lot.is_some_and(|lot| !lots.insert(lot)) {
                twice(&mut check, format!("/found/{n}/lot"));
            }
            found.extend(line.check(&mut check, &format!("/found/{n}")));
        }
        let (id, chapter, fund, reason) = (self.id, self.chapter, self.fund, self.reason);
        let made = document.zip(note);
        check.done(made.map(|(document, note)| Adjustment { id, chapter, fund, reason, document, note, out, found }))
    }

    /// A reason says which way goods go.
    fn check_sides(&self, check: &mut Check) {
        use AdjustmentReason::{Counted, Expired, Found, Itemised, Lost, Spoiled};
        let (goes, comes) = match self.reason {
            Lost | Spoiled | Expired => (true, false),
            Found => (false, true),
            Itemised => (true, true),
            Counted => {
                let (vi, en) = ("Kiểm kê tự đề nghị điều chỉnh này.", "A count proposes this one by itself.");
                return check.wrong("/reason", "NOT_A_CHOICE", vi, en);
            }
        };
        for (pointer, wanted, lines) in [("/out", goes, self.out.len()), ("/found", comes, self.found.len())] {
            if wanted && (lines == 0 || lines > MAX_LINES) {
                check.wrong(pointer, "OUT_OF_RANGE", "Từ 1 đến 100 dòng.", "1 to 100 lines.");
            } else if !wanted && lines > 0 {
                let (vi, en) = ("Lý do này không có chiều này.", "With this reason goods do not go this way.");
                check.wrong(pointer, "NOT_FOR_THIS", vi, en);
            }
        }
    }
}

impl FoundIn {
    fn check(&self, check: &mut Check, at: &str) -> Option<Found> {
        let quantity = self.quantity.check(check, format!("{at}/quantity"));
        if let Some(lot) = self.lot {
            let more = [
                ("item", self.item.is_some()),
                ("unit", self.unit.is_some()),
                ("value_vnd", self.value_vnd.is_some()),
                ("valuation", self.valuation.is_some()),
                ("expires_on", self.expires_on.is_some()),
                ("store", self.store.is_some()),
            ];
            for (field, _) in more.into_iter().filter(|(_, said)| *said) {
                let (vi, en) = ("Lô đã có: chỉ ghi số lượng.", "Of a lot that is there only the quantity is said.");
                check.wrong(format!("{at}/{field}"), "NOT_FOR_THIS", vi, en);
            }
            return Some(Found::More { lot, quantity: quantity? });
        }
        let goods = NewGoods {
            item: required(check, at, "item", self.item.clone())?,
            unit: required(check, at, "unit", self.unit.clone())?,
            value: required(check, at, "value_vnd", self.value_vnd)
                .and_then(|value| vnd(check, format!("{at}/value_vnd"), value))?,
            valuation: required(check, at, "valuation", self.valuation)?,
            quantity: quantity?,
            expires_on: self.expires_on,
            store: self.store,
        };
        if !goods.valuation.is_of_today() {
            let (vi, en) = ("Chỉ dành cho hàng từ sổ cũ.", "For goods out of old books alone.");
            check.wrong(format!("{at}/valuation"), "NOT_A_CHOICE", vi, en);
        }
        Some(Found::New(goods))
    }
}

fn required<T>(check: &mut Check, at: &str, field: &str, value: Option<T>) -> Option<T> {
    if value.is_none() {
        check.wrong(format!("{at}/{field}"), "MISSING", "Thiếu.", "Missing.");
    }
    value
}

/// An amount of a line.
pub fn vnd(check: &mut Check, pointer: String, amount: i64) -> Option<Vnd> {
    let vnd = Vnd::parse(amount);
    if vnd.is_err() {
        let code = if amount > 0 { "TOO_LARGE" } else { "NOT_POSITIVE" };
        check.wrong(pointer, code, "Giá trị từ 1 đến 10^15 đồng.", "A value is 1 to 10^15 đồng.");
    }
    vnd.ok()
}

impl Adjustment {
    /// All but the note, in one form.
    pub fn content(&self) -> String {
        let out: Vec<_> = self.out.iter().map(|(lot, quantity)| json!([lot, quantity.milli()])).collect();
        let found = self.found.iter().map(|found| match found {
            Found::More { lot, quantity } => json!([lot, quantity.milli()]),
            Found::New(g) => {
                json!([g.item, g.unit, g.quantity.milli(), g.value.get(), g.valuation.name(), g.expires_on, g.store])
            }
        });
        let found: Vec<_> = found.collect();
        json!([self.chapter, self.fund, self.reason.name(), hex(&self.document), out, found]).to_string()
    }
}

impl CountIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Count, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng lần kiểm kê này.", "The id must be a UUID of its own.");
        if self.counted_on > today {
            check.wrong("/counted_on", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
        }
        let document = document(&mut check, &self.document);
        let note = check.read(note(self.note.as_deref()));
        if self.lines.is_empty() || self.lines.len() > MAX_LINES {
            check.wrong("/lines", "OUT_OF_RANGE", "Từ 1 đến 100 dòng.", "1 to 100 lines.");
        }
        let (mut lots, mut lines) = (BTreeSet::new(), Vec::new());
        for (n, line) in self.lines.iter().enumerate() {
            if !lots.insert(line.lot) {
                twice(&mut check, format!("/lines/{n}/lot"));
            }
            let milli = match line.quantity.is_nothing() {
                true => Some(0),
                false => line.quantity.check(&mut check, format!("/lines/{n}/quantity")).map(Quantity::milli),
            };
            lines.extend(milli.map(|milli| (line.lot, milli)));
        }
        let (id, chapter, counted_on) = (self.id, self.chapter, self.counted_on);
        check.done(document.zip(note).map(|(document, note)| Count { id, chapter, counted_on, document, note, lines }))
    }
}

impl Count {
    /// All but the note, in one form.
    pub fn content(&self) -> String {
        json!([self.chapter, self.counted_on, hex(&self.document), self.lines]).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(reason: &str, out: serde_json::Value, found: serde_json::Value) -> Result<Adjustment, Vec<(String, &'static str)>> {
        let body = json!({"id": Uuid::now_v7(), "chapter": "23095", "fund": "GENERAL", "reason": reason, "document": "ab".repeat(32),
            "out": out, "found": found});
        let ask: AdjustmentIn = serde_json::from_value(body).unwrap();
        ask.check().map_err(|errors| errors.into_iter().map(|e| (e.pointer, e.code)).collect())
    }

    fn wrong(pointer: &str, code: &'static str) -> (String, &'static str) {
        (pointer.to_owned(), code)
    }

    #[test]
    fn a_reason_says_which_way_goods_go() {
        let lot = Uuid::now_v7();
        let line = json!([{"lot": lot, "quantity": "2.5"}]);
        assert!(ask("LOST", line.clone(), json!([])).is_ok());
        assert!(ask("FOUND", json!([]), line.clone()).is_ok());
        assert_eq!(
            ask("LOST", json!([]), line.clone()).unwrap_err(),
            [wrong("/out", "OUT_OF_RANGE"), wrong("/found", "NOT_FOR_THIS")]
        );
        assert_eq!(ask("COUNTED", line.clone(), json!([])).unwrap_err(), [wrong("/reason", "NOT_A_CHOICE")]);
        assert_eq!(ask("ITEMISED", line.clone(), line).unwrap_err(), [wrong("/found/0/lot", "TWICE")]);
    }

    #[test]
    fn goods_that_are_found_are_described_whole() {
        let found = ask("FOUND", json!([]), json!([{"quantity": 0, "item": "RICE", "unit": "KG", "valuation": "OLD_BOOKS"}]));
        assert_eq!(found.unwrap_err(), [wrong("/found/0/quantity", "NOT_A_QUANTITY"), wrong("/found/0/value_vnd", "MISSING")]);
        let old = json!([{"quantity": 1, "item": "RICE", "unit": "KG", "value_vnd": 5, "valuation": "OLD_BOOKS"}]);
        assert_eq!(ask("FOUND", json!([]), old).unwrap_err(), [wrong("/found/0/valuation", "NOT_A_CHOICE")]);
    }
}
