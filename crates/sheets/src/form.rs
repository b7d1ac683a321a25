//! A list of a known form: headings found, columns read, faults named.

use std::collections::HashSet;

use crate::columns::{self, Holds, Read, Wrong};
use crate::grid::{Cell, Grid, Line, Value};
use crate::said::{Refused, Said};

/// A column of a form.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// For programs, the same for ever: `received_on`.
    pub name: &'static str,
    pub vi: &'static str,
    pub en: &'static str,
    /// Other headings that mean it.
    pub also: &'static [&'static str],
    pub holds: Holds,
    /// A row without it is at fault.
    pub required: bool,
    /// What to write there, for the template.
    pub note_vi: &'static str,
    pub note_en: &'static str,
    pub example: &'static str,
}

/// A form of lists.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    pub title_vi: &'static str,
    pub title_en: &'static str,
    pub columns: &'static [Column],
    /// The column whose sum a line `Tổng cộng` says.
    pub summed: Option<&'static str>,
    /// Most rows.
    pub rows: usize,
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// As people count in their program; none for a whole column, or for the whole file.
    pub row: Option<u32>,
    /// Name of the column; none for a whole row, or for the whole file.
    pub column: Option<&'static str>,
    /// Stable, for programs.
    pub code: &'static str,
    pub said: Said,
}

/// A row that was read, fault or not: what could not be read is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub number: u32,
    /// In the order of the form's columns.
    pub values: Vec<Option<Read>>,
}

/// A list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed {
    pub rows: Vec<Row>,
    /// By row, then column.
    pub faults: Vec<Fault>,
    /// Headings that no column of the form has: nothing of them is kept.
    pub unknown: Vec<String>,
    /// How many of the rows are hidden in the file.
    pub hidden: usize,
    /// Visible sheets with something on them that is no list of the form.
    pub ignored_sheets: Vec<String>,
}

impl Form {
    /// What a row has in a column.
    pub fn value<'a>(&self, row: &'a Row, name: &str) -> Option<&'a Read> {
        let n = self.columns.iter().position(|column| column.name == name)?;
        row.values.get(n)?.as_ref()
    }

    /// The text that a row has in a column.
    pub fn text<'a>(&self, row: &'a Row, name: &str) -> Option<&'a str> {
        if let Some(Read::Text(text)) = self.value(row, name) { Some(text) } else { None }
    }

    /// The word that a row chose in a column.
    pub fn choice(&self, row: &Row, name: &str) -> Option<&'static str> {
        if let Some(Read::Choice(code)) = self.value(row, name) { Some(code) } else { None }
    }

    /// Reads a table as a list.
    pub(crate) fn read(&self, grid: &Grid, meant: &dyn Fn(&str) -> Option<String>) -> Result<Listed, Refused> {
        let headings = self.headings(grid)?;
        let heading = grid.lines.get(headings.at).ok_or_else(Refused::broken)?;
        let below = grid.lines.get(headings.at + 1..).unwrap_or_default();
        let end = below.iter().position(|line| self.is_total(line, &headings)).unwrap_or(below.len());
        let (lines, rest) = below.split_at(end);
        let lines: Vec<&Line> = lines.iter().filter(|line| headings.has_content(line)).collect();
        if lines.is_empty() {
            return Err(Refused::new(
                "NO_ROWS",
                "Danh sách chưa có dòng nào dưới dòng tiêu đề.",
                "There is no row under the headings.",
            ));
        }
        if lines.len() > self.rows {
            return Err(Refused::new(
                "TOO_MANY_ROWS",
                format!("Danh sách có {} dòng; mỗi tệp tối đa {}. Hãy chia thành nhiều tệp.", lines.len(), self.rows),
                format!("The list has {} rows; a file has at most {}. Divide it.", lines.len(), self.rows),
            ));
        }
        let hidden: HashSet<u32> = grid.hidden.iter().copied().collect();
        let mut listed = Listed {
            rows: lines.iter().map(|line| Row { number: line.number, values: vec![None; self.columns.len()] }).collect(),
            faults: self.other_units(grid, &headings),
            unknown: self.unknown(heading, &headings.places),
            hidden: lines.iter().filter(|line| hidden.contains(&line.number)).count(),
            ignored_sheets: Vec::new(),
        };
        let in_dong = listed.faults.is_empty();
        for (n, column) in self.columns.iter().enumerate() {
            // Sums of another unit are no sums: nothing is said of them, and nothing added up.
            if column.holds != Holds::Amount || in_dong {
                self.read_column(n, column, headings.places.get(n).copied().flatten(), &lines, &mut listed, meant);
            }
        }
        self.check_merged(grid, &mut listed);
        listed.faults.extend(self.like_totals(&lines, &headings));
        self.check_total(rest, &headings, in_dong, &mut listed);
        listed.faults.sort_by_key(|fault| (fault.row, self.columns.iter().position(|column| Some(column.name) == fault.column)));
        Ok(listed)
    }

    fn read_column(
        &self,
        n: usize,
        column: &Column,
        place: Option<usize>,
        lines: &[&Line],
        listed: &mut Listed,
        meant: &dyn Fn(&str) -> Option<String>,
    ) {
        let empty = Cell::from(Value::Empty);
        let cells: Vec<&Cell> =
            lines.iter().map(|line| place.and_then(|place| line.cells.get(place)).unwrap_or(&empty)).collect();
        let read = match columns::column(column.holds, &cells, meant) {
            Ok(read) => read,
            Err(wrong) => return listed.faults.push(column.fault(None, wrong)),
        };
        for (row, read) in listed.rows.iter_mut().zip(read) {
            match read {
                Ok(None) if column.required => listed.faults.push(column.fault(Some(row.number), column.nothing())),
                Ok(read) => {
                    if let Some(value) = row.values.get_mut(n) {
                        *value = read;
                    }
                }
                Err(wrong) => listed.faults.push(column.fault(Some(row.number), wrong)),
            }
        }
    }

    fn check_merged(&self, grid: &Grid, listed: &mut Listed) {
        let numbers: Vec<u32> = listed.rows.iter().map(|row| row.number).collect();
        for (from, to) in &grid.merged {
            if let Some(row) = numbers.iter().find(|row| (*from..=*to).contains(*row)) {
                listed.faults.push(Fault {
                    row: Some(*row),
                    column: None,
                    code: "MERGED_CELLS",
                    said: Said::new(
                        format!("Dòng {from} đến {to} có ô bị gộp: chỉ dòng đầu có giá trị. Hãy bỏ gộp ô và điền đủ từng dòng."),
                        format!("Rows {from} to {to} have merged cells: only the first has the value. Unmerge them and fill in every row."),
                    ),
                });
            }
        }
    }
}

impl Column {
    fn nothing(&self) -> Wrong {
        Wrong { code: "REQUIRED", said: Said::new(format!("Thiếu \"{}\".", self.vi), format!("\"{}\" is missing.", self.en)) }
    }

    pub(crate) fn fault(&self, row: Option<u32>, wrong: Wrong) -> Fault {
        Fault { row, column: Some(self.name), code: wrong.code, said: wrong.said }
    }
}
