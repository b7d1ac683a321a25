//! XLSX in: looked through first ([`super::survey`]), then cell by cell through calamine's streaming reader.

use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, XlsxError};
use chrono::{NaiveDate, NaiveDateTime};

use crate::grid::{Cell, Grid, Line, Table, Value};
use crate::limits::{Exceeded, Limits};
use crate::parts;
use crate::said::Refused;
use crate::survey::{self, Seen, Survey};

type Workbook<'a> = Xlsx<Cursor<&'a [u8]>>;

/// Gives the visible sheets one by one, as long as they are wanted: only one of them is held at a time.
pub fn each(bytes: &[u8], limits: &Limits, take: &mut dyn FnMut(Table) -> Result<bool, Refused>) -> Result<(), Refused> {
    let mut archive = parts::open(bytes, limits)?;
    parts::count(&mut archive, limits)?;
    survey::strings(&mut archive, limits)?;
    let sheets = parts::visible(&mut archive)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(refusal)?;
    for sheet in sheets {
        let survey = survey::sheet(&mut archive, &sheet, limits)?;
        if !take(table(&mut workbook, sheet.name, survey, limits)?)? {
            break;
        }
    }
    Ok(())
}

fn table(workbook: &mut Workbook<'_>, name: String, survey: Survey, limits: &Limits) -> Result<Table, Refused> {
    let mut lines = Lines::new(limits);
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(refusal)?;
    let fonts: Vec<Option<String>> =
        cells.styles().iter().map(|style| style.font.as_ref().and_then(|font| old_font(font.name.as_deref()?))).collect();
    let mut over = survey.over;
    for seen in &survey.cells {
        // One cell a call, in the order of the text: the place is known even where the cell cannot be read.
        let cell = match cells.next_cell_with_style_id() {
            Ok(Some((cell, style))) if cell.get_position() == (seen.row, seen.column) => value_of(cell.get_value(), seen, limits)
                .map(|value| {
                    let old_font = fonts.get(style).cloned().flatten().filter(|_| matches!(value, Value::Text(_)));
                    Cell { value, old_font }
                }),
            Err(error) if is_of_one_cell(&error) => Ok(Value::Error.into()),
            _ => return Err(Refused::broken()),
        };
        let put = match cell {
            Ok(cell) => lines.put(seen, cell)?,
            Err(too_much) => Some(too_much),
        };
        if put.is_some() {
            over = put;
            break;
        }
    }
    let Survey { hidden, merged, .. } = survey;
    let grid = Grid { sheet: Some(name), lines: lines.finish(), hidden, merged };
    Ok(Table { grid, over: over.map(|over| over.refused(limits)) })
}

fn refusal(error: XlsxError) -> Refused {
    match error {
        XlsxError::Password => Refused::new(
            "PASSWORD",
            "Tệp có mật khẩu. Hãy bỏ mật khẩu, lưu lại rồi gửi lại.",
            "The file is behind a password. Remove it, save and send it again.",
        ),
        _ => Refused::broken(),
    }
}

/// Errors after which the reader stands behind the cell and goes on.
fn is_of_one_cell(error: &XlsxError) -> bool {
    matches!(
        error,
        XlsxError::CellError(_)
            | XlsxError::CellTAttribute(_)
            | XlsxError::ParseFloat(_)
            | XlsxError::ParseInt(_)
            | XlsxError::Unexpected(_)
            | XlsxError::UnexpectedNode(_)
            | XlsxError::Unrecognized { .. }
    )
}

fn value_of(value: &DataRef<'_>, seen: &Seen, limits: &Limits) -> Result<Value, Exceeded> {
    let text = |text: &str| -> Result<Value, Exceeded> {
        if text.chars().nth(limits.text_chars).is_some() {
            return Err(Exceeded::OneText);
        }
        Ok(if text.is_empty() { Value::Empty } else { Value::Text(text.to_owned()) })
    };
    let value = match value {
        DataRef::Empty => Value::Empty,
        DataRef::Int(number) => Value::Number(*number as f64),
        DataRef::Float(number) => Value::Number(*number),
        DataRef::String(said) => text(said)?,
        DataRef::SharedString(said) => text(said)?,
        DataRef::Bool(said) => Value::Bool(*said),
        DataRef::DateTime(moment) => moment_of(moment),
        DataRef::DateTimeIso(said) => iso_moment(said).map_or(Value::Error, Value::Moment),
        DataRef::DurationIso(_) | DataRef::Error(_) => Value::Error,
    };
    let value = if seen.is_error { Value::Error } else { value };
    // Three programs write "not computed" in three ways: nothing, an empty text, 0.
    let nothing = value.is_empty() || value == Value::Number(0.0);
    Ok(if seen.has_formula && nothing { Value::NotComputed } else { value })
}

/// Days of the two calendars of spreadsheets. The first has a 29 February 1900 that never was; no list goes back so far.
fn moment_of(moment: &ExcelDateTime) -> Value {
    let serial = moment.as_f64();
    if moment.is_duration() || !(61.0..2_958_466.0).contains(&serial) {
        return Value::Number(serial);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let date = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day));
    date.and_then(|date| date.and_hms_opt(u32::from(hour), u32::from(minute), u32::from(second)))
        .map_or(Value::Error, Value::Moment)
}

/// An ISO date without a time is a date, too.
fn iso_moment(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim().trim_end_matches('Z');
    let moment = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok();
    moment.or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))
}

/// `.VnTime` and its kin, `VNI-Times` and its kin.
fn old_font(name: &str) -> Option<String> {
    let lower = name.trim().to_lowercase();
    let is_old = lower.starts_with(".vn") || lower.starts_with("vni-") || lower.starts_with("vni ");
    is_old.then(|| name.trim().to_owned())
}

/// Cells on their way into rows.
struct Lines<'a> {
    limits: &'a Limits,
    lines: Vec<Line>,
    text_bytes: usize,
}

impl<'a> Lines<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self { limits, lines: Vec::new(), text_bytes: 0 }
    }

    /// Says which limit the cell is over, if it is.
    fn put(&mut self, seen: &Seen, cell: Cell) -> Result<Option<Exceeded>, Refused> {
        if let Value::Text(text) = &cell.value {
            self.text_bytes += text.len();
            if self.text_bytes > self.limits.text_bytes {
                return Ok(Some(Exceeded::Text));
            }
        }
        if cell.value == Value::Empty {
            return Ok(None);
        }
        let number = seen.row + 1;
        if self.lines.last().is_none_or(|line| line.number < number) {
            self.lines.push(Line { number, cells: Vec::new() });
        }
        // Rows and cells out of order are of no program that we know.
        let line = self.lines.last_mut().filter(|line| line.number == number).ok_or_else(Refused::broken)?;
        let column = seen.column as usize;
        if line.cells.len() > column {
            return Err(Refused::broken());
        }
        line.cells.resize(column, Value::Empty.into());
        line.cells.push(cell);
        Ok(None)
    }

    fn finish(mut self) -> Vec<Line> {
        self.lines.retain(|line| !line.is_empty());
        self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_of_before_unicode_are_known_by_their_names() {
        for old in [".VnTime", ".VnArialH", "VNI-Times", "vni-helve"] {
            assert!(old_font(old).is_some(), "{old}");
        }
        for new in ["Times New Roman", "Arial", "Vnida", "UVN Ban Tay"] {
            assert!(old_font(new).is_none(), "{new}");
        }
    }

    #[test]
    fn an_iso_date_without_time_is_a_date() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 5).unwrap();
        assert_eq!(iso_moment("2026-11-05"), day.and_hms_opt(0, 0, 0));
        assert_eq!(iso_moment("2026-11-05T17:00:00.000Z"), day.and_hms_opt(17, 0, 0));
        assert_eq!(iso_moment("5/11/2026"), None);
    }
}
