//! Committees, posts and tenures: what they are and when they hold. Pure.

use chrono::{Days, NaiveDate};

use crate::basics::codes::codes;

codes! {
    /// The leading bodies of a chapter (statutes, Decision 282/QĐ-TTg).
    #[derive(Hash)]
    pub wire enum CommitteeKind {
        /// Ban Chấp hành, elected by the congress.
        ExecutiveCommittee = "EXECUTIVE_COMMITTEE",
        /// Ban Thường vụ: the smaller standing body of the executive committee.
        StandingCommittee = "STANDING_COMMITTEE",
        /// Ban Kiểm tra.
        InspectionCommittee = "INSPECTION_COMMITTEE",
    }

    /// What made a committee.
    pub wire enum MadeBy {
        /// Đại hội.
        Congress = "CONGRESS",
        /// A decision (quyết định): of the level above, of the executive committee, of whoever founds a chapter.
        Decision = "DECISION",
    }

    /// How somebody came to a post.
    pub wire enum Manner {
        Elected = "ELECTED",
        /// Bầu bổ sung, kiện toàn: during the term.
        CoOpted = "CO_OPTED",
        /// Chỉ định, bổ nhiệm, by decision alone.
        Appointed = "APPOINTED",
    }

    /// A post that somebody holds for the time being.
    pub wire enum Acting {
        /// Quyền.
        Acting = "ACTING",
        /// Phụ trách.
        InCharge = "IN_CHARGE",
    }

    /// How a committee or somebody's time in a post ended.
    pub wire enum EndedHow {
        /// The next term's committee took its place.
        Replaced = "REPLACED",
        ByDecision = "BY_DECISION",
        /// The chapter went up in another one.
        ChapterWentUp = "CHAPTER_WENT_UP",
    }

    /// How a post stands today.
    #[derive(Hash)]
    pub wire enum PostStanding {
        /// Every seat is held, for good.
        Held = "HELD",
        /// A seat of it is held by nobody.
        Vacant = "VACANT",
        /// Every seat is held, and one of them for the time being (quyền, phụ trách), or the committee is itself provisional (lâm thời).
        Provisional = "PROVISIONAL",
        /// Its committee has ended.
        Ended = "ENDED",
        /// Its committee has yet to begin.
        ToCome = "TO_COME",
    }
}

impl CommitteeKind {
    /// What ends when a chapter's next committee of this kind begins. A standing committee is a body of its executive committee and does
    /// not outlive it.
    pub fn ends(self) -> &'static [CommitteeKind] {
        match self {
            CommitteeKind::ExecutiveCommittee => &[CommitteeKind::ExecutiveCommittee, CommitteeKind::StandingCommittee],
            CommitteeKind::StandingCommittee => &[CommitteeKind::StandingCommittee],
            CommitteeKind::InspectionCommittee => &[CommitteeKind::InspectionCommittee],
        }
    }

    pub fn vietnamese(self) -> &'static str {
        match self {
            CommitteeKind::ExecutiveCommittee => "Ban Chấp hành",
            CommitteeKind::StandingCommittee => "Ban Thường vụ",
            CommitteeKind::InspectionCommittee => "Ban Kiểm tra",
        }
    }

    pub fn english(self) -> &'static str {
        match self {
            CommitteeKind::ExecutiveCommittee => "Executive committee",
            CommitteeKind::StandingCommittee => "Standing committee",
            CommitteeKind::InspectionCommittee => "Inspection committee",
        }
    }
}

impl Acting {
    pub fn vietnamese(self) -> &'static str {
        match self {
            Acting::Acting => "Quyền",
            Acting::InCharge => "Phụ trách",
        }
    }

    pub fn english(self) -> &'static str {
        match self {
            Acting::Acting => "acting",
            Acting::InCharge => "in charge",
        }
    }
}

/// Days on which something holds: from the first one, until a day on which it does not hold any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tenure {
    pub from: NaiveDate,
    /// The first day without. That of the beginning: it never held.
    pub until: Option<NaiveDate>,
}

impl Tenure {
    pub fn holds_on(self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// Whether there is a day on which both hold.
    pub fn meets(self, other: Tenure) -> bool {
        let begins_in_time = |a: Tenure, b: Tenure| b.until.is_none_or(|until| a.from < until);
        let never = |a: Tenure| a.until.is_some_and(|until| until <= a.from);
        !never(self) && !never(other) && begins_in_time(self, other) && begins_in_time(other, self)
    }

    /// What is left of it when it ends on a day, if not before.
    pub fn cut(self, day: NaiveDate) -> Tenure {
        let until = self.until.map_or(day, |until| until.min(day));
        Tenure { until: Some(until.max(self.from)), ..self }
    }

    /// Whether it is over on a day.
    pub fn is_over(self, day: NaiveDate) -> bool {
        self.until.is_some_and(|until| until <= day)
    }
}

/// The first seat of a post that nobody holds on any day of a tenure.
pub fn free_seat(seats: i16, taken: &[(i16, Tenure)], wanted: Tenure) -> Option<i16> {
    (1..=seats).find(|seat| !taken.iter().any(|(other, held)| other == seat && held.meets(wanted)))
}

/// How a post stands on a day: `held` are the tenures in its seats, with whether each is for the time being.
pub fn standing(seats: i16, committee: Tenure, provisional: bool, held: &[(Tenure, bool)], day: NaiveDate) -> PostStanding {
    let now: Vec<bool> = held.iter().filter(|(tenure, _)| tenure.holds_on(day)).map(|(_, acting)| *acting).collect();
    if committee.is_over(day) {
        PostStanding::Ended
    } else if committee.from > day {
        PostStanding::ToCome
    } else if now.len() < usize::from(seats.unsigned_abs()) {
        PostStanding::Vacant
    } else if provisional || now.contains(&true) {
        PostStanding::Provisional
    } else {
        PostStanding::Held
    }
}

/// The society was founded on 23/11/1946; nothing of it is older.
const FOUNDED: (i32, u32, u32) = (1946, 11, 23);
/// How far ahead anything is entered; further is a typing error in the year.
const AHEAD: Days = Days::new(366);
/// The longest term that is no typing error. (A term is five years; what a congress decides is written down as it is.)
const LONGEST_TERM: Days = Days::new(366 * 12);

/// Whether a day can be the first of anything that is entered today.
pub fn may_begin(day: NaiveDate, today: NaiveDate) -> bool {
    NaiveDate::from_ymd_opt(FOUNDED.0, FOUNDED.1, FOUNDED.2).is_some_and(|founded| day >= founded) && day <= today + AHEAD
}

/// Whether a term that begins on one day can be planned until another.
pub fn may_last(from: NaiveDate, until: NaiveDate) -> bool {
    from < until && until <= from + LONGEST_TERM
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(n: u64) -> NaiveDate {
        "2026-01-01".parse::<NaiveDate>().unwrap() + Days::new(n)
    }

    fn tenure() -> impl Strategy<Value = Tenure> {
        (0u64..12, prop::option::of(0u64..8))
            .prop_map(|(from, days)| Tenure { from: at(from), until: days.map(|days| at(from + days)) })
    }

    fn days() -> impl Iterator<Item = NaiveDate> {
        (0..40).map(at)
    }

    proptest! {
        #[test]
        fn tenures_meet_when_they_share_a_day(one in tenure(), other in tenure()) {
            let share = days().any(|day| one.holds_on(day) && other.holds_on(day));
            prop_assert_eq!(one.meets(other), share);
            prop_assert_eq!(other.meets(one), share);
        }

        /// Cutting takes days away from the end and gives none.
        #[test]
        fn what_is_cut_holds_before_and_not_after(one in tenure(), end in 0u64..20) {
            let cut = one.cut(at(end));
            prop_assert!(cut.until.is_some_and(|until| until >= cut.from));
            for day in days() {
                prop_assert_eq!(cut.holds_on(day), one.holds_on(day) && day < at(end));
            }
        }

        /// A term that takes another's place leaves no day without and none with two.
        #[test]
        fn the_next_term_follows_without_a_gap(from in 0u64..10, next in 1u64..10) {
            let (old, new) = (Tenure { from: at(from), until: None }, Tenure { from: at(from + next), until: None });
            let old = old.cut(new.from);
            prop_assert!(days().filter(|day| *day >= old.from).all(|day| old.holds_on(day) != new.holds_on(day)));
        }

        /// Whatever comes in whatever order, no seat has two holders on a day, and nobody is turned away while one is free.
        #[test]
        fn no_seat_has_two_holders(seats in 1i16..4, wanted in prop::collection::vec(tenure(), 1..8)) {
            let mut taken: Vec<(i16, Tenure)> = Vec::new();
            for one in wanted {
                match free_seat(seats, &taken, one) {
                    Some(seat) => taken.push((seat, one)),
                    None => prop_assert!((1..=seats).all(|seat| taken.iter().any(|(other, held)| *other == seat && held.meets(one)))),
                }
            }
            for day in days() {
                for seat in 1..=seats {
                    prop_assert!(taken.iter().filter(|(other, held)| *other == seat && held.holds_on(day)).count() <= 1);
                }
            }
        }

        /// Vacant is what has fewer holders than seats; a committee that is over has neither.
        #[test]
        fn a_post_is_vacant_while_a_seat_is_free(
            seats in 1i16..4, committee in tenure(), provisional: bool, held in prop::collection::vec((tenure(), any::<bool>()), 0..4), day in 0u64..20,
        ) {
            let now = held.iter().filter(|(tenure, _)| tenure.holds_on(at(day))).count();
            let full = now >= usize::try_from(seats).unwrap();
            let expected = if committee.holds_on(at(day)) {
                if full { [PostStanding::Held, PostStanding::Provisional] } else { [PostStanding::Vacant; 2] }
            } else {
                [PostStanding::Ended, PostStanding::ToCome]
            };
            prop_assert!(expected.contains(&standing(seats, committee, provisional, &held, at(day))));
        }
    }

    #[test]
    fn a_new_executive_committee_ends_the_standing_one_too() {
        for kind in CommitteeKind::ALL {
            assert!(kind.ends().contains(&kind));
        }
        assert!(CommitteeKind::ExecutiveCommittee.ends().contains(&CommitteeKind::StandingCommittee));
        assert!(!CommitteeKind::StandingCommittee.ends().contains(&CommitteeKind::ExecutiveCommittee));
        let today = at(0);
        assert!(may_begin(today, today) && !may_begin(today + Days::new(367), today));
        assert!(!may_begin("1946-11-22".parse().unwrap(), today) && may_begin("1946-11-23".parse().unwrap(), today));
        assert!(may_last(today, at(1)) && !may_last(today, today) && !may_last(today, at(366 * 12 + 1)));
    }
}
