//! The line `Tổng cộng` of a list: what it must say, and what may not stand under it.

use unicode_normalization::UnicodeNormalization;

use crate::columns::{self, Holds, Read, Wrong, key};
use crate::form::{Column, Fault, Form, Listed};
use crate::grid::{Cell, Line, Value};
use crate::headings::Headings;
use crate::said::Said;

const TOTALS: [&str; 6] = ["tổng", "tổng cộng", "cộng", "tổng số", "total", "tổng số tiền"];
/// Begins a line of sums that has more words behind. `Tổng công ty …` and `Tống Công …` are givers.
const BEGINS: [&str; 12] = [
    "tổng cộng",
    "tổng số",
    "tổng tiền",
    "cộng ngày",
    "cộng trang",
    "cộng đợt",
    "cộng tháng",
    "lũy kế",
    "luỹ kế",
    "grand total",
    "sub total",
    "subtotal",
];
/// A sentence is longer.
const WORDS_OF_A_TOTAL: usize = 5;

/// The words of a text that may be one of a total; none of all others, which are most.
fn words(value: &Value) -> Vec<String> {
    let Value::Text(text) = value else { return Vec::new() };
    if !text.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(['T', 't', 'C', 'c', 'L', 'l', 'G', 'g', 'S', 's']) {
        return Vec::new();
    }
    let text = text.nfc().collect::<String>().to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.take(WORDS_OF_A_TOTAL + 1).map(str::to_owned).collect()
}

/// The same, or the same without any marks: marks tell a total from a name.
fn is(word: &str, said: &str) -> bool {
    word == said || word.is_ascii() && word == key(said)
}

fn says_total(value: &Value) -> bool {
    let said = words(value).concat();
    !said.is_empty() && TOTALS.iter().any(|total| is(&said, &total.replace(' ', "")))
}

fn begins_like_one(value: &Value) -> bool {
    let words = words(value);
    let begins = |begin: &str| {
        let mut said = words.iter();
        begin.split(' ').all(|wanted| said.next().is_some_and(|word| is(word, wanted)))
    };
    let is_company = words.get(1).zip(words.get(2)).is_some_and(|(first, second)| is(first, "công") && second == "ty");
    !is_company && (1..=WORDS_OF_A_TOTAL).contains(&words.len()) && BEGINS.iter().any(|begin| begins(begin))
}

impl Form {
    /// `Tổng cộng` in some cell, whatever stands beside it; or more words that begin so, and no day.
    pub(crate) fn is_total(&self, line: &Line, headings: &Headings) -> bool {
        let day = headings.place(self, Holds::Day).map(|place| line.value(place));
        let has_day = day.is_some_and(|day| !day.is_empty() && !says_total(day) && !begins_like_one(day));
        line.cells.iter().any(|cell| says_total(&cell.value) || !has_day && begins_like_one(&cell.value))
    }

    /// Rows that may be totals, and have a day like a gift.
    pub(crate) fn like_totals(&self, lines: &[&Line], headings: &Headings) -> Vec<Fault> {
        let places = || self.columns.iter().zip(&headings.places).filter_map(|(column, place)| Some((column, (*place)?)));
        let like = |line: &Line| places().find(|(_, place)| begins_like_one(line.value(*place))).map(|(column, _)| column);
        let said = || {
            Said::new(
                "Dòng này giống một dòng tổng mà lại có ngày. Nếu là dòng tổng, hãy xóa ô ngày; nếu là khoản ủng hộ, hãy ghi tên khác đi.",
                "This row looks like a total and has a day. If it is one, empty the cell of its day; if it is a gift, write the name in another way.",
            )
        };
        let fault = |line: &&Line| Some(like(line)?.fault(Some(line.number), Wrong { code: "LIKE_A_TOTAL", said: said() }));
        lines.iter().filter_map(fault).collect()
    }

    /// The line `Tổng cộng` must say what the rows add up to; nothing that would be a row may stand under it.
    pub(crate) fn check_total(&self, rest: &[Line], headings: &Headings, in_dong: bool, listed: &mut Listed) {
        let Some((total, below)) = rest.split_first() else { return };
        for line in below.iter().filter(|line| !self.is_total(line, headings)) {
            if let Some(column) = self.row_like(line, headings) {
                let said = Said::new(
                    format!("Dòng này nằm dưới dòng tổng (dòng {}). Hãy đưa lên trên, hoặc bỏ dòng tổng.", total.number),
                    format!("This row stands below the total (row {}). Move it up, or take the total away.", total.number),
                );
                listed.faults.push(column.fault(Some(line.number), Wrong { code: "BELOW_THE_TOTAL", said }));
            }
        }
        if !in_dong {
            return;
        }
        let summed = self.columns.iter().position(|column| Some(column.name) == self.summed);
        let Some((n, column)) = summed.and_then(|n| Some((n, self.columns.get(n)?))) else { return };
        let Some(place) = headings.places.get(n).copied().flatten() else { return };
        let sum: i64 = listed
            .rows
            .iter()
            .filter_map(|row| if let Some(Some(Read::Whole(v))) = row.values.get(n) { Some(*v) } else { None })
            .fold(0, i64::saturating_add);
        let wrong = match read_alone(column, total.value(place)) {
            Some(Ok(Some(Read::Whole(said)))) if said == sum => return,
            Some(Ok(None)) | None => return,
            Some(Err(wrong)) if wrong.code == "NOT_COMPUTED" => wrong,
            _ => Wrong {
                code: "TOTAL_DIFFERS",
                said: Said::new(
                    format!("Dòng tổng không khớp: cộng các dòng ở trên được {}.", grouped(sum)),
                    format!("The total does not fit: the rows above add up to {}.", grouped(sum)),
                ),
            },
        };
        listed.faults.push(column.fault(Some(total.number), wrong));
    }

    /// By which column a line is a row of the list, and not a place, a day and names to be signed.
    fn row_like(&self, line: &Line, headings: &Headings) -> Option<&Column> {
        let says = |column: &&Column, place: usize| {
            let value = line.value(place);
            let text = if let Value::Text(text) = value { text.trim() } else { "" };
            let digits = text.chars().filter(char::is_ascii_digit).count();
            let reads = || matches!(read_alone(column, value), Some(Ok(Some(_))));
            match column.holds {
                _ if value.is_empty() => false,
                Holds::Amount => text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit() || c == '-') || reads(),
                Holds::Day => text.is_empty() || reads() || digits > 0 && text.chars().count() <= 12,
                Holds::Phone => text.is_empty() || digits >= 8,
                Holds::Choice(_) => reads(),
                _ => false,
            }
        };
        let mut known = self.columns.iter().zip(&headings.places).filter_map(|(column, place)| Some((column, (*place)?)));
        let by_content = known.clone().find(|(column, place)| says(column, *place));
        let is_numbered = headings.numbering.is_some_and(|place| match line.value(place) {
            Value::Number(_) => true,
            Value::Text(text) => !text.trim().is_empty() && text.trim().bytes().all(|b| b.is_ascii_digit()),
            _ => false,
        });
        let by_number = || known.find(|(_, place)| is_numbered && !line.value(*place).is_empty());
        by_content.or_else(by_number).map(|(column, _)| column)
    }
}

/// A cell read as if it were its column.
fn read_alone(column: &Column, value: &Value) -> Option<Result<Option<Read>, Wrong>> {
    let cell = Cell::from(value.clone());
    columns::column(column.holds, &[&cell], &|_| None).ok()?.pop()
}

fn grouped(sum: i64) -> String {
    let digits = sum.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(".")
}
