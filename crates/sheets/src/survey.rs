//! A look at a sheet before it is read: every row and cell counted, which cells are formulas, which are errors, what is hidden.
//!
//! calamine reserves what a table of strings *says* it holds, and a list as long as the highest number of a shared formula. So it
//! sees nothing that was not looked through here, and its formulas are not used at all.

use quick_xml::events::{BytesStart, Event};

use crate::limits::{Exceeded, Limits};
use crate::parts::{self, Archive, Chosen, attribute};
use crate::said::Refused;

/// A cell as the sheet's text has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// From 0.
    pub row: u32,
    pub column: u32,
    pub is_error: bool,
    pub has_formula: bool,
}

/// What a sheet holds.
#[derive(Debug, Default)]
pub struct Survey {
    /// In the order of the text, as every reader of it meets them.
    pub cells: Vec<Seen>,
    pub hidden: Vec<u32>,
    pub merged: Vec<(u32, u32)>,
    /// What ended it before the sheet did.
    pub over: Option<Exceeded>,
}

/// Checks what the table of strings says of itself, and counts it.
pub fn strings(archive: &mut Archive<'_>, limits: &Limits) -> Result<(), Refused> {
    let tables = parts::names(archive).into_iter().filter(|name| name.to_ascii_lowercase().ends_with("sharedstrings.xml"));
    for table in tables {
        let mut strings = 0;
        parts::each_element(archive, &table, |element| {
            match element.local_name().as_ref() {
                "sst" => {
                    let said = attribute(element, "uniqueCount").and_then(|count| count.trim().parse::<u128>().ok());
                    // What a number of digits beyond reading says is too much, too.
                    let unread = attribute(element, "uniqueCount").is_some() && said.is_none();
                    if unread || said.is_some_and(|said| said > limits.strings as u128) {
                        return Err(Exceeded::Strings.refused(limits));
                    }
                }
                "si" => {
                    strings += 1;
                    if strings > limits.strings {
                        return Err(Exceeded::Strings.refused(limits));
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Looks through a sheet, to its end or to a limit.
pub fn sheet(archive: &mut Archive<'_>, chosen: &Chosen, limits: &Limits) -> Result<Survey, Refused> {
    let name = parts::real_name(archive, &chosen.part).ok_or_else(Refused::broken)?;
    let mut reader = parts::xml(archive.by_name(&name).map_err(|_| Refused::broken())?);
    let (mut survey, mut buffer) = (Survey::default(), Vec::new());
    let (mut row, mut column, mut in_data) = (0, 0, false);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|_| Refused::broken())? {
            Event::Start(element) => match element.local_name().as_ref() {
                "sheetData" => in_data = true,
                "row" if in_data => {
                    if let Some(number) = attribute(&element, "r") {
                        row = number.parse::<u32>().ok().and_then(|n| n.checked_sub(1)).ok_or_else(Refused::broken)?;
                    }
                    let hidden = attribute(&element, "hidden").is_some_and(|hidden| hidden == "1" || hidden == "true");
                    if hidden && (row as usize) < limits.rows && survey.hidden.len() < limits.rows {
                        survey.hidden.push(row.saturating_add(1));
                    }
                }
                "c" if in_data => {
                    if let Some(reference) = attribute(&element, "r") {
                        (row, column) = place(&reference).ok_or_else(Refused::broken)?;
                    }
                    let is_error = attribute(&element, "t").is_some_and(|kind| kind == "e");
                    note(&mut survey, Seen { row, column, is_error, has_formula: false }, limits);
                    if survey.over.is_some() {
                        return Ok(survey);
                    }
                    column += 1;
                }
                "f" if in_data => {
                    if let Some(cell) = survey.cells.last_mut() {
                        cell.has_formula = true;
                    }
                }
                "mergeCell" if survey.merged.len() < limits.rows => survey.merged.extend(spanned(&element)),
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "row" if in_data => {
                    row = row.checked_add(1).ok_or_else(Refused::broken)?;
                    column = 0;
                }
                "sheetData" => in_data = false,
                _ => {}
            },
            Event::Eof => return Ok(survey),
            _ => {}
        }
    }
}

fn note(survey: &mut Survey, cell: Seen, limits: &Limits) {
    if cell.row as usize >= limits.rows {
        survey.over = Some(Exceeded::Rows);
    } else if cell.column as usize >= limits.columns {
        survey.over = Some(Exceeded::Columns);
    } else if survey.cells.len() >= limits.cells {
        survey.over = Some(Exceeded::Cells);
    } else {
        survey.cells.push(cell);
    }
}

/// `B7` → (6, 1).
fn place(reference: &str) -> Option<(u32, u32)> {
    let reference = reference.trim().replace('$', "");
    let digits = reference.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = reference.split_at(digits);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let mut column = 0u32;
    for letter in letters.bytes() {
        column = column * 26 + u32::from(letter.to_ascii_uppercase().checked_sub(b'A').filter(|n| *n < 26)?) + 1;
    }
    Some((digits.parse::<u32>().ok()?.checked_sub(1)?, column - 1))
}

/// First and last row, from 1, of merged cells that span several rows.
fn spanned(element: &BytesStart<'_>) -> Option<(u32, u32)> {
    let reference = attribute(element, "ref")?;
    let (from, to) = reference.split_once(':')?;
    let (from, to) = (place(from)?.0 + 1, place(to)?.0 + 1);
    (from < to).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_spreadsheets_write_them() {
        assert_eq!(
            (place("A1"), place("B7"), place("$AA$10"), place("XFD1048576")),
            (Some((0, 0)), Some((6, 1)), Some((9, 26)), Some((1_048_575, 16_383)))
        );
        for wrong in ["", "A", "7", "A0", "AAAA1", "A-1", "Ă1", "A99999999999"] {
            assert_eq!(place(wrong), None, "{wrong}");
        }
    }
}
