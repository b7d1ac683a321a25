//! A sheet as it stands in a file.

use chrono::NaiveDateTime;

use crate::said::Refused;

/// Titles, addresses and dates stand above the headings; not more than this many lines of them.
pub const LINES_ABOVE: usize = 20;

/// What a cell says.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Empty,
    Text(String),
    Number(f64),
    Bool(bool),
    /// A number that the file calls a date, as it stands, with its time of day.
    Moment(NaiveDateTime),
    /// A formula without result: unknown, not 0.
    NotComputed,
    /// `#N/A` and its kin, known ones or not.
    Error,
}

impl Value {
    /// Nothing, or blanks only.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Empty => true,
            Value::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    pub value: Value,
    /// Its font is one of before Unicode: the text is to be converted, not read.
    pub old_font: Option<String>,
}

impl From<Value> for Cell {
    fn from(value: Value) -> Self {
        Self { value, old_font: None }
    }
}

/// A row of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// As people count in their program: from 1.
    pub number: u32,
    pub cells: Vec<Cell>,
}

impl Line {
    pub fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| cell.value.is_empty())
    }

    pub fn value(&self, column: usize) -> &Value {
        self.cells.get(column).map_or(&Value::Empty, |cell| &cell.value)
    }
}

/// The sheet that was read: rows with anything in them, in their order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grid {
    /// Name of the sheet; none for CSV.
    pub sheet: Option<String>,
    pub lines: Vec<Line>,
    /// Rows that nobody sees in the program; they are read like the others.
    pub hidden: Vec<u32>,
    /// First and last rows of merged cells that span several rows: only the first has the value.
    pub merged: Vec<(u32, u32)>,
}

/// A table of a file on its way to whoever looks for a list in it.
#[derive(Debug)]
pub struct Table {
    pub grid: Grid,
    /// Why it was not read to its end.
    pub over: Option<Refused>,
}
