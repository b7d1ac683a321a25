//! When somebody was born, and how old that makes them: the one place where ages are counted.
//!
//! A birth is a plain date, or a year alone where nobody knows more; never an instant, so no time zone can move it. An age is
//! reached on the birthday. Who was born on 29 February reaches it, in a year without that day, on the last day of February (as
//! the Civil Code, art. 147–148, ends a term whose last month lacks the day; to be confirmed by a lawyer). Of a year alone the age
//! is one of two.

use std::fmt;

use chrono::{Datelike, NaiveDate};

/// The first year that somebody who lives can have been born in.
const EARLIEST: i32 = 1900;

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Birth {
    Day(NaiveDate),
    Year(i32),
}

/// Why a text is no birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BirthError {
    #[error("it is no date and no year")]
    NotABirth,
    #[error("nobody alive was born then")]
    TooEarly,
    #[error("it lies in the future")]
    InTheFuture,
}

/// How old somebody is: the same twice where the day of birth is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ages {
    pub least: i32,
    pub most: i32,
}

impl Birth {
    /// Reads `2008-02-29` or `2008`, as it is possible on a day.
    pub fn parse(text: &str, today: NaiveDate) -> Result<Self, BirthError> {
        let birth = Self::read(text).ok_or(BirthError::NotABirth)?;
        match birth {
            _ if birth.year() < EARLIEST => Err(BirthError::TooEarly),
            Birth::Day(day) if day > today => Err(BirthError::InTheFuture),
            Birth::Year(year) if year > today.year() => Err(BirthError::InTheFuture),
            birth => Ok(birth),
        }
    }

    /// Reads what [`Birth`] writes, whenever that was.
    pub fn read(text: &str) -> Option<Self> {
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        match text.len() {
            4 if digits(text) => text.parse().ok().map(Birth::Year),
            // Nothing but the day: an instant is refused, not cut.
            10 => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|day| day.to_string() == text).map(Birth::Day),
            _ => None,
        }
    }

    pub fn year(self) -> i32 {
        match self {
            Birth::Day(day) => day.year(),
            Birth::Year(year) => year,
        }
    }

    /// How old somebody is on a day: full years.
    pub fn ages_on(self, day: NaiveDate) -> Ages {
        match self {
            Birth::Day(born) => {
                let age = age(born, day);
                Ages { least: age, most: age }
            }
            Birth::Year(year) => {
                let most = day.year() - year;
                // Of those born in a year, all have had their birthday on its last day only.
                let all_had_it = (day.month(), day.day()) == (12, 31);
                Ages { least: if all_had_it { most } else { most - 1 }, most }
            }
        }
    }

    /// Whether somebody has reached an age on a day; `None` where the year alone cannot say.
    pub fn has_reached(self, years: i32, day: NaiveDate) -> Option<bool> {
        let Ages { least, most } = self.ages_on(day);
        match (least >= years, most >= years) {
            (true, _) => Some(true),
            (_, false) => Some(false),
            _ => None,
        }
    }

    /// The first day on which somebody has reached an age for sure: of a year alone its last day.
    pub fn reached_by(self, years: i32) -> Option<NaiveDate> {
        match self {
            Birth::Day(born) => Some(birthday(born, born.year().checked_add(years)?)),
            Birth::Year(year) => NaiveDate::from_ymd_opt(year.checked_add(years)?, 12, 31),
        }
    }
}

/// Full years between a birth and a day; below nothing before it.
fn age(born: NaiveDate, day: NaiveDate) -> i32 {
    let years = day.year() - born.year();
    if birthday(born, day.year()) > day { years - 1 } else { years }
}

/// The birthday in a year.
fn birthday(born: NaiveDate, year: i32) -> NaiveDate {
    let last_of_february = || NaiveDate::from_ymd_opt(year, 2, 28);
    NaiveDate::from_ymd_opt(year, born.month(), born.day()).or_else(last_of_february).unwrap_or(born)
}

impl fmt::Display for Birth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Birth::Day(day) => write!(f, "{day}"),
            Birth::Year(year) => write!(f, "{year:04}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn birth(text: &str) -> Birth {
        Birth::parse(text, day("2026-11-22")).unwrap()
    }

    /// By hand.
    #[test]
    fn ages_are_these() {
        for (born, on, age) in [
            ("2008-02-29", "2026-02-27", 17),
            ("2008-02-29", "2026-02-28", 18),
            ("2008-02-29", "2026-03-01", 18),
            ("2008-02-29", "2024-02-28", 15),
            ("2008-02-29", "2024-02-29", 16),
            ("2008-02-28", "2026-02-28", 18),
            ("2008-03-01", "2026-02-28", 17),
            ("2010-12-31", "2026-12-30", 15),
            ("2010-12-31", "2026-12-31", 16),
            ("2026-11-22", "2026-11-22", 0),
        ] {
            assert_eq!(birth(born).ages_on(day(on)), Ages { least: age, most: age }, "{born} on {on}");
        }
        assert_eq!(birth("2008").ages_on(day("2026-06-30")), Ages { least: 17, most: 18 });
        assert_eq!(birth("2008").ages_on(day("2026-12-31")), Ages { least: 18, most: 18 });
        assert_eq!(birth("2008").has_reached(18, day("2026-06-30")), None);
        assert_eq!(birth("2008").has_reached(17, day("2026-06-30")), Some(true));
        assert_eq!(birth("2008").has_reached(19, day("2026-06-30")), Some(false));
        assert_eq!(birth("2008-02-29").reached_by(18), Some(day("2026-02-28")));
        assert_eq!(birth("2008-02-29").reached_by(20), Some(day("2028-02-29")));
        assert_eq!(birth("2008").reached_by(18), Some(day("2026-12-31")));
    }

    #[test]
    fn what_is_no_birth_is_refused() {
        let refused = |text: &str| Birth::parse(text, day("2026-11-22")).unwrap_err();
        for text in
            ["", "08", "2001-02-29", "29/02/2008", "1970-01-01T00:00:00Z", "2008-2-9", "+208", "-200", "20 8", "2026-00-01"]
        {
            assert_eq!(refused(text), BirthError::NotABirth, "{text}");
        }
        assert_eq!(refused("1899"), BirthError::TooEarly);
        assert_eq!((refused("2027"), refused("2026-11-23")), (BirthError::InTheFuture, BirthError::InTheFuture));
    }

    proptest! {
        /// What is written is read back; nobody grows younger; a year alone says nothing that one of its days contradicts.
        #[test]
        fn ages_only_grow(born in 0i64..40_000, after in 0i64..30_000, more in 0i64..800) {
            let born = day("1910-01-01") + chrono::Days::new(born.unsigned_abs());
            let (on, later) = (born + chrono::Days::new(after.unsigned_abs()), born + chrono::Days::new((after + more).unsigned_abs()));
            let (exact, year) = (Birth::Day(born), Birth::Year(born.year()));
            prop_assert_eq!(Birth::read(&exact.to_string()), Some(exact));
            prop_assert_eq!(Birth::read(&year.to_string()), Some(year));
            let (now, then) = (exact.ages_on(on), exact.ages_on(later));
            prop_assert!(now.least >= 0 && now.least <= then.least);
            let vague = year.ages_on(on);
            prop_assert!(vague.least <= now.least && now.most <= vague.most);
        }
    }
}
