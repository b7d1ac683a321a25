//! A settlement report: the figures of an appeal. Pure.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ledger::measures::Measure;
use crate::periods::figures::{LogAt, decimal};

/// The text of a statement of the event SETTLEMENT_REPORT. Amounts are decimal text in đồng.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettlementFigures {
    /// Version of this form: 1.
    pub v: u8,
    #[schema(example = "SETTLEMENT_REPORT")]
    pub event: String,
    /// Code of the appeal.
    #[schema(example = "LULUT-2026")]
    pub appeal: String,
    /// Its title when the report was made.
    pub title: String,
    /// Code of the chapter that runs the appeal.
    #[schema(example = "68")]
    pub chapter: String,
    /// Entries of days up to this one count.
    pub as_of: NaiveDate,
    /// The size of the log whose entries count, and the root of its tree at that size.
    pub log: LogAt,
    /// The fund of the appeal, and apart from it what came when the appeal was over.
    pub funds: Vec<FundFigures>,
    /// What was not settled when the report was made.
    pub open: Vec<OpenItem>,
}

/// A fund over all chapters, and chapter by chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FundFigures {
    #[schema(example = "APPEAL:LULUT-2026")]
    pub fund: String,
    /// Over all chapters.
    pub total: Terms,
    /// What was sent by one chapter and not taken over by the other yet.
    #[serde(with = "decimal")]
    #[schema(value_type = String, example = "0")]
    pub on_the_way: i64,
    /// The same by chapter, those that moved something.
    pub chapters: Vec<ChapterTerms>,
}

/// The terms of one chapter's own entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChapterTerms {
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Its part of each term.
    pub terms: Terms,
}

/// Received + opened + other income + released + taken over − sent = handed out + paid + refunded + lost + left.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Received from givers (đã nhận).
    #[serde(with = "decimal")]
    #[schema(value_type = String, example = "1500000")]
    pub received: i64,
    /// Carried over from old books (mang sang).
    #[serde(with = "decimal")]
    #[schema(value_type = String, example = "0")]
    pub opened: i64,
    /// Other income (thu khác).
    #[serde(with = "decimal")]
    #[schema(value_type = String, example = "0")]
    pub other_income: i64,
    /// Added from other funds, or below zero taken from this one.
    #[serde(with = "decimal")]
    #[schema(value_type = String, example = "0")]
    pub released: i64,
    /// Taken over from other chapters (nhận từ đơn vị khác).
    #[serde(with = "decimal")]
    #[schema(value_type = String, example = "0")]
    pub taken_over: i64,
    /// Sent to other chapters (chuyển đi).
    #[serde(with = "decimal")]
    #[schema(value_type = String, example = "0")]
    pub sent: i64,
    /// Handed out by lists (đã trao).
    #[serde(with = "decimal")]
    #[schema(value_type = String, example = "0")]
    pub handed_out: i64,
    /// Paid (đã chi).
    #[serde(with = "decimal")]
    #[schema(value_type = String, example = "0")]
    pub paid: i64,
    /// What was paid, by category; empty where nothing was.
    pub paid_by_category: Vec<CategoryPaid>,
    /// Given back to givers (đã hoàn trả).
    #[serde(with = "decimal")]
    #[schema(value_type = String, example = "0")]
    pub refunded: i64,
    /// Losses (mất mát).
    #[serde(with = "decimal")]
    #[schema(value_type = String, example = "0")]
    pub lost: i64,
    /// What is left (còn lại).
    #[serde(with = "decimal")]
    #[schema(value_type = String, example = "1500000")]
    pub left: i64,
}

/// What was paid for one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryPaid {
    /// A code; empty for what has none.
    #[schema(example = "RICE")]
    pub category: String,
    #[serde(with = "decimal")]
    #[schema(value_type = String, example = "1500000")]
    pub amount_vnd: i64,
}

/// Something that was not settled yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenItem {
    /// `ON_THE_WAY` between chapters, `ADVANCES` not cleared, `NOT_CONFIRMED_BY_BANK`, `OWED_TO_US`, `OWED_BY_US`, or `REVERSALS_WAITING`:
    /// requests that would take back an entry.
    #[schema(example = "ADVANCES")]
    pub what: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(example = "APPEAL:LULUT-2026")]
    pub fund: Option<String>,
    /// In đồng; of requests how many.
    #[serde(with = "decimal")]
    #[schema(value_type = String, example = "500000")]
    pub amount_vnd: i64,
}

impl Terms {
    fn term(&mut self, measure: Measure) -> &mut i64 {
        match measure {
            Measure::Received => &mut self.received,
            Measure::Opened => &mut self.opened,
            Measure::OtherIncome => &mut self.other_income,
            Measure::Released => &mut self.released,
            Measure::TakenOver => &mut self.taken_over,
            Measure::Sent => &mut self.sent,
            Measure::HandedOut => &mut self.handed_out,
            Measure::Paid => &mut self.paid,
            Measure::Refunded => &mut self.refunded,
            Measure::Lost => &mut self.lost,
        }
    }

    /// Of sums: measure, part, đồng.
    pub fn of<'s>(sums: impl Iterator<Item = (Measure, &'s str, i64)>) -> Self {
        let mut terms = Terms::default();
        let mut paid: BTreeMap<&str, i64> = BTreeMap::new();
        for (measure, part, vnd) in sums {
            *terms.term(measure) += vnd;
            terms.left += measure.side() * vnd;
            if measure == Measure::Paid {
                *paid.entry(part).or_default() += vnd;
            }
        }
        let category = |(category, amount): (&str, i64)| CategoryPaid { category: category.to_owned(), amount_vnd: amount };
        terms.paid_by_category = paid.into_iter().filter(|(_, amount)| *amount != 0).map(category).collect();
        terms
    }

    /// The terms in the order of the equation, with what is left.
    pub fn all(&self) -> [(Option<Measure>, i64); 11] {
        let measured = |measure| (Some(measure), *self.clone().term(measure));
        [
            measured(Measure::Received),
            measured(Measure::Opened),
            measured(Measure::OtherIncome),
            measured(Measure::Released),
            measured(Measure::TakenOver),
            measured(Measure::Sent),
            measured(Measure::HandedOut),
            measured(Measure::Paid),
            measured(Measure::Refunded),
            measured(Measure::Lost),
            (None, self.left),
        ]
    }
}

impl SettlementFigures {
    /// Whether the books say the same of two: what was open, and how large the log was, apart.
    pub fn agrees(&self, other: &SettlementFigures) -> bool {
        (&self.appeal, self.as_of, &self.funds) == (&other.appeal, other.as_of, &other.funds)
    }

    /// What came to the appeal, whatever the fund: what the chain of who approves goes by.
    pub fn came(&self) -> i64 {
        self.funds.iter().map(|fund| fund.total.received + fund.total.opened + fund.total.other_income).sum::<i64>().max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_equation_holds_whatever_came_and_went() {
        let sums = [
            (Measure::Received, "CASH", 1_000_000),
            (Measure::Received, "BANK_TRANSFER", 500_000),
            (Measure::Paid, "RICE", 300_000),
            (Measure::Paid, "RICE", -100_000),
            (Measure::Paid, "TRANSPORT", 50_000),
            (Measure::Sent, "", 200_000),
            (Measure::TakenOver, "", 150_000),
            (Measure::Released, "", -40_000),
            (Measure::Lost, "", 10_000),
        ];
        let terms = Terms::of(sums.into_iter());
        assert_eq!((terms.received, terms.paid, terms.left), (1_500_000, 250_000, 1_150_000));
        let category = |name: &str, amount| CategoryPaid { category: name.to_owned(), amount_vnd: amount };
        assert_eq!(terms.paid_by_category, [category("RICE", 200_000), category("TRANSPORT", 50_000)]);
        let sum: i64 = terms.all().into_iter().filter_map(|(measure, vnd)| Some(measure?.side() * vnd)).sum();
        assert_eq!(sum, terms.left);
    }
}
