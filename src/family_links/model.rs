//! States of a case, what leads from one to another, what the enquirer may be told, and who may be one person. Pure.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::basics::Birth;
use crate::basics::codes::codes;
use crate::members::model::OF_AGE;
use crate::parties::words;
use crate::persons::Sex;

codes! {
    /// Where a case stands.
    #[derive(Hash)]
    pub wire enum FamilyLinkState {
        /// Written down, and nobody has been asked yet.
        Open = "OPEN",
        Searching = "SEARCHING",
        /// Somebody was found; whether the enquirer is told is for them to say.
        Found = "FOUND",
        NotFound = "NOT_FOUND",
        /// Over, for whatever reason.
        Closed = "CLOSED",
        /// At the enquirer's wish.
        Withdrawn = "WITHDRAWN",
        /// What it said was forgotten.
        Erased = "ERASED",
    }

    /// What parted them.
    pub wire enum FamilyPartedBy {
        War = "WAR",
        /// Flood, storm, landslide.
        Disaster = "DISASTER",
        /// Accident, epidemic, fire.
        Calamity = "CALAMITY",
        Migration = "MIGRATION",
        Other = "OTHER",
    }

    /// What the sought is to the enquirer.
    pub wire enum FamilyRelation {
        Parent = "PARENT",
        Child = "CHILD",
        Sibling = "SIBLING",
        Spouse = "SPOUSE",
        Grandparent = "GRANDPARENT",
        Grandchild = "GRANDCHILD",
        OtherRelative = "OTHER_RELATIVE",
    }

    /// What an officer enters about a case.
    pub wire enum FamilyStepKind {
        /// Somebody was asked: an archive, a commune, a veterans' association, another national society.
        Inquiry = "INQUIRY",
        /// What came back.
        Reply = "REPLY",
        /// The enquirer, or their representative, was spoken to.
        Contact = "CONTACT",
        Note = "NOTE",
        /// Everything was asked and nobody found.
        NotFound = "NOT_FOUND",
        Closed = "CLOSED",
        /// The enquirer does not want to go on.
        Withdrawn = "WITHDRAWN",
        /// Of a case that is over.
        Reopened = "REOPENED",
    }

    /// What was done about a case.
    pub wire enum FamilyStep {
        Inquiry = "INQUIRY",
        Reply = "REPLY",
        Contact = "CONTACT",
        Note = "NOTE",
        NotFound = "NOT_FOUND",
        Closed = "CLOSED",
        Withdrawn = "WITHDRAWN",
        Reopened = "REOPENED",
        Found = "FOUND",
        /// Who was found wants the enquirer to know.
        Agreed = "AGREED",
        /// Who was found does not.
        Declined = "DECLINED",
        ChargeTaken = "CHARGE_TAKEN",
        ChargeLeft = "CHARGE_LEFT",
        /// Another chapter took it.
        HandedOver = "HANDED_OVER",
    }

    /// How somebody was found.
    pub wire enum FamilyFate {
        Alive = "ALIVE",
        /// Dead, with the source of it in the note.
        Died = "DIED",
    }

    /// What who was found says to the enquirer's being told.
    pub wire enum FamilyAnswer {
        Agreed = "AGREED",
        Declined = "DECLINED",
    }

    /// What may be told to the enquirer.
    pub wire enum FamilyNews {
        /// The search goes on, whatever was found.
        Searching = "SEARCHING",
        /// There is news, and this is it.
        News = "NEWS",
        /// The case is over; nothing else is said.
        Closed = "CLOSED",
    }

    /// Where a hand-over stands.
    pub wire enum FamilyHandOverState {
        Offered = "OFFERED",
        Taken = "TAKEN",
        Refused = "REFUSED",
        Withdrawn = "WITHDRAWN",
    }

    /// Why two cases may be one matter.
    #[derive(Hash, PartialOrd, Ord)]
    pub wire enum FamilyLikenessKind {
        SameSought = "SAME_SOUGHT",
        /// Who is sought in one seems to ask in the other.
        LookForEachOther = "LOOK_FOR_EACH_OTHER",
    }

    /// What the centre says of a likeness.
    pub wire enum FamilyLikenessState {
        Asked = "ASKED",
        Same = "SAME",
        Other = "OTHER",
    }
}

impl FamilyStepKind {
    pub fn step(self) -> FamilyStep {
        match self {
            FamilyStepKind::Inquiry => FamilyStep::Inquiry,
            FamilyStepKind::Reply => FamilyStep::Reply,
            FamilyStepKind::Contact => FamilyStep::Contact,
            FamilyStepKind::Note => FamilyStep::Note,
            FamilyStepKind::NotFound => FamilyStep::NotFound,
            FamilyStepKind::Closed => FamilyStep::Closed,
            FamilyStepKind::Withdrawn => FamilyStep::Withdrawn,
            FamilyStepKind::Reopened => FamilyStep::Reopened,
        }
    }

    /// Whether it says nothing without words.
    pub fn takes_note(self) -> bool {
        matches!(self, FamilyStepKind::Inquiry | FamilyStepKind::Reply | FamilyStepKind::Contact | FamilyStepKind::Note)
    }
}

impl FamilyLinkState {
    /// Whether the case is over, so that the time of keeping runs.
    pub fn is_over(self) -> bool {
        use FamilyLinkState::{Closed, Erased, NotFound, Withdrawn};
        matches!(self, NotFound | Closed | Withdrawn | Erased)
    }

    /// Where a step leads; `None` where it is not possible.
    pub fn after(self, step: FamilyStep) -> Option<FamilyLinkState> {
        use FamilyLinkState::{Closed, Erased, Found, NotFound, Open, Searching, Withdrawn};
        match (self, step) {
            (Erased, _) => None,
            (Open | Searching, FamilyStep::Inquiry | FamilyStep::Reply) => Some(Searching),
            (_, FamilyStep::Contact | FamilyStep::Note) => Some(self),
            (_, FamilyStep::ChargeTaken | FamilyStep::ChargeLeft | FamilyStep::HandedOver) => Some(self),
            (Searching, FamilyStep::NotFound) => Some(NotFound),
            (Open | Searching | Found, FamilyStep::Closed) => Some(Closed),
            (Open | Searching | Found, FamilyStep::Withdrawn) => Some(Withdrawn),
            (NotFound | Closed | Withdrawn, FamilyStep::Reopened) => Some(Searching),
            (Open | Searching, FamilyStep::Found) => Some(Found),
            (Found, FamilyStep::Agreed) => Some(Found),
            (Found, FamilyStep::Declined) => Some(Closed),
            _ => None,
        }
    }
}

/// What was found, as far as it decides what is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    pub fate: FamilyFate,
    pub answer: Option<FamilyAnswer>,
}

impl Found {
    /// Whether it may be passed on: who lives decides, and who has died cannot be asked.
    pub fn may_be_told(self) -> bool {
        self.fate == FamilyFate::Died || self.answer == Some(FamilyAnswer::Agreed)
    }
}

/// What the enquirer may be told. Who was found and declined, who was not found and what was closed for another reason are told in
/// the same word, so that the word betrays nobody.
pub fn told(state: FamilyLinkState, found: Option<Found>) -> FamilyNews {
    use FamilyLinkState::{Closed, Erased, Found as IsFound, NotFound, Open, Searching, Withdrawn};
    match state {
        IsFound | Closed if found.is_some_and(Found::may_be_told) => FamilyNews::News,
        Open | Searching | IsFound => FamilyNews::Searching,
        NotFound | Closed | Withdrawn | Erased => FamilyNews::Closed,
    }
}

/// Whether somebody is a child, or may be one: a year alone that does not say is taken for what protects more.
pub fn may_be_child(birth: Option<Birth>, day: NaiveDate) -> bool {
    birth.is_some_and(|birth| birth.has_reached(OF_AGE, day) != Some(true))
}

/// What somebody is compared by with those of other cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traits {
    /// The words of each name, folded.
    pub names: Vec<BTreeSet<String>>,
    pub born: Option<i32>,
    pub sex: Option<Sex>,
}

/// People remember the year of birth of a lost relative so well.
const YEARS_APART: i32 = 3;

impl Traits {
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>, birth: Option<Birth>, sex: Option<Sex>) -> Self {
        let mut all: Vec<_> = names.into_iter().map(words::of_name).filter(|words| !words.is_empty()).collect();
        all.sort();
        all.dedup();
        Self { names: all, born: birth.map(Birth::year), sex }
    }

    /// Whether the two may be one person: a name in common, and nothing that speaks against it. What is not said speaks against nothing.
    pub fn may_be(&self, other: &Traits) -> bool {
        let years = self.born.zip(other.born).is_none_or(|(one, other)| (one - other).abs() <= YEARS_APART);
        let sexes = self.sex.zip(other.sex).is_none_or(|(one, other)| one == other);
        years && sexes && self.names.iter().any(|name| other.names.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn traits(names: &[&str], birth: Option<&str>, sex: Option<Sex>) -> Traits {
        Traits::of(names.iter().copied(), birth.and_then(Birth::read), sex)
    }

    #[test]
    fn what_an_officer_enters_is_a_step_of_the_same_name() {
        for kind in FamilyStepKind::ALL {
            assert_eq!(kind.name(), kind.step().name());
        }
    }

    /// By hand.
    #[test]
    fn the_enquirer_is_told_this() {
        use FamilyLinkState::{Closed, Found as IsFound, NotFound, Searching, Withdrawn};
        let found = |fate, answer| Some(Found { fate, answer });
        let (agreed, declined) = (Some(FamilyAnswer::Agreed), Some(FamilyAnswer::Declined));
        for (state, found, news) in [
            (Searching, None, FamilyNews::Searching),
            (IsFound, found(FamilyFate::Alive, None), FamilyNews::Searching),
            (IsFound, found(FamilyFate::Alive, agreed), FamilyNews::News),
            (IsFound, found(FamilyFate::Died, None), FamilyNews::News),
            (Closed, found(FamilyFate::Alive, agreed), FamilyNews::News),
            (Closed, found(FamilyFate::Alive, declined), FamilyNews::Closed),
            (Closed, found(FamilyFate::Alive, None), FamilyNews::Closed),
            (Closed, None, FamilyNews::Closed),
            (NotFound, None, FamilyNews::Closed),
            (Withdrawn, found(FamilyFate::Alive, agreed), FamilyNews::Closed),
        ] {
            assert_eq!(told(state, found), news, "{state} {found:?}");
        }
    }

    #[test]
    fn two_may_be_one_by_any_of_their_names() {
        let him = traits(&["Nguyễn Văn Tư", "Tư Lúa"], Some("1949"), Some(Sex::Male));
        for (other, may) in [
            (traits(&["nguyen van tu"], Some("1951-03-02"), None), true),
            (traits(&["Trần Văn Sáu", "Lúa Tư"], None, Some(Sex::Male)), true),
            (traits(&["Nguyễn Văn Tư"], Some("1953"), None), false),
            (traits(&["Nguyễn Văn Tư"], Some("1949"), Some(Sex::Female)), false),
            (traits(&["Nguyễn Văn Tuấn"], Some("1949"), None), false),
            (traits(&[], None, None), false),
            (traits(&["…"], None, None), false),
        ] {
            assert_eq!(him.may_be(&other), may, "{other:?}");
            assert_eq!(other.may_be(&him), may);
        }
    }

    #[test]
    fn who_may_be_a_child_is_taken_for_one() {
        let on = day("2026-11-22");
        for (birth, child) in
            [(Some("2008-11-22"), false), (Some("2008-11-23"), true), (Some("2008"), true), (Some("2007"), false), (None, false)]
        {
            assert_eq!(may_be_child(birth.and_then(Birth::read), on), child, "{birth:?}");
        }
    }

    proptest! {
        /// Whatever is done in whatever order: nothing is told of somebody alive who has not agreed, nobody agrees who was not found,
        /// and what is over goes on by being opened again alone.
        #[test]
        fn a_case_goes_its_way(steps in prop::collection::vec(0usize..FamilyStep::ALL.len(), 0..40), dead in any::<bool>()) {
            let fate = if dead { FamilyFate::Died } else { FamilyFate::Alive };
            let (mut state, mut found) = (FamilyLinkState::Open, None::<Found>);
            for step in steps.into_iter().map(|n| FamilyStep::ALL[n]) {
                let Some(next) = state.after(step) else { continue };
                if state.is_over() && !next.is_over() {
                    prop_assert_eq!(step, FamilyStep::Reopened);
                    found = None;
                }
                match step {
                    FamilyStep::Found => found = Some(Found { fate, answer: None }),
                    FamilyStep::Agreed | FamilyStep::Declined => {
                        prop_assert!(found.is_some(), "{} of nobody", step);
                        let answer = if step == FamilyStep::Agreed { FamilyAnswer::Agreed } else { FamilyAnswer::Declined };
                        found = found.map(|of| Found { answer: Some(answer), ..of });
                    }
                    _ => {}
                }
                state = next;
                if told(state, found) == FamilyNews::News {
                    prop_assert!(found.is_some_and(Found::may_be_told));
                }
            }
        }
    }
}
