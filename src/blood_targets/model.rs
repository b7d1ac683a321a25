//! What a target is, and how a rate becomes one. Pure.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};

/// Years that there may be targets of at all.
pub const YEARS: RangeInclusive<i16> = 2000..=2200;
/// Most units of one target: more than the country gives in fifty years.
pub const MOST_UNITS: i32 = 100_000_000;
/// Most inhabitants of a place.
pub const MOST_PEOPLE: i32 = 200_000_000;
/// Most chapters of one decision; no province has so many directly below it.
pub const MOST_LINES: usize = 1_000;

/// Units per thousand inhabitants, with two decimals at most: `4.5`, `17.43`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PerMille(i32);

impl PerMille {
    /// A thousand of a thousand.
    const MOST: i32 = 100_000;

    /// From hundredths, as they are stored; `None` outside of 0.01 to 1000.
    pub fn of_hundredths(hundredths: i32) -> Option<Self> {
        (1..=Self::MOST).contains(&hundredths).then_some(Self(hundredths))
    }

    /// Reads `4.5`, and `4,5` as it is written in Vietnamese.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, "0"));
        let is_digits =
            |digits: &str, most: usize| (1..=most).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if !is_digits(whole, 4) || !is_digits(part, 2) {
            return None;
        }
        let tens = if part.len() == 1 { 10 } else { 1 };
        Self::of_hundredths(whole.parse::<i32>().ok()? * 100 + part.parse::<i32>().ok()? * tens)
    }

    pub fn hundredths(self) -> i32 {
        self.0
    }

    /// As it is written: `4.5`.
    pub fn written(self) -> String {
        let text = format!("{}.{:02}", self.0 / 100, self.0 % 100);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    /// Units for so many inhabitants, half a unit rounded up; `None` where that is none or too many.
    pub fn units(self, population: i32) -> Option<i32> {
        let units = (i64::from(self.0) * i64::from(population) + 50_000) / 100_000;
        i32::try_from(units).ok().filter(|units| (1..=MOST_UNITS).contains(units))
    }
}

/// Whether targets of a year may be set or changed on a day: it is this year or the next.
pub fn is_open(year: i16, today: NaiveDate) -> bool {
    let year = i32::from(year);
    (today.year()..=today.year() + 1).contains(&year)
}

/// What a chapter hands on beside what it was given itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handed {
    /// The sum of what those below are given.
    pub on: i64,
    /// That, less what the chapter itself was given; `None` where it was given nothing.
    pub beyond_own: Option<i64>,
}

impl Handed {
    /// `below` are the units of those below.
    pub fn of(below: impl Iterator<Item = i32>, own: Option<i32>) -> Self {
        let on: i64 = below.map(i64::from).sum();
        Self { on, beyond_own: own.map(|own| on - i64::from(own)) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rates_are_read_and_written() {
        for (typed, written, hundredths) in
            [("4.5", "4.5", 450), ("17,43", "17.43", 1_743), ("5", "5", 500), (" 0.01 ", "0.01", 1), ("1000", "1000", 100_000)]
        {
            let rate = PerMille::parse(typed).unwrap();
            assert_eq!((rate.written().as_str(), rate.hundredths()), (written, hundredths), "{typed}");
        }
        for wrong in ["", "0", "0.00", "1000.01", "4.555", "-1", "4.", ".5", "4.5‰", "１", "1e2"] {
            assert_eq!(PerMille::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn half_a_unit_is_rounded_up_and_none_is_no_target() {
        let rate = |text| PerMille::parse(text).unwrap();
        assert_eq!(rate("5").units(12_300), Some(62), "61.5");
        assert_eq!(rate("4.99").units(12_300), Some(61), "61.377");
        assert_eq!(rate("0.01").units(10), None);
        assert_eq!(rate("1000").units(MOST_PEOPLE), None);
    }

    #[test]
    fn a_year_is_open_until_it_ends_in_vietnam() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert!(is_open(2026, day("2026-12-31")) && is_open(2027, day("2026-12-31")));
        assert!(!is_open(2026, day("2027-01-01")) && !is_open(2028, day("2026-12-31")));
    }

    #[test]
    fn what_is_handed_on_may_differ_from_what_was_given() {
        assert_eq!(Handed::of([300, 250].into_iter(), Some(600)), Handed { on: 550, beyond_own: Some(-50) });
        assert_eq!(Handed::of([].into_iter(), None), Handed { on: 0, beyond_own: None });
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_the_same(hundredths in 1i32..=100_000) {
            let rate = PerMille::of_hundredths(hundredths).unwrap();
            prop_assert_eq!(PerMille::parse(&rate.written()), Some(rate));
        }

        /// Rounding is never off by more than half a unit.
        #[test]
        fn units_are_near_the_rate(hundredths in 1i32..=100_000, population in 1i32..=MOST_PEOPLE) {
            let rate = PerMille::of_hundredths(hundredths).unwrap();
            if let Some(units) = rate.units(population) {
                let exact = f64::from(hundredths) * f64::from(population) / 100_000.0;
                prop_assert!((f64::from(units) - exact).abs() <= 0.5 + 1e-6);
            }
        }
    }
}
