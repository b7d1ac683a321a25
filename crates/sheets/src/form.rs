//! A list of a known form: headings found, columns read, faults named.

use std::collections::HashSet;

use crate::columns::{self, Holds, Read, Wrong, key};
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
    /// As people count in their program; none for a whole column.
    pub row: Option<u32>,
    /// Name of the column; none for a whole row.
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
}

/// Titles, addresses and dates stand above the headings; not more than this many lines of them.
const LINES_ABOVE: usize = 20;
/// Headings that say nothing.
const NUMBERING: [&str; 5] = ["stt", "tt", "no", "sott", "sothutu"];
const TOTALS: [&str; 6] = ["tong", "tongcong", "cong", "tongso", "total", "tongsotien"];

impl Form {
    /// Reads a list. `meant` says what a text typed in an old font was meant to be.
    ///
    /// # Errors
    /// When it is no list of this form: headings missing or twice, nothing under them, too many rows.
    pub fn read(&self, grid: &Grid, meant: &dyn Fn(&str) -> Option<String>) -> Result<Listed, Refused> {
        let (at, places) = self.headings(grid)?;
        let heading = grid.lines.get(at).ok_or_else(Refused::broken)?;
        let below = grid.lines.get(at + 1..).unwrap_or_default();
        let end = below.iter().position(|line| self.is_total(line, &places)).unwrap_or(below.len());
        let (lines, rest) = below.split_at(end);
        let lines: Vec<&Line> = lines.iter().filter(|line| self.says_something(line, &places)).collect();
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
            faults: Vec::new(),
            unknown: self.unknown(heading, &places),
            hidden: lines.iter().filter(|line| hidden.contains(&line.number)).count(),
        };
        for (n, column) in self.columns.iter().enumerate() {
            self.read_column(n, column, places.get(n).copied().flatten(), &lines, &mut listed, meant);
        }
        self.check_merged(grid, &mut listed);
        self.check_total(rest, &places, &mut listed);
        listed.faults.sort_by_key(|fault| (fault.row, self.columns.iter().position(|column| Some(column.name) == fault.column)));
        Ok(listed)
    }

    /// Which line has the headings, and where each column stands.
    fn headings(&self, grid: &Grid) -> Result<(usize, Vec<Option<usize>>), Refused> {
        let known = |line: &Line| self.places(line).iter().flatten().count();
        let (at, line) = grid
            .lines
            .iter()
            .take(LINES_ABOVE)
            .enumerate()
            .rev()
            .max_by_key(|(_, line)| known(line))
            .filter(|(_, line)| known(line) > 0)
            .ok_or_else(|| self.missing(&vec![None; self.columns.len()]))?;
        let places = self.places(line);
        let twice = self.columns.iter().zip(&places).find(|(column, place)| {
            place.is_some() && line.cells.iter().filter(|cell| column.is_headed(&cell.value)).count() > 1
        });
        if let Some((column, _)) = twice {
            return Err(Refused::new(
                "COLUMN_TWICE",
                format!("Có hai cột \"{}\". Hãy bỏ bớt một cột.", column.vi),
                format!("The column \"{}\" is there twice. Take one away.", column.en),
            ));
        }
        if self.columns.iter().zip(&places).any(|(column, place)| column.required && place.is_none()) {
            return Err(self.missing(&places));
        }
        Ok((at, places))
    }

    fn missing(&self, places: &[Option<usize>]) -> Refused {
        let missing: Vec<&Column> = self
            .columns
            .iter()
            .zip(places)
            .filter(|(column, place)| column.required && place.is_none())
            .map(|(c, _)| c)
            .collect();
        let list =
            |of: fn(&Column) -> &'static str| missing.iter().map(|c| format!("\"{}\"", of(c))).collect::<Vec<_>>().join(", ");
        Refused::new(
            "COLUMNS_MISSING",
            format!("Không thấy cột {} trong dòng tiêu đề. Hãy dùng mẫu, giữ nguyên tên cột.", list(|c| c.vi)),
            format!("The headings have no column {}. Use the template and keep the names of its columns.", list(|c| c.en)),
        )
    }

    fn places(&self, line: &Line) -> Vec<Option<usize>> {
        self.columns.iter().map(|column| line.cells.iter().position(|cell| column.is_headed(&cell.value))).collect()
    }

    fn unknown(&self, heading: &Line, places: &[Option<usize>]) -> Vec<String> {
        let cells = heading.cells.iter().enumerate().filter(|(n, _)| !places.contains(&Some(*n)));
        let named = cells.filter_map(|(_, cell)| match &cell.value {
            Value::Text(text) if !text.trim().is_empty() && !NUMBERING.contains(&heading_key(text).as_str()) => Some(text.trim()),
            _ => None,
        });
        named.map(|text| text.chars().take(60).collect()).collect()
    }

    /// Rows that have nothing but a running number say nothing.
    fn says_something(&self, line: &Line, places: &[Option<usize>]) -> bool {
        places.iter().flatten().any(|place| !line.value(*place).is_empty())
    }

    /// `Tổng cộng` in some cell, and no day.
    fn is_total(&self, line: &Line, places: &[Option<usize>]) -> bool {
        let says = |value: &Value| matches!(value, Value::Text(text) if TOTALS.contains(&key(text).as_str()));
        let mut days =
            self.columns.iter().zip(places).filter(|(column, _)| column.holds == Holds::Day).filter_map(|(_, place)| *place);
        line.cells.iter().any(|cell| says(&cell.value))
            && days.all(|place| line.value(place).is_empty() || says(line.value(place)))
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

    /// The line `Tổng cộng` must say what the rows add up to; nothing of money may stand under it.
    fn check_total(&self, rest: &[Line], places: &[Option<usize>], listed: &mut Listed) {
        let Some((total, below)) = rest.split_first() else { return };
        let summed = self.columns.iter().position(|column| Some(column.name) == self.summed);
        let Some((n, column)) = summed.and_then(|n| Some((n, self.columns.get(n)?))) else { return };
        let Some(place) = places.get(n).copied().flatten() else { return };
        if let Some(line) = below.iter().find(|line| !line.value(place).is_empty() && !self.is_total(line, places)) {
            let said = Said::new(
                format!("Dưới dòng tổng (dòng {}) còn có số tiền. Hãy đưa lên trên, hoặc bỏ dòng tổng.", total.number),
                format!("There is an amount below the total (row {}). Move it up, or take the total away.", total.number),
            );
            listed.faults.push(Fault { row: Some(line.number), column: Some(column.name), code: "BELOW_THE_TOTAL", said });
        }
        let sum: i64 = listed
            .rows
            .iter()
            .filter_map(|row| if let Some(Some(Read::Whole(v))) = row.values.get(n) { Some(*v) } else { None })
            .fold(0, i64::saturating_add);
        let cell = Cell::from(total.value(place).clone());
        let said = columns::column(column.holds, &[&cell], &|_| None).map(|mut read| read.pop());
        match said {
            Ok(Some(Ok(Some(Read::Whole(said))))) if said == sum => {}
            Ok(Some(Ok(None))) | Ok(None) => {}
            Ok(Some(Err(wrong))) if wrong.code == "NOT_COMPUTED" => listed.faults.push(column.fault(Some(total.number), wrong)),
            _ => {
                let said = Said::new(
                    format!("Dòng tổng không khớp: cộng các dòng ở trên được {}.", grouped(sum)),
                    format!("The total does not fit: the rows above add up to {}.", grouped(sum)),
                );
                listed.faults.push(Fault { row: Some(total.number), column: Some(column.name), code: "TOTAL_DIFFERS", said });
            }
        }
    }
}

impl Column {
    fn is_headed(&self, value: &Value) -> bool {
        let Value::Text(text) = value else { return false };
        let said = heading_key(text);
        [self.name, self.vi, self.en].iter().chain(self.also).any(|name| heading_key(name) == said)
    }

    fn nothing(&self) -> Wrong {
        Wrong { code: "REQUIRED", said: Said::new(format!("Thiếu \"{}\".", self.vi), format!("\"{}\" is missing.", self.en)) }
    }

    fn fault(&self, row: Option<u32>, wrong: Wrong) -> Fault {
        Fault { row, column: Some(self.name), code: wrong.code, said: wrong.said }
    }
}

/// A heading without what is in brackets, stars and units: `Số tiền (đồng) *` is `sotien`.
fn heading_key(text: &str) -> String {
    let bare = text.split_once('(').map_or(text, |(bare, _)| bare);
    key(if bare.trim().is_empty() { text } else { bare })
}

fn grouped(sum: i64) -> String {
    let digits = sum.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(".")
}
