//! To which month an entry belongs, and which may be closed next. Pure.

use std::collections::HashMap;

use chrono::{Datelike, Months, NaiveDate};
use uuid::Uuid;

/// The first day of a day's month.
pub fn month_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// The month after one.
pub fn next(month: NaiveDate) -> NaiveDate {
    month.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX)
}

/// The last day of a month.
pub fn last_day(month: NaiveDate) -> NaiveDate {
    next(month).pred_opt().unwrap_or(month)
}

/// A month as it is written: `2026-11`.
pub fn written(month: NaiveDate) -> String {
    month.format("%Y-%m").to_string()
}

/// Reads `2026-11`, as its first day.
pub fn parse(text: &str) -> Option<NaiveDate> {
    let is_written_so =
        text.len() == 7 && text.bytes().enumerate().all(|(n, b)| if n == 4 { b == b'-' } else { b.is_ascii_digit() });
    if !is_written_so {
        return None;
    }
    format!("{text}-01").parse().ok().filter(|month: &NaiveDate| month.year() > 0)
}

/// A closed month, as far as entries are sorted by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    pub month: NaiveDate,
    /// The size of the log below which entries count.
    pub size: i64,
}

/// The closed months of some chapters.
#[derive(Debug, Clone, Default)]
pub struct Closings(HashMap<Uuid, Vec<Closed>>);

impl Closings {
    /// Of rows in any order; those of a chapter have no gaps.
    pub fn of(rows: impl IntoIterator<Item = (Uuid, Closed)>) -> Self {
        let mut closings: HashMap<Uuid, Vec<Closed>> = HashMap::new();
        for (chapter, closed) in rows {
            closings.entry(chapter).or_default().push(closed);
        }
        closings.values_mut().for_each(|closed| closed.sort_by_key(|closed| closed.month));
        Self(closings)
    }

    fn at(&self, chapter: Uuid) -> &[Closed] {
        self.0.get(&chapter).map(Vec::as_slice).unwrap_or_default()
    }

    /// The month that was closed last.
    pub fn last(&self, chapter: Uuid) -> Option<Closed> {
        self.at(chapter).last().copied()
    }

    /// By which closing a day is closed: that of its month, or of the first month that was closed if the day was before it.
    pub fn of_day(&self, chapter: Uuid, day: NaiveDate) -> Option<Closed> {
        let month = month_of(day);
        self.at(chapter).iter().find(|closed| closed.month >= month).copied()
    }

    /// Whether an entry came when the month of its day was closed. Without a place in the log yet, its place will be beyond
    /// every closing there is.
    pub fn is_late(&self, chapter: Uuid, day: NaiveDate, index: Option<i64>) -> bool {
        self.of_day(chapter, day).is_some_and(|closed| index.is_none_or(|index| index >= closed.size))
    }

    /// The month in which an entry counts, as its first day: that of its day, or the first that was open when it was booked.
    pub fn month_of(&self, chapter: Uuid, day: NaiveDate, index: Option<i64>) -> NaiveDate {
        let own = month_of(day);
        if !self.is_late(chapter, day, index) {
            return own;
        }
        let counts = |closed: &&Closed| closed.month > own && index.is_some_and(|index| index < closed.size);
        let open = self.last(chapter).map_or(own, |last| next(last.month));
        self.at(chapter).iter().find(counts).map_or(open, |closed| closed.month)
    }
}

/// Why a month cannot be closed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotNow {
    /// It runs still, or is to come.
    NotOver,
    ClosedAlready,
    /// This one is to be closed first.
    First(NaiveDate),
    /// Nothing was booked until then.
    BeforeTheBooks(NaiveDate),
}

/// Whether a month may be closed: it is over, and the next after the last one that was closed; where none was, that of the first
/// entry. Without any entry every month that is over is as good.
pub fn may_close(
    month: NaiveDate,
    last: Option<NaiveDate>,
    first_entry: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<(), NotNow> {
    if month >= month_of(today) {
        return Err(NotNow::NotOver);
    }
    match (last.map(next), first_entry.map(month_of)) {
        (Some(due), _) if month < due => Err(NotNow::ClosedAlready),
        (Some(due), _) | (None, Some(due)) if month > due => Err(NotNow::First(due)),
        (None, Some(due)) if month < due => Err(NotNow::BeforeTheBooks(due)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn months_are_read_and_written() {
        assert_eq!(parse("2026-11"), Some(day("2026-11-01")));
        assert_eq!(written(day("2026-11-01")), "2026-11");
        for wrong in ["2026-13", "2026-1", "26-11-1", "2026-11-01", "0000-01", "", "2026/11", "２０２６-11"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!((last_day(day("2026-02-01")), next(day("2026-12-01"))), (day("2026-02-28"), day("2027-01-01")));
    }

    #[test]
    fn months_close_in_order_when_they_are_over() {
        let today = day("2026-12-02");
        let may =
            |month: &str, last: Option<&str>, first: Option<&str>| may_close(day(month), last.map(day), first.map(day), today);
        assert_eq!(may("2026-12-01", None, None), Err(NotNow::NotOver));
        assert_eq!(may("2027-01-01", Some("2026-11-01"), None), Err(NotNow::NotOver));
        assert_eq!(may("2026-11-01", None, None), Ok(()));
        assert_eq!(may("2026-11-01", None, Some("2026-10-30")), Err(NotNow::First(day("2026-10-01"))));
        assert_eq!(may("2026-09-01", None, Some("2026-10-30")), Err(NotNow::BeforeTheBooks(day("2026-10-01"))));
        assert_eq!(may("2026-10-01", None, Some("2026-10-30")), Ok(()));
        assert_eq!(may("2026-10-01", Some("2026-10-01"), Some("2026-10-30")), Err(NotNow::ClosedAlready));
        // What came later of an earlier day changes nothing of the order.
        assert_eq!(may("2026-11-01", Some("2026-10-01"), Some("2026-08-30")), Ok(()));
        assert_eq!(may("2026-11-01", Some("2026-09-01"), Some("2026-08-30")), Err(NotNow::First(day("2026-10-01"))));
    }

    #[test]
    fn what_comes_late_counts_in_the_first_month_that_was_open() {
        let (here, there) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let closed = |month: &str, size| (here, Closed { month: day(month), size });
        let closings = Closings::of([closed("2026-10-01", 20), closed("2026-09-01", 10)]);
        let look = |at, on: &str, index| (closings.is_late(at, day(on), index), written(closings.month_of(at, day(on), index)));
        assert_eq!(look(here, "2026-09-30", Some(9)), (false, "2026-09".to_owned()));
        assert_eq!(look(here, "2026-09-30", Some(10)), (true, "2026-10".to_owned()));
        assert_eq!(look(here, "2026-09-30", Some(20)), (true, "2026-11".to_owned()));
        assert_eq!(look(here, "2026-09-30", None), (true, "2026-11".to_owned()));
        assert_eq!(look(here, "2026-10-01", Some(10)), (false, "2026-10".to_owned()));
        assert_eq!(look(here, "2026-11-01", None), (false, "2026-11".to_owned()));
        // Older than the books: what they began with, or too late for that as well.
        assert_eq!(look(here, "2026-01-31", Some(3)), (false, "2026-01".to_owned()));
        assert_eq!(look(here, "2026-01-31", Some(12)), (true, "2026-10".to_owned()));
        assert_eq!(look(there, "2026-09-30", Some(99)), (false, "2026-09".to_owned()));
    }

    proptest! {
        /// Whatever the closings: an entry counts in one month, never in one whose closing did not have it, and never before its own.
        #[test]
        fn every_entry_counts_once(sizes in proptest::collection::vec(0i64..50, 0..6), at in 0u32..200, index in 0i64..60) {
            let here = Uuid::from_u128(1);
            let mut sizes = sizes;
            sizes.sort_unstable();
            let first = day("2026-01-01");
            let month = |n: usize| first.checked_add_months(Months::new(n as u32)).unwrap();
            let closings = Closings::of(sizes.iter().enumerate().map(|(n, size)| (here, Closed { month: month(n), size: *size })));
            let on = first + chrono::Days::new(u64::from(at));
            let counts = closings.month_of(here, on, Some(index));
            prop_assert!(counts >= month_of(on));
            // As the figures of a month are added up.
            let adds = |n: usize| {
                let before = if n == 0 { sizes[0] } else { sizes[n - 1] };
                index < sizes[n] && (month_of(on) == month(n) || month_of(on) < month(n) && index >= before)
            };
            let months: Vec<NaiveDate> = (0..sizes.len()).filter(|n| adds(*n)).map(month).collect();
            prop_assert!(months.len() <= 1);
            let is_open = closings.last(here).is_none_or(|last| counts > last.month);
            prop_assert_eq!(months.first().copied(), if is_open { None } else { Some(counts) });
        }
    }
}
