//! Which line of a table has the headings of a form, and where each column stands.

use crate::columns::{Holds, key};
use crate::form::{Column, Form};
use crate::grid::{Grid, LINES_ABOVE, Line, Value};
use crate::said::Refused;

/// Headings that say nothing.
const NUMBERING: [&str; 5] = ["stt", "tt", "no", "sott", "sothutu"];

/// Where the columns of a form stand.
#[derive(Debug, Clone)]
pub struct Headings {
    /// Which of the table's lines they are.
    pub at: usize,
    /// In the order of the form's columns.
    pub places: Vec<Option<usize>>,
    /// The column of running numbers.
    pub numbering: Option<usize>,
}

impl Headings {
    /// Place of the first column that holds this.
    pub fn place(&self, form: &Form, holds: Holds) -> Option<usize> {
        form.columns.iter().zip(&self.places).find(|(column, place)| column.holds == holds && place.is_some())?.1.to_owned()
    }

    /// Rows that have nothing but a running number say nothing.
    pub fn has_content(&self, line: &Line) -> bool {
        self.places.iter().flatten().any(|place| !line.value(*place).is_empty())
    }
}

impl Form {
    /// How many columns of the form a line names.
    pub(crate) fn known(&self, line: &Line) -> usize {
        self.places(line).iter().flatten().count()
    }

    /// Finds the headings; a table without them is no list of this form.
    pub(crate) fn headings(&self, grid: &Grid) -> Result<Headings, Refused> {
        let (at, line) = grid
            .lines
            .iter()
            .take(LINES_ABOVE)
            .enumerate()
            .rev()
            .max_by_key(|(_, line)| self.known(line))
            .filter(|(_, line)| self.known(line) > 0)
            .ok_or_else(|| self.missing(&vec![None; self.columns.len()]))?;
        let places = self.places(line);
        if self.columns.iter().zip(&places).any(|(column, place)| column.required && place.is_none()) {
            return Err(self.missing(&places));
        }
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
        // One word alone may stand anywhere, as in the sheet that explains the columns.
        if places.iter().flatten().count() < 2 {
            return Err(Refused::new(
                "COLUMNS_MISSING",
                "Dòng tiêu đề phải có ít nhất hai cột của mẫu. Hãy dùng mẫu, giữ nguyên tên cột.",
                "The headings name at least two columns of the template. Use it and keep the names of its columns.",
            ));
        }
        let numbering = line.cells.iter().position(|cell| is_numbering(&cell.value));
        Ok(Headings { at, places, numbering })
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

    /// Headings that no column of the form has.
    pub(crate) fn unknown(&self, heading: &Line, places: &[Option<usize>]) -> Vec<String> {
        let cells = heading.cells.iter().enumerate().filter(|(n, _)| !places.contains(&Some(*n)));
        let named = cells.filter_map(|(_, cell)| match &cell.value {
            Value::Text(text) if !text.trim().is_empty() && !is_numbering(&cell.value) => Some(text.trim()),
            _ => None,
        });
        named.map(|text| text.chars().take(60).collect()).collect()
    }
}

impl Column {
    fn is_headed(&self, value: &Value) -> bool {
        let Value::Text(text) = value else { return false };
        let said = heading_key(text);
        [self.name, self.vi, self.en].iter().chain(self.also).any(|name| heading_key(name) == said)
    }
}

fn is_numbering(value: &Value) -> bool {
    matches!(value, Value::Text(text) if NUMBERING.contains(&heading_key(text).as_str()))
}

/// A heading without stars and what is in brackets: `Số tiền (đồng) *` is `sotien`. What brackets say of sums is read elsewhere.
fn heading_key(text: &str) -> String {
    let bare = text.split_once('(').map_or(text, |(bare, _)| bare);
    key(if bare.trim().is_empty() { text } else { bare })
}
