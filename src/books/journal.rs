//! A chapter's books as a journal for hledger and ledger: `/exports/journal`.

use std::collections::HashSet;
use std::io::Write;

use diesel::pg::PgConnection;

use super::asked::{Days, Open};
use super::content::{self, Around};
use super::fault::Fault;
use super::figures;
use super::files::lines_of;
use super::journal_text as text;
use crate::http::Lang;
use crate::http::spool::Spool;
use crate::ledger::lines::{self, Line};
use crate::tree;

/// Lines read at once.
const PAGE: i64 = 2_000;

/// What is written, and what of it was declared.
struct Journal<'a> {
    out: &'a mut Spool,
    chapter: String,
    declared: HashSet<String>,
    lang: Lang,
}

/// Writes the journal of these days; what stood before them is its first transaction, so balances are right at the end.
pub fn write(conn: &mut PgConnection, open: &Open, days: Days, lang: Lang, out: &mut Spool) -> Result<(), Fault> {
    let name = tree::labels(conn, &[open.chapter().0])?.remove(&open.chapter().0).map(|label| label.name).unwrap_or_default();
    let chapter = text::plain(&format!("{} {name}", open.place.code));
    let title = format!("Sổ Nhân Ái - {chapter} - {}", days.said().in_lang(lang));
    let mut journal = Journal { out, chapter, declared: HashSet::new(), lang };
    journal.say(&text::head(&title))?;
    journal.out.flush().map_err(Fault::broken)?;
    journal.open(conn, open, days)?;
    lines::open(conn, &lines_of(open, None, days), None)?;
    // The last entry read may go on: it waits for the next page, so that its accounts are declared before it.
    let mut waiting: Vec<Line> = Vec::new();
    loop {
        let page = lines::next(conn, PAGE)?;
        let is_last = page.is_empty();
        waiting.extend(page);
        let last = waiting.last().map(|line| line.entry);
        let whole = waiting.iter().position(|line| !is_last && Some(line.entry) == last).unwrap_or(waiting.len());
        let rest = waiting.split_off(whole);
        let around = Around::read(conn, &open.place.code, &waiting)?;
        for entry in waiting.chunk_by(|a, b| a.entry == b.entry) {
            journal.entry(entry, &around)?;
        }
        if is_last {
            return Ok(());
        }
        waiting = rest;
    }
}

impl Journal<'_> {
    fn say(&mut self, text: &str) -> Result<(), Fault> {
        self.out.write_all(text.as_bytes()).map_err(Fault::broken)
    }

    /// The name of an account, declared before its first use. Between transactions only.
    fn account(&mut self, account: &str, fund: &str) -> Result<String, Fault> {
        let name = text::account(&self.chapter, account, fund);
        if !self.declared.contains(&name) {
            self.say(&text::declared(&name, account))?;
            self.declared.insert(name.clone());
        }
        Ok(name)
    }

    fn open(&mut self, conn: &mut PgConnection, open: &Open, days: Days) -> Result<(), Fault> {
        let (Some(from), opening) = (days.from, figures::opening(conn, open.scope(), days)?) else { return Ok(()) };
        let funds = figures::funds(conn, opening.keys().map(|(_, fund)| *fund))?;
        let mut postings = Vec::new();
        for ((account, fund), amount) in opening.into_iter().filter(|(_, amount)| *amount != 0) {
            let fund = funds.get(&fund).map(String::as_str).unwrap_or_default();
            postings.push((self.account(account.name(), fund)?, amount));
        }
        if postings.is_empty() {
            return Ok(());
        }
        let said = if self.lang == Lang::En { "Brought forward" } else { "Số dư mang sang" };
        self.say(&text::transaction(from, "", said))?;
        for (name, amount) in postings {
            self.say(&text::posting(&name, amount))?;
        }
        Ok(())
    }

    fn entry(&mut self, lines: &[Line], around: &Around) -> Result<(), Fault> {
        let mut postings = String::new();
        for line in lines {
            let name = self.account(&line.account, around.fund(line))?;
            postings.push_str(&text::posting(&name, line.amount));
        }
        if let Some(first) = lines.first() {
            self.begin(first, around)?;
        }
        self.say(&postings)
    }

    fn begin(&mut self, line: &Line, around: &Around) -> Result<(), Fault> {
        let mut said = text::transaction(line.day, &line.code, &content::kind(&line.kind, self.lang));
        for (name, value) in [
            ("entry", Some(line.code.as_str())),
            ("kind", Some(line.kind.as_str())),
            ("booked", Some(line.booked.to_string().as_str())),
            ("voucher", around.number(line).as_deref()),
            ("category", line.category.as_deref()),
            ("reason", line.reason.as_deref()),
            ("reverses", line.reverses.as_deref()),
        ] {
            said.push_str(&text::tag(name, value));
        }
        self.say(&said)
    }
}
