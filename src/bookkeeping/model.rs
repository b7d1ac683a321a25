//! What an opening balance says, checked field by field. Pure.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::basics::codes::codes;
use crate::basics::vnd::VndError;
use crate::basics::{Line, Vnd, unhex};
use crate::http::{Check, FieldError, note, one_line};
use crate::ledger::accounts::Account;

/// Most lines of one opening balance; an entry has at most 200 postings.
pub const MAX_LINES: usize = 100;
/// Nobody carries books over that ended before this day; a date before it is a slip of the hand.
const OLDEST: (i32, u32, u32) = (2000, 1, 1);

/// An account an old book can end with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OpeningAccount {
    /// Tiền mặt.
    CashOnHand,
    /// Tiền gửi ngân hàng, kho bạc.
    Bank,
    /// Hiện vật tồn kho, by value.
    GoodsInStock,
    /// Phải thu khác.
    ReceivableOther,
    /// Tạm ứng.
    Advance,
    /// Phải trả: what the chapter owed.
    Payable,
}

impl OpeningAccount {
    pub fn account(self) -> Account {
        match self {
            OpeningAccount::CashOnHand => Account::CashOnHand,
            OpeningAccount::Bank => Account::Bank,
            OpeningAccount::GoodsInStock => Account::GoodsInStock,
            OpeningAccount::ReceivableOther => Account::ReceivableOther,
            OpeningAccount::Advance => Account::Advance,
            OpeningAccount::Payable => Account::Payable,
        }
    }
}

/// One line as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpeningLineIn {
    /// Code of the fund: `GENERAL`, `OPERATING`, `APPEAL:LULUT-2026`.
    #[schema(example = "GENERAL", max_length = 60)]
    pub fund: String,
    pub account: OpeningAccount,
    /// What the account held; for `PAYABLE`, what was owed.
    #[schema(minimum = 1, example = 12_500_000)]
    pub amount_vnd: i64,
}

/// An opening balance as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpeningIn {
    /// Made by the client, once; sending it again asks only once.
    pub id: Uuid,
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// The day the old books ended.
    pub as_of: NaiveDate,
    /// Number of the minutes that state the balances.
    #[schema(example = "02/BB-HCTĐ", max_length = 60)]
    pub document_no: String,
    /// SHA-256 of a document that the chapter has uploaded for this purpose, hexadecimal; the hash becomes public with the
    /// entry.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    pub document: Option<String>,
    /// For the second person; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
    #[schema(min_items = 1, max_items = 100)]
    pub lines: Vec<OpeningLineIn>,
}

/// A line that is right in itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningLine {
    pub fund: String,
    pub account: Account,
    pub amount: Vnd,
}

/// An opening balance that is right in itself.
#[derive(Debug, Clone)]
pub struct Opening {
    pub id: Uuid,
    pub chapter: String,
    pub as_of: NaiveDate,
    pub document_no: Line,
    pub document: Option<[u8; 32]>,
    pub note: Option<Line>,
    pub lines: Vec<OpeningLine>,
}

impl Opening {
    /// The lines of each fund, in order of its code.
    pub fn by_fund(&self) -> BTreeMap<&str, Vec<(Account, Vnd)>> {
        let mut funds: BTreeMap<&str, Vec<(Account, Vnd)>> = BTreeMap::new();
        for line in &self.lines {
            funds.entry(&line.fund).or_default().push((line.account, line.amount));
        }
        funds
    }
}

impl OpeningIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Opening, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng yêu cầu này.", "The id must be a UUID of its own.");
        if self.as_of > today {
            check.wrong("/as_of", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
        }
        if NaiveDate::from_ymd_opt(OLDEST.0, OLDEST.1, OLDEST.2).is_some_and(|oldest| self.as_of < oldest) {
            check.wrong("/as_of", "TOO_OLD", "Không trước ngày 1/1/2000.", "Not before 1/1/2000.");
        }
        let document_no = check.read(one_line("/document_no", &self.document_no, 60));
        let document = self.document.as_deref().map(|text| unhex(text).ok_or(())).transpose();
        if document.is_err() {
            check.wrong("/document", "NOT_A_HASH", "SHA-256 gồm 64 chữ số hệ 16.", "A SHA-256 has 64 hexadecimal digits.");
        }
        let note = check.read(note(self.note.as_deref()));
        let lines = check_lines(self.lines, &mut check);
        let (id, chapter, as_of) = (self.id, self.chapter, self.as_of);
        let opening = document_no.zip(note).zip(document.ok());
        check.done(opening.map(|((document_no, note), document)| Opening {
            id,
            chapter,
            as_of,
            document_no,
            document,
            note,
            lines,
        }))
    }
}

fn check_lines(lines: Vec<OpeningLineIn>, check: &mut Check) -> Vec<OpeningLine> {
    if lines.is_empty() || lines.len() > MAX_LINES {
        check.wrong("/lines", "OUT_OF_RANGE", "Từ 1 đến 100 dòng.", "1 to 100 lines.");
        return Vec::new();
    }
    let mut known = BTreeSet::new();
    let mut checked = Vec::new();
    for (n, line) in lines.into_iter().enumerate() {
        if !known.insert((line.fund.clone(), line.account)) {
            check.wrong(
                format!("/lines/{n}"),
                "TWICE",
                "Quỹ và tài khoản này đã có ở dòng trên: hãy cộng lại.",
                "This fund and account are on a line above: add them up.",
            );
        }
        let pointer = format!("/lines/{n}/amount_vnd");
        match Vnd::parse(line.amount_vnd) {
            Ok(amount) => checked.push(OpeningLine { fund: line.fund, account: line.account.account(), amount }),
            Err(VndError::NotPositive) => {
                check.wrong(pointer, "NOT_POSITIVE", "Số tiền phải từ 1 đồng.", "1 đồng or more.");
            }
            Err(VndError::TooLarge) => {
                check.wrong(pointer, "TOO_LARGE", "Tối đa 10^15 đồng.", "At most 10^15 đồng.");
            }
        }
    }
    checked
}

codes! {
    /// Why an opening balance is reversed. Public, so it is a code.
    pub wire enum OpeningFault {
        Duplicate = "DUPLICATE",
        WrongAmount = "WRONG_AMOUNT",
        WrongFund = "WRONG_FUND",
        WrongChapter = "WRONG_CHAPTER",
        Other = "OTHER",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn opening(lines: Vec<OpeningLineIn>) -> OpeningIn {
        OpeningIn {
            id: Uuid::now_v7(),
            chapter: "23095".to_owned(),
            as_of: "2025-12-31".parse().unwrap(),
            document_no: "02/BB-HCTĐ".to_owned(),
            document: Some("aB".repeat(32)),
            note: None,
            lines,
        }
    }

    fn line(fund: &str, account: OpeningAccount, amount_vnd: i64) -> OpeningLineIn {
        OpeningLineIn { fund: fund.to_owned(), account, amount_vnd }
    }

    #[test]
    fn a_document_is_64_digits() {
        assert_eq!(unhex(&"aB".repeat(32)), Some([0xab; 32]));
        for bad in ["", "ab", &"g".repeat(64), &"é".repeat(32), &"a".repeat(65)] {
            assert_eq!(unhex(bad), None, "{bad}");
        }
    }

    #[test]
    fn names_of_reasons_are_read_back() {
        for fault in OpeningFault::ALL {
            assert_eq!(OpeningFault::parse(fault.name()), Some(fault));
        }
    }

    proptest! {
        /// Whatever passes has each fund and account once and adds up fund by fund.
        #[test]
        fn what_passes_is_whole(raw in proptest::collection::vec((0usize..3, 0usize..3, -3i64..50), 0..8)) {
            use OpeningAccount::*;
            let today = "2026-11-22".parse().unwrap();
            let lines: Vec<OpeningLineIn> = raw.iter()
                .map(|(f, a, vnd)| line(["GENERAL", "OPERATING", "APPEAL:X"][*f], [CashOnHand, Bank, Payable][*a], *vnd)).collect();
            let distinct: BTreeSet<_> = raw.iter().map(|(f, a, _)| (f, a)).collect();
            let right = !raw.is_empty() && distinct.len() == raw.len() && raw.iter().all(|(_, _, vnd)| *vnd > 0);
            let checked = opening(lines).check(today);
            prop_assert_eq!(checked.is_ok(), right);
            if let Ok(opening) = checked {
                let sum: i64 = opening.by_fund().values().flatten().map(|(_, vnd)| vnd.get()).sum();
                prop_assert_eq!(sum, raw.iter().map(|(_, _, vnd)| *vnd).sum::<i64>());
            }
        }
    }
}
