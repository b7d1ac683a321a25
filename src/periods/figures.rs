//! What a month held, as it is stated: read, added up, written.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model;
use crate::db::DbError;
use crate::ledger::measures::Measure;
use crate::ledger::months::{self, Counted, Month, Moved};
use crate::statements::Event;

/// The text of a statement of the event PERIOD_CLOSE. Amounts are decimal text in đồng, debits positive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    pub v: u8,
    pub event: String,
    /// Code of the chapter.
    pub chapter: String,
    /// `2026-11`.
    pub month: String,
    /// The statement of the month before, with whose closing balances this one begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
    /// Entries whose place in the log is below `size` count; `root` is the root of the tree at that size, as a checkpoint writes it.
    pub log: LogAt,
    /// How many entries count in the month.
    pub entries: i64,
    /// How many of these are of days of months that were closed when they came.
    pub late: i64,
    pub accounts: Vec<AccountLine>,
    pub measures: Vec<MeasureLine>,
}

/// A size of the log, and the root of its tree at that size as a checkpoint writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogAt {
    /// Entries of the log that count.
    pub size: i64,
    /// Root of the log at that size, base64.
    pub root: String,
}

/// What an account of a fund stood at, moved and stands at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountLine {
    pub fund: String,
    pub account: String,
    #[serde(with = "decimal")]
    pub opening: i64,
    #[serde(with = "decimal")]
    pub debit: i64,
    #[serde(with = "decimal")]
    pub credit: i64,
    #[serde(with = "decimal")]
    pub closing: i64,
}

/// What the month added to a term of the equation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasureLine {
    pub fund: String,
    pub measure: String,
    /// The channel of what was received, the category of what was paid or came in otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub part: String,
    #[serde(with = "decimal")]
    pub amount: i64,
}

/// Amounts as decimal text.
pub mod decimal {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(amount: &i64, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&amount.to_string())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
        String::deserialize(from)?.parse().map_err(|_| D::Error::custom("no amount"))
    }
}

/// A month to be stated, and what it follows on.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    pub chapter: Uuid,
    pub code: &'a str,
    pub month: NaiveDate,
    pub size: i64,
    pub root: &'a [u8],
    pub before: Option<Before>,
}

/// The month before, as it was closed.
#[derive(Debug, Clone)]
pub struct Before {
    pub statement: String,
    pub size: i64,
    pub closed_at: DateTime<Utc>,
    pub figures: Figures,
}

/// (fund, account) → what it stood at.
type Standing = BTreeMap<(String, String), i64>;

impl Wanted<'_> {
    fn month(&self) -> Month {
        Month {
            chapter: self.chapter,
            first: self.month,
            last: model::last_day(self.month),
            before: self.before.as_ref().map(|before| (before.size, before.closed_at)),
            size: self.size,
        }
    }

    fn opening(&self, conn: &mut PgConnection) -> Result<Standing, DbError> {
        Ok(match &self.before {
            Some(before) => {
                let lines = before.figures.accounts.iter().filter(|line| line.closing != 0);
                lines.map(|line| ((line.fund.clone(), line.account.clone()), line.closing)).collect()
            }
            None => {
                let rows = months::standing(conn, self.chapter, self.month, self.size)?;
                rows.into_iter().map(|(fund, account, amount)| ((fund, account), amount)).collect()
            }
        })
    }
}

/// What months held, in the order given; a fixed number of queries, and one more for each first month of a chapter.
pub fn of(conn: &mut PgConnection, wanted: &[Wanted<'_>]) -> Result<Vec<Figures>, DbError> {
    let months: Vec<Month> = wanted.iter().map(Wanted::month).collect();
    let moved = months::moved(conn, &months)?;
    let counts = months::counts(conn, &months)?;
    let mut figures = Vec::with_capacity(wanted.len());
    for one in wanted {
        let opening = one.opening(conn)?;
        let is_of = |chapter: Uuid, first: NaiveDate| (chapter, first) == (one.chapter, one.month);
        let moved = moved.iter().filter(|row| is_of(row.chapter_id, row.first));
        let count = counts.iter().find(|row| is_of(row.chapter_id, row.first));
        figures.push(put_together(one, opening, moved, count));
    }
    Ok(figures)
}

fn put_together<'r>(
    one: &Wanted<'_>,
    opening: Standing,
    moved: impl Iterator<Item = &'r Moved>,
    count: Option<&Counted>,
) -> Figures {
    let mut lines: BTreeMap<(String, String), AccountLine> = BTreeMap::new();
    let new = |(fund, account): &(String, String)| AccountLine {
        fund: fund.clone(),
        account: account.clone(),
        opening: 0,
        debit: 0,
        credit: 0,
        closing: 0,
    };
    for (key, amount) in opening {
        lines.entry(key.clone()).or_insert_with(|| new(&key)).opening = amount;
    }
    let mut measures: BTreeMap<(&str, Measure, &str), i64> = BTreeMap::new();
    for row in moved {
        let key = (row.fund.clone(), row.account.clone());
        let line = lines.entry(key.clone()).or_insert_with(|| new(&key));
        line.debit += row.debit;
        line.credit += row.credit;
        if let Some((measure, part, vnd)) = row.measured() {
            *measures.entry((&row.fund, measure, part)).or_default() += vnd;
        }
    }
    lines.values_mut().for_each(|line| line.closing = line.opening + line.debit - line.credit);
    let measure = |((fund, measure, part), amount): ((&str, Measure, &str), i64)| MeasureLine {
        fund: fund.to_owned(),
        measure: measure.name().to_owned(),
        part: part.to_owned(),
        amount,
    };
    Figures {
        v: 1,
        event: Event::PeriodClose.name().to_owned(),
        chapter: one.code.to_owned(),
        month: model::written(one.month),
        follows: one.before.as_ref().map(|before| before.statement.clone()),
        log: LogAt { size: one.size, root: STANDARD.encode(one.root) },
        entries: count.map_or(0, |count| count.entries),
        late: count.map_or(0, |count| count.late),
        accounts: lines.into_values().collect(),
        measures: measures.into_iter().map(measure).collect(),
    }
}
