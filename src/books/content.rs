//! What an entry is about, in the words of a book: never who.

use std::collections::{BTreeMap, HashMap};

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::figures;
use crate::db::DbError;
use crate::http::{Lang, Say};
use crate::ledger::accounts::Account;
use crate::ledger::kinds::Kind;
use crate::ledger::lines::Line;
use crate::ledger::model::FundId;
use crate::spending::categories;
use crate::vouchers::model::{Document, Number};
use crate::vouchers::store as vouchers;

/// What a page of lines needs beside itself, read once a page.
pub struct Around {
    numbers: HashMap<Uuid, Vec<Number>>,
    funds: BTreeMap<FundId, String>,
    categories: HashMap<String, Say>,
}

impl Around {
    pub fn read(conn: &mut PgConnection, chapter: &str, lines: &[Line]) -> Result<Self, DbError> {
        let mut entries: Vec<Uuid> = lines.iter().map(|line| line.entry).collect();
        entries.dedup();
        let mut numbers: HashMap<Uuid, Vec<Number>> = HashMap::new();
        for (entry, issued) in vouchers::of_entries(conn, &entries)? {
            numbers.entry(entry).or_default().push(issued.number(chapter));
        }
        for (entry, issued) in vouchers::of(conn, &entries)? {
            let number = |(document, year, no)| Number { document, chapter: chapter.to_owned(), year, no };
            numbers.entry(entry).or_default().extend(issued.into_iter().map(number));
        }
        // A category keeps its code, whatever the law of the day says of it.
        let mut codes: Vec<&str> = lines.iter().filter_map(|line| line.category.as_deref()).collect();
        codes.sort_unstable();
        codes.dedup();
        let categories = if codes.is_empty() { HashMap::new() } else { categories::names(conn, &codes)? };
        Ok(Self {
            numbers,
            funds: figures::funds(conn, lines.iter().map(|line| FundId(line.fund_id)))?,
            categories: categories.into_iter().map(|(code, (vi, en))| (code, Say::new(vi, en))).collect(),
        })
    }

    /// Series and number of the voucher of a line: of several of its entry, the one for what moves here.
    pub fn number(&self, line: &Line) -> Option<String> {
        let numbers = self.numbers.get(&line.entry)?;
        let is_for = |document: Document| document.account().name() == line.account && document.comes_in() == (line.amount > 0);
        let number = numbers.iter().find(|number| is_for(number.document)).or(numbers.first())?;
        Some(format!("{} {}", number.series(), number.number()))
    }

    pub fn fund(&self, line: &Line) -> &str {
        self.funds.get(&FundId(line.fund_id)).map(String::as_str).unwrap_or_default()
    }
}

/// The words of a kind; a kind that is not known says its code.
pub fn kind(code: &str, lang: Lang) -> String {
    Kind::parse(code).map_or_else(|| code.to_owned(), |kind| kind.said().in_lang(lang).to_owned())
}

/// The words of an account.
pub fn account(code: &str, lang: Lang) -> String {
    Account::parse(code).map_or_else(|| code.to_owned(), |account| account.said().in_lang(lang).to_owned())
}

impl Around {
    /// What a line is about: its kind, what it reverses, its category, why.
    pub fn said(&self, line: &Line, lang: Lang) -> String {
        let category = line.category.as_deref().map(|code| self.categories.get(code).map_or(code, |said| said.in_lang(lang)));
        let mut said = kind(&line.kind, lang);
        if let Some(reversed) = &line.reverses {
            said = format!("{said} {reversed}");
        }
        for more in category.into_iter().chain(line.reason.as_deref()) {
            said = format!("{said}; {more}");
        }
        said
    }
}
