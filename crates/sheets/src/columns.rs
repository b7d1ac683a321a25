//! How a column is read: one way for all its cells, or not at all.

use chrono::{NaiveDate, NaiveTime};

use crate::grid::{Cell, Value};
use crate::said::Said;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    Text,
    /// Letters and digits that are a name, as they stand: a bank's reference, a book of slips.
    Code,
    /// The code of a chapter. `VN-` in front, as our own files have it, goes.
    Chapter,
    /// A telephone number; the zero that a spreadsheet program took comes back.
    Phone,
    /// Whole đồng.
    Amount,
    /// A day, without time.
    Day,
    /// When somebody was born: a day, or the year alone.
    Birth,
    /// A small whole number.
    Count,
    /// One of these: (code, Vietnamese, English).
    Choice(&'static [(&'static str, &'static str, &'static str)]),
}

/// What a cell was read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    Text(String),
    Whole(i64),
    Day(NaiveDate),
    Choice(&'static str),
}

/// Why a cell or a column is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    pub code: &'static str,
    pub said: Said,
}

fn wrong<T>(code: &'static str, vi: impl Into<String>, en: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { code, said: Said::new(vi, en) })
}

/// One answer for each cell, or one for the whole column.
pub fn column(
    holds: Holds,
    cells: &[&Cell],
    meant: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Result<Option<Read>, Wrong>>, Wrong> {
    let mut read: Vec<Result<Option<Read>, Wrong>> = match holds {
        Holds::Amount => amounts(cells)?,
        Holds::Day => days(cells)?,
        Holds::Birth => births(cells)?,
        _ => cells.iter().map(|cell| one(holds, &cell.value)).collect(),
    };
    for (read, cell) in read.iter_mut().zip(cells) {
        if let Some(garbled) = old_font(cell, meant) {
            *read = Err(garbled);
        }
    }
    Ok(read)
}

/// What every kind of column says of some cells.
fn common(value: &Value) -> Option<Result<Option<Read>, Wrong>> {
    match value {
        Value::NotComputed => Some(wrong(
            "NOT_COMPUTED",
            "Ô có công thức chưa được tính. Hãy mở tệp bằng Excel hoặc LibreOffice, lưu lại rồi gửi lại.",
            "A formula without a result. Open the file in Excel or LibreOffice, save it and send it again.",
        )),
        Value::Error => {
            Some(wrong("CELL_ERROR", "Ô báo lỗi (như #N/A). Hãy sửa ô này.", "The cell shows an error (like #N/A). Mend it."))
        }
        _ if value.is_empty() => Some(Ok(None)),
        _ => None,
    }
}

/// Text typed in a font of before Unicode is not what it looks like.
fn old_font(cell: &Cell, meant: &dyn Fn(&str) -> Option<String>) -> Option<Wrong> {
    let (Some(font), Value::Text(text)) = (&cell.old_font, &cell.value) else { return None };
    // Unicode in such a font: letters that no old font has.
    let is_unicode = text.chars().any(|c| matches!(c, '\u{1EA0}'..='\u{1EF9}' | 'Ơ' | 'ơ' | 'Ư' | 'ư' | 'đ' | 'ă' | '\u{110}'));
    if text.is_ascii() || is_unicode {
        return None;
    }
    let offer = meant(text);
    let (vi, en) = match &offer {
        Some(offer) => (format!(" Có phải là \"{offer}\"?"), format!(" Is it \"{offer}\"?")),
        None => Default::default(),
    };
    Some(Wrong {
        code: "OLD_FONT",
        said: Said::new(
            format!("Ô gõ bằng phông cũ {font} (không phải Unicode).{vi} Hãy chuyển sang Unicode rồi gửi lại."),
            format!("The cell is typed in an old font, {font}, which is not Unicode.{en} Convert it and send the file again."),
        ),
    })
}

fn one(holds: Holds, value: &Value) -> Result<Option<Read>, Wrong> {
    if let Some(answer) = common(value) {
        return answer;
    }
    let text = as_text(value)?;
    let trimmed = text.trim();
    Ok(Some(match holds {
        Holds::Choice(choices) => Read::Choice(choice(choices, trimmed)?),
        Holds::Count => match trimmed.parse::<i64>() {
            Ok(count) if count >= 0 => Read::Whole(count),
            _ => return wrong("NOT_A_COUNT", "Phải là số nguyên, từ 0.", "Must be a whole number, 0 or more."),
        },
        Holds::Phone => Read::Text(phone(trimmed)),
        Holds::Code => Read::Text(trimmed.to_owned()),
        Holds::Chapter => Read::Text(trimmed.strip_prefix("VN-").unwrap_or(trimmed).to_owned()),
        _ => Read::Text(text),
    }))
}

/// Digits that became a number are digits again, as long as none was lost.
fn as_text(value: &Value) -> Result<String, Wrong> {
    match value {
        Value::Text(text) => Ok(text.clone()),
        Value::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => Ok(format!("{number:.0}")),
        Value::Number(number) if number.fract() == 0.0 => wrong(
            "DIGITS_LOST",
            "Số dài hơn 15 chữ số đã bị chương trình bảng tính làm tròn. Hãy định dạng cột là Văn bản rồi nhập lại từ bản gốc.",
            "A number of more than 15 digits was rounded by the spreadsheet program. Format the column as Text and enter it again from the original.",
        ),
        Value::Number(_) => wrong("NOT_TEXT", "Ở đây phải là chữ, không phải số lẻ.", "Text is wanted here, not a fraction."),
        Value::Moment(_) => wrong(
            "DATE_NOT_TEXT",
            "Ô đã bị biến thành ngày tháng. Hãy định dạng cột là Văn bản rồi nhập lại.",
            "The cell was turned into a date. Format the column as Text and enter it again.",
        ),
        _ => wrong("NOT_TEXT", "Ở đây phải là chữ.", "Text is wanted here."),
    }
}

fn choice(choices: &'static [(&'static str, &'static str, &'static str)], text: &str) -> Result<&'static str, Wrong> {
    let said = key(text);
    let found = choices.iter().find(|(code, vi, en)| [*code, *vi, *en].into_iter().any(|name| key(name) == said));
    match found {
        Some((code, ..)) => Ok(code),
        None => {
            let list = |of: fn(&(&'static str, &'static str, &'static str)) -> &'static str| {
                choices.iter().map(of).collect::<Vec<_>>().join(", ")
            };
            wrong("NOT_A_CHOICE", format!("Phải là một trong: {}.", list(|c| c.1)), format!("Must be one of: {}.", list(|c| c.2)))
        }
    }
}

/// A mobile or a landline number without its zero.
fn phone(text: &str) -> String {
    let digits = text.len();
    let lost = text.bytes().all(|b| b.is_ascii_digit())
        && match text.as_bytes().first() {
            Some(b'3' | b'5' | b'7' | b'8' | b'9') => digits == 9,
            Some(b'2') => digits == 10,
            _ => false,
        };
    if lost { format!("0{text}") } else { text.to_owned() }
}

/// Letters and digits in lower case without marks: how headings and choices are compared.
pub fn key(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    use unicode_normalization::char::is_combining_mark;
    let letters = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    letters.map(|c| if matches!(c, 'đ' | 'ð' | 'ɖ') { 'd' } else { c }).filter(|c| c.is_alphanumeric()).collect()
}

/// An amount as a cell has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sum {
    Number(i64),
    /// Digits alone; whether a unit stands behind them.
    Plain(i64, bool),
    Grouped(char, i64, bool),
    /// A number with a fraction: there is no half đồng.
    Fraction,
    Not,
}

/// A sum as far from a whole đồng as this is that đồng.
const NOISE: f64 = 1e-6;
/// Sums below this are more likely thousands that lost their zeros.
const SMALLEST_SUM: i64 = 1_000;
const SAVED_VI: &str = "Tệp này đã bị một chương trình bảng tính mở ra và lưu lại, số tiền có thể đã đổi (300.000 thành 300). Hãy dùng bản gốc, hoặc định dạng cột là Số và nhập lại.";
const SAVED_EN: &str = "A spreadsheet program opened and saved this file, and amounts may have changed (300.000 into 300). Use the original, or format the column as a number and enter it again.";

fn amounts(cells: &[&Cell]) -> Result<Vec<Result<Option<Read>, Wrong>>, Wrong> {
    let looks: Vec<Option<Sum>> = cells.iter().map(|cell| common(&cell.value).is_none().then(|| sum(&cell.value))).collect();
    let some = |is: &dyn Fn(&Sum) -> bool| looks.iter().flatten().any(is);
    let grouped = |mark: char| some(&|sum| matches!(sum, Sum::Grouped(m, ..) if *m == mark));
    if some(&|sum| matches!(sum, Sum::Number(_))) && some(&|sum| matches!(sum, Sum::Grouped(..))) {
        return wrong(
            "MIXED_AMOUNTS",
            format!("Cột số tiền có ô là số, có ô là chữ như \"1.000.000\". {SAVED_VI}"),
            format!("The column of amounts has numbers beside texts like \"1.000.000\". {SAVED_EN}"),
        );
    }
    if grouped('.') && grouped(',') {
        return wrong(
            "MIXED_GROUPS",
            "Cột số tiền dùng lẫn dấu chấm và dấu phẩy. Hãy thống nhất một cách viết.",
            "The column of amounts has points in some cells and commas in others. Use one of them.",
        );
    }
    Ok(cells.iter().zip(looks).map(|(cell, look)| look.map_or_else(|| common(&cell.value).unwrap_or(Ok(None)), amount)).collect())
}

fn amount(look: Sum) -> Result<Option<Read>, Wrong> {
    match look {
        Sum::Fraction => {
            wrong("FRACTIONS", format!("Số tiền có số lẻ. {SAVED_VI}"), format!("The amount has a fraction. {SAVED_EN}"))
        }
        Sum::Number(sum) | Sum::Plain(sum, false) | Sum::Grouped(_, sum, false) if (1..SMALLEST_SUM).contains(&sum) => wrong(
            "AMOUNT_TOO_SMALL",
            format!("{sum} đồng quá nhỏ: có thể đã mất ba số 0. Hãy viết đủ; nếu đúng thì viết \"{sum} đồng\"."),
            format!("{sum} đồng is very little: three zeros may be lost. Write it out; if it is right write \"{sum} đồng\"."),
        ),
        Sum::Number(sum) | Sum::Plain(sum, _) | Sum::Grouped(_, sum, _) if sum > 0 => Ok(Some(Read::Whole(sum))),
        _ => wrong(
            "NOT_AN_AMOUNT",
            "Phải là số đồng nguyên, lớn hơn 0, viết đủ các số 0: 500000 hoặc 500.000.",
            "Must be whole đồng above 0, with all zeros: 500000 or 500.000.",
        ),
    }
}

fn sum(value: &Value) -> Sum {
    match value {
        // Formulas leave noise behind the point, which no program shows.
        Value::Number(number) if (number - number.round()).abs() > NOISE => Sum::Fraction,
        Value::Number(number) if number.abs() <= 1e15 => Sum::Number(number.round() as i64),
        Value::Text(text) => sum_of_text(text),
        _ => Sum::Not,
    }
}

fn sum_of_text(text: &str) -> Sum {
    let lower: String = text.to_lowercase().chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let lower = lower.trim();
    let bare =
        ["đồng", "vnđ", "vnd", "đ", "₫"].iter().find_map(|unit| lower.strip_suffix(unit).or_else(|| lower.strip_prefix(unit)));
    let (digits, unit) = (bare.unwrap_or(lower).trim(), bare.is_some());
    let Some(first) = digits.find(|c: char| !c.is_ascii_digit()) else {
        return digits.parse().map_or(Sum::Not, |sum| Sum::Plain(sum, unit));
    };
    let mark = digits.get(first..).and_then(|rest| rest.chars().next()).filter(|c| matches!(c, '.' | ',' | ' '));
    let Some(mark) = mark else { return Sum::Not };
    // Decimals are zeros behind the other mark: 1.000.000,00 and 500000.00.
    let other = if mark == ',' { '.' } else { ',' };
    let zeros = |tail: &str| matches!(tail, "0" | "00");
    let whole = match digits.rsplit_once(other) {
        Some((whole, tail)) if zeros(tail) => whole,
        _ => digits,
    };
    if let Some((whole, tail)) = whole.rsplit_once(mark)
        && zeros(tail)
        && whole.bytes().all(|b| b.is_ascii_digit())
    {
        return whole.parse().map_or(Sum::Not, |sum| Sum::Plain(sum, unit));
    }
    let mut groups = whole.split(mark);
    let head = groups.next().unwrap_or_default();
    let fits = (1..=3).contains(&head.len()) && groups.all(|group| group.len() == 3);
    let joined: String = whole.split(mark).collect();
    match joined.parse() {
        Ok(sum) if fits && joined.bytes().all(|b| b.is_ascii_digit()) => Sum::Grouped(mark, sum, unit),
        _ => Sum::Not,
    }
}

fn days(cells: &[&Cell]) -> Result<Vec<Result<Option<Read>, Wrong>>, Wrong> {
    one_kind_of_days(cells)?;
    Ok(cells.iter().map(|cell| day(&cell.value)).collect())
}

/// Years alone may stand among them.
fn births(cells: &[&Cell]) -> Result<Vec<Result<Option<Read>, Wrong>>, Wrong> {
    one_kind_of_days(cells)?;
    Ok(cells.iter().map(|cell| birth(&cell.value)).collect())
}

/// Whether the days of a column can be believed: all of them as they were written.
fn one_kind_of_days(cells: &[&Cell]) -> Result<(), Wrong> {
    let is_moment = |cell: &&Cell| matches!(cell.value, Value::Moment(_));
    let dmy = |cell: &&Cell| matches!(&cell.value, Value::Text(text) if day_month_year(text).is_some());
    if cells.iter().any(is_moment) && cells.iter().any(dmy) {
        return wrong(
            "MIXED_DATES",
            "Cột ngày có ô là ngày thật, có ô là chữ \"ngày/tháng/năm\": một chương trình bảng tính đã mở ra và lưu lại, ngày và tháng có thể đã đổi chỗ. Hãy dùng bản gốc.",
            "The column of days has real dates beside texts \"day/month/year\": a spreadsheet program opened and saved the file, and days and months may have changed places. Use the original.",
        );
    }
    let times: Vec<NaiveTime> = cells
        .iter()
        .filter_map(|cell| if let Value::Moment(moment) = &cell.value { Some(moment.time()) } else { None })
        .collect();
    let all_at = |hour, minute, second| {
        NaiveTime::from_hms_opt(hour, minute, second)
            .is_some_and(|early| !times.is_empty() && times.iter().all(|time| *time == early))
    };
    if all_at(17, 0, 0) || all_at(23, 59, 30) {
        return wrong(
            "DAYS_ONE_EARLY",
            "Mọi ngày trong cột đều ghi cùng một giờ lạ (17:00 hoặc 23:59:30): có lẽ chương trình tạo tệp đã ghi lùi một ngày. Hãy kiểm tra và nhập lại cột ngày.",
            "All days of the column are at the same odd hour (17:00 or 23:59:30): the program that made the file probably wrote them one day early. Check the column and enter it again.",
        );
    }
    Ok(())
}

fn birth(value: &Value) -> Result<Option<Read>, Wrong> {
    if let Some(year) = year(value) {
        return Ok(Some(Read::Whole(year)));
    }
    match (value, day(value)) {
        (Value::Text(_) | Value::Number(_), Err(_)) => wrong(
            "NOT_A_BIRTH",
            "Phải là ngày sinh có thật, viết ngày/tháng/năm: 25/11/2008; hoặc chỉ năm sinh khi không biết ngày: 2008.",
            "Must be a real day, day/month/year: 25/11/2008; or the year alone where the day is not known: 2008.",
        ),
        (_, read) => read,
    }
}

/// Four digits and nothing else.
fn year(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) if number.fract() == 0.0 && (1000.0..10_000.0).contains(number) => Some(*number as i64),
        Value::Text(text) => {
            text.trim().parse().ok().filter(|_| text.trim().len() == 4 && text.trim().bytes().all(|b| b.is_ascii_digit()))
        }
        _ => None,
    }
}

fn day(value: &Value) -> Result<Option<Read>, Wrong> {
    if let Some(answer) = common(value) {
        return answer;
    }
    match value {
        Value::Moment(moment) => Ok(Some(Read::Day(moment.date()))),
        Value::Text(text) if day_month_year(text).is_some() || year_month_day(text).is_some() => {
            Ok(day_month_year(text).or_else(|| year_month_day(text)).map(Read::Day))
        }
        Value::Number(_) => wrong(
            "NUMBER_NOT_A_DAY",
            "Ô là số, không phải ngày. Hãy định dạng cột là Ngày (dd/mm/yyyy).",
            "The cell is a number and no day. Format the column as a date (dd/mm/yyyy).",
        ),
        _ => wrong("NOT_A_DAY", "Phải là ngày: 25/11/2026.", "Must be a day, day/month/year: 25/11/2026."),
    }
}

/// `25/11/2026`, `5-1-2026`, `05.01.2026`.
fn day_month_year(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let mark = text.chars().find(|c| matches!(c, '/' | '-' | '.'))?;
    let parts: Vec<&str> = text.split(mark).map(str::trim).collect();
    let [day, month, year] = parts.as_slice() else { return None };
    (year.len() == 4 && day.len() <= 2 && month.len() <= 2).then_some(())?;
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// `2026-11-25`.
fn year_month_day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()
}

#[cfg(test)]
#[path = "columns_tests.rs"]
mod tests;
