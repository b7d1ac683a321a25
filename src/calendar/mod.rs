//! Until when: periods and days off, for every room whose duties have a last day.
//!
//! Counting is pure: rules and days off come as data, today comes from whoever asks. The day of the event is not
//! counted; a period that would end on a day off ends on the next working day (Civil Code 2015, art. 147 and 148). The
//! room owns the days off; how long a period is says a rule of the room whose duty it is.

pub mod retention;

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use diesel::pg::PgConnection;
use diesel::prelude::*;

use crate::db::DbError;
use crate::db::schema::public_holiday;

/// Days on which nobody works beside Saturdays and Sundays.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    pub holidays: BTreeSet<NaiveDate>,
}

/// The days off from a day on. Allowed to the public role.
pub fn from(conn: &mut PgConnection, day: NaiveDate) -> Result<Calendar, DbError> {
    let days = public_holiday::table.filter(public_holiday::day.ge(day)).select(public_holiday::day).load(conn)?;
    Ok(Calendar { holidays: days.into_iter().collect() })
}

/// How a period is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    WorkingDay,
    Day,
}

impl Unit {
    pub fn parse(name: &str) -> Unit {
        if name == "WORKING_DAY" { Unit::WorkingDay } else { Unit::Day }
    }
}

/// A period, as a rule gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub amount: u16,
    pub unit: Unit,
}

impl Calendar {
    pub fn is_working(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !self.holidays.contains(&day)
    }

    /// The day itself, or the next one on which somebody works.
    pub fn working_from(&self, day: NaiveDate) -> NaiveDate {
        day.iter_days().find(|day| self.is_working(*day)).unwrap_or(day)
    }

    /// The last day of a period that began with an event on `from`. No days at all: the day itself, if somebody works.
    pub fn due(&self, from: NaiveDate, period: Period) -> NaiveDate {
        match period.unit {
            Unit::Day => self.working_from(from.checked_add_days(Days::new(period.amount.into())).unwrap_or(from)),
            Unit::WorkingDay => {
                let after = from.iter_days().skip(1).filter(|day| self.is_working(*day));
                after.take(period.amount.max(1).into()).last().unwrap_or(from)
            }
        }
    }

    /// A due day moved by an extension of calendar days.
    pub fn extended(&self, due: NaiveDate, days: u16) -> NaiveDate {
        self.due(due, Period { amount: days, unit: Unit::Day })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn tet() -> Calendar {
        Calendar { holidays: (16..=20).map(|d| NaiveDate::from_ymd_opt(2026, 2, d).unwrap()).collect() }
    }

    const TWO: Period = Period { amount: 2, unit: Unit::WorkingDay };

    #[test]
    fn two_working_days_over_a_weekend_and_over_tet() {
        let plain = Calendar::default();
        assert_eq!(plain.due(day("2026-11-23"), TWO), day("2026-11-25"));
        assert_eq!(plain.due(day("2026-11-19"), TWO), day("2026-11-23"), "Thursday → Friday, Monday");
        assert_eq!(plain.due(day("2026-11-21"), TWO), day("2026-11-24"), "asked on a Saturday");
        assert_eq!(tet().due(day("2026-02-13"), TWO), day("2026-02-24"), "Friday before Tết → Monday and Tuesday after");
    }

    #[test]
    fn a_period_does_not_end_on_a_day_off() {
        let fifteen = Period { amount: 15, unit: Unit::Day };
        assert_eq!(Calendar::default().due(day("2026-11-06"), fifteen), day("2026-11-23"), "Saturday 21 → Monday");
        assert_eq!(tet().due(day("2026-02-03"), fifteen), day("2026-02-23"), "18 February is Tết");
        assert_eq!(tet().extended(day("2026-02-10"), 5), day("2026-02-23"), "Sunday 15, then Tết, then a weekend");
    }

    proptest! {
        /// A due day is worked on, is after the event, and counting again on paper gives the same.
        #[test]
        fn due_days_are_working_days_and_grow_with_the_period(from in 0i64..2_000, amount in 1u16..60, offs in proptest::collection::btree_set(0i64..2_200, 0..80)) {
            let zero = day("2025-01-01");
            let at = |n: i64| zero + chrono::Duration::days(n);
            let calendar = Calendar { holidays: offs.into_iter().map(at).collect() };
            for unit in [Unit::Day, Unit::WorkingDay] {
                let due = calendar.due(at(from), Period { amount, unit });
                prop_assert!(due > at(from) && calendar.is_working(due));
                prop_assert!(due >= at(from) + chrono::Duration::days(amount.into()));
                let (longer, later) = (Period { amount: amount + 1, unit }, Period { amount, unit });
                prop_assert!(calendar.due(at(from), longer) >= due);
                prop_assert!(calendar.due(at(from + 1), later) >= due);
            }
            let due = calendar.due(at(from), Period { amount, unit: Unit::WorkingDay });
            let worked = at(from).iter_days().skip(1).take_while(|d| *d <= due).filter(|d| calendar.is_working(*d)).count();
            prop_assert_eq!(worked, usize::from(amount));
        }
    }
}
