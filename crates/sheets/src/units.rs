//! In what sums are: whole đồng, or something that nobody may take for đồng (thousands, dollars).
//!
//! A wrong reading would book a thousandth of a gift without a word, so a heading of amounts may say in its brackets what is known to mean đồng and nothing
//! else. Above the headings stands much that says nothing of sums (`Đơn vị: Hội Chữ thập đỏ …`): there the words must be of units.

use unicode_normalization::UnicodeNormalization;

use crate::columns::{Holds, Wrong, key};
use crate::form::{Fault, Form};
use crate::grid::{Grid, Line, Value};
use crate::headings::Headings;
use crate::said::Said;

/// Words around a unit, and those of đồng.
const DONG: &str =
    "amount bang chinh currency d don dong dvt ghi in la nam so te the tien tinh unit vi viet vietnam vietnamese vn vnd";
/// Words that can be of nothing but another unit.
const OTHER: &str = "aud baht billion billions cad chf cny dola dollar dollars eur euro euros gbp hkd hundred jpy khr kip krw lak million \
    millions ndt ngan nghin riel rub sgd thb thousand thousands ti tram trieu twd ty usd won yen yuan";
/// Words that stand beside those.
const BESIDE: &str = "do k la my of te tr us";
/// What says that a unit follows.
const SAYS_UNIT: &[&[&str]] = &[
    &["don", "vi", "tinh"],
    &["don", "vi", "tien", "te"],
    &["don", "vi", "tien"],
    &["dvt"],
    &["loai", "tien"],
    &["tinh", "bang"],
    &["currency"],
];
/// What says so of units and of offices alike.
const MAY_SAY_UNIT: &[&[&str]] = &[&["don", "vi"], &["unit"], &["dv"]];

fn words(text: &str) -> Vec<String> {
    let text: String = text.nfc().collect();
    text.split(|c: char| !c.is_alphanumeric()).map(key).filter(|word| !word.is_empty()).collect()
}

fn has_symbol(text: &str) -> bool {
    text.contains(['$', '€', '£', '¥', '₩', '฿', '₭', '₽', '₹', '¢', '៛', '元', '円', '￥', '＄'])
}

fn is_in(list: &str, word: &str) -> bool {
    list.split(' ').any(|known| known == word)
}

/// Digits, perhaps with the sign of đồng or of thousands behind.
fn is_digits(word: &str) -> bool {
    let bare = ["vnd", "dong", "d", "k", "tr"].iter().find_map(|unit| word.strip_suffix(unit)).unwrap_or(word);
    !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit())
}

/// Nothing, đồng in all its names, or the number of a column: `(đồng) *`, `(ghi bằng số)`, `(4)`.
fn is_dong(text: &str) -> bool {
    let words = words(text);
    let is_number = words.concat().len() <= 2 && words.iter().all(|word| word.bytes().all(|b| b.is_ascii_digit()));
    !has_symbol(text) && (is_number || words.iter().all(|word| is_in(DONG, word)))
}

/// A text of words of units alone, that is not đồng: `nghìn đồng`, `1.000 đ`, `USD`.
fn is_other(text: &str) -> bool {
    let words = words(text);
    let of_units = |word: &String| is_in(DONG, word) || is_in(OTHER, word) || is_in(BESIDE, word) || is_digits(word);
    let digits: String = words.concat().chars().filter(char::is_ascii_digit).collect();
    let evident = has_symbol(text)
        || words.iter().any(|word| is_in(OTHER, word))
        || words.windows(2).any(|two| two == ["do", "la"])
        || matches!(digits.as_str(), "1000" | "1000000") && text.contains(char::is_alphabetic);
    evident && words.iter().all(of_units)
}

/// What stands behind a sign that a unit follows.
fn behind<'a>(words: &'a [String], signs: &[&[&str]]) -> Option<&'a [String]> {
    let at = |sign: &[&str]| {
        let from = (0..words.len()).find(|from| words.get(*from..*from + sign.len()).is_some_and(|part| part == sign))?;
        words.get(from + sign.len()..)
    };
    signs.iter().find_map(|sign| at(sign))
}

/// The unit that a line above the headings says, if it is not đồng.
fn said_by(line: &Line) -> Option<String> {
    let texts: Vec<&str> =
        line.cells.iter().filter_map(|cell| if let Value::Text(text) = &cell.value { Some(text.trim()) } else { None }).collect();
    let texts: Vec<&str> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    for (n, text) in texts.iter().enumerate() {
        let said = words(text);
        // `Đơn vị tính:` in one cell and the unit in the next.
        let whole = |rest: &[String]| {
            if rest.is_empty() { texts.get(n + 1).copied().unwrap_or_default().to_owned() } else { rest.join(" ") }
        };
        if let Some(rest) = behind(&said, SAYS_UNIT) {
            let unit = whole(rest);
            let first = words(&unit).first().is_none_or(|word| is_in(DONG, word));
            let other = words(&unit).iter().any(|word| is_in(OTHER, word)) || has_symbol(text) || has_symbol(&unit);
            if other || !first {
                return Some(shown(text, &unit, rest.is_empty()));
            }
            continue;
        }
        if let Some(rest) = behind(&said, MAY_SAY_UNIT) {
            let unit = whole(rest);
            if is_other(&unit) || has_symbol(text) {
                return Some(shown(text, &unit, rest.is_empty()));
            }
            continue;
        }
        let bracketed =
            text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).is_some_and(|(inside, _)| is_other(inside));
        if is_other(text) || bracketed {
            return Some((*text).to_owned());
        }
    }
    None
}

fn shown(text: &str, unit: &str, is_next: bool) -> String {
    if is_next { format!("{text} {unit}") } else { text.to_owned() }
}

fn other_unit(said: &str) -> Wrong {
    let said: String = said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(60).collect();
    Wrong {
        code: "OTHER_UNIT",
        said: Said::new(
            format!(
                "Số tiền phải ghi bằng đồng, ở đây ghi \"{said}\". Hãy đổi mọi số tiền ra đồng, viết đủ các số 0, rồi ghi tiêu đề là \"Số tiền (đồng)\"."
            ),
            format!(
                "Amounts are in đồng, and here stands \"{said}\". Turn every amount into đồng with all its zeros, and write \"Amount (đồng)\" as the heading."
            ),
        ),
    }
}

impl Form {
    /// What in or above the headings, or in a column of units, says that sums are not in đồng.
    pub(crate) fn other_units(&self, grid: &Grid, headings: &Headings) -> Vec<Fault> {
        let amounts = || self.columns.iter().zip(&headings.places).filter(|(column, _)| column.holds == Holds::Amount);
        let Some((amount, _)) = amounts().next() else { return Vec::new() };
        let (above, rest) = grid.lines.split_at(headings.at.min(grid.lines.len()));
        let mut found: Vec<Fault> =
            above.iter().filter_map(|line| Some(amount.fault(Some(line.number), other_unit(&said_by(line)?)))).collect();
        let Some((heading, rows)) = rest.split_first() else { return found };
        for (column, place) in amounts() {
            if let Some(Value::Text(text)) = place.map(|place| heading.value(place))
                && let Some((_, bracket)) = text.split_once('(')
                && !is_dong(bracket)
            {
                found.push(column.fault(Some(heading.number), other_unit(text)));
            }
        }
        for (place, cell) in heading.cells.iter().enumerate().filter(|(place, _)| !headings.places.contains(&Some(*place))) {
            let Value::Text(title) = &cell.value else { continue };
            let title = words(title);
            let is = |signs: &[&[&str]]| signs.iter().any(|sign| title == *sign);
            let (always, perhaps) = (is(SAYS_UNIT), is(MAY_SAY_UNIT));
            for line in rows.iter().filter(|line| (always || perhaps) && headings.has_content(line)) {
                let said = match line.value(place) {
                    Value::Text(text) => text.clone(),
                    Value::Number(number) if always => number.to_string(),
                    _ => continue,
                };
                if is_other(&said) || always && !is_dong(&said) {
                    found.push(amount.fault(Some(line.number), other_unit(&said)));
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_dong_is_known_and_nothing_else() {
        for said in ["", "đồng) *", "VND", "VNĐ)", "đ", "₫", "Đồng Việt Nam", "ghi bằng số", "ĐVT: đồng", "4)", "in VND"]
        {
            assert!(is_dong(said), "{said}");
        }
        for said in
            ["nghìn đồng", "ngàn đ", "triệu đồng", "USD", "$", "1.000 đ", "1000", "đô la Mỹ", "đồng) nghìn", "x1000", "k", "€"]
        {
            assert!(!is_dong(said), "{said}");
        }
    }

    #[test]
    fn a_unit_above_the_headings_is_heard_and_an_office_is_not() {
        let line =
            |texts: &[&str]| Line { number: 1, cells: texts.iter().map(|text| Value::Text((*text).to_owned()).into()).collect() };
        for said in [
            &["Đơn vị tính: nghìn đồng"][..],
            &["ĐVT: 1.000 đ"],
            &["", "Đơn vị tính:", "triệu đồng"],
            &["(Đơn vị: nghìn đồng)"],
            &["Đơn vị: USD"],
            &["Unit: thousand VND"],
            &["Số tiền tính bằng đô la Mỹ"],
            &["(nghìn đồng)"],
            &["Số tiền (nghìn đồng)"],
            &["1.000 đồng"],
            &["Loại tiền: $"],
            &["Đơn vi\u{323} ti\u{301}nh: nghi\u{300}n đồng"],
        ] {
            assert!(said_by(&line(said)).is_some(), "{said:?}");
        }
        for said in [
            &["Đơn vị: Hội Chữ thập đỏ xã Hàm Liêm"][..],
            &["Đơn vị tính: đồng"],
            &["ĐVT: VNĐ", "Tháng 11 năm 2026"],
            &["Đơn vị tính: đồng - tháng 11/2026"],
            &["Danh sách tổ chức ủng hộ từ 100 triệu đồng trở lên"],
            &["Tổng số tiền:", "5.000.000 đồng"],
            &["Đợt ủng hộ năm 2026", "2026"],
            &["Unit: Hàm Liêm Red Cross"],
        ] {
            assert_eq!(said_by(&line(said)), None, "{said:?}");
        }
    }
}
