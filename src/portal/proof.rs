//! What every page under a code has besides what it says: where its leaf stands in the log, how to check that, and whether
//! it is the leaf somebody has on paper.

use diesel::pg::PgConnection;

use super::format;
use super::log_state::LogState;
use super::words::{Words, fill};
use crate::http::{Lang, Problem};
use crate::log::key_log;

/// The shortest beginning of a hash that says anything.
const SHORTEST_PREFIX: usize = 8;

/// A fact that a leaf has, perhaps with a page of its own.
pub struct Fact {
    pub name: &'static str,
    pub value: String,
    pub href: Option<String>,
    /// Names from the books are Vietnamese in every language.
    pub is_vietnamese: bool,
    /// A hash, a key or a code: to be compared character by character.
    pub is_code: bool,
    /// What the leaf has for it, for the check in the browser: name and value there.
    pub leaf: Option<(&'static str, String)>,
}

impl Fact {
    pub fn plain(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into(), href: None, is_vietnamese: false, is_code: false, leaf: None }
    }

    /// A name or title from the books.
    pub fn named(name: &'static str, value: impl Into<String>) -> Self {
        Self { is_vietnamese: true, ..Self::plain(name, value) }
    }

    pub fn code(name: &'static str, value: impl Into<String>) -> Self {
        Self { is_code: true, ..Self::plain(name, value) }
    }

    /// Says what the leaf has for it.
    pub fn of_leaf(self, field: &'static str, value: impl Into<String>) -> Self {
        Self { leaf: Some((field, value.into())), ..self }
    }

    pub fn to(self, href: String) -> Self {
        Self { href: Some(href), ..self }
    }
}

/// The proof of a leaf, as its page shows it and as the check in the browser begins.
pub struct Proof {
    pub code: String,
    pub index: Option<i64>,
    pub index_text: String,
    pub leaf_hash: String,
    pub leaf_spaced: String,
    /// Whether the hash in the address is that of the leaf; `None` if none was given.
    pub fits: Option<bool>,
    pub sealed: Option<String>,
    /// The newest head of the log, for paper.
    pub seal: Option<String>,
    /// The log's keys.
    pub vkeys: String,
    /// The entry that reversed this one.
    pub reversed_by: Option<String>,
    /// Of a leaf that is no entry, for which the API cannot be asked: what was said of it later, as `code:index`.
    pub later: Option<String>,
}

impl Proof {
    /// Of the leaf with this hash (hexadecimal), compared with the beginning of a hash that came with the address.
    pub fn read(
        conn: &mut PgConnection,
        lang: Lang,
        code: &str,
        index: Option<i64>,
        leaf_hash: &str,
        prefix: &str,
    ) -> Result<Self, Problem> {
        let (log, w) = (LogState::read(conn)?, &Words::of(lang).entry);
        let index_text = match index {
            Some(index) => {
                let place = [index + 1, log.size.max(index + 1)].map(|n| format::count(n, lang));
                fill(w.index_of, &[&place[0], &place[1]])
            }
            None => w.sealing.to_owned(),
        };
        Ok(Self {
            code: code.to_owned(),
            index,
            index_text,
            leaf_spaced: format::spaced(leaf_hash, 8),
            fits: compare(prefix, leaf_hash),
            leaf_hash: leaf_hash.to_owned(),
            // A head signed before this leaf had its place does not seal it.
            sealed: index.filter(|index| *index < log.size).and_then(|_| log.sealed(lang)),
            seal: log.on_paper(lang),
            vkeys: key_log::vkeys(conn)?.join(" "),
            reversed_by: None,
            later: None,
        })
    }

    pub fn index_number(&self) -> String {
        self.index.map(|index| index.to_string()).unwrap_or_default()
    }

    /// Whether somebody has a paper or a link with the hash of something else: nothing on the page may look good then.
    pub fn differs(&self) -> bool {
        self.fits == Some(false)
    }

    pub fn reversing_code(&self) -> &str {
        self.reversed_by.as_deref().unwrap_or_default()
    }
}

/// A beginning that is too short, or no hash at all, proves nothing and is not mentioned.
fn compare(prefix: &str, hash: &str) -> Option<bool> {
    let prefix = prefix.trim().to_ascii_lowercase();
    let is_hex = (SHORTEST_PREFIX..=hash.len()).contains(&prefix.len()) && prefix.bytes().all(|b| b.is_ascii_hexdigit());
    is_hex.then(|| hash.starts_with(&prefix))
}
