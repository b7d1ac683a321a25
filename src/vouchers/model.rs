//! A cash receipt and its number. Pure.

use chrono::{Datelike, NaiveDate};

use crate::basics::text::{self, is_printable, is_writing};
use crate::basics::{PublicCode, Vnd};
use crate::http::Say;

pub use super::numbers::Document;

/// A number within its series: (chapter, kind of document, year of issue).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    pub document: Document,
    /// Code of the chapter that issues.
    pub chapter: String,
    /// Year of issue, in Vietnam.
    pub year: i32,
    /// From 1, without gaps.
    pub no: i64,
}

impl Number {
    /// As printed: at least six digits, `000123`; after 999999 it grows.
    pub fn number(&self) -> String {
        format!("{:06}", self.no)
    }

    /// The series as printed: `PT/23095/2026` (PT for *phiếu thu*, PC for *phiếu chi*).
    pub fn series(&self) -> String {
        format!("{}/{}/{}", self.document.prefix(), self.chapter, self.year)
    }

    /// Name of a file that holds the paper; letters, digits, dashes only.
    pub fn file_stem(&self) -> String {
        let safe: String = self.chapter.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        format!("{}-{safe}-{}-{}", self.document.stem(), self.year, self.number())
    }
}

/// Who issues a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// The chapter next above, printed over the issuer as is the custom; none for the central one.
    pub above: Option<String>,
    pub name: String,
    pub address: Option<String>,
}

/// Why a receipt counts no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancelled {
    pub on: NaiveDate,
    /// Public code of the reversing entry.
    pub by: PublicCode,
}

/// Everything that is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CashReceipt {
    pub number: Number,
    pub issued_on: NaiveDate,
    /// The day the money was received; not after the day of issue.
    pub received_on: NaiveDate,
    pub issuer: Issuer,
    /// The giver's name; `None` for a giver who stays unknown.
    pub payer: Option<String>,
    /// Where the giver lives or has its seat, as said when giving.
    pub payer_address: Option<String>,
    /// How many original vouchers came with the money; a line to fill in by hand where nobody said.
    pub enclosed: Option<u8>,
    /// What the giver may do with this sheet, e.g. for the income tax.
    pub note: Option<Say>,
    /// What the money is for.
    pub content: Say,
    pub amount: Vnd,
    /// Public code of the gift's entry.
    pub code: PublicCode,
    /// Where the public finds the entry, with the beginning of its leaf's hash: what the QR code says.
    pub public_url: String,
    /// Full name of whoever recorded it.
    pub made_by: Option<String>,
    pub cancelled: Option<Cancelled>,
}

impl CashReceipt {
    /// The same with [`keep_visible`] in what people typed. A payer whose name is a picture has none to print.
    pub fn visible(mut self) -> Self {
        [&mut self.payer, &mut self.payer_address, &mut self.made_by].into_iter().flatten().for_each(keep_visible);
        [self.content.vi.to_mut(), self.content.en.to_mut()].into_iter().for_each(keep_visible);
        self.issuer.keep_visible();
        self.payer = self.payer.filter(|name| !name.trim().is_empty());
        self
    }
}

impl Issuer {
    /// See [`keep_visible`].
    pub fn keep_visible(&mut self) {
        [&mut self.above, &mut self.address].into_iter().flatten().chain([&mut self.name]).for_each(keep_visible);
    }
}

/// Takes invisible characters and pictures out of what is to be printed: joiners and direction marks would print as boxes, or turn
/// the rest of a line around, and the faces have letters alone.
pub fn keep_visible(text: &mut String) {
    text.retain(|c| c.is_whitespace() || !is_invisible(c) && (is_printable(c) || is_writing(c)));
}

fn is_invisible(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || text::is_invisible(c)
}

/// `Ngày 22 tháng 11 năm 2026`.
pub fn long_day(day: NaiveDate) -> Say {
    Say::new(
        format!("Ngày {:02} tháng {:02} năm {}", day.day(), day.month(), day.year()),
        format!("{} {} {}", day.day(), MONTHS[day.month0() as usize % 12], day.year()),
    )
}

/// `22/11/2026`, as read in both languages.
pub fn short_day(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// A public code in groups of four, easier to read aloud: `7ZC4-K0M9-T2R8-VQ3B-X`. Reads back as the same code.
pub fn spaced(code: &PublicCode) -> String {
    code.as_str().as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_six_digits_until_they_need_more() {
        let number = |no| Number { document: Document::CashReceipt, chapter: "23095".to_owned(), year: 2026, no };
        assert_eq!(number(1).number(), "000001");
        assert_eq!(number(123).number(), "000123");
        assert_eq!(number(999_999).number(), "999999");
        assert_eq!(number(1_000_000).number(), "1000000");
        assert_eq!(number(7).series(), "PT/23095/2026");
        let odd = Number { chapter: "23095/ĐH \"x\"\r\n".to_owned(), ..number(7) };
        assert_eq!(odd.file_stem(), "phieu-thu-23095--H--x----2026-000007");
    }

    #[test]
    fn a_spaced_code_is_still_the_code() {
        for _ in 0..50 {
            let code = PublicCode::random().unwrap();
            assert_eq!(PublicCode::parse(&spaced(&code)), Ok(code));
        }
    }

    #[test]
    fn what_can_not_be_seen_is_not_printed() {
        assert!("\u{200d}\u{202e}\u{2066}\u{feff}\u{ad}\n".chars().all(is_invisible));
        assert!(!"Nguyễn Văn A 阮 “–” đ🙂".chars().any(is_invisible));
    }

    #[test]
    fn days_are_written_out() {
        let day = NaiveDate::from_ymd_opt(2026, 2, 3).unwrap();
        let said = long_day(day);
        assert_eq!((said.vi.as_ref(), said.en.as_ref()), ("Ngày 03 tháng 02 năm 2026", "3 February 2026"));
        assert_eq!(short_day(day), "03/02/2026");
    }
}
