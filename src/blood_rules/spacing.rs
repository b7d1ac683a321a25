//! From which day somebody may give again.

use chrono::{Days, NaiveDate};

use super::model::{Component, Interval, Rules, Wait};

/// From which day somebody may give again, by the rules alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextDay {
    /// The first day; absent for who has never given, and where no rule is known.
    pub day: Option<NaiveDate>,
    /// The rule by which it was counted; absent as the day is.
    pub by: Option<Interval>,
    /// They gave, and no rule of the day says how long to wait: the centre decides.
    pub unknown: bool,
}

impl NextDay {
    /// Whether somebody may come on a day as far as this is known.
    pub fn allows(&self, day: NaiveDate) -> bool {
        !self.unknown && self.day.is_none_or(|first| first <= day)
    }
}

/// From which day somebody may give again who gave `last`. Of mixed kinds the last one counts, so what is `wanted` changes nothing today; a
/// rule of another day may ask.
pub fn next_day(rules: &Rules, last: Option<(Component, NaiveDate)>, wanted: Component) -> NextDay {
    match last {
        Some(last) => next_day_of(rules, &[last], wanted),
        None => next_day_of(rules, &[], wanted),
    }
}

/// The same of all that somebody gave, in any order.
///
/// Where so many times are allowed within so many days, the days are counted in a row: of three on the 1st, 3rd and 5th, the fourth may be
/// on the 8th, the first day whose seven days hold but two others. Nobody gives twice a day.
pub fn next_day_of(rules: &Rules, given: &[(Component, NaiveDate)], _wanted: Component) -> NextDay {
    // Of two on one day the one after which the wait is longer.
    let wait = |component| first_day(rules, given, component).map(|(day, _)| day);
    let last = given.iter().copied().max_by_key(|(component, day)| (*day, wait(*component)));
    let Some((component, _)) = last else {
        return NextDay { day: None, by: None, unknown: false };
    };
    match first_day(rules, given, component) {
        Some((day, by)) => NextDay { day: Some(day), by: Some(by.clone()), unknown: false },
        None => NextDay { day: None, by: None, unknown: true },
    }
}

/// The first day after all that was given, by the rule of the component that was given last.
fn first_day<'r>(rules: &'r Rules, given: &[(Component, NaiveDate)], last: Component) -> Option<(NaiveDate, &'r Interval)> {
    let interval = rules.interval(last)?;
    let newest = given.iter().map(|(_, day)| *day).max()?;
    let after = |day: NaiveDate, days: i16| day.checked_add_days(Days::new(days.unsigned_abs().into()));
    let day = match interval.wait {
        Wait::Days(days) => after(newest, days)?,
        Wait::Times { times, within_days } => {
            // Those that are counted together: all whose rule is of this kind.
            let alike = |component| rules.interval(component).is_some_and(|other| other.wait == interval.wait);
            let mut days: Vec<NaiveDate> = given.iter().filter(|(component, _)| alike(*component)).map(|(_, day)| *day).collect();
            days.sort_unstable();
            let tomorrow = after(newest, 1)?;
            let nth_before = days.len().checked_sub(usize::from(times.unsigned_abs())).and_then(|n| days.get(n));
            nth_before.and_then(|day| after(*day, within_days)).map_or(tomorrow, |day| day.max(tomorrow))
        }
    };
    Some((day, interval))
}
