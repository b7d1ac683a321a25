//! Volunteers: what they are, when they have time, how their states lead on. Pure.

use std::ops::BitOr;

use chrono::{DateTime, Datelike, Duration, NaiveDate, Timelike, Utc, Weekday};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::basics::Birth;
use crate::basics::codes::codes;

/// A volunteer or collaborator of a chapter. The same person has another one at each chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Uuid)]
pub struct VolunteerId(pub Uuid);

codes! {
    /// How close somebody stands to the chapter.
    #[derive(Hash)]
    pub wire enum VolunteerKind {
        /// Tình nguyện viên.
        Volunteer = "VOLUNTEER",
        /// Cộng tác viên: a lighter tie.
        Collaborator = "COLLABORATOR",
    }

    /// Where somebody stands.
    #[derive(Hash)]
    pub wire enum VolunteerState {
        /// Entered, and not yet verified by the chapter.
        Applied = "APPLIED",
        Verified = "VERIFIED",
        /// Not asked for anything for the time being.
        Paused = "PAUSED",
        Refused = "REFUSED",
        Ended = "ENDED",
        Erased = "ERASED",
    }

    /// What is done about a volunteer.
    pub wire enum VolunteerStepKind {
        /// They are who they say and of age.
        Verify = "VERIFY",
        Refuse = "REFUSE",
        Pause = "PAUSE",
        /// After a pause or an end.
        Resume = "RESUME",
        End = "END",
    }

    /// How well somebody can do something.
    #[derive(PartialOrd, Ord)]
    pub wire enum SkillLevel {
        Basic = "BASIC",
        Good = "GOOD",
        /// They teach it.
        Instructor = "INSTRUCTOR",
    }

    /// What shows that somebody can do something.
    pub wire enum SkillProof {
        /// Their word.
        Said = "SAID",
        /// An officer has seen them do it.
        Seen = "SEEN",
        /// A paper of somebody else, which an officer has seen.
        Paper = "PAPER",
        /// A certificate of a course of the society's.
        Certificate = "CERTIFICATE",
    }

    /// What somebody brings along.
    #[schema(as = VolunteerMeans)]
    pub wire enum Means {
        Bicycle = "BICYCLE",
        Motorbike = "MOTORBIKE",
        Car = "CAR",
        Truck = "TRUCK",
        /// Rowed.
        Boat = "BOAT",
        Motorboat = "MOTORBOAT",
        Generator = "GENERATOR",
        Drone = "DRONE",
    }

    /// A day of the week.
    #[schema(as = DayOfWeek)]
    pub wire enum Day {
        Monday = "MONDAY",
        Tuesday = "TUESDAY",
        Wednesday = "WEDNESDAY",
        Thursday = "THURSDAY",
        Friday = "FRIDAY",
        Saturday = "SATURDAY",
        Sunday = "SUNDAY",
    }

    /// A part of the day in Việt Nam.
    #[schema(as = PartOfDay)]
    pub wire enum Part {
        /// 6 to 12.
        Morning = "MORNING",
        /// 12 to 18.
        Afternoon = "AFTERNOON",
        /// 18 to 22.
        Evening = "EVENING",
        /// 22 to 6.
        Night = "NIGHT",
    }
}

/// Days of the week on which somebody has time, or is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Days(pub i16);

/// Parts of the day, likewise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts(pub i16);

macro_rules! bits {
    ($set:ident of $one:ident) => {
        impl $set {
            /// All there are.
            pub fn all() -> Self {
                $one::ALL.into_iter().collect()
            }

            /// Those in it, in their order.
            pub fn each(self) -> Vec<$one> {
                $one::ALL.into_iter().filter(|one| self.has(*one)).collect()
            }

            pub fn has(self, one: $one) -> bool {
                self.0 & (1 << one as i16) != 0
            }

            /// Whether something is in both.
            pub fn meets(self, other: Self) -> bool {
                self.0 & other.0 != 0
            }
        }

        impl FromIterator<$one> for $set {
            fn from_iter<I: IntoIterator<Item = $one>>(all: I) -> Self {
                all.into_iter().fold(Self(0), |set, one| set | Self(1 << one as i16))
            }
        }

        impl BitOr for $set {
            type Output = Self;

            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }
    };
}

bits!(Days of Day);
bits!(Parts of Part);

/// When somebody is wanted: on one of these days, in one of these parts of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    pub days: Days,
    pub parts: Parts,
}

/// Vietnam's offset; there is no summer time.
const OFFSET: Duration = Duration::hours(7);

impl When {
    /// Of a moment. The small hours belong to the night that began the day before.
    pub fn at(moment: DateTime<Utc>) -> Self {
        let local = (moment + OFFSET).naive_utc();
        let part = match local.hour() {
            6..12 => Part::Morning,
            12..18 => Part::Afternoon,
            18..22 => Part::Evening,
            _ => Part::Night,
        };
        let day = if local.hour() < 6 { local.date().weekday().pred() } else { local.date().weekday() };
        Self { days: [day_of(day)].into_iter().collect(), parts: [part].into_iter().collect() }
    }
}

fn day_of(day: Weekday) -> Day {
    match day {
        Weekday::Mon => Day::Monday,
        Weekday::Tue => Day::Tuesday,
        Weekday::Wed => Day::Wednesday,
        Weekday::Thu => Day::Thursday,
        Weekday::Fri => Day::Friday,
        Weekday::Sat => Day::Saturday,
        Weekday::Sun => Day::Sunday,
    }
}

impl VolunteerKind {
    /// The rule that says how old one must be.
    pub fn age_rule(self) -> &'static str {
        match self {
            VolunteerKind::Volunteer => "LEAST_AGE_VOLUNTEER",
            VolunteerKind::Collaborator => "LEAST_AGE_COLLABORATOR",
        }
    }
}

impl VolunteerStepKind {
    /// What a step makes of somebody; `None` where it is not possible.
    pub fn leads_from(self, state: VolunteerState) -> Option<VolunteerState> {
        use VolunteerState::{Applied, Ended, Paused, Refused, Verified};
        match (self, state) {
            (Self::Verify, Applied) | (Self::Resume, Paused | Ended) => Some(Verified),
            (Self::Refuse, Applied) => Some(Refused),
            (Self::Pause, Verified) => Some(Paused),
            (Self::End, Verified | Paused) => Some(Ended),
            _ => None,
        }
    }
}

impl VolunteerState {
    /// Whether they are counted: whoever pauses is a volunteer still.
    pub fn is_counted(self) -> bool {
        matches!(self, VolunteerState::Verified | VolunteerState::Paused)
    }
}

/// Whether somebody is surely younger than `least` on a day. Of whom only the year of birth is known is taken to be of age in the year in
/// which they become so.
pub fn is_too_young(birth: Birth, least: i32, on: NaiveDate) -> bool {
    match birth {
        Birth::Day(day) => {
            day.with_year(day.year() + least).is_none_or(|of_age| of_age > on) && !is_leap_birthday(day, least, on)
        }
        Birth::Year(year) => year + least > on.year(),
    }
}

/// Whoever was born on 29 February is of age on 1 March of a year without that day.
fn is_leap_birthday(day: NaiveDate, least: i32, on: NaiveDate) -> bool {
    day.month() == 2 && day.day() == 29 && NaiveDate::from_ymd_opt(day.year() + least, 3, 1).is_some_and(|first| first <= on)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn sets_are_what_was_put_into_them() {
        let days: Days = [Day::Sunday, Day::Monday].into_iter().collect();
        assert_eq!((days.0, days.each()), (65, vec![Day::Monday, Day::Sunday]));
        assert_eq!((Days::all().0, Parts::all().0), (127, 15));
        assert!(days.meets(Days::all()) && !days.meets([Day::Friday].into_iter().collect()));
    }

    #[test]
    fn the_small_hours_are_the_night_before() {
        let when = |text: &str| {
            let when = When::at(text.parse().unwrap());
            (when.days.each()[0], when.parts.each()[0])
        };
        // 2026-11-22 is a Sunday; in Việt Nam it is seven hours later.
        assert_eq!(when("2026-11-21T23:00:00Z"), (Day::Sunday, Part::Morning));
        assert_eq!(when("2026-11-21T22:59:59Z"), (Day::Saturday, Part::Night));
        assert_eq!(when("2026-11-22T11:00:00Z"), (Day::Sunday, Part::Evening));
        assert_eq!(when("2026-11-22T15:00:00Z"), (Day::Sunday, Part::Night));
        assert_eq!(when("2026-11-22T18:00:00Z"), (Day::Sunday, Part::Night));
    }

    #[test]
    fn whoever_is_of_age_is_taken() {
        let born = |text: &str| Birth::read(text).unwrap();
        assert!(is_too_young(born("2008-11-23"), 18, day("2026-11-22")));
        assert!(!is_too_young(born("2008-11-22"), 18, day("2026-11-22")));
        assert!(is_too_young(born("2008-02-29"), 18, day("2026-02-28")));
        assert!(!is_too_young(born("2008-02-29"), 18, day("2026-03-01")));
        assert!(!is_too_young(born("2008"), 18, day("2026-01-01")));
        assert!(is_too_young(born("2009"), 18, day("2026-12-31")));
    }

    proptest! {
        /// Whoever is erased or refused stays so, and nothing but a verification makes a volunteer of an application.
        #[test]
        fn states_lead_on(steps in prop::collection::vec(prop::sample::select(VolunteerStepKind::ALL.to_vec()), 0..12)) {
            let mut state = VolunteerState::Applied;
            let mut verified = false;
            for step in steps {
                if let Some(next) = step.leads_from(state) {
                    prop_assert!(next != VolunteerState::Erased && next != state);
                    verified |= step == VolunteerStepKind::Verify;
                    prop_assert!(!next.is_counted() || verified);
                    prop_assert!(state != VolunteerState::Refused);
                    state = next;
                }
            }
            prop_assert!(VolunteerStepKind::ALL.iter().all(|step| step.leads_from(VolunteerState::Erased).is_none()));
        }

        #[test]
        fn bits_come_back(bits in 0i16..128) {
            prop_assert_eq!(Days(bits).each().into_iter().collect::<Days>(), Days(bits));
        }
    }
}
