//! A whole book, row by row.

use chrono::NaiveDate;
use diesel::pg::PgConnection;

use super::asked::{Book, Days, Open};
use super::cells::{Cell, Rows};
use super::charts;
use super::content::{self, Around};
use super::fault::Fault;
use super::figures::{self, sides};
use crate::http::Lang;
use crate::ledger::accounts::Account;
use crate::ledger::lines::{self, Line, LinesOf};
use crate::ledger::sums::Moved;

/// Lines read at once.
const PAGE: i64 = 2_000;

/// Writes the book that was opened. `today` is the day whose numbers of accounts are printed, where the book has no last day.
pub fn write(conn: &mut PgConnection, open: &Open, today: NaiveDate, lang: Lang, out: &mut dyn Rows) -> Result<(), Fault> {
    match &open.book {
        Book::Balances { day, .. } => balances(conn, open, *day, today, lang, out),
        Book::TrialBalance { days } => trial(conn, open, *days, today, lang, out),
        Book::AccountLedger { account, days, .. } => listed(conn, open, *account, *days, lang, out),
        Book::Cash { days, .. } => listed(conn, open, Account::CashOnHand, *days, lang, out),
    }
}

/// The lines of an account between two days.
pub fn lines_of(open: &Open, account: Option<Account>, days: Days) -> LinesOf {
    LinesOf { chapter: open.chapter(), account, fund: open.fund, from: days.first(), to: days.last() }
}

fn balances(
    conn: &mut PgConnection,
    open: &Open,
    day: Option<NaiveDate>,
    today: NaiveDate,
    lang: Lang,
    out: &mut dyn Rows,
) -> Result<(), Fault> {
    let numbers = charts::of_day(conn, day.unwrap_or(today))?;
    let mut all = Moved::default();
    for row in figures::balances(conn, open.scope(), day)? {
        let Moved { debit, credit } = sides(row.amount);
        all = Moved { debit: all.debit + debit, credit: all.credit + credit };
        let number = numbers.get(&row.of.0).map(|charted| charted.number.as_str()).unwrap_or_default();
        let name = content::account(row.place.account, lang);
        out.row(&[
            Cell::text(number),
            Cell::text(name),
            Cell::text(row.place.account),
            Cell::text(row.place.fund),
            Cell::side(debit),
            Cell::side(credit),
        ])?;
    }
    let sums = [Cell::Empty, sum_said(lang), Cell::Empty, Cell::Empty, Cell::Sum(all.debit), Cell::Sum(all.credit)];
    out.last(&sums, &[])
}

fn sum_said(lang: Lang) -> Cell {
    Cell::text(if lang == Lang::En { "Total" } else { "Cộng" })
}

fn trial(
    conn: &mut PgConnection,
    open: &Open,
    days: Days,
    today: NaiveDate,
    lang: Lang,
    out: &mut dyn Rows,
) -> Result<(), Fault> {
    let numbers = charts::of_day(conn, days.to.unwrap_or(today))?;
    let mut all = [0i64; 6];
    for row in figures::trial(conn, open.scope(), days)? {
        let (opening, closing) = (sides(row.opening), sides(row.closing()));
        let six = [opening.debit, opening.credit, row.moved.debit, row.moved.credit, closing.debit, closing.credit];
        all.iter_mut().zip(six).for_each(|(sum, one)| *sum += one);
        let number = numbers.get(&row.of.0).map(|charted| charted.number.as_str()).unwrap_or_default();
        let name = content::account(row.place.account, lang);
        let mut cells = vec![Cell::text(number), Cell::text(name), Cell::text(row.place.account), Cell::text(row.place.fund)];
        cells.extend(six.map(Cell::side));
        out.row(&cells)?;
    }
    let mut sums = vec![Cell::Empty, sum_said(lang), Cell::Empty, Cell::Empty];
    sums.extend(all.map(Cell::Sum));
    out.last(&sums, &[])
}

fn listed(
    conn: &mut PgConnection,
    open: &Open,
    account: Account,
    days: Days,
    lang: Lang,
    out: &mut dyn Rows,
) -> Result<(), Fault> {
    let is_cash_book = matches!(open.book, Book::Cash { .. });
    let span = figures::span(conn, open, account, days)?;
    let (opened, closed) = match lang {
        Lang::Vi => ("Số dư đầu kỳ", "Số dư cuối kỳ"),
        Lang::En => ("Opening balance", "Closing balance"),
    };
    let mut rest = span.opening;
    out.row(&figure(is_cash_book, opened, Moved::default(), Some(rest)))?;
    lines::open(conn, &lines_of(open, Some(account), days), None)?;
    loop {
        let page = lines::next(conn, PAGE)?;
        if page.is_empty() {
            break;
        }
        let around = Around::read(conn, &open.place.code, &page)?;
        for line in &page {
            rest += line.amount;
            let cells = if is_cash_book { in_cash_book(line, &around, rest, lang) } else { in_ledger(line, &around, rest, lang) };
            out.row(&cells)?;
        }
    }
    let moved = if lang == Lang::En { "Total movements" } else { "Cộng số phát sinh" };
    out.last(&figure(is_cash_book, moved, span.moved, None), &figure(is_cash_book, closed, Moved::default(), Some(rest)))
}

/// A line that is no posting: what the book begins with, what moved, what it ends with.
fn figure(is_cash_book: bool, said: &str, moved: Moved, rest: Option<i64>) -> Vec<Cell> {
    // Where the words stand, and the first of the three figures.
    let (said_at, first, columns) = if is_cash_book { (4, 6, 11) } else { (3, 6, 13) };
    let mut cells = vec![Cell::Empty; columns];
    let figures = [Cell::side(moved.debit), Cell::side(moved.credit), rest.map_or(Cell::Empty, Cell::Rest)];
    for (cell, figure) in cells.iter_mut().skip(first).zip(figures) {
        *cell = figure;
    }
    if let Some(cell) = cells.get_mut(said_at) {
        *cell = Cell::text(said);
    }
    cells
}

fn in_ledger(line: &Line, around: &Around, rest: i64, lang: Lang) -> Vec<Cell> {
    let Moved { debit, credit } = line.moved();
    let against: Vec<String> = line.against.iter().map(|account| content::account(account, lang)).collect();
    let code = |code: &Option<String>| code.as_deref().map_or(Cell::Empty, Cell::text);
    vec![
        Cell::Day(line.booked),
        around.number(line).map_or(Cell::Empty, Cell::text),
        Cell::Day(line.day),
        Cell::text(around.said(line, lang)),
        Cell::text(around.fund(line)),
        Cell::text(against.join("; ")),
        Cell::side(debit),
        Cell::side(credit),
        Cell::Rest(rest),
        Cell::text(&line.code),
        Cell::text(&line.kind),
        code(&line.category),
        code(&line.reason),
    ]
}

fn in_cash_book(line: &Line, around: &Around, rest: i64, lang: Lang) -> Vec<Cell> {
    let Moved { debit, credit } = line.moved();
    let number = || around.number(line).map_or(Cell::Empty, Cell::text);
    let (receipt, payment) = if debit > 0 { (number(), Cell::Empty) } else { (Cell::Empty, number()) };
    vec![
        Cell::Day(line.booked),
        Cell::Day(line.day),
        receipt,
        payment,
        Cell::text(around.said(line, lang)),
        Cell::text(around.fund(line)),
        Cell::side(debit),
        Cell::side(credit),
        Cell::Rest(rest),
        Cell::text(&line.code),
        Cell::text(&line.kind),
    ]
}
