//! What an entry is about, in the words of a book: never who.

use std::collections::{BTreeMap, HashMap};

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::figures;
use crate::db::DbError;
use crate::http::Lang;
use crate::ledger::accounts::Account;
use crate::ledger::kinds::Kind;
use crate::ledger::lines::Line;
use crate::ledger::model::FundId;
use crate::vouchers::store as vouchers;

/// What a page of lines needs beside itself, read once a page.
pub struct Around {
    numbers: HashMap<Uuid, String>,
    funds: BTreeMap<FundId, String>,
}

impl Around {
    pub fn read(conn: &mut PgConnection, chapter: &str, lines: &[Line]) -> Result<Self, DbError> {
        let mut entries: Vec<Uuid> = lines.iter().map(|line| line.entry).collect();
        entries.dedup();
        let numbers = vouchers::of_entries(conn, &entries)?;
        let numbers = numbers.into_iter().map(|(entry, issued)| {
            let number = issued.number(chapter);
            (entry, format!("{} {}", number.series(), number.number()))
        });
        Ok(Self { numbers: numbers.collect(), funds: figures::funds(conn, lines.iter().map(|line| FundId(line.fund_id)))? })
    }

    /// Series and number of the voucher of a line's entry.
    pub fn number(&self, line: &Line) -> Option<&str> {
        self.numbers.get(&line.entry).map(String::as_str)
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

/// What a line is about.
pub fn said(line: &Line, lang: Lang) -> String {
    let mut said = kind(&line.kind, lang);
    if let Some(reversed) = &line.reverses {
        said = format!("{said} {reversed}");
    }
    for code in [&line.category, &line.reason].into_iter().flatten() {
        said = format!("{said}; {code}");
    }
    said
}
