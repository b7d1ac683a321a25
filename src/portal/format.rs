//! Amounts, counts and dates as each language writes them: `1.234.567 đ` and 22/11/2026, `1,234,567 đ` and 22 Nov 2026.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

use crate::basics::vnd::grouped;
use crate::http::Lang;

/// Keeps a figure and its unit on one line.
const NBSP: char = '\u{a0}';

/// A whole number with its thousands parted; a real minus sign.
pub fn count(n: i64, lang: Lang) -> String {
    let text = grouped(n).replace('-', "\u{2212}");
    if lang == Lang::En { text.replace('.', ",") } else { text }
}

/// An amount in full.
pub fn vnd(amount: i64, lang: Lang) -> String {
    format!("{}{NBSP}đ", count(amount, lang))
}

/// An amount in three digits or so, for axes: `1,2 tỷ`, `450 triệu`.
pub fn compact(amount: i64, lang: Lang) -> String {
    let steps = match lang {
        Lang::Vi => [(1_000_000_000_000, "nghìn tỷ"), (1_000_000_000, "tỷ"), (1_000_000, "triệu"), (1_000, "nghìn")],
        Lang::En => [(1_000_000_000_000, "tn"), (1_000_000_000, "bn"), (1_000_000, "m"), (1_000, "k")],
    };
    match steps.into_iter().find(|(step, _)| amount.abs() >= *step) {
        Some((step, unit)) => format!("{}{NBSP}{unit}", tenths(amount / (step / 10), lang)),
        None => vnd(amount, lang),
    }
}

/// The same in a sentence, where nothing else says that it is money: `50 tỷ`, `50 bn đ`.
pub fn compact_sum(amount: i64, lang: Lang) -> String {
    let text = compact(amount, lang);
    if lang == Lang::En && !text.ends_with('đ') { format!("{text}{NBSP}đ") } else { text }
}

/// A number given in tenths, with its decimal only where it says something.
fn tenths(n: i64, lang: Lang) -> String {
    let (whole, tenth) = (n / 10, (n % 10).abs());
    if tenth == 0 || whole.abs() >= 100 {
        return count(whole, lang);
    }
    format!("{}{}{tenth}", count(whole, lang), if lang == Lang::En { '.' } else { ',' })
}

/// A day.
pub fn day(day: NaiveDate, lang: Lang) -> String {
    match lang {
        Lang::Vi => day.format("%d/%m/%Y").to_string(),
        Lang::En => day.format("%-d %b %Y").to_string(),
    }
}

/// The month of a day.
pub fn month(day: NaiveDate, lang: Lang) -> String {
    match lang {
        Lang::Vi => day.format("%m/%Y").to_string(),
        Lang::En => day.format("%b %Y").to_string(),
    }
}

/// A month as the API writes it (`2026-12`).
pub fn written_month(text: &str, lang: Lang) -> String {
    format!("{text}-01").parse().map_or_else(|_| text.to_owned(), |day| month(day, lang))
}

/// A day without its year, for axes.
pub fn short_day(day: NaiveDate, lang: Lang) -> String {
    match lang {
        Lang::Vi => day.format("%d/%m").to_string(),
        Lang::En => day.format("%-d %b").to_string(),
    }
}

/// The hour in Vietnam, with the day: `10:32, 22/11/2026`.
pub fn moment(at: DateTime<Utc>, lang: Lang) -> String {
    let there = FixedOffset::east_opt(7 * 3600).map_or_else(|| at.naive_utc(), |zone| at.with_timezone(&zone).naive_local());
    format!("{}, {}", there.format("%H:%M"), day(there.date(), lang))
}

/// How much of a whole, in percent, rounded to one decimal. Something is never shown as nothing, nor a part as the whole.
pub fn percent(part: i64, whole: i64, lang: Lang) -> String {
    let (part, whole) = (i128::from(part), i128::from(whole.max(1)));
    let rounded = (part.abs() * 2_000 + whole) / (whole * 2);
    let (sign, shown) = match rounded {
        0 if part != 0 => ("<", 1),
        1_000 if part.abs() < whole => (">", 999),
        shown => ("", i64::try_from(shown).unwrap_or(i64::MAX)),
    };
    let minus = if part < 0 { "\u{2212}" } else { "" };
    let point = if lang == Lang::En { '.' } else { ',' };
    format!("{sign}{minus}{}{point}{}%", count(shown / 10, lang), shown % 10)
}

/// The size of a file.
pub fn size(bytes: i64, lang: Lang) -> String {
    match bytes {
        ..1_000_000 => format!("{}{NBSP}kB", count((bytes / 1_000).max(1), lang)),
        _ => format!("{}{NBSP}MB", tenths(bytes / 100_000, lang)),
    }
}

/// A decimal text of the books (`100.5`) as the language writes it.
pub fn quantity(text: &str, lang: Lang) -> String {
    // Less than one has no sign of its own.
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("\u{2212}", digits));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let Ok(whole) = whole.parse() else {
        return text.to_owned();
    };
    match (rest, lang) {
        ("", _) => format!("{sign}{}", count(whole, lang)),
        (rest, Lang::Vi) => format!("{sign}{},{rest}", count(whole, lang)),
        (rest, Lang::En) => format!("{sign}{}.{rest}", count(whole, lang)),
    }
}

/// A long code in groups, so that the eye keeps its place.
pub fn spaced(code: &str, group: usize) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(group.max(1)).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_each_language_does() {
        assert_eq!(vnd(1_234_567, Lang::Vi), "1.234.567\u{a0}đ");
        assert_eq!(vnd(-1_234_567, Lang::En), "\u{2212}1,234,567\u{a0}đ");
        assert_eq!(compact(1_250_000_000, Lang::Vi), "1,2\u{a0}tỷ");
        assert_eq!(compact(1_000_000_000, Lang::En), "1\u{a0}bn");
        assert_eq!(
            (compact_sum(50_000_000_000, Lang::En), compact_sum(999, Lang::En)),
            ("50\u{a0}bn\u{a0}đ".into(), "999\u{a0}đ".into())
        );
        assert_eq!(compact_sum(50_000_000_000, Lang::Vi), "50\u{a0}tỷ");
        assert_eq!(compact(450_700_000, Lang::Vi), "450\u{a0}triệu");
        assert_eq!(compact(999, Lang::Vi), "999\u{a0}đ");
        assert_eq!(compact(-2_500, Lang::En), "\u{2212}2.5\u{a0}k");
        assert_eq!(percent(1, 3, Lang::Vi), "33,3%");
        for (part, whole, text) in [
            (9, 5_400, "0,2%"),
            (2, 3, "66,7%"),
            (1, 2_000, "0,1%"),
            (1, 2_001, "<0,1%"),
            (0, 7, "0,0%"),
            (9, 100, "9,0%"),
            (1_999, 2_000, ">99,9%"),
            (7, 7, "100,0%"),
            (12_345, 1_000, "1.234,5%"),
            (-1, 4, "\u{2212}25,0%"),
            (0, 0, "0,0%"),
        ] {
            assert_eq!(percent(part, whole, Lang::Vi), text);
        }
        assert_eq!(percent(i64::MAX, 1, Lang::En).chars().last(), Some('%'));
        assert_eq!(size(1_234_567, Lang::Vi), "1,2\u{a0}MB");
        assert_eq!(quantity("1200.5", Lang::Vi), "1.200,5");
        assert_eq!(quantity("1200", Lang::En), "1,200");
        assert_eq!(quantity("-1200.5", Lang::Vi), "\u{2212}1.200,5");
        assert_eq!(quantity("-0.125", Lang::En), "\u{2212}0.125");
        assert_eq!(quantity("viele", Lang::En), "viele");
        assert_eq!(spaced("7ZC4K0M9", 4), "7ZC4 K0M9");
    }

    #[test]
    fn days_can_not_be_misread() {
        let date = NaiveDate::from_ymd_opt(2026, 2, 3).unwrap();
        assert_eq!((day(date, Lang::Vi), day(date, Lang::En)), ("03/02/2026".to_owned(), "3 Feb 2026".to_owned()));
        assert_eq!(
            (written_month("2026-12", Lang::Vi), written_month("2026-12", Lang::En)),
            ("12/2026".into(), "Dec 2026".into())
        );
        assert_eq!(written_month("bald", Lang::En), "bald");
        assert_eq!(moment("2026-11-22T17:05:00Z".parse().unwrap(), Lang::Vi), "00:05, 23/11/2026");
    }
}
