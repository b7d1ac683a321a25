//! Papers of a chapter, from shared pieces: its heading, items, tables over several pages, signatures, a QR code, HỦY across what
//! counts no more, several copies.
//!
//! A [`Paper`] says what stands on it; [`pdf`] makes PDF/A-2u of it and [`html`] a page to print, both from the same description,
//! so neither can say something else. Both fetch nothing, and the same paper gives the same bytes.
//!
//! There are two kinds of body. A [`Body::Slip`] is one A5 sheet across, whatever it holds: what is long is set smaller. A
//! [`Body::Flow`] is as many A4 sheets as it takes, numbered, the head of a table again on each.
//!
//! This crate knows no chapter, no money and no language: words, amounts and days come as they are to be printed.

mod cards;
mod faces;
mod fit;
mod flow;
mod page;
mod pieces;
mod qr;
mod slip;

#[cfg(test)]
mod paper_tests;

pub use cards::{Card, Cards, cards};
pub use faces::drawable;
pub use page::{Page, html};
pub use qr::Qr;

/// A word and what stands behind it: `Số: 000123`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    pub label: String,
    pub value: String,
}

impl Labelled {
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into() }
    }

    fn line(&self) -> String {
        format!("{}: {}", self.label, self.value)
    }
}

/// Who issues a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// The chapter next above, printed over the issuer as is the custom.
    pub above: Option<String>,
    pub name: String,
    pub address: Option<Labelled>,
}

/// A paper does not count, or no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancelled {
    /// Across every sheet: `HỦY`, `CHƯA GHI SỔ`.
    pub stamp: String,
    /// Why, or since when and by what.
    pub said: String,
}

/// How a value is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Somebody's own words.
    Text,
    /// Our words and days.
    Plain,
    /// Strong: who it is about.
    Name,
    /// Strong: said in place of a name.
    Unnamed,
    /// Strong and larger: the sum in figures.
    Amount,
    /// The sum in words.
    Words,
}

impl Look {
    fn is_strong(self) -> bool {
        matches!(self, Look::Name | Look::Unnamed | Look::Amount)
    }
}

/// A line of a paper: its label and what stands behind it; nothing for a line to be filled in by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub label: String,
    pub value: Option<String>,
    pub look: Look,
}

impl Item {
    pub fn new(label: impl Into<String>, value: Option<String>, look: Look) -> Self {
        Self { label: label.into(), value, look }
    }
}

/// On which side of its column a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Left,
    /// Figures.
    Right,
    Middle,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableColumn {
    pub head: String,
    /// Its share of the width, beside the others'.
    pub share: u16,
    pub side: Side,
}

/// A table, over as many sheets as it takes; its head stands on each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    pub columns: Vec<TableColumn>,
    /// As many cells as columns; what is missing is empty.
    pub rows: Vec<Vec<String>>,
    /// The line under it: `Cộng`.
    pub total: Option<Vec<String>>,
}

/// A piece of a paper that flows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Items(Vec<Item>),
    Table(Table),
    Text(String),
}

/// What stands between the title and the signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    Slip(Vec<Item>),
    Flow(Vec<Piece>),
}

/// A person who signs: who, how, and their name where it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub who: String,
    pub hint: String,
    pub name: Option<String>,
}

/// The line at the foot of every sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foot {
    /// The paper's public code.
    pub code: Labelled,
    /// Where it is found.
    pub find: String,
}

/// What a PDF says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    pub title: String,
    pub id: String,
    /// Year, month, day of the paper.
    pub day: (u16, u8, u8),
}

/// A paper, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// `vi`, `en`.
    pub lang: &'static str,
    pub about: About,
    pub issuer: Issuer,
    pub series: Option<Labelled>,
    pub number: Option<Labelled>,
    /// What the QR code says; an address is best, in ASCII.
    pub link: Option<String>,
    pub title: String,
    /// Under the title; its name in another language.
    pub subtitle: Option<String>,
    /// Written out.
    pub day: Option<String>,
    pub cancelled: Option<Cancelled>,
    pub body: Body,
    pub signatures: Vec<Signature>,
    /// Small, under the signatures: what may be done with it.
    pub note: Option<String>,
    pub foot: Option<Foot>,
    /// Names of the copies (`Liên 1: Lưu`), each a sheet of its own; none for one without a name.
    pub copies: Vec<String>,
    /// Before the number of a sheet: `Trang`.
    pub sheet: &'static str,
}

/// Why there is no paper.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    #[error("the fonts in this program cannot be read")]
    Fonts,
    #[error("the sheet cannot be drawn: {0}")]
    Draw(String),
    #[error("the page cannot be written: {0}")]
    Page(#[from] askama::Error),
}

/// The paper as PDF/A-2u: fonts inside, text that can be searched and copied.
///
/// # Errors
/// Only by a fault of this program.
pub fn pdf(paper: &Paper) -> Result<Vec<u8>, PrintError> {
    match &paper.body {
        Body::Slip(items) => slip::pdf(paper, items),
        Body::Flow(pieces) => flow::pdf(paper, pieces),
    }
}
