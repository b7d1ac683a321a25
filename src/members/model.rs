//! Kinds and states of members, what a step does to one, and whose consent it takes. Pure.

use chrono::NaiveDate;

use crate::basics::Birth;
use crate::basics::codes::codes;
use crate::persons::PersonKind;

codes! {
    /// What kind of member somebody is.
    #[derive(Hash, PartialOrd, Ord)]
    pub wire enum MemberKind {
        /// Hội viên.
        Member = "MEMBER",
        /// Thanh niên Chữ thập đỏ.
        Youth = "YOUTH",
        /// Thiếu niên Chữ thập đỏ.
        Junior = "JUNIOR",
        /// Hội viên danh dự.
        Honorary = "HONORARY",
        /// Hội viên tập thể: an organisation.
        Collective = "COLLECTIVE",
    }

    /// Where a membership stands.
    #[derive(Hash)]
    pub wire enum MemberState {
        /// Đề nghị kết nạp, waiting for a second person.
        Applied = "APPLIED",
        /// Being checked above.
        Checked = "CHECKED",
        Refused = "REFUSED",
        Withdrawn = "WITHDRAWN",
        /// Kết nạp: a member.
        Admitted = "ADMITTED",
        /// Xin ra khỏi Hội.
        Left = "LEFT",
        /// Xóa tên.
        StruckOff = "STRUCK_OFF",
        /// Khai trừ.
        Expelled = "EXPELLED",
        Died = "DIED",
        /// Chuyển sinh hoạt to another chapter.
        Transferred = "TRANSFERRED",
        Erased = "ERASED",
    }

    /// What is decided about a member.
    pub wire enum StepKind {
        Admission = "ADMISSION",
        Leave = "LEAVE",
        Death = "DEATH",
        StrikeOff = "STRIKE_OFF",
        Expulsion = "EXPULSION",
        Reinstatement = "REINSTATEMENT",
        Transfer = "TRANSFER",
        /// Whether somebody is the member of another chapter that they are like.
        Likeness = "LIKENESS",
        /// Given a grade (bạch kim, vàng, bạc); the one before ends.
        Grade = "GRADE",
        /// Without a grade from now on.
        GradeEnd = "GRADE_END",
    }

    /// What an officer may enter about a member besides admission and transfer.
    pub wire enum MemberStepKind {
        /// At the member's own wish; done at once.
        Leave = "LEAVE",
        /// Done at once.
        Death = "DEATH",
        StrikeOff = "STRIKE_OFF",
        Expulsion = "EXPULSION",
        /// Of who left, was struck off or expelled.
        Reinstatement = "REINSTATEMENT",
        /// Given a grade; the one before ends.
        Grade = "GRADE",
        /// Without a grade from now on.
        GradeEnd = "GRADE_END",
    }

    /// Where a step stands.
    pub wire enum StepState {
        Asked = "ASKED",
        Done = "DONE",
        Refused = "REFUSED",
        Withdrawn = "WITHDRAWN",
    }

    /// Ages as they are counted: by the year of birth alone, so that what is counted stays counted when the person goes.
    #[derive(PartialOrd, Ord)]
    pub wire enum AgeBand {
        /// In the year of counting they turn 15 or less.
        Under16 = "UNDER_16",
        From16To30 = "FROM_16_TO_30",
        From31To60 = "FROM_31_TO_60",
        Over60 = "OVER_60",
        Unknown = "UNKNOWN",
    }

    /// What the public learns of a card.
    pub wire enum CardState {
        /// Of a member.
        Valid = "VALID",
        /// Of somebody who is none any more, or replaced by another card.
        NotValid = "NOT_VALID",
        /// Of somebody whose data were erased.
        NoLongerOnRecord = "NO_LONGER_ON_RECORD",
    }
}

impl MemberStepKind {
    pub fn step(self) -> StepKind {
        match self {
            MemberStepKind::Leave => StepKind::Leave,
            MemberStepKind::Death => StepKind::Death,
            MemberStepKind::StrikeOff => StepKind::StrikeOff,
            MemberStepKind::Expulsion => StepKind::Expulsion,
            MemberStepKind::Reinstatement => StepKind::Reinstatement,
            MemberStepKind::Grade => StepKind::Grade,
            MemberStepKind::GradeEnd => StepKind::GradeEnd,
        }
    }
}

impl StepKind {
    /// The states from which it is possible.
    pub fn is_possible_from(self, state: MemberState) -> bool {
        use MemberState::{Admitted, Applied, Checked, Expelled, Left, StruckOff};
        match self {
            StepKind::Admission => state == Applied,
            StepKind::Likeness => state == Checked,
            StepKind::Leave
            | StepKind::Death
            | StepKind::StrikeOff
            | StepKind::Expulsion
            | StepKind::Transfer
            | StepKind::Grade
            | StepKind::GradeEnd => state == Admitted,
            StepKind::Reinstatement => matches!(state, Left | StruckOff | Expelled),
        }
    }

    /// Whether one officer does it alone.
    pub fn is_at_once(self) -> bool {
        matches!(self, StepKind::Leave | StepKind::Death)
    }

    /// Whether the membership stands afterwards where it stood.
    pub fn leaves_the_state(self) -> bool {
        matches!(self, StepKind::Grade | StepKind::GradeEnd)
    }

    /// What a member is after it was done.
    pub fn leads_to(self) -> MemberState {
        match self {
            StepKind::Admission | StepKind::Reinstatement | StepKind::Likeness | StepKind::Grade | StepKind::GradeEnd => {
                MemberState::Admitted
            }
            StepKind::Leave => MemberState::Left,
            StepKind::Death => MemberState::Died,
            StepKind::StrikeOff => MemberState::StruckOff,
            StepKind::Expulsion => MemberState::Expelled,
            StepKind::Transfer => MemberState::Transferred,
        }
    }
}

impl AgeBand {
    /// Of who was born in a year, on a day.
    pub fn of(born: Option<i32>, year: i32) -> Self {
        match born.map(|born| year - born) {
            None => AgeBand::Unknown,
            Some(..16) => AgeBand::Under16,
            Some(16..=30) => AgeBand::From16To30,
            Some(31..=60) => AgeBand::From31To60,
            Some(61..) => AgeBand::Over60,
        }
    }
}

/// Full years from which on nobody acts for somebody.
pub const OF_AGE: i32 = 18;
/// Full years from which on a child is asked too (Law 91/2025/QH15, art. 24).
pub const IS_ASKED: i32 = 7;

/// Whose consent it takes that somebody joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// An organisation's: it joins by its own decision.
    Nobodys,
    Own,
    Representative,
    RepresentativeAndChild,
}

/// Whose consent it takes on a day. What is not known is taken for what protects more: a junior of unknown age is a child who is asked.
pub fn consent_needed(kind: MemberKind, birth: Option<Birth>, day: NaiveDate) -> Consent {
    if kind == MemberKind::Collective {
        return Consent::Nobodys;
    }
    let Some(birth) = birth else {
        return if kind == MemberKind::Junior { Consent::RepresentativeAndChild } else { Consent::Own };
    };
    if birth.has_reached(OF_AGE, day) == Some(true) {
        Consent::Own
    } else if birth.has_reached(IS_ASKED, day) == Some(false) {
        Consent::Representative
    } else {
        Consent::RepresentativeAndChild
    }
}

impl MemberKind {
    /// Whether somebody, or something, can be one of this kind.
    pub fn is_of(self, kind: PersonKind) -> bool {
        (self == MemberKind::Collective) == (kind == PersonKind::Organisation)
    }
}

/// Ages of a kind of member, as the rule of a day has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindRule {
    pub least_age: Option<i16>,
    pub most_age: Option<i16>,
    pub source: String,
}

impl KindRule {
    /// Whether somebody is surely of another age on a day. An unknown birth fits, and so does a year alone that may.
    pub fn is_out(&self, birth: Option<Birth>, day: NaiveDate) -> bool {
        let Some(ages) = birth.map(|birth| birth.ages_on(day)) else { return false };
        self.least_age.is_some_and(|least| ages.most < i32::from(least))
            || self.most_age.is_some_and(|most| ages.least > i32::from(most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// By hand: who is asked, on 28 February 2026.
    #[test]
    fn who_agrees_is_this() {
        use Consent::{Own, Representative, RepresentativeAndChild};
        for (kind, birth, whose) in [
            (MemberKind::Youth, Some("2008-02-29"), Own),
            (MemberKind::Youth, Some("2008-03-01"), RepresentativeAndChild),
            (MemberKind::Youth, Some("2008"), RepresentativeAndChild),
            (MemberKind::Youth, Some("2007"), Own),
            (MemberKind::Junior, Some("2019-02-28"), RepresentativeAndChild),
            (MemberKind::Junior, Some("2019-03-01"), Representative),
            (MemberKind::Junior, Some("2019"), RepresentativeAndChild),
            (MemberKind::Junior, Some("2020"), Representative),
            (MemberKind::Junior, None, RepresentativeAndChild),
            (MemberKind::Member, None, Own),
            (MemberKind::Collective, None, Consent::Nobodys),
        ] {
            let born = birth.and_then(Birth::read);
            assert_eq!(consent_needed(kind, born, day("2026-02-28")), whose, "{kind} {birth:?}");
        }
    }

    #[test]
    fn ages_of_kinds_are_refused_only_where_they_surely_do_not_fit() {
        let rule = |least, most| KindRule { least_age: least, most_age: most, source: String::new() };
        let on = day("2026-02-28");
        for (rule, birth, out) in [
            (rule(Some(16), None), "2010-02-28", false),
            (rule(Some(16), None), "2010-03-01", true),
            (rule(Some(16), None), "2010", false),
            (rule(Some(16), None), "2011", true),
            (rule(None, Some(15)), "2010-02-28", true),
            (rule(None, Some(15)), "2010-03-01", false),
            (rule(Some(16), Some(30)), "1995-02-28", true),
            (rule(Some(16), Some(30)), "1995-03-01", false),
        ] {
            assert_eq!(rule.is_out(Birth::read(birth), on), out, "{rule:?} {birth}");
        }
        assert!(!rule(Some(16), Some(30)).is_out(None, on));
    }

    proptest! {
        /// Whatever is done in whatever order: nobody is twice a member, and what is over ends but by reinstatement.
        #[test]
        fn a_membership_goes_its_way(steps in prop::collection::vec(0usize..StepKind::ALL.len(), 0..20)) {
            let mut state = MemberState::Applied;
            for step in steps.into_iter().map(|n| StepKind::ALL[n]) {
                if !step.is_possible_from(state) {
                    continue;
                }
                prop_assert!(state != MemberState::Died && state != MemberState::Transferred && state != MemberState::Erased);
                prop_assert_eq!(step.leads_to() == state, step.leaves_the_state(), "{} does nothing to {}", step, state);
                state = step.leads_to();
            }
        }

        /// Everybody is in one band, and nobody grows younger.
        #[test]
        fn bands_only_rise(born in 1900i32..2027, year in 2026i32..2100, more in 0i32..50) {
            prop_assert!(AgeBand::of(Some(born), year) <= AgeBand::of(Some(born), year + more));
            prop_assert_ne!(AgeBand::of(Some(born), year), AgeBand::Unknown);
        }
    }
}
