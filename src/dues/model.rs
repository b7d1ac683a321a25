//! The rules of dues: months, who keeps which part, how many may be free. Pure.

use std::fmt;

use chrono::{Datelike, Months, NaiveDate};
use uuid::Uuid;

use crate::basics::codes::codes;
use crate::tree::{ChapterId, Level};

codes! {
    /// Where a sheet stands.
    pub wire enum DuesSheetState {
        Booked = "BOOKED",
        /// Its entry was reversed since: its months are free again.
        Reversed = "REVERSED",
    }

    /// Why a member is free of dues.
    pub wire enum DuesGround {
        /// Hội viên có hoàn cảnh khó khăn.
        Hardship = "HARDSHIP",
    }
}

/// Members in one sheet.
pub const MOST_LINES: usize = 500;
/// Months of one member in one sheet (`dues_line_whole_months`).
pub const MOST_MONTHS: usize = 60;
/// Ten thousand of these are the whole.
const WHOLE: i64 = 10_000;

/// A month of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(NaiveDate);

impl Month {
    /// The month of a day.
    pub fn of(day: NaiveDate) -> Self {
        Month(day.with_day(1).unwrap_or(day))
    }

    /// As it is written: `2026-03`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |part: &str, count| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
        let (year, month) = text.split_once('-').filter(|(year, month)| digits(year, 4) && digits(month, 2))?;
        NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1).map(Month)
    }

    pub fn first_day(self) -> NaiveDate {
        self.0
    }

    pub fn next(self) -> Self {
        Month(self.0.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX))
    }

    /// January of its year.
    pub fn january(self) -> Self {
        Month(self.0.with_month(1).unwrap_or(self.0))
    }

    /// How many months lie from this one to another, both counted; none where that one is earlier.
    pub fn until(self, last: Month) -> usize {
        let index = |month: Month| i64::from(month.0.year()) * 12 + i64::from(month.0.month0());
        usize::try_from(index(last) - index(self) + 1).unwrap_or_default()
    }

    /// From this month to another, both counted.
    pub fn to(self, last: Month) -> impl Iterator<Item = Month> {
        std::iter::successors(Some(self), |month| Some(month.next())).take(self.until(last))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

/// The last month that is over when a day ends: a month is due at its end, not before.
pub fn last_due(day: NaiveDate) -> Option<Month> {
    let month = Month::of(day);
    match day.succ_opt() {
        Some(next) if Month::of(next) == month => month.0.checked_sub_months(Months::new(1)).map(Month),
        _ => Some(month),
    }
}

/// A rule about dues, with dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub id: i32,
    /// The chapter at and below which it holds; everywhere, where there is none.
    pub chapter: Option<Uuid>,
    /// Kinds of members that pay.
    pub payers: Vec<String>,
    pub vnd_a_month: i64,
    /// How many of a grassroots chapter's members may be free, in ten-thousandths.
    pub exempt_bp: i32,
    /// What the branch keeps, in ten-thousandths.
    pub branch_bp: i32,
    /// What the grassroots chapter keeps.
    pub grassroots_bp: i32,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub mark: String,
    pub source: String,
}

impl Rule {
    fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    /// How many of so many members may be free: part of a member is nobody.
    pub fn may_be_exempt(&self, members: i64) -> i64 {
        (members * i64::from(self.exempt_bp)) / WHOLE
    }

    /// Who keeps which part of an amount. Shares are rounded down to the đồng, and the rest goes up: no đồng is lost, and none is made.
    pub fn split(&self, amount: i64) -> Split {
        let share = |bp: i32| i64::try_from(i128::from(amount) * i128::from(bp) / i128::from(WHOLE)).unwrap_or_default();
        let (branch, grassroots) = (share(self.branch_bp), share(self.grassroots_bp));
        Split { branch, grassroots, up: amount - branch - grassroots }
    }
}

/// The rule that holds on a day for who stands on a line (the nearest first): the nearest chapter's, and of that one the newest.
pub fn in_force<'a>(rules: &'a [Rule], line: &[(ChapterId, Level)], day: NaiveDate) -> Option<&'a Rule> {
    let distance = |rule: &Rule| match rule.chapter {
        None => Some(line.len()),
        Some(of) => line.iter().position(|(chapter, _)| chapter.0 == of),
    };
    let near = rules.iter().filter(|rule| rule.holds_on(day)).filter_map(|rule| Some((distance(rule)?, rule)));
    near.min_by_key(|(distance, rule)| (*distance, std::cmp::Reverse(rule.valid_from))).map(|(_, rule)| rule)
}

/// What is due of a member for these months, each at the rate of its first day. `None` where one of them has no rate.
pub fn due(rules: &[Rule], line: &[(ChapterId, Level)], months: impl Iterator<Item = Month>) -> Option<i64> {
    months.map(|month| in_force(rules, line, month.first_day()).map(|rule| rule.vnd_a_month)).sum()
}

/// Who keeps which part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    pub branch: i64,
    pub grassroots: i64,
    /// The rest: for the chapter above the grassroots chapter.
    pub up: i64,
}

/// What one chapter owes to the one above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Debt {
    pub from: ChapterId,
    pub to: ChapterId,
    pub amount: i64,
}

/// The chapter whose members they are in law: the one that collects, and of a branch the first above that is none.
pub fn grassroots(line: &[(ChapterId, Level)]) -> Option<(usize, Level)> {
    line.iter().position(|(_, level)| *level != Level::Branch).map(|at| (at, line[at].1))
}

/// What is owed upwards of what the first of a line collected. The shares of levels that are not there stay with who collected: a
/// grassroots chapter without branches keeps the branch's share, and a chapter above keeps all. Nothing goes to the central chapter.
pub fn debts(line: &[(ChapterId, Level)], split: Split) -> Vec<Debt> {
    let Some((at, level)) = grassroots(line) else { return Vec::new() };
    let goes_up = matches!(level, Level::Commune | Level::Grassroots);
    let above = line.get(at + 1).filter(|(_, level)| goes_up && *level != Level::Central);
    let up = if above.is_some() { split.up } else { 0 };
    let first = (at > 0).then(|| Debt { from: line[0].0, to: line[at].0, amount: split.grassroots + split.up });
    let second = above.map(|(above, _)| Debt { from: line[at].0, to: *above, amount: up });
    first.into_iter().chain(second).filter(|debt| debt.amount > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Level::{Branch, Central, Commune, District, Grassroots, Province};
    use proptest::prelude::*;

    fn month(text: &str) -> Month {
        Month::parse(text).unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rule(chapter: Option<u128>, vnd: i64, from: &str, to: Option<&str>) -> Rule {
        Rule {
            id: 1,
            chapter: chapter.map(Uuid::from_u128),
            payers: vec!["MEMBER".to_owned()],
            vnd_a_month: vnd,
            exempt_bp: 1_000,
            branch_bp: 5_000,
            grassroots_bp: 3_000,
            valid_from: day(from),
            valid_to: to.map(day),
            mark: "GK".to_owned(),
            source: "x".to_owned(),
        }
    }

    /// The first of these has id 1.
    fn line(levels: &[Level]) -> Vec<(ChapterId, Level)> {
        (1..).zip(levels).map(|(n, level)| (ChapterId(Uuid::from_u128(n)), *level)).collect()
    }

    #[test]
    fn a_month_is_written_in_one_way() {
        for text in ["2026-1", "26-01", "2026-13", "2026-00", "2026-01-01", "+026-01", "2026-+1", "", "2026"] {
            assert_eq!(Month::parse(text), None, "{text}");
        }
        assert_eq!(month("2026-03").to_string(), "2026-03");
        assert_eq!(Month::of(day("2024-02-29")), month("2024-02"));
        assert_eq!((month("2026-11").until(month("2027-02")), month("2026-03").until(month("2026-02"))), (4, 0));
        let all: Vec<String> = month("2026-11").to(month("2027-01")).map(|month| month.to_string()).collect();
        assert_eq!(all, ["2026-11", "2026-12", "2027-01"]);
    }

    #[test]
    fn a_month_is_due_when_it_is_over() {
        for (on, last) in
            [("2026-11-29", "2026-10"), ("2026-11-30", "2026-11"), ("2026-12-01", "2026-11"), ("2028-02-28", "2028-01")]
        {
            assert_eq!(last_due(day(on)), Some(month(last)), "{on}");
        }
    }

    #[test]
    fn the_nearest_rule_of_the_day_holds() {
        let here = line(&[Branch, Commune, Province, Central]);
        let rules = [
            rule(None, 1_000, "2009-01-01", None),
            rule(None, 2_000, "2027-01-01", None),
            rule(Some(3), 3_000, "2026-06-01", Some("2026-12-31")),
            rule(Some(9), 9_000, "2009-01-01", None),
        ];
        let rate = |on: &str| in_force(&rules, &here, day(on)).map(|rule| rule.vnd_a_month);
        assert_eq!(
            [rate("2008-12-31"), rate("2026-05-31"), rate("2026-06-01"), rate("2026-12-31"), rate("2027-01-01")],
            [None, Some(1_000), Some(3_000), Some(3_000), Some(2_000)]
        );
        assert_eq!(due(&rules, &here, month("2026-05").to(month("2027-01"))), Some(1_000 + 7 * 3_000 + 2_000));
        assert_eq!(due(&rules, &here, month("2008-12").to(month("2009-01"))), None);
    }

    #[test]
    fn twelve_thousand_are_split_as_the_notice_says() {
        let rule = rule(None, 1_000, "2009-01-01", None);
        assert_eq!(rule.split(12_000), Split { branch: 6_000, grassroots: 3_600, up: 2_400 });
        assert_eq!(rule.split(1), Split { branch: 0, grassroots: 0, up: 1 });
        assert_eq!([0, 9, 10, 25, 40].map(|members| rule.may_be_exempt(members)), [0, 0, 1, 2, 4]);
        let owed = |levels: &[Level]| -> Vec<(u128, u128, i64)> {
            let debts = debts(&line(levels), rule.split(12_000));
            debts.iter().map(|debt| (debt.from.0.as_u128(), debt.to.0.as_u128(), debt.amount)).collect()
        };
        assert_eq!(owed(&[Branch, Commune, Province, Central]), [(1, 2, 6_000), (2, 3, 2_400)]);
        assert_eq!(owed(&[Branch, Commune, District, Province, Central]), [(1, 2, 6_000), (2, 3, 2_400)]);
        assert_eq!(owed(&[Commune, Province, Central]), [(1, 2, 2_400)]);
        // Nothing goes to the centre, and chapters above the grassroots keep what they collect.
        assert_eq!(owed(&[Branch, Grassroots, Central]), [(1, 2, 6_000)]);
        assert_eq!(owed(&[Branch, Province, Central]), [(1, 2, 6_000)]);
        for levels in [&[Grassroots, Central][..], &[Province, Central], &[District, Province, Central], &[Central]] {
            assert_eq!(owed(levels), [], "{levels:?}");
        }
    }

    fn any_line() -> impl Strategy<Value = Vec<(ChapterId, Level)>> {
        let lines: Vec<Vec<Level>> = vec![
            vec![Branch, Commune, District, Province, Central],
            vec![Branch, Grassroots, Province, Central],
            vec![Branch, Grassroots, Central],
            vec![Branch, Province, Central],
            vec![Commune, Province, Central],
            vec![Grassroots, Central],
            vec![Province, Central],
            vec![Central],
        ];
        prop::sample::select(lines).prop_map(|levels| line(&levels))
    }

    proptest! {
        /// To the đồng: the parts are the whole, none is below nothing, and along the line every chapter is left with a part of it.
        #[test]
        fn no_dong_is_lost_or_made(amount in 1..=1_000_000_000_000_000i64, branch in 0..=10_000i32, rest in 0..=10_000i32, line in any_line()) {
            let rule = Rule { branch_bp: branch, grassroots_bp: rest.min(10_000 - branch), ..rule(None, 1, "2009-01-01", None) };
            let split = rule.split(amount);
            prop_assert_eq!(split.branch + split.grassroots + split.up, amount);
            prop_assert!(split.branch >= 0 && split.grassroots >= 0 && split.up >= 0);
            let mut kept: Vec<i64> = vec![0; line.len()];
            kept[0] = amount;
            for debt in debts(&line, split) {
                prop_assert!(debt.amount > 0);
                let at = |of: ChapterId| line.iter().position(|(id, _)| *id == of).unwrap();
                prop_assert!(at(debt.from) < at(debt.to));
                kept[at(debt.from)] -= debt.amount;
                kept[at(debt.to)] += debt.amount;
            }
            prop_assert!(kept.iter().all(|vnd| *vnd >= 0));
            prop_assert_eq!(kept.iter().sum::<i64>(), amount);
            let of_centre = line.iter().zip(&kept).filter(|((_, level), _)| *level == Central && line.len() > 1);
            prop_assert!(of_centre.map(|(_, vnd)| *vnd).all(|vnd| vnd == 0));
        }

        /// The share that may be free is never passed, and never missed by a whole member.
        #[test]
        fn the_allowed_share_is_the_largest_whole_number(members in 0..1_000_000i64, bp in 0..=10_000i32) {
            let rule = Rule { exempt_bp: bp, ..rule(None, 1, "2009-01-01", None) };
            let allowed = rule.may_be_exempt(members);
            prop_assert!(allowed * 10_000 <= members * i64::from(bp));
            prop_assert!((allowed + 1) * 10_000 > members * i64::from(bp));
        }

        #[test]
        fn months_are_counted_as_they_are_walked(from in 0..2_000u32, count in 0..200u32) {
            let first = Month::of(day("1990-01-01").checked_add_months(Months::new(from)).unwrap());
            let last = Month::of(first.first_day().checked_add_months(Months::new(count)).unwrap());
            let walked: Vec<Month> = first.to(last).collect();
            prop_assert_eq!(walked.len(), first.until(last));
            prop_assert_eq!((walked[0], walked[walked.len() - 1]), (first, last));
            prop_assert!(walked.windows(2).all(|pair| pair[0].next() == pair[1]));
            prop_assert_eq!(Month::parse(&last.to_string()), Some(last));
        }
    }
}
