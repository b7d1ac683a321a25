//! A sheet of dues as it is sent, and what of it is right in itself.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{DuesGround, MOST_LINES, MOST_MONTHS, Month};
use crate::basics::{Line, Vnd};
use crate::http::{Check, FieldError, one_line};
use crate::spending::model::{MoneyBy, amount, not_later, own_id};

/// What a unit collected of its members.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DuesSheetIn {
    /// Made by the client, once; sending it again records only once.
    pub id: Uuid,
    /// Code of the unit that collected: a chapter, or a branch.
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// The day on which the money came.
    pub day: NaiveDate,
    /// By what it came. A branch has no bank account.
    pub account: MoneyBy,
    /// One for each member.
    #[schema(min_items = 1, max_items = 500)]
    pub lines: Vec<DuesLineIn>,
}

/// One member in a sheet: the months from the first to the last, paid or free.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DuesLineIn {
    /// Id of the member.
    pub member: Uuid,
    /// The first month.
    #[schema(example = "2026-01", min_length = 7, max_length = 7)]
    pub from: String,
    /// The last month.
    #[schema(example = "2026-12", min_length = 7, max_length = 7)]
    pub to: String,
    /// What was paid; left out, it is what the rule says. Any other amount is refused.
    #[serde(default)]
    #[schema(minimum = 1, example = 12_000)]
    pub amount_vnd: Option<i64>,
    /// By what they are free, in place of an amount.
    #[serde(default)]
    pub exempt: Option<DuesExemptionIn>,
}

/// By what somebody is free of dues.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DuesExemptionIn {
    /// Why.
    pub ground: DuesGround,
    /// Number of the decision of the executive committee. Never anything about the person.
    #[schema(example = "05/QĐ-HCTĐ", min_length = 1, max_length = 60)]
    pub decision_no: String,
}

/// A sheet that is right in itself.
pub struct Sheet {
    pub id: Uuid,
    pub chapter: String,
    pub day: NaiveDate,
    pub account: MoneyBy,
    pub lines: Vec<Entered>,
}

/// A line that is right in itself.
#[derive(Debug, Clone)]
pub struct Entered {
    pub member: Uuid,
    pub first: Month,
    pub last: Month,
    pub said: Said,
}

/// What is said of the months.
#[derive(Debug, Clone)]
pub enum Said {
    /// Paid: so much, or what the rule says.
    Paid(Option<Vnd>),
    Free(DuesGround, Line),
}

impl Entered {
    pub fn is_free(&self) -> bool {
        matches!(self.said, Said::Free(..))
    }
}

impl DuesSheetIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Sheet, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        not_later(&mut check, self.day, today);
        if self.lines.is_empty() || self.lines.len() > MOST_LINES {
            check.wrong(
                "/lines",
                "OUT_OF_RANGE",
                format!("Từ 1 đến {MOST_LINES} hội viên."),
                format!("1 to {MOST_LINES} members."),
            );
        }
        let mut seen = BTreeSet::new();
        let mut lines = Vec::with_capacity(self.lines.len());
        for (n, line) in self.lines.into_iter().enumerate().take(MOST_LINES) {
            if !seen.insert(line.member) {
                check.wrong(
                    format!("/lines/{n}/member"),
                    "TWICE",
                    "Hội viên này đã có trong bảng: mỗi người một dòng.",
                    "This member is in the sheet already: one line each.",
                );
            }
            lines.extend(line.check(&mut check, n, today));
        }
        if check.is_clean() && lines.iter().all(Entered::is_free) {
            check.wrong(
                "/lines",
                "NOBODY_PAID",
                "Không ai nộp: hội viên được miễn thì ghi cùng bảng thu có người nộp.",
                "Nobody paid: who is free is entered in a sheet in which somebody pays.",
            );
        }
        let (id, chapter, day, account) = (self.id, self.chapter, self.day, self.account);
        check.done(Some(Sheet { id, chapter, day, account, lines }))
    }
}

impl DuesLineIn {
    fn check(self, check: &mut Check, n: usize, today: NaiveDate) -> Option<Entered> {
        let at = |field: &str| format!("/lines/{n}/{field}");
        let first = month(check, &at("from"), &self.from);
        let last = month(check, &at("to"), &self.to);
        if let Some((first, last)) = first.zip(last) {
            months(check, &at("to"), first, last, today);
        }
        let said = match (self.exempt, self.amount_vnd) {
            (Some(_), Some(_)) => {
                let (vi, en) = ("Người được miễn không nộp: bỏ amount_vnd.", "Who is free pays nothing: leave amount_vnd out.");
                check.wrong(at("amount_vnd"), "ONE_OF_TWO", vi, en);
                None
            }
            (Some(exempt), None) => {
                let no = check.read(one_line(&at("exempt/decision_no"), &exempt.decision_no, 60));
                no.map(|no| Said::Free(exempt.ground, no))
            }
            (None, Some(vnd)) => amount(check, &at("amount_vnd"), vnd).map(|vnd| Said::Paid(Some(vnd))),
            (None, None) => Some(Said::Paid(None)),
        };
        Some(Entered { member: self.member, first: first?, last: last?, said: said? })
    }
}

/// Reads a month.
pub fn month(check: &mut Check, at: &str, text: &str) -> Option<Month> {
    let month = Month::parse(text);
    if month.is_none() {
        check.wrong(at, "NOT_A_MONTH", "Tháng viết năm-tháng: 2026-01.", "A month is written year-month: 2026-01.");
    }
    month
}

fn months(check: &mut Check, at: &str, first: Month, last: Month, today: NaiveDate) {
    let count = first.until(last);
    if count == 0 {
        check.wrong(at, "BEFORE_THE_START", "Tháng cuối trước tháng đầu.", "The last month is before the first.");
    }
    if count > MOST_MONTHS {
        let (vi, en) = (format!("Tối đa {MOST_MONTHS} tháng một dòng."), format!("At most {MOST_MONTHS} months a line."));
        check.wrong(at, "OUT_OF_RANGE", vi, en);
    }
    if last.first_day().year() > today.year() + 1 {
        check.wrong(
            at,
            "OUT_OF_RANGE",
            "Chỉ thu trước đến hết năm sau.",
            "Dues are paid ahead to the end of the next year at most.",
        );
    }
}

impl Sheet {
    /// All of it in one form: what makes it the same when it comes again.
    pub fn content(&self) -> String {
        let line = |line: &Entered| match &line.said {
            Said::Paid(vnd) => json!([line.member, line.first.to_string(), line.last.to_string(), vnd.map(Vnd::get)]),
            Said::Free(ground, no) => {
                json!([line.member, line.first.to_string(), line.last.to_string(), ground.name(), no.as_str()])
            }
        };
        let lines: Vec<_> = self.lines.iter().map(line).collect();
        json!([self.id, self.chapter, self.day, self.account, lines]).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(change: serde_json::Value) -> serde_json::Value {
        let mut line = json!({"member": Uuid::new_v4(), "from": "2026-01", "to": "2026-12"});
        for (key, value) in change.as_object().unwrap() {
            line[key] = value.clone();
        }
        line
    }

    fn wrong(lines: Vec<serde_json::Value>) -> Vec<(String, &'static str)> {
        let sheet = json!({"id": Uuid::now_v7(), "chapter": "23095", "day": "2026-11-20", "account": "CASH", "lines": lines});
        let sheet: DuesSheetIn = serde_json::from_value(sheet).unwrap();
        let errors = sheet.check("2026-11-22".parse().unwrap()).err().unwrap_or_default();
        errors.into_iter().map(|error| (error.pointer, error.code)).collect()
    }

    #[test]
    fn what_is_wrong_is_named_line_by_line() {
        let free = json!({"exempt": {"ground": "HARDSHIP", "decision_no": "05/QĐ"}});
        assert_eq!(wrong(vec![line(json!({})), line(free.clone())]), []);
        assert_eq!(wrong(vec![line(free.clone())]), [("/lines".to_owned(), "NOBODY_PAID")]);
        assert_eq!(wrong(Vec::new()), [("/lines".to_owned(), "OUT_OF_RANGE")]);
        let one = line(free.clone());
        assert_eq!(wrong(vec![line(json!({})), one.clone(), one]), [("/lines/2/member".to_owned(), "TWICE")]);
        for (change, at, code) in [
            (json!({"from": "2026-13"}), "/lines/0/from", "NOT_A_MONTH"),
            (json!({"to": "2025-12"}), "/lines/0/to", "BEFORE_THE_START"),
            (json!({"from": "2021-12"}), "/lines/0/to", "OUT_OF_RANGE"),
            (json!({"to": "2028-01"}), "/lines/0/to", "OUT_OF_RANGE"),
            (json!({"amount_vnd": 0}), "/lines/0/amount_vnd", "NOT_POSITIVE"),
            (json!({"amount_vnd": 1, "exempt": free["exempt"]}), "/lines/0/amount_vnd", "ONE_OF_TWO"),
        ] {
            assert_eq!(wrong(vec![line(change.clone())]), [(at.to_owned(), code)], "{change}");
        }
    }
}
