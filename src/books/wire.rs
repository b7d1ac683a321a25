//! The books as JSON.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;

use super::asked::{Days, Open};
use super::charts;
use super::content::Around;
use super::fault::Fault;
use super::figures::{self, Span, sides};
use super::files::lines_of;
use crate::http;
use crate::ledger::accounts::Account;
use crate::ledger::lines::{self, At, Line};
use crate::ledger::sums::Moved;

/// A balance of an account and a fund.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalanceLine {
    #[schema(example = "CASH_ON_HAND")]
    pub account: String,
    /// Number of the account in the ministry's chart, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "111")]
    pub number: Option<String>,
    #[schema(example = "GENERAL")]
    pub fund: String,
    /// Debits less credits, in đồng.
    pub balance_vnd: i64,
}

/// Balances at the end of a day, by account and fund; those of nothing are left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalancesPage {
    #[schema(example = "23095")]
    pub chapter: String,
    /// The end of this day; as they are now without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// Whether all chapters below are in them.
    pub subtree: bool,
    /// The rows of this page, by account and fund.
    pub items: Vec<BalanceLine>,
    /// Cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A posting of an account, and what the account has after it.
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerLine {
    /// The day it is of, in Vietnam.
    pub day: NaiveDate,
    /// The day on which it was booked, in Vietnam.
    pub booked_on: NaiveDate,
    /// Series and number of its voucher, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "PT/23095/2026 000123")]
    pub voucher: Option<String>,
    /// Public code of its entry.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: String,
    /// Kind of its entry, as the public sees it.
    #[schema(example = "GIFT_CASH")]
    pub entry_kind: String,
    /// What was spent on, or came from, of the kinds that say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Why, of the kinds that say so: a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    /// Public code of the entry that this one reverses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reverses: Option<String>,
    #[schema(example = "GENERAL")]
    pub fund: String,
    /// The accounts on the other side.
    pub against: Vec<String>,
    /// Debited, in đồng.
    pub debit_vnd: i64,
    /// Credited, in đồng.
    pub credit_vnd: i64,
    /// Debits less credits after it, in đồng.
    pub balance_vnd: i64,
}

/// An account's postings in the order of days: of one fund (sổ chi tiết), or over all (sổ cái).
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountLedgerPage {
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "CASH_ON_HAND")]
    pub account: String,
    /// The fund that was asked for; absent for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fund: Option<String>,
    /// Before the first day, debits less credits, in đồng.
    pub opening_vnd: i64,
    /// Debited from the first day to the last, on all pages.
    pub debit_vnd: i64,
    /// Credited from the first day to the last, on all pages.
    pub credit_vnd: i64,
    /// After the last day.
    pub closing_vnd: i64,
    /// The rows of this page, oldest day first.
    pub items: Vec<LedgerLine>,
    /// Cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Cash that came in or went out, and what was there after it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CashLine {
    /// The day it is of, in Vietnam.
    pub day: NaiveDate,
    /// The day on which it was booked, in Vietnam.
    pub booked_on: NaiveDate,
    /// Series and number of its phiếu thu or phiếu chi, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "PT/23095/2026 000123")]
    pub voucher: Option<String>,
    /// Public code of its entry.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: String,
    /// Kind of its entry, as the public sees it.
    #[schema(example = "GIFT_CASH")]
    pub entry_kind: String,
    /// What was spent on, or came from, of the kinds that say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Why, of the kinds that say so: a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<String>,
    #[schema(example = "GENERAL")]
    pub fund: String,
    /// Came in, in đồng.
    pub in_vnd: i64,
    /// Went out, in đồng.
    pub out_vnd: i64,
    /// There after it, in đồng.
    pub rest_vnd: i64,
}

/// The cash book (sổ quỹ), in the order of days.
#[derive(Debug, Serialize, ToSchema)]
pub struct CashBookPage {
    #[schema(example = "23095")]
    pub chapter: String,
    /// The fund that was asked for; absent for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fund: Option<String>,
    /// There before the first day, in đồng.
    pub opening_vnd: i64,
    /// Came in from the first day to the last, on all pages.
    pub in_vnd: i64,
    /// Went out from the first day to the last, on all pages.
    pub out_vnd: i64,
    /// There after the last day.
    pub closing_vnd: i64,
    /// The rows of this page, oldest day first.
    pub items: Vec<CashLine>,
    /// Cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The six figures of a trial balance, in đồng: of both openings and of both closings one is 0 in each line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrialFigures {
    /// Debit balance before the first day.
    pub opening_debit_vnd: i64,
    /// Credit balance before the first day.
    pub opening_credit_vnd: i64,
    /// Debited from the first day to the last.
    pub debit_vnd: i64,
    /// Credited from the first day to the last.
    pub credit_vnd: i64,
    /// Debit balance after the last day.
    pub closing_debit_vnd: i64,
    /// Credit balance after the last day.
    pub closing_credit_vnd: i64,
}

/// An account and a fund in a trial balance.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialLine {
    #[schema(example = "CASH_ON_HAND")]
    pub account: String,
    /// Number of the account in the ministry's chart, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "111")]
    pub number: Option<String>,
    #[schema(example = "GENERAL")]
    pub fund: String,
    /// What it had, what moved, what it has.
    pub figures: TrialFigures,
}

/// The trial balance (bảng cân đối phát sinh): of each pair of sums, debits are credits.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialBalancePage {
    #[schema(example = "23095")]
    pub chapter: String,
    /// The sums over all pages.
    pub sums: TrialFigures,
    /// The rows of this page, by account and fund.
    pub items: Vec<TrialLine>,
    /// Cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Account and fund of a row: the order of the lists that have both.
pub type Key = (String, String);

/// A page's part of rows that are few enough to be made all at once.
pub fn part<T>(rows: Vec<T>, span: http::Span<Key>, key: impl Fn(&T) -> Key) -> Vec<T> {
    let after = span.after.unwrap_or_default();
    let most = usize::try_from(span.rows).unwrap_or(0);
    rows.into_iter().filter(|row| key(row) > after).take(most).collect()
}

impl BalanceLine {
    pub fn key(&self) -> Key {
        (self.account.clone(), self.fund.clone())
    }
}

impl TrialLine {
    pub fn key(&self) -> Key {
        (self.account.clone(), self.fund.clone())
    }
}

/// All balances of a day.
pub fn balances(
    conn: &mut PgConnection,
    open: &Open,
    day: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<Vec<BalanceLine>, Fault> {
    let numbers = charts::of_day(conn, day.unwrap_or(today))?;
    let shown = |row: figures::Balance| BalanceLine {
        account: row.place.account.to_owned(),
        number: numbers.get(&row.of.0).map(|charted| charted.number.clone()),
        fund: row.place.fund,
        balance_vnd: row.amount,
    };
    Ok(figures::balances(conn, open.scope(), day)?.into_iter().map(shown).collect())
}

fn figures_of(row: &figures::Trial) -> TrialFigures {
    let (opening, closing) = (sides(row.opening), sides(row.closing()));
    TrialFigures {
        opening_debit_vnd: opening.debit,
        opening_credit_vnd: opening.credit,
        debit_vnd: row.moved.debit,
        credit_vnd: row.moved.credit,
        closing_debit_vnd: closing.debit,
        closing_credit_vnd: closing.credit,
    }
}

impl TrialFigures {
    fn and(self, more: Self) -> Self {
        Self {
            opening_debit_vnd: self.opening_debit_vnd + more.opening_debit_vnd,
            opening_credit_vnd: self.opening_credit_vnd + more.opening_credit_vnd,
            debit_vnd: self.debit_vnd + more.debit_vnd,
            credit_vnd: self.credit_vnd + more.credit_vnd,
            closing_debit_vnd: self.closing_debit_vnd + more.closing_debit_vnd,
            closing_credit_vnd: self.closing_credit_vnd + more.closing_credit_vnd,
        }
    }
}

/// The whole trial balance, and its sums.
pub fn trial(
    conn: &mut PgConnection,
    open: &Open,
    days: Days,
    today: NaiveDate,
) -> Result<(TrialFigures, Vec<TrialLine>), Fault> {
    let numbers = charts::of_day(conn, days.to.unwrap_or(today))?;
    let rows = figures::trial(conn, open.scope(), days)?;
    let sums = rows.iter().map(figures_of).fold(TrialFigures::default(), TrialFigures::and);
    let shown = |row: figures::Trial| TrialLine {
        account: row.place.account.to_owned(),
        number: numbers.get(&row.of.0).map(|charted| charted.number.clone()),
        figures: figures_of(&row),
        fund: row.place.fund,
    };
    Ok((sums, rows.into_iter().map(shown).collect()))
}

/// A page's part of an account's postings with what it has after each, and what the account begins and ends with.
pub fn listed<T>(
    conn: &mut PgConnection,
    open: &Open,
    account: Account,
    days: Days,
    asked: http::Span<At>,
    shown: impl Fn(Line, &Around, i64) -> T,
) -> Result<(Span, Vec<(At, T)>), Fault> {
    let span = figures::span(conn, open, account, days)?;
    let mut rest = match asked.after {
        Some(at) => figures::after(conn, open, account, span.opening, days, at)?,
        None => span.opening,
    };
    lines::open(conn, &lines_of(open, Some(account), days), asked.after)?;
    let rows = lines::next(conn, asked.rows)?;
    let around = Around::read(conn, &open.place.code, &rows)?;
    let shown = |line: Line| {
        rest += line.amount;
        (line.at(), shown(line, &around, rest))
    };
    Ok((span, rows.into_iter().map(shown).collect()))
}

/// A line of an account ledger.
pub fn ledger_line(line: Line, around: &Around, balance_vnd: i64) -> LedgerLine {
    let Moved { debit, credit } = line.moved();
    LedgerLine {
        day: line.day,
        booked_on: line.booked,
        voucher: around.number(&line),
        fund: around.fund(&line).to_owned(),
        code: line.code,
        entry_kind: line.kind,
        category: line.category,
        reason_code: line.reason,
        reverses: line.reverses,
        against: line.against,
        debit_vnd: debit,
        credit_vnd: credit,
        balance_vnd,
    }
}

/// A line of a cash book.
pub fn cash_line(line: Line, around: &Around, rest_vnd: i64) -> CashLine {
    let Moved { debit, credit } = line.moved();
    CashLine {
        day: line.day,
        booked_on: line.booked,
        voucher: around.number(&line),
        fund: around.fund(&line).to_owned(),
        code: line.code,
        entry_kind: line.kind,
        category: line.category,
        reason_code: line.reason,
        in_vnd: debit,
        out_vnd: credit,
        rest_vnd,
    }
}
