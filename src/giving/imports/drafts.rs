//! Rows with faults, made into gifts that can be checked all the same: whoever mends a list should hear all of a row at once. Pure.
//!
//! What is missing or wrong in a row gets a neutral value, the rest is checked, and what follows from a fault alone (an address without
//! the name that could not be read) is not said again.

use std::collections::HashSet;

use chrono::NaiveDate;
use sheets::{Fault, Row, Said};

use super::form;
use crate::giving::gift_in::GiftIn;
use crate::http::FieldError;
use crate::ledger::kinds::Channel;
use crate::parties::PartyKind;

/// A sum that nobody asks about.
const SMALL_SUM: i64 = 1_000;

/// Which cells and columns are at fault already.
pub struct Known(HashSet<(Option<u32>, &'static str)>);

impl Known {
    pub fn of(faults: &[Fault]) -> Self {
        Self(faults.iter().filter_map(|fault| Some((fault.row, fault.column?))).collect())
    }

    fn has(&self, row: Option<u32>, column: &'static str) -> bool {
        self.0.contains(&(row, column)) || self.0.contains(&(None, column))
    }

    /// Whether a fault says more than those.
    pub fn is_new(&self, fault: &Fault) -> bool {
        let has = |column| self.has(fault.row, column);
        let follows = match fault.code {
            "WITHOUT_A_GIVER" | "NO_GIVER" => has("giver"),
            "INCOMPLETE" => has("paper_book") || has("paper_no"),
            _ => false,
        };
        !follows && !fault.column.is_some_and(has)
    }
}

/// What a row says of a giver whom it does not name: it would be kept nowhere.
pub fn nameless(row: &Row) -> Vec<Fault> {
    let said = |name: &str| form::value(row, name).is_some();
    let kind = form::choice(row, "giver_kind").and_then(PartyKind::parse);
    let is_lost = |column: &&str| match *column {
        "giver_kind" => kind.is_some_and(|kind| kind != PartyKind::Person),
        column => said(column),
    };
    let columns = ["phone", "giver_kind"].into_iter().filter(|column| !said("giver") && is_lost(column));
    let fault = |column| Fault {
        row: Some(row.number),
        column: Some(column),
        code: "WITHOUT_A_GIVER",
        said: Said::new(
            "Dòng này chưa có tên người ủng hộ nên ô này sẽ không được ghi lại. Hãy điền tên, hoặc xóa ô này.",
            "The row names no giver, so this would be kept nowhere. Fill in the name, or empty this cell.",
        ),
    };
    columns.map(fault).collect()
}

/// A row without a day or a sum, as a gift that has them.
pub fn draft(row: &Row, chapter: &str, today: NaiveDate) -> GiftIn {
    form::gift_of(row, chapter, form::day(row).unwrap_or(today), form::amount(row).unwrap_or(SMALL_SUM))
}

/// A gift without what is wrong with it.
pub fn healed(mut gift: GiftIn, errors: &[FieldError], today: NaiveDate) -> GiftIn {
    for error in errors {
        match error.pointer.as_str() {
            // Goods become money: of what is wrong with them nothing follows for the rest.
            pointer if pointer == "/amount_vnd" || pointer.starts_with("/lines") => {
                (gift.channel, gift.lines, gift.amount_vnd) = (Channel::Cash, Vec::new(), Some(SMALL_SUM));
            }
            "/received_on" => gift.received_on = today,
            "/display" => gift.display = None,
            "/payer_address" => gift.payer_address = None,
            "/appeal" => gift.appeal = None,
            "/wish" => gift.wish = None,
            "/memo" => gift.memo = None,
            "/bank_reference" => gift.bank_reference = None,
            "/paper_book" | "/paper_no" => (gift.paper_book, gift.paper_no) = (None, None),
            "/giver/phone" => {
                if let Some(giver) = &mut gift.giver {
                    giver.phone = None;
                }
            }
            pointer if pointer.starts_with("/giver") => (gift.giver, gift.display, gift.payer_address) = (None, None, None),
            _ => {}
        }
    }
    gift
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::giving::model::NewGift;

    fn row(csv: &str) -> (Row, Vec<Fault>) {
        let mut listed = form::read(csv.as_bytes()).unwrap();
        (listed.rows.remove(0), listed.faults)
    }

    #[test]
    fn nothing_of_a_person_is_thrown_away() {
        let columns =
            |csv: &str| -> Vec<&'static str> { nameless(&row(csv).0).iter().filter_map(|fault| fault.column).collect() };
        let head = "Ngày;Số tiền;Họ tên;SĐT;Loại người ủng hộ\n";
        assert_eq!(columns(&format!("{head}1/11/2026;5000;;0912345678;\n")), ["phone"]);
        assert_eq!(columns(&format!("{head}1/11/2026;5000;;0912345678;Tổ chức\n")), ["phone", "giver_kind"]);
        assert_eq!(columns(&format!("{head}1/11/2026;5000;;;Cá nhân\n")), Vec::<&str>::new(), "what is taken for granted");
        assert_eq!(columns(&format!("{head}1/11/2026;5000;An;0912345678;Tổ chức\n")), Vec::<&str>::new());
    }

    #[test]
    fn a_row_without_day_and_sum_is_checked_all_the_same() {
        let (row, faults) = row("Ngày;Số tiền;Hình thức;Họ tên;SĐT\nhôm qua;-5;xx;a@b.vn;abc\n");
        let known = Known::of(&faults);
        let now = chrono::DateTime::UNIX_EPOCH + chrono::Duration::days(20_700);
        let mut gift = draft(&row, "23095", now.date_naive());
        gift.id = uuid::Uuid::from_u128(1);
        let errors = NewGift::parse(gift.clone(), now).unwrap_err();
        let found: Vec<Fault> = errors.iter().map(|error| form::fault(2, error)).filter(|fault| known.is_new(fault)).collect();
        let columns: Vec<&str> = faults.iter().chain(&found).filter_map(|fault| fault.column).collect();
        assert_eq!(columns, ["received_on", "amount_vnd", "channel", "phone", "giver"]);
        assert!(NewGift::parse(healed(gift, &errors, now.date_naive()), now).is_ok());
    }

    #[test]
    fn what_follows_from_a_fault_is_not_said_again() {
        let fault = |column, code| Fault { row: Some(2), column: Some(column), code, said: Said::new("", "") };
        let known = Known::of(&[fault("giver", "OLD_FONT"), fault("paper_book", "DIGITS_LOST")]);
        assert!(!known.is_new(&fault("payer_address", "WITHOUT_A_GIVER")) && !known.is_new(&fault("paper_no", "INCOMPLETE")));
        assert!(known.is_new(&fault("phone", "NOT_A_PHONE")) && !known.is_new(&fault("giver", "TOO_LONG")));
        assert!(known.is_new(&Fault { row: Some(3), ..fault("giver", "TOO_LONG") }), "another row");
    }
}
