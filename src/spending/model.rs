//! What a money order says, and how its fields are checked. Pure.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::basics::codes::codes;
use crate::basics::vnd::VndError;
use crate::basics::{Vnd, unhex};
use crate::http::{Check, FieldError, Say, one_line, one_name};
use crate::ledger::accounts::Account;

/// Nobody orders what was paid before this day; a date before it is a slip of the hand.
const OLDEST: (i32, u32, u32) = (2000, 1, 1);
const MOST_NAME: usize = 120;
const MOST_ACCOUNT: usize = 40;
const MOST_TEXT: usize = 200;

codes! {
    /// What is ordered. Its name is also that of its matter, so that an order and its decision are found by one word.
    #[derive(Hash, PartialOrd, Ord)]
    pub wire enum OrderKind {
        /// Chi.
        Payment = "PAYMENT",
        /// Thu khác.
        Income = "INCOME",
        /// Hoàn trả người ủng hộ.
        Refund = "REFUND",
        /// Tạm ứng.
        Advance = "ADVANCE",
        /// Thanh toán tạm ứng.
        AdvanceClearing = "ADVANCE_CLEARING",
        /// Mua hàng nhập kho.
        Purchase = "PURCHASE",
        /// Nộp tiền mặt vào ngân hàng.
        CashDeposit = "CASH_DEPOSIT",
        /// Rút tiền gửi về quỹ.
        CashWithdrawal = "CASH_WITHDRAWAL",
        /// Kiểm quỹ.
        CashCount = "CASH_COUNT",
        /// Chuyển giữa các quỹ.
        FundRelease = "FUND_RELEASE",
    }
}

codes! {
    /// Where a money order stands.
    pub wire enum OrderState {
        Requested = "REQUESTED",
        Approved = "APPROVED",
        Refused = "REFUSED",
        Withdrawn = "WITHDRAWN",
        /// It was approved and its entry reversed since.
        Reversed = "REVERSED",
    }
}

codes! {
    /// From what is paid.
    pub wire enum PaidFrom {
        /// Tiền mặt tại quỹ.
        Cash = "CASH",
        /// Chuyển khoản; counts as on its way until the bank's statement says so.
        Bank = "BANK",
        /// Mua chịu: it is owed for now.
        Payable = "PAYABLE",
    }
}

codes! {
    /// By what money comes or goes.
    pub wire enum MoneyBy {
        /// Tiền mặt.
        Cash = "CASH",
        /// Chuyển khoản.
        Bank = "BANK",
    }
}

impl PaidFrom {
    /// The account that is credited.
    pub fn account(self) -> Account {
        match self {
            PaidFrom::Cash => Account::CashOnHand,
            PaidFrom::Bank => Account::InTransitOut,
            PaidFrom::Payable => Account::Payable,
        }
    }
}

impl MoneyBy {
    /// The account that is credited when money leaves.
    pub fn out(self) -> Account {
        match self {
            MoneyBy::Cash => Account::CashOnHand,
            MoneyBy::Bank => Account::InTransitOut,
        }
    }

    /// The account that is debited when money comes.
    pub fn into(self) -> Account {
        match self {
            MoneyBy::Cash => Account::CashOnHand,
            MoneyBy::Bank => Account::InTransit,
        }
    }
}

/// Who is paid, or pays. Kept sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Payee {
    /// As on papers.
    #[schema(example = "Cửa hàng gạo Bảy Lúa", max_length = 120)]
    pub name: String,
    /// Number of the bank account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "0071000123456", max_length = 40)]
    pub account: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "12 Trần Hưng Đạo, Hàm Liêm", max_length = 200)]
    pub address: Option<String>,
}

impl Payee {
    /// The same in one form, with what is wrong with it.
    pub fn check(self, at: &str, check: &mut Check) -> Option<Self> {
        let name = check.read(one_name(&format!("{at}/name"), &self.name, MOST_NAME));
        let account = line(check, &format!("{at}/account"), self.account.as_deref(), MOST_ACCOUNT);
        let address = line(check, &format!("{at}/address"), self.address.as_deref(), MOST_TEXT);
        Some(Payee { name: name?.as_str().to_owned(), account: account?, address: address? })
    }
}

fn line(check: &mut Check, at: &str, text: Option<&str>, most: usize) -> Option<Option<String>> {
    match text {
        None => Some(None),
        Some(text) => check.read(one_line(at, text, most)).map(|line| Some(line.as_str().to_owned())),
    }
}

/// What stands sealed beside an order: who, and what for in words, as the voucher says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Particulars {
    #[serde(default)]
    pub payee: Option<Payee>,
    #[serde(default)]
    pub content: String,
}

/// What every order says, checked field by field.
#[derive(Debug, Clone, Copy)]
pub struct Basics {
    pub id: Uuid,
    pub amount: Vnd,
    pub day: NaiveDate,
    /// SHA-256 of its paper.
    pub document: Option<[u8; 32]>,
}

/// Checks what every order says.
pub fn basics(
    check: &mut Check,
    id: Uuid,
    amount_vnd: i64,
    day: NaiveDate,
    document: Option<&str>,
    today: NaiveDate,
) -> Option<Basics> {
    own_id(check, id);
    not_later(check, day, today);
    let amount = amount(check, "/amount_vnd", amount_vnd);
    let document = hash(check, "/document", document);
    Some(Basics { id, amount: amount?, day, document: document? })
}

/// An id that is the order's own.
pub fn own_id(check: &mut Check, id: Uuid) {
    check.own_id("/id", id, "id phải là UUID của riêng yêu cầu này.", "The id must be a UUID of its own.");
}

/// A day that has come, and not before anybody kept books.
pub fn not_later(check: &mut Check, day: NaiveDate, today: NaiveDate) {
    if day > today {
        check.wrong("/day", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
    }
    if NaiveDate::from_ymd_opt(OLDEST.0, OLDEST.1, OLDEST.2).is_some_and(|oldest| day < oldest) {
        check.wrong("/day", "TOO_OLD", "Không trước ngày 1/1/2000.", "Not before 1/1/2000.");
    }
}

/// An amount of money.
pub fn amount(check: &mut Check, at: &str, amount_vnd: i64) -> Option<Vnd> {
    match Vnd::parse(amount_vnd) {
        Ok(amount) => return Some(amount),
        Err(VndError::NotPositive) => check.wrong(at, "NOT_POSITIVE", "Số tiền phải từ 1 đồng.", "1 đồng or more."),
        Err(VndError::TooLarge) => check.wrong(at, "TOO_LARGE", "Tối đa 10^15 đồng.", "At most 10^15 đồng."),
    }
    None
}

/// The hash of a paper.
pub fn hash(check: &mut Check, at: &str, text: Option<&str>) -> Option<Option<[u8; 32]>> {
    let Some(text) = text else { return Some(None) };
    let hash = unhex(text);
    if hash.is_none() {
        check.wrong(at, "NOT_A_HASH", "SHA-256 gồm 64 chữ số hệ 16.", "A SHA-256 has 64 hexadecimal digits.");
    }
    hash.map(Some)
}

/// What for, in words.
pub fn content(check: &mut Check, at: &str, text: &str) -> Option<String> {
    check.read(one_line(at, text, MOST_TEXT)).map(|line| line.as_str().to_owned())
}

/// One wrong field.
pub fn wrong(at: &str, code: &'static str, vi: &'static str, en: &'static str) -> FieldError {
    FieldError::new(at, code, Say::fixed(vi, en))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for kind in OrderKind::ALL {
            assert_eq!(OrderKind::parse(kind.name()), Some(kind));
        }
        for state in OrderState::ALL {
            assert_eq!(OrderState::parse(state.name()), Some(state));
        }
    }

    #[test]
    fn every_wrong_field_is_named() {
        let mut check = Check::default();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert!(basics(&mut check, Uuid::nil(), 0, day("2027-01-01"), Some("x"), day("2026-12-01")).is_none());
        let payee = Payee { name: "a\nb".to_owned(), account: Some(String::new()), address: Some("x".repeat(201)) };
        assert!(payee.check("/payee", &mut check).is_none());
        let wrong: Vec<String> = check.into_errors().into_iter().map(|error| error.pointer).collect();
        assert_eq!(wrong, ["/id", "/day", "/amount_vnd", "/document", "/payee/name", "/payee/account", "/payee/address"]);
        let mut check = Check::default();
        let payee = Payee { name: " Bảy  Lúa ".to_owned(), account: None, address: None };
        assert_eq!(payee.check("/payee", &mut check).unwrap().name, "Bảy Lúa");
    }
}
