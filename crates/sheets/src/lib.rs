//! Spreadsheets in and out, for people who keep their lists in Excel and LibreOffice.
//!
//! **In**: [`Form::read_file`] takes the bytes of a file (XLSX or CSV, told by what is in it and never by its name) and reads it as a
//! list: it finds the sheet, the separator and the line under which the form's headings stand, decides how each column is to be
//! read, and names every fault with its row and column, in Vietnamese and English. [`read`] gives the table alone, a [`Grid`].
//!
//! ```text
//! bytes → kind (what is it?) → survey (directory, then every part unpacked and counted) → calamine, cell by cell → Grid
//!       → Form: headings (which sheet?) → columns (one reading each) → rows, faults
//! ```
//!
//! What always holds:
//!
//! * Nothing a file *says* of itself is believed: sizes, counts and places are counted while it is unpacked, and every
//!   [`Limits`] is checked before a reader that keeps things sees a byte.
//! * A column has one reading. What a spreadsheet program does to a list that it opens and saves (`300.000` becomes 300, 10 September becomes
//!   9 October, zeros at the beginning go) is different from cell to cell, so a mixed column is refused and not guessed.
//! * What is not computed is unknown, never 0. An error is of its cell and spoils no other.
//! * Nothing that looks like a row is left out without a word: rows under a total, rows of another visible sheet, sums in another unit
//!   are faults.
//! * Texts are given as they stand: cleaning would destroy what was typed in a font of before Unicode.
//!
//! **Out**: [`Workbook`] writes XLSX row by row in constant memory. Codes are cells of text, sums are formulas
//! with their result.
//!
//! This crate knows nothing of gifts, of HTTP or of a database.

mod columns;
mod csv_in;
mod form;
mod grid;
mod headings;
mod kind;
mod limits;
mod package;
mod parts;
mod pick;
mod said;
mod survey;
mod template;
mod total;
mod units;
mod write;
mod xlsx;

#[cfg(test)]
mod lists_tests;
#[cfg(test)]
mod made;
#[cfg(test)]
mod read_tests;

pub use columns::{Holds, Read};
pub use form::{Column, Fault, Form, Listed, Row};
pub use grid::{Cell, Grid, Line, Value};
pub use limits::{Exceeded, Limits};
pub use said::{Refused, Said};
pub use template::template;
pub use write::{Book, Out, Width, WriteError, harmless, nameless_file};

/// Reads the first visible sheet of a file, or the only table of a CSV file.
///
/// # Errors
/// Why it is no table that can be read, in words for whoever sent it.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Grid, Refused> {
    let mut first = None;
    each_table(bytes, limits, &|_| 0, &mut |table| {
        first = Some(table.over.map_or(Ok(table.grid), Err));
        Ok(false)
    })?;
    first.unwrap_or_else(|| Err(Refused::broken()))
}

/// Gives the visible sheets of a file one by one, as long as they are wanted; of CSV the table under whose separator a line has the most
/// `heads`.
pub(crate) fn each_table(
    bytes: &[u8],
    limits: &Limits,
    heads: &dyn Fn(&Line) -> usize,
    take: &mut dyn FnMut(grid::Table) -> Result<bool, Refused>,
) -> Result<(), Refused> {
    if bytes.len() > limits.file_bytes {
        return Err(Exceeded::File.refused(limits));
    }
    match kind::of(bytes)? {
        kind::Kind::Xlsx => xlsx::each(bytes, limits, take),
        kind::Kind::Text => take(grid::Table { grid: csv_in::read(bytes, limits, heads)?, over: None }).map(drop),
    }
}
