//! When people are asked, how often, and what they answer. Pure.

use chrono::{DateTime, Duration, NaiveTime, Timelike, Utc};

use crate::basics::codes::codes;

codes! {
    /// What somebody answers.
    pub wire enum CallAnswer {
        Yes = "YES",
        No = "NO",
        /// No, and never ask me again.
        Stop = "STOP",
    }

    /// How somebody who had stopped agreed to be asked again.
    #[schema(as = CallOutAgreed)]
    pub wire enum Agreed {
        /// By changing their answer at their own link.
        Link = "LINK",
        InPerson = "IN_PERSON",
        Phone = "PHONE",
        /// On a signed paper, or by mail.
        Writing = "WRITING",
    }
}

/// The rule of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Minutes of the Vietnamese day from which and until which nobody is asked.
    pub quiet: Option<(u32, u32)>,
    /// How often somebody is asked at most within [`MONTH`].
    pub most_a_month: i64,
    /// Most people asked for one that is needed.
    pub most_for_one: i64,
}

/// What counts as a month.
pub const MONTH: Duration = Duration::days(30);

/// Vietnam's offset; there is no summer time.
const OFFSET: Duration = Duration::hours(7);

impl Rule {
    /// As tables have it: minutes of the day, both or none.
    pub fn of(quiet_from: Option<i32>, quiet_until: Option<i32>, most_a_month: i32, most_for_one: i32) -> Self {
        let minute = |minute: Option<i32>| minute.and_then(|minute| u32::try_from(minute).ok());
        let quiet = minute(quiet_from).zip(minute(quiet_until));
        Self { quiet, most_a_month: i64::from(most_a_month), most_for_one: i64::from(most_for_one) }
    }

    /// When the quiet hours end in which a moment lies; `None` where it lies in none.
    pub fn quiet_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (from, until) = self.quiet?;
        let local = (now + OFFSET).naive_utc();
        let minute = local.hour() * 60 + local.minute();
        let is_quiet = if from < until { (from..until).contains(&minute) } else { minute >= from || minute < until };
        if !is_quiet {
            return None;
        }
        let end = NaiveTime::from_num_seconds_from_midnight_opt(until * 60, 0).unwrap_or(NaiveTime::MIN);
        let today = local.date().and_time(end);
        let end = if today > local { today } else { today + Duration::days(1) };
        Some(end.and_utc() - OFFSET)
    }

    /// How many may still be asked.
    pub fn left_to_ask(&self, needed: i32, asked: i64) -> i64 {
        (i64::from(needed) * self.most_for_one - asked).max(0)
    }
}

/// Hours from the clock of Việt Nam, as messages say them: 14:30 ngày 22/11.
pub fn told(at: DateTime<Utc>) -> String {
    (at + OFFSET).format("%H:%M ngày %d/%m").to_string()
}

/// The same for readers of English: 14:30 on 22 Nov.
pub fn told_in_english(at: DateTime<Utc>) -> String {
    (at + OFFSET).format("%H:%M on %-d %b").to_string()
}

/// The name by which a Vietnamese is called: the last word. Nobody knows a person by it.
pub fn first_name(name: &str) -> &str {
    name.split_whitespace().next_back().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(minute: i64) -> DateTime<Utc> {
        "2026-11-22T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minute)
    }

    fn rule(quiet: Option<(u32, u32)>) -> Rule {
        Rule { quiet, most_a_month: 4, most_for_one: 10 }
    }

    #[test]
    fn at_night_nobody_is_asked_before_the_morning() {
        let night = Rule::of(Some(21 * 60), Some(6 * 60), 4, 10);
        assert_eq!(night, rule(Some((21 * 60, 6 * 60))));
        let said = |text: &str| night.quiet_until(text.parse().unwrap()).map(|end| end.to_rfc3339());
        assert_eq!(said("2026-11-22T13:59:59Z"), None);
        assert_eq!(said("2026-11-22T14:00:00Z").as_deref(), Some("2026-11-22T23:00:00+00:00"), "21:00 in Việt Nam");
        assert_eq!(said("2026-11-22T22:59:00Z").as_deref(), Some("2026-11-22T23:00:00+00:00"), "05:59 in Việt Nam");
        assert_eq!(said("2026-11-22T23:00:00Z"), None);
        assert_eq!(rule(None).quiet_until(at(0)), None);
        assert_eq!((night.left_to_ask(2, 15), night.left_to_ask(2, 30)), (5, 0));
    }

    #[test]
    fn a_first_name_is_the_last_word() {
        assert_eq!(first_name("Nguyễn Thị  Lan "), "Lan");
        assert_eq!((first_name("Lan"), first_name(" ")), ("Lan", ""));
        assert_eq!(told("2026-11-22T14:05:00Z".parse().unwrap()), "21:05 ngày 22/11");
        assert_eq!(told_in_english("2026-12-01T20:05:00Z".parse().unwrap()), "03:05 on 2 Dec");
    }

    proptest! {
        /// Whatever the rule: when quiet hours end they are over.
        #[test]
        fn a_night_ends(from in 0u32..1440, until in 0u32..1440, minute in 0i64..10_000) {
            let rule = rule((from != until).then_some((from, until)));
            if let Some(end) = rule.quiet_until(at(minute)) {
                prop_assert!(end > at(minute) && end - at(minute) <= Duration::days(1));
                prop_assert_eq!(rule.quiet_until(end), None);
            }
        }
    }
}
