//! A book as rows of cells, and what they are written to: CSV, XLSX, paper.

use chrono::NaiveDate;
use sheets::{Out, Width, harmless};

use super::fault::Fault;
use crate::basics::vnd::grouped;
use crate::http::Lang;
use crate::http::spool::Spool;

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    Day,
    /// So many letters wide in a sheet.
    Text(u16),
    /// Đồng, with a sum under the column.
    Sum,
    /// Đồng that are themselves a sum: a balance.
    Rest,
}

/// A column of a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub vi: &'static str,
    pub en: &'static str,
    /// As programs call it.
    pub key: &'static str,
    pub holds: Holds,
    /// Its share of the width of a paper; none, and it is not printed.
    pub share: u16,
}

impl Column {
    pub fn head(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Vi => self.vi,
            Lang::En => self.en,
        }
    }
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Empty,
    Day(NaiveDate),
    Text(String),
    Sum(i64),
    Rest(i64),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Cell::Text(text.into())
    }

    /// Đồng on one side: nothing for none.
    pub fn side(amount: i64) -> Self {
        if amount == 0 { Cell::Empty } else { Cell::Sum(amount) }
    }
}

/// Where the rows of a book go.
pub trait Rows {
    fn row(&mut self, cells: &[Cell]) -> Result<(), Fault>;

    /// The figures under a book: its sums where the form does not add up by itself, and what it ends with.
    fn last(&mut self, sums: &[Cell], closing: &[Cell]) -> Result<(), Fault>;
}

/// CSV (RFC 4180, UTF-8 with a mark, as Excel wants it).
pub struct Csv<'a>(csv::Writer<&'a mut Spool>);

impl<'a> Csv<'a> {
    /// Writes the names of the columns, in words and as programs call them, and sends them.
    pub fn begin(out: &'a mut Spool, columns: &[Column], lang: Lang) -> Result<Self, Fault> {
        use std::io::Write;
        out.write_all("\u{feff}".as_bytes()).map_err(Fault::broken)?;
        let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        out.write_record(columns.iter().map(|column| format!("{} ({})", column.head(lang), column.key)))
            .map_err(Fault::broken)?;
        out.flush().map_err(Fault::broken)?;
        Ok(Self(out))
    }

    pub fn end(mut self) -> Result<(), Fault> {
        self.0.flush().map_err(Fault::broken)
    }
}

impl Rows for Csv<'_> {
    fn row(&mut self, cells: &[Cell]) -> Result<(), Fault> {
        let field = |cell: &Cell| match cell {
            Cell::Empty => String::new(),
            Cell::Day(day) => day.to_string(),
            Cell::Text(text) => harmless(text),
            Cell::Sum(amount) | Cell::Rest(amount) => amount.to_string(),
        };
        self.0.write_record(cells.iter().map(field)).map_err(Fault::broken)
    }

    /// Whoever adds up the columns shall not count their sums.
    fn last(&mut self, _: &[Cell], closing: &[Cell]) -> Result<(), Fault> {
        if closing.is_empty() { Ok(()) } else { self.row(closing) }
    }
}

/// XLSX, row by row to a file.
pub struct Xlsx(sheets::Book);

impl Xlsx {
    pub fn begin(name: &str, titles: Vec<String>, columns: &[Column], lang: Lang) -> Result<Self, Fault> {
        let headings = columns.iter().map(|column| {
            let width = match column.holds {
                Holds::Day => Width::Day,
                Holds::Text(letters) => Width::Text(letters),
                Holds::Sum => Width::Amount(18),
                Holds::Rest => Width::Rest(18),
            };
            (column.head(lang).to_owned(), width)
        });
        Ok(Self(sheets::Book::new(name, titles, headings.collect()).map_err(Fault::broken)?))
    }

    pub fn end(self) -> Result<std::fs::File, Fault> {
        Ok(self.0.finish_to_file().map_err(Fault::broken)?.0)
    }
}

impl Rows for Xlsx {
    fn row(&mut self, cells: &[Cell]) -> Result<(), Fault> {
        let cells: Vec<Out<'_>> = cells
            .iter()
            .map(|cell| match cell {
                Cell::Empty => Out::Empty,
                Cell::Day(day) => Out::Day(*day),
                Cell::Text(text) => Out::Text(text),
                Cell::Sum(amount) => Out::Whole(*amount),
                Cell::Rest(amount) => Out::Rest(*amount),
            })
            .collect();
        self.0.row(&cells).map_err(Fault::broken)
    }

    /// The sums are formulas of the sheet.
    fn last(&mut self, _: &[Cell], closing: &[Cell]) -> Result<(), Fault> {
        if closing.is_empty() { Ok(()) } else { self.row(closing) }
    }
}

/// Rows a paper may have: more is for a screen.
const MOST_ON_PAPER: usize = 5_000;

/// Rows to be printed.
pub struct Printed {
    columns: Vec<Column>,
    pub rows: Vec<Vec<String>>,
}

impl Printed {
    pub fn begin(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Those of the cells that are printed, as they are printed.
    fn printed(&self, cells: &[Cell]) -> Vec<String> {
        let cells = self.columns.iter().zip(cells).filter(|(column, _)| column.share > 0);
        cells
            .map(|(_, cell)| match cell {
                Cell::Empty => String::new(),
                Cell::Day(day) => day.format("%d/%m/%Y").to_string(),
                Cell::Text(text) => text.clone(),
                Cell::Sum(amount) | Cell::Rest(amount) => grouped(*amount),
            })
            .collect()
    }
}

impl Rows for Printed {
    fn row(&mut self, cells: &[Cell]) -> Result<(), Fault> {
        if self.rows.len() >= MOST_ON_PAPER {
            return Err(Fault::TooLong { most: MOST_ON_PAPER });
        }
        self.rows.push(self.printed(cells));
        Ok(())
    }

    fn last(&mut self, sums: &[Cell], closing: &[Cell]) -> Result<(), Fault> {
        for cells in [sums, closing].into_iter().filter(|cells| !cells.is_empty()) {
            self.rows.push(self.printed(cells));
        }
        Ok(())
    }
}
