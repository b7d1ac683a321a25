//! Teams, times in them, and how ready they are. Pure.

use chrono::{Days, NaiveDate};

use crate::basics::codes::codes;

codes! {
    /// What a team is.
    #[derive(Hash)]
    pub wire enum TeamKind {
        /// Đội xung kích.
        ShockTeam = "SHOCK_TEAM",
        /// Đội ứng phó thảm họa.
        ResponseTeam = "RESPONSE_TEAM",
        /// Đội sơ cấp cứu.
        FirstAidTeam = "FIRST_AID_TEAM",
        /// Câu lạc bộ.
        Club = "CLUB",
        Other = "OTHER",
    }

    /// Who leads.
    pub wire enum TeamRole {
        /// Đội trưởng, chủ nhiệm.
        Leader = "LEADER",
        /// Đội phó, phó chủ nhiệm.
        Deputy = "DEPUTY",
    }

    /// Whether somebody leads a team today.
    pub wire enum Leadership {
        /// It has a leader.
        Led = "LED",
        /// It has none.
        NoLeader = "NO_LEADER",
        /// Who led it is no volunteer any more: it needs another.
        LeaderGone = "LEADER_GONE",
        /// The team has ended.
        TeamEnded = "TEAM_ENDED",
    }
}

impl TeamKind {
    pub fn vietnamese(self) -> &'static str {
        match self {
            TeamKind::ShockTeam => "Đội xung kích",
            TeamKind::ResponseTeam => "Đội ứng phó thảm họa",
            TeamKind::FirstAidTeam => "Đội sơ cấp cứu",
            TeamKind::Club => "Câu lạc bộ",
            TeamKind::Other => "Nhóm",
        }
    }
}

/// Days from a first one on, until the first day on which it holds no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
}

impl Time {
    pub fn holds_on(self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// The day on which it ends when it is ended on `day`: not before it began.
    pub fn end(self, day: NaiveDate) -> NaiveDate {
        day.max(self.from)
    }
}

/// How ready the people of a team are on a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ready {
    pub people: i64,
    /// With a telephone number at which somebody answered.
    pub reachable: i64,
    /// With a skill that counts today.
    pub trained: i64,
    /// Insured today.
    pub insured: i64,
    /// All three.
    pub ready: i64,
}

/// What one of them is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct One {
    pub reachable: bool,
    pub trained: bool,
    pub insured: bool,
}

impl Ready {
    pub fn of(people: impl IntoIterator<Item = One>) -> Self {
        let mut sum = Ready::default();
        for one in people {
            sum.people += 1;
            sum.reachable += i64::from(one.reachable);
            sum.trained += i64::from(one.trained);
            sum.insured += i64::from(one.insured);
            sum.ready += i64::from(one.reachable && one.trained && one.insured);
        }
        sum
    }
}

/// How far back and ahead anything of a team is entered; further is a typing error in the year.
const AROUND: Days = Days::new(366);
/// The society was founded on 23/11/1946; no team of it is older.
const FOUNDED: (i32, u32, u32) = (1946, 11, 23);

/// Whether a team can be of this day.
pub fn may_be_founded(day: NaiveDate, today: NaiveDate) -> bool {
    NaiveDate::from_ymd_opt(FOUNDED.0, FOUNDED.1, FOUNDED.2).is_some_and(|first| first <= day) && day <= today
}

/// Whether a time can end on this day, as it is entered today.
pub fn may_end(day: NaiveDate, today: NaiveDate) -> bool {
    day <= today && day + AROUND >= today
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(n: u64) -> NaiveDate {
        "2026-01-01".parse::<NaiveDate>().unwrap() + Days::new(n)
    }

    proptest! {
        /// Whoever is ready counts in everything, and no part is larger than the whole.
        #[test]
        fn no_part_is_larger_than_the_whole(people in prop::collection::vec((any::<bool>(), any::<bool>(), any::<bool>()), 0..30)) {
            let of = Ready::of(people.iter().map(|(reachable, trained, insured)| One { reachable: *reachable, trained: *trained, insured: *insured }));
            prop_assert_eq!(of.people, i64::try_from(people.len()).unwrap());
            for part in [of.reachable, of.trained, of.insured] {
                prop_assert!(of.ready <= part && part <= of.people);
            }
        }

        #[test]
        fn a_time_that_is_ended_holds_before_and_not_after(from in 0u64..10, end in 0u64..20) {
            let time = Time { from: at(from), until: None };
            let ended = Time { until: Some(time.end(at(end))), ..time };
            for day in 0..30 {
                prop_assert_eq!(ended.holds_on(at(day)), time.holds_on(at(day)) && day < end);
            }
        }
    }

    #[test]
    fn days_of_teams_are_no_typing_errors() {
        let today = at(400);
        assert!(may_be_founded(today, today) && !may_be_founded(at(401), today));
        assert!(!may_be_founded("1946-11-22".parse().unwrap(), today));
        assert!(may_end(today, today) && may_end(at(40), today) && !may_end(at(401), today) && !may_end(at(33), today));
    }
}
