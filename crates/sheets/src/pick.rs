//! Which sheet of a file is the list, and what is said of the others.

use crate::form::{Fault, Form, Listed};
use crate::grid::{Grid, LINES_ABOVE, Table};
use crate::limits::Limits;
use crate::said::{Refused, Said};

/// What was found so far, sheet by sheet.
#[derive(Default)]
struct Found {
    /// The first sheet with headings and rows.
    list: Option<Grid>,
    /// Further ones: (name, rows).
    others: Vec<(String, usize)>,
    /// With headings and nothing under them.
    empty: Option<Grid>,
    /// With something else.
    ignored: Vec<String>,
    /// Why the sheet that is most like a list is none, and how many headings it has.
    failure: Option<(usize, Refused)>,
}

impl Form {
    /// Reads a file as a list: the visible sheet on which the headings and rows stand. Rows on another sheet are a fault: nobody sees that they
    /// would be left out. `meant` says what a text typed in an old font was meant to be.
    ///
    /// # Errors
    /// When it is no file that is read, or no list of this form: headings missing or twice, nothing under them, too many rows.
    pub fn read_file(&self, bytes: &[u8], limits: &Limits, meant: &dyn Fn(&str) -> Option<String>) -> Result<Listed, Refused> {
        let mut found = Found::default();
        crate::each_table(bytes, limits, &|line| self.known(line), &mut |table| found.add(self, table).map(|()| true))?;
        let Found { list, others, empty, ignored, failure } = found;
        let Some(grid) = list.or(empty) else {
            return Err(failure.map_or_else(Refused::broken, |(_, refused)| refused));
        };
        let mut listed = self.read(&grid, meant)?;
        let here = grid.sheet.unwrap_or_default();
        let mut faults: Vec<Fault> = others.iter().map(|(name, rows)| other_sheet(&here, name, *rows)).collect();
        faults.append(&mut listed.faults);
        listed.faults = faults;
        listed.ignored_sheets = ignored;
        Ok(listed)
    }
}

impl Found {
    fn add(&mut self, form: &Form, table: Table) -> Result<(), Refused> {
        let Table { grid, over } = table;
        let headings = match form.headings(&grid) {
            Ok(headings) => headings,
            Err(refused) if refused.code == "COLUMN_TWICE" => return Err(refused),
            Err(refused) => {
                // Where it ended too early to say what it is, it may be the list.
                if let Some(over) = over.clone().filter(|_| grid.lines.len() < LINES_ABOVE) {
                    return Err(over);
                }
                let known = grid.lines.iter().take(LINES_ABOVE).map(|line| form.known(line)).max().unwrap_or_default();
                if self.failure.as_ref().is_none_or(|(best, _)| known > *best) {
                    self.failure = Some((known, over.unwrap_or(refused)));
                }
                self.ignored.extend(grid.sheet.filter(|_| !grid.lines.is_empty()).map(short));
                return Ok(());
            }
        };
        if let Some(over) = over {
            return Err(over);
        }
        let below = grid.lines.get(headings.at + 1..).unwrap_or_default();
        match below.iter().filter(|line| headings.has_content(line) && !form.is_total(line, &headings)).count() {
            0 if self.empty.is_none() => self.empty = Some(grid),
            0 => {}
            _ if self.list.is_none() => self.list = Some(grid),
            rows => self.others.extend(grid.sheet.map(|name| (short(name), rows))),
        }
        Ok(())
    }
}

fn short(name: String) -> String {
    name.trim().chars().take(60).collect()
}

fn other_sheet(here: &str, name: &str, rows: usize) -> Fault {
    let here = short(here.to_owned());
    Fault {
        row: None,
        column: None,
        code: "OTHER_SHEET",
        said: Said::new(
            format!(
                "Trang tính \"{name}\" cũng là danh sách và có {rows} dòng, mà mỗi tệp chỉ đọc một trang (ở đây là \"{here}\"). Hãy gộp vào một trang, hoặc gửi mỗi trang một tệp."
            ),
            format!(
                "The sheet \"{name}\" is a list, too, and has {rows} rows; of a file one sheet is read (here \"{here}\"). Put them on one sheet, or send a file for each."
            ),
        ),
    }
}
