//! The rules of courses: states, who has a place, how long a certificate is good, when it is due. Pure.

use chrono::{Days, Months, NaiveDate};

use crate::basics::codes::codes;

codes! {
    /// How a course stands.
    #[derive(Hash)]
    pub wire enum CourseState {
        /// Being prepared; nobody is enrolled yet.
        Planned = "PLANNED",
        /// People are enrolled.
        Open = "OPEN",
        /// It is over and everybody has a result.
        Closed = "CLOSED",
        /// Called off.
        Cancelled = "CANCELLED",
    }

    /// Why a course was called off.
    pub wire enum CourseCancelled {
        /// Too few came.
        TooFew = "TOO_FEW",
        /// Nobody to teach it.
        NoTrainer = "NO_TRAINER",
        /// Storm, flood, an epidemic.
        Weather = "WEATHER",
        Other = "OTHER",
    }

    /// Whether somebody has a place in a course.
    #[derive(Hash)]
    pub wire enum CourseEnrolmentState {
        Enrolled = "ENROLLED",
        /// In the waiting list: moves up by itself when a place becomes free.
        Waiting = "WAITING",
        Cancelled = "CANCELLED",
    }

    /// How a place was given up.
    pub wire enum CourseEnrolmentCancelled {
        ByOfficer = "BY_OFFICER",
        /// By the person, with the link they were given.
        ByLink = "BY_LINK",
        CourseCancelled = "COURSE_CANCELLED",
        /// The course was over, and no place had become free.
        CourseClosed = "COURSE_CLOSED",
        /// The person's data were erased.
        Erased = "ERASED",
    }

    /// What came of it for somebody.
    #[derive(Hash)]
    pub wire enum CourseResult {
        Passed = "PASSED",
        Failed = "FAILED",
        /// Did not come, or not often enough.
        Absent = "ABSENT",
    }

    /// Why a result is corrected.
    pub wire enum CourseCorrectionReason {
        Mistyped = "MISTYPED",
        ExaminedAgain = "EXAMINED_AGAIN",
        /// It was somebody else's.
        WrongPerson = "WRONG_PERSON",
        /// The certificate is taken away.
        Misconduct = "MISCONDUCT",
    }

    /// How a correction stands.
    pub wire enum CourseCorrectionState {
        Asked = "ASKED",
        Done = "DONE",
        Refused = "REFUSED",
        Withdrawn = "WITHDRAWN",
    }

    /// How a certificate stands.
    #[derive(Hash)]
    pub wire enum CertificateState {
        /// It was given and not taken back; it may have run out.
        Stands = "STANDS",
        Revoked = "REVOKED",
        Erased = "ERASED",
    }

    /// What everybody may learn of a certificate.
    #[derive(Hash)]
    pub wire enum PublicCertificateState {
        Valid = "VALID",
        /// It was valid, and its time is over.
        Expired = "EXPIRED",
        /// It was taken back.
        Revoked = "REVOKED",
        /// What was kept about it was erased.
        NoLongerOnRecord = "NO_LONGER_ON_RECORD",
    }

    /// The activity areas of the law that courses serve.
    #[derive(Hash)]
    pub wire enum CourseArea {
        ReliefAndAssistance = "RELIEF_AND_ASSISTANCE",
        HealthCare = "HEALTH_CARE",
        FirstAid = "FIRST_AID",
        BloodTissueDonation = "BLOOD_TISSUE_DONATION",
        RestoringFamilyLinks = "RESTORING_FAMILY_LINKS",
        HumanitarianValues = "HUMANITARIAN_VALUES",
        DisasterPreparedness = "DISASTER_PREPAREDNESS",
    }
}

impl CourseResult {
    /// Whether going over from this result to that one takes a certificate away.
    pub fn takes_away(self, to: CourseResult) -> bool {
        self == CourseResult::Passed && to != CourseResult::Passed
    }
}

impl CourseState {
    /// Whether its days, its place and its limit may still be changed.
    pub fn may_change(self) -> bool {
        matches!(self, CourseState::Planned | CourseState::Open)
    }
}

/// Most people who wait for a place of one course.
pub const MOST_WAITING: i64 = 200;

/// Where somebody who comes now stands: in a place, in the waiting list, or nowhere.
pub fn comes(places: i16, taken: i16, waiting: i64) -> Option<CourseEnrolmentState> {
    if taken < places {
        Some(CourseEnrolmentState::Enrolled)
    } else if waiting < MOST_WAITING {
        Some(CourseEnrolmentState::Waiting)
    } else {
        None
    }
}

/// How many of those who wait move up.
pub fn move_up(places: i16, taken: i16, waiting: usize) -> usize {
    usize::try_from(places.saturating_sub(taken)).unwrap_or(0).min(waiting)
}

/// The last day on which a certificate is good; nothing where it is good for good. A month that lacks the day ends on its last one.
pub fn valid_until(given_on: NaiveDate, months: Option<i16>) -> Option<NaiveDate> {
    let months = u32::try_from(months?).ok()?;
    given_on.checked_add_months(Months::new(months))
}

/// What everybody may learn of a certificate that stands.
pub fn on_day(valid_until: Option<NaiveDate>, today: NaiveDate) -> PublicCertificateState {
    if valid_until.is_some_and(|last| last < today) { PublicCertificateState::Expired } else { PublicCertificateState::Valid }
}

/// The society was founded on 23/11/1946; no certificate is older.
const FOUNDED: (i32, u32, u32) = (1946, 11, 23);
/// How far ahead a course is planned; further is a typing error in the year.
const AHEAD: Days = Days::new(730);
/// How far back one is entered that was forgotten.
const BEHIND: Days = Days::new(366);

/// Whether a course that is entered today may meet on a day.
pub fn may_meet(day: NaiveDate, today: NaiveDate) -> bool {
    today - BEHIND <= day && day <= today + AHEAD
}

/// Whether a certificate of another body can be of a day.
pub fn may_be_given(day: NaiveDate, today: NaiveDate) -> bool {
    NaiveDate::from_ymd_opt(FOUNDED.0, FOUNDED.1, FOUNDED.2).is_some_and(|founded| founded <= day) && day <= today
}

/// A meeting of a course: minutes of the Vietnamese day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    pub day: NaiveDate,
    pub from: i16,
    pub until: i16,
}

impl Session {
    /// Whether both take place at one time.
    pub fn meets(self, other: Session) -> bool {
        self.day == other.day && self.from < other.until && other.from < self.until
    }
}

/// `08:30` as minutes of the day; `24:00` is its end.
pub fn minute(text: &str) -> Option<i16> {
    let (hours, minutes) = text.split_once(':')?;
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(hours) || !digits(minutes) {
        return None;
    }
    let (hours, minutes): (i16, i16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let all = hours * 60 + minutes;
    (minutes < 60 && all <= 24 * 60).then_some(all)
}

/// Minutes of the day as they are said.
pub fn said(minute: i16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What happens to a course.
    #[derive(Debug, Clone)]
    enum Step {
        Comes,
        Cancels(usize),
        Limit(i16),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![3 => Just(Step::Comes), 2 => (0usize..40).prop_map(Step::Cancels), 1 => (1i16..6).prop_map(Step::Limit)]
    }

    proptest! {
        /// Whatever happens in whatever order: never more than the limit, nobody waits while a place is free, and those who came first
        /// have the places.
        #[test]
        fn places_are_never_exceeded_and_never_idle(first in 1i16..6, steps in prop::collection::vec(step(), 0..60)) {
            let (mut places, mut line): (i16, Vec<CourseEnrolmentState>) = (first, Vec::new());
            for step in steps {
                let taken = |line: &[CourseEnrolmentState]| i16::try_from(line.iter().filter(|s| **s == CourseEnrolmentState::Enrolled).count()).unwrap();
                let waiting = |line: &[CourseEnrolmentState]| line.iter().filter(|s| **s == CourseEnrolmentState::Waiting).count();
                match step {
                    Step::Comes => line.extend(comes(places, taken(&line), waiting(&line) as i64)),
                    Step::Cancels(n) => if let Some(at) = line.get_mut(n) { *at = CourseEnrolmentState::Cancelled },
                    Step::Limit(to) => places = to.max(taken(&line)).max(1),
                }
                let up = move_up(places, taken(&line), waiting(&line));
                line.iter_mut().filter(|s| **s == CourseEnrolmentState::Waiting).take(up).for_each(|s| *s = CourseEnrolmentState::Enrolled);
                prop_assert!(taken(&line) <= places);
                prop_assert!(waiting(&line) == 0 || taken(&line) == places);
            }
        }

        /// Good until the same day some months on, and a day is either good or over.
        #[test]
        fn a_certificate_runs_out_once(days in 0u64..20_000, months in prop::option::of(1i16..120), later in 0u64..8_000) {
            let given = "1990-01-01".parse::<NaiveDate>().unwrap() + Days::new(days);
            let last = valid_until(given, months);
            prop_assert!(last.is_none_or(|last| last > given));
            let day = given + Days::new(later);
            prop_assert_eq!(on_day(last, day) == PublicCertificateState::Expired, last.is_some_and(|last| day > last));
        }

        #[test]
        fn times_are_said_as_they_are_read(at in 0i16..=1440) {
            prop_assert_eq!(minute(&said(at)), Some(at));
        }
    }

    #[test]
    fn months_end_on_their_last_day() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(valid_until(day("2025-08-31"), Some(6)), Some(day("2026-02-28")));
        assert_eq!(valid_until(day("2024-02-29"), Some(24)), Some(day("2026-02-28")));
        assert_eq!(valid_until(day("2026-11-22"), None), None);
    }

    #[test]
    fn times_that_are_none_are_refused_and_sessions_that_meet_are_seen() {
        for odd in ["8:30", "24:01", "08:60", "0830", "", "ab:cd", "08:30:00", "+8:30"] {
            assert_eq!(minute(odd), None, "{odd}");
        }
        let on = |day: &str, from, until| Session { day: day.parse().unwrap(), from, until };
        let one = on("2026-12-05", 480, 690);
        assert!(
            one.meets(on("2026-12-05", 600, 720))
                && !one.meets(on("2026-12-05", 690, 720))
                && !one.meets(on("2026-12-06", 480, 690))
        );
    }

    #[test]
    fn only_from_passed_is_anything_taken_away() {
        for from in CourseResult::ALL {
            for to in CourseResult::ALL {
                assert_eq!(from.takes_away(to), from == CourseResult::Passed && to != CourseResult::Passed);
            }
        }
    }
}
