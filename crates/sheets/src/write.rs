//! Sheets out: XLSX row by row in constant memory, CSV line by line.

use std::fs::File;
use std::io::{Seek, Write};

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError};

/// Rows a sheet of the format can have; more go to the next sheet.
const ROWS_A_SHEET: u32 = 1_048_576;
/// Longest text of a cell, in units of UTF-16.
const LONGEST: usize = 32_767;

/// A cell on its way out.
#[derive(Debug, Clone, PartialEq)]
pub enum Out<'a> {
    Empty,
    /// Codes, too: a cell of text keeps its zeros.
    Text(&'a str),
    /// Below 10^15, so no digit is lost.
    Whole(i64),
    /// A whole number that is no amount: it is not summed.
    Number(i64),
    /// An amount that is a sum itself, as a balance is: it is not summed again.
    Rest(i64),
    Day(NaiveDate),
}

/// How wide a column is, in letters, and what stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    Text(u16),
    Amount(u16),
    Number(u16),
    Rest(u16),
    Day,
}

impl Width {
    pub(crate) fn letters(self) -> f64 {
        match self {
            Width::Text(letters) | Width::Amount(letters) | Width::Number(letters) | Width::Rest(letters) => f64::from(letters),
            Width::Day => 12.0,
        }
    }
}

/// Why nothing could be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("the sheet cannot be written: {0}")]
    Sheet(#[from] XlsxError),
    #[error("no temporary file: {0}")]
    File(#[from] std::io::Error),
}

/// The looks of cells.
pub(crate) struct Looks {
    pub title: Format,
    pub heading: Format,
    pub text: Format,
    pub amount: Format,
    pub number: Format,
    pub day: Format,
    pub sum: Format,
}

impl Looks {
    pub fn new() -> Self {
        let heading =
            Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter);
        Self {
            title: Format::new().set_bold().set_font_size(13),
            heading: heading.set_border(FormatBorder::Thin).set_background_color("#F2DEDE"),
            text: Format::new().set_num_format("@"),
            amount: Format::new().set_num_format("#,##0"),
            number: Format::new().set_num_format("0"),
            day: Format::new().set_num_format("dd/mm/yyyy"),
            sum: Format::new().set_bold().set_num_format("#,##0").set_border_top(FormatBorder::Thin),
        }
    }

    pub fn of(&self, width: Width) -> &Format {
        match width {
            Width::Text(_) => &self.text,
            Width::Amount(_) | Width::Rest(_) => &self.amount,
            Width::Number(_) => &self.number,
            Width::Day => &self.day,
        }
    }
}

/// A book of one table that may be long: it goes to a temporary file row by row, and on to further sheets when one is full.
pub struct Book {
    workbook: Workbook,
    looks: Looks,
    /// Lines above the headings, on the first sheet.
    title: Vec<String>,
    name: String,
    headings: Vec<(String, Width)>,
    sheet: Worksheet,
    sheets: u32,
    rows_a_sheet: u32,
    next: u32,
    /// First row of this sheet with data.
    first: u32,
    /// Sums of the amounts, of this sheet and of all.
    here: Vec<i64>,
    all: Vec<i64>,
}

impl Book {
    /// Begins a book; what is written goes to temporary files without a name.
    ///
    /// # Errors
    /// When there is no room for them.
    pub fn new(name: &str, title: Vec<String>, headings: Vec<(String, Width)>) -> Result<Self, WriteError> {
        Self::with_rows(name, title, headings, ROWS_A_SHEET)
    }

    pub(crate) fn with_rows(
        name: &str,
        title: Vec<String>,
        headings: Vec<(String, Width)>,
        rows_a_sheet: u32,
    ) -> Result<Self, WriteError> {
        let mut workbook = Workbook::new();
        // The same rows give the same file: it says nothing of when it was made.
        let epoch = ExcelDateTime::from_ymd(2000, 1, 1)?;
        workbook.set_properties(&DocProperties::new().set_author("Sổ Nhân Ái").set_creation_datetime(&epoch));
        let sheet = workbook.new_worksheet_with_constant_memory()?;
        let sums = vec![0; headings.len()];
        let mut book = Self {
            workbook,
            looks: Looks::new(),
            title,
            name: name.to_owned(),
            headings,
            sheet,
            sheets: 1,
            rows_a_sheet,
            next: 0,
            first: 0,
            here: sums.clone(),
            all: sums,
        };
        book.begin_sheet()?;
        Ok(book)
    }

    fn begin_sheet(&mut self) -> Result<(), WriteError> {
        let name = if self.sheets == 1 { self.name.clone() } else { format!("{} {}", self.name, self.sheets) };
        self.sheet.set_name(name)?;
        for (n, (_, width)) in self.headings.iter().enumerate() {
            self.sheet.set_column_width(column(n), width.letters())?;
        }
        self.next = 0;
        for line in self.title.iter().filter(|_| self.sheets == 1) {
            self.sheet.write_string_with_format(self.next, 0, cell_text(line), &self.looks.title)?;
            self.next += 1;
        }
        for (n, (heading, _)) in self.headings.iter().enumerate() {
            self.sheet.write_string_with_format(self.next, column(n), cell_text(heading), &self.looks.heading)?;
        }
        self.next += 1;
        self.first = self.next;
        self.sheet.set_freeze_panes(self.next, 0)?;
        self.sheet.set_repeat_rows(self.next - 1, self.next - 1)?;
        self.sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        Ok(())
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn row(&mut self, cells: &[Out<'_>]) -> Result<(), WriteError> {
        // One row is left for the sum.
        if self.next + 1 >= self.rows_a_sheet {
            self.end_sheet()?;
            let next = self.workbook.new_worksheet_with_constant_memory()?;
            self.workbook.push_worksheet(std::mem::replace(&mut self.sheet, next));
            self.sheets += 1;
            self.here.iter_mut().for_each(|sum| *sum = 0);
            self.begin_sheet()?;
        }
        for (n, cell) in cells.iter().enumerate() {
            let at = column(n);
            match cell {
                Out::Empty => {}
                Out::Text(text) => {
                    self.sheet.write_string_with_format(self.next, at, cell_text(text), &self.looks.text)?;
                }
                Out::Whole(number) => {
                    self.sheet.write_number_with_format(self.next, at, *number as f64, &self.looks.amount)?;
                    if let (Some(here), Some(all)) = (self.here.get_mut(n), self.all.get_mut(n)) {
                        *here = here.saturating_add(*number);
                        *all = all.saturating_add(*number);
                    }
                }
                Out::Number(number) => {
                    self.sheet.write_number_with_format(self.next, at, *number as f64, &self.looks.number)?;
                }
                Out::Rest(amount) => {
                    self.sheet.write_number_with_format(self.next, at, *amount as f64, &self.looks.amount)?;
                }
                Out::Day(day) => {
                    self.sheet.write_datetime_with_format(self.next, at, serial(*day)?, &self.looks.day)?;
                }
            }
        }
        self.next += 1;
        Ok(())
    }

    /// The sums: formulas with their results, for programs that do not compute.
    fn end_sheet(&mut self) -> Result<(), WriteError> {
        // Where nothing is added up there is no line for it.
        let adds_up = self.headings.iter().any(|(_, width)| matches!(width, Width::Amount(_)));
        if self.next == self.first || !adds_up {
            return Ok(());
        }
        self.sheet.write_string_with_format(self.next, 0, "Tổng cộng", &self.looks.sum)?;
        for (n, (_, width)) in self.headings.iter().enumerate() {
            if let (Width::Amount(_), Some(sum)) = (width, self.here.get(n)) {
                let letter = letters(n);
                let formula = format!("=SUM({letter}{}:{letter}{})", self.first + 1, self.next);
                let formula = Formula::new(formula).set_result(sum.to_string());
                self.sheet.write_formula_with_format(self.next, column(n), formula, &self.looks.sum)?;
            }
        }
        Ok(())
    }

    /// Writes the file and gives the sums of its columns, over all sheets.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish<W: Write + Seek + Send>(mut self, out: W) -> Result<Vec<i64>, WriteError> {
        self.end_sheet()?;
        self.workbook.push_worksheet(self.sheet);
        self.workbook.save_to_writer(out)?;
        Ok(self.all)
    }

    /// The same into a temporary file without a name, rewound.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish_to_file(self) -> Result<(File, Vec<i64>), WriteError> {
        let mut file = tempfile::tempfile()?;
        let sums = self.finish(&file)?;
        file.rewind()?;
        Ok((file, sums))
    }
}

/// A file without a name: it is gone when nobody has it open any more.
///
/// # Errors
/// When there is no room for it.
pub fn nameless_file() -> std::io::Result<File> {
    tempfile::tempfile()
}

fn column(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

/// `A`, `Z`, `AA`.
fn letters(mut n: usize) -> String {
    let mut out = String::new();
    loop {
        out.insert(0, char::from(b'A' + (n % 26) as u8));
        match (n / 26).checked_sub(1) {
            Some(rest) => n = rest,
            None => return out,
        }
    }
}

pub(crate) fn serial(day: NaiveDate) -> Result<ExcelDateTime, WriteError> {
    let year = u16::try_from(day.year()).unwrap_or(1900);
    Ok(ExcelDateTime::from_ymd(year, day.month() as u8, day.day() as u8)?)
}

/// Lines end with LF alone: a CR comes out as the letters `_x000D_` in other readers. No control characters; no longer than a
/// cell may be.
pub(crate) fn cell_text(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut units = 0;
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .take_while(|c| {
            units += c.len_utf16();
            units <= LONGEST
        })
        .collect()
}

/// Text that a spreadsheet program would take for a formula gets an apostrophe in front.
pub fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_spreadsheets_name_them() {
        let named = [0, 25, 26, 51, 52, 701, 702].map(letters);
        assert_eq!(named, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn formulas_are_defused() {
        for text in ["=1+1", "+84", "-5", "@SUM(A1)", "\tx", "＝1"] {
            assert!(harmless(text).starts_with('\''), "{text}");
        }
        assert_eq!(harmless("Nguyễn Văn An"), "Nguyễn Văn An");
    }

    #[test]
    fn a_cell_has_no_control_characters() {
        assert_eq!(cell_text("a\r\nb\rc\u{0}\u{b}d"), "a\nb\ncd");
        assert_eq!(cell_text(&"đ".repeat(40_000)).chars().count(), LONGEST);
    }
}
