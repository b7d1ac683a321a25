//! CSV in: which encoding, which separator, and quotes by the rule.
//!
//! The separator is the one under which the headings are found: addresses are full of commas, and so are sums.
//!
//! Readers that forgive swallow rows: a field that begins with a lone quote takes everything up to the next one. This one tells
//! the row instead. What spreadsheet programs put around values (`sep=;`, `="0071"`) goes.

use crate::grid::{Cell, Grid, LINES_ABOVE, Line, Value};
use crate::limits::{Exceeded, Limits};
use crate::said::Refused;

/// Reads a table; `heads` says how many headings a line has.
pub fn read(bytes: &[u8], limits: &Limits, heads: &dyn Fn(&Line) -> usize) -> Result<Grid, Refused> {
    let text = decoded(bytes)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let (separator, text, first) = separator_of(text, limits, heads);
    let mut records = Records::of(text, separator, first, limits);
    let mut lines = Vec::new();
    while let Some(line) = records.next()? {
        if !line.is_empty() {
            lines.push(line);
        }
    }
    refuse_swallowed(&lines, separator)?;
    Ok(Grid { sheet: None, lines, hidden: Vec::new(), merged: Vec::new() })
}

/// UTF-8, or UTF-16 with its mark ("Unicode text" of Excel).
fn decoded(bytes: &[u8]) -> Result<String, Refused> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).filter_map(|two| two.try_into().ok()).map(unit).collect();
        String::from_utf16(&units).ok()
    };
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => std::str::from_utf8(bytes).ok().map(str::to_owned),
    };
    text.filter(|text| !text.contains('\0')).ok_or_else(|| {
        Refused::new(
            "NOT_UTF8",
            "Tệp không phải văn bản UTF-8 nên chữ tiếng Việt sẽ bị hỏng. Hãy gửi tệp .xlsx, hoặc lưu thành \"CSV UTF-8\".",
            "The file is no UTF-8 text, so Vietnamese letters would be damaged. Send .xlsx, or save it as \"CSV UTF-8\".",
        )
    })
}

/// The separator, the text behind a line `sep=`, and the number of its first line.
fn separator_of<'a>(text: &'a str, limits: &Limits, heads: &dyn Fn(&Line) -> usize) -> (char, &'a str, u32) {
    let first = text.lines().next().unwrap_or_default();
    if let Some(named) = first.trim_matches('"').strip_prefix("sep=")
        && let Some(separator) = named.chars().next()
    {
        let rest = text.get(first.len()..).unwrap_or_default();
        return (separator, rest.trim_start_matches('\r').strip_prefix('\n').unwrap_or(rest), 2);
    }
    let headed = |separator: char| {
        let mut records = Records::of(text, separator, 1, limits);
        // What cannot be read under a separator has no headings under it.
        let lines = std::iter::from_fn(|| records.next().ok().flatten()).filter(|line| !line.is_empty());
        lines.take(LINES_ABOVE).map(|line| heads(&line)).max().unwrap_or_default()
    };
    // Of a text without headings the line with the most separators decides.
    let most =
        |separator: char| text.lines().take(LINES_ABOVE).map(|line| outside_quotes(line, separator)).max().unwrap_or_default();
    let best = [',', ';', '\t', '|'].into_iter().rev().max_by_key(|separator| (headed(*separator), most(*separator)));
    (best.unwrap_or(','), text, 1)
}

fn outside_quotes(line: &str, separator: char) -> usize {
    let mut quoted = false;
    let mut count = |c: char| {
        quoted ^= c == '"';
        !quoted && c == separator
    };
    line.chars().filter(|c| count(*c)).count()
}

struct Records<'a> {
    text: std::iter::Peekable<std::str::Chars<'a>>,
    separator: char,
    row: u32,
    limits: &'a Limits,
    cells: usize,
    text_bytes: usize,
}

impl<'a> Records<'a> {
    fn of(text: &'a str, separator: char, row: u32, limits: &'a Limits) -> Self {
        Self { text: text.chars().peekable(), separator, row, limits, cells: 0, text_bytes: 0 }
    }

    fn next(&mut self) -> Result<Option<Line>, Refused> {
        if self.text.peek().is_none() {
            return Ok(None);
        }
        let number = self.row;
        if number as usize > self.limits.rows {
            return Err(Exceeded::Rows.refused(self.limits));
        }
        let mut cells = Vec::new();
        loop {
            let (field, ends) = self.field(number)?;
            self.cells += 1;
            self.text_bytes += field.len();
            let over = [
                (self.text_bytes > self.limits.text_bytes, Exceeded::Text),
                (self.cells > self.limits.cells, Exceeded::Cells),
                (cells.len() >= self.limits.columns, Exceeded::Columns),
            ];
            if let Some((_, over)) = over.into_iter().find(|(is, _)| *is) {
                return Err(over.refused(self.limits));
            }
            cells.push(cell_of(field));
            if ends {
                self.row += 1;
                return Ok(Some(Line { number, cells }));
            }
        }
    }

    /// The next field, and whether its row ends with it.
    fn field(&mut self, number: u32) -> Result<(String, bool), Refused> {
        let (mut field, mut chars) = (String::new(), 0);
        let mut put = |field: &mut String, c: char| {
            field.push(c);
            chars += 1;
            if chars > self.limits.text_chars { Err(Exceeded::OneText.refused(self.limits)) } else { Ok(()) }
        };
        if self.text.next_if_eq(&'"').is_some() {
            loop {
                match self.text.next() {
                    None => return Err(open_quote(number)),
                    Some('"') if self.text.next_if_eq(&'"').is_some() => put(&mut field, '"')?,
                    Some('"') => break,
                    // Lines of a cell end with one sign, in every program.
                    Some('\r') => {
                        self.text.next_if_eq(&'\n');
                        put(&mut field, '\n')?;
                        self.row += 1;
                    }
                    Some(c) => {
                        self.row += u32::from(c == '\n');
                        put(&mut field, c)?;
                    }
                }
            }
            while self.text.next_if(|c| *c == ' ').is_some() {}
            return match self.text.next() {
                None | Some('\n') => Ok((field, true)),
                Some('\r') => {
                    self.text.next_if_eq(&'\n');
                    Ok((field, true))
                }
                Some(c) if c == self.separator => Ok((field, false)),
                Some(_) => Err(stray_quote(number)),
            };
        }
        loop {
            match self.text.next() {
                None | Some('\n') => return Ok((field, true)),
                Some('\r') => {
                    self.text.next_if_eq(&'\n');
                    return Ok((field, true));
                }
                Some(c) if c == self.separator => return Ok((field, false)),
                Some(c) => put(&mut field, c)?,
            }
        }
    }
}

fn open_quote(row: u32) -> Refused {
    Refused::new(
        "OPEN_QUOTE",
        format!("Dòng {row}: có dấu ngoặc kép mở mà không đóng, các dòng sau bị nuốt mất. Hãy sửa dòng này, hoặc gửi tệp .xlsx."),
        format!("Row {row}: a quotation mark opens and never closes, so the rows behind it are lost. Mend it, or send .xlsx."),
    )
}

fn stray_quote(row: u32) -> Refused {
    Refused::new(
        "STRAY_QUOTE",
        format!("Dòng {row}: sau dấu ngoặc kép đóng còn có chữ. Hãy sửa dòng này, hoặc gửi tệp .xlsx."),
        format!("Row {row}: text stands behind a closing quotation mark. Mend it, or send .xlsx."),
    )
}

/// A cell that goes on with what looks like dated rows is a quote at a wrong place.
fn refuse_swallowed(lines: &[Line], separator: char) -> Result<(), Refused> {
    let is_row = |text: &str| text.contains(separator) && text.split(separator).any(|field| is_dated(field.trim()));
    let swallowed = lines
        .iter()
        .find(|line| line.cells.iter().any(|cell| matches!(&cell.value, Value::Text(text) if text.lines().skip(1).any(is_row))));
    swallowed.map_or(Ok(()), |line| Err(open_quote(line.number)))
}

/// `25/11/2026`, `2026-11-25`.
fn is_dated(field: &str) -> bool {
    let parts: Vec<&str> = field.split(['/', '-', '.']).collect();
    parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit()))
}

/// `="0071…"` is how programs are told that digits are text.
fn cell_of(field: String) -> Cell {
    let bare = field.trim().strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).map(str::to_owned);
    let text = bare.unwrap_or(field);
    if text.is_empty() { Value::Empty.into() } else { Value::Text(text).into() }
}
