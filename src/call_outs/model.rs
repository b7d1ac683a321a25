//! Call-outs: when people are asked, what they answer, how long they were there. Pure.

use chrono::{DateTime, Duration, NaiveTime, Timelike, Utc};

use crate::basics::codes::codes;

codes! {
    /// What people are called for.
    #[derive(Hash)]
    pub wire enum CallOutKind {
        /// Thiên tai, sự cố.
        Emergency = "EMERGENCY",
        /// Hiến máu, vận động.
        Drive = "DRIVE",
        Campaign = "CAMPAIGN",
        Event = "EVENT",
        /// Diễn tập.
        Exercise = "EXERCISE",
    }

    /// How far a call-out is.
    #[derive(Hash)]
    pub wire enum CallOutState {
        /// People are asked and answer.
        Open = "OPEN",
        /// Nobody is asked and nobody answers any more.
        Ended = "ENDED",
        /// Hours are entered, the note is written.
        Closed = "CLOSED",
    }

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

    /// What was seen of somebody.
    #[derive(PartialOrd, Ord)]
    pub wire enum Scanned {
        Came = "CAME",
        Left = "LEFT",
    }

    /// How it was seen.
    pub wire enum ScannedHow {
        /// The code on their telephone.
        Qr = "QR",
        /// An officer's list.
        List = "LIST",
    }
}

/// The rule of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Minutes of the Vietnamese day from which and until which nobody is asked.
    pub quiet: Option<(u32, u32)>,
    /// Most call-outs that somebody is asked for within [`MONTH`].
    pub most_a_month: i64,
    /// Most people asked for one that is needed.
    pub most_for_one: i64,
}

/// What counts as a month.
pub const MONTH: Duration = Duration::days(30);

/// Vietnam's offset; there is no summer time.
const OFFSET: Duration = Duration::hours(7);

impl Rule {
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

/// Whoever did not leave is not counted longer than so: somebody forgot to write it down.
pub const LONGEST_UNSAID: Duration = Duration::hours(12);
/// A day and a night: more at a stretch is no work of one person.
const LONGEST: Duration = Duration::hours(24);

/// From when to when somebody was there, by what was seen of them in whatever order it came; `end` is that of the call-out. Coming twice
/// is coming once, and who left without having come was not there.
pub fn spans(scans: &[(Scanned, DateTime<Utc>)], end: DateTime<Utc>) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let mut scans: Vec<_> = scans.iter().map(|(what, at)| (*at, *what)).collect();
    scans.sort_unstable();
    let mut spans = Vec::new();
    let mut since = None;
    for (at, what) in scans {
        match (what, since) {
            (Scanned::Came, None) => since = Some(at),
            (Scanned::Left, Some(from)) if from < at => {
                spans.push((from, at.min(from + LONGEST)));
                since = None;
            }
            _ => {}
        }
    }
    if let Some(from) = since.filter(|from| *from < end) {
        spans.push((from, end.min(from + LONGEST_UNSAID)));
    }
    spans
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
        let night = rule(Some((21 * 60, 6 * 60)));
        let said = |text: &str| night.quiet_until(text.parse().unwrap()).map(|end| end.to_rfc3339());
        assert_eq!(said("2026-11-22T13:59:59Z"), None);
        assert_eq!(said("2026-11-22T14:00:00Z").as_deref(), Some("2026-11-22T23:00:00+00:00"), "21:00 in Việt Nam");
        assert_eq!(said("2026-11-22T22:59:00Z").as_deref(), Some("2026-11-22T23:00:00+00:00"), "05:59 in Việt Nam");
        assert_eq!(said("2026-11-22T23:00:00Z"), None);
        assert_eq!(rule(None).quiet_until(at(0)), None);
        assert_eq!((night.left_to_ask(2, 15), night.left_to_ask(2, 30)), (5, 0));
    }

    #[test]
    fn hours_are_from_coming_to_leaving_in_whatever_order_they_are_sent() {
        use Scanned::{Came, Left};
        let of = |scans: &[(Scanned, i64)], end| {
            let scans: Vec<_> = scans.iter().map(|(what, minute)| (*what, at(*minute))).collect();
            spans(&scans, at(end))
                .into_iter()
                .map(|(from, to)| ((from - at(0)).num_minutes(), (to - at(0)).num_minutes()))
                .collect::<Vec<_>>()
        };
        assert_eq!(of(&[(Left, 90), (Came, 30), (Came, 31)], 200), [(30, 90)]);
        assert_eq!(of(&[(Came, 30), (Left, 90), (Came, 120)], 200), [(30, 90), (120, 200)]);
        assert_eq!(of(&[(Left, 90)], 200), []);
        assert_eq!(of(&[(Came, 30)], 5_000), [(30, 750)], "nobody wrote down that they left");
        assert_eq!(of(&[(Came, 30), (Left, 3_000)], 5_000), [(30, 1_470)], "a day and a night at most");
    }

    #[test]
    fn a_first_name_is_the_last_word() {
        assert_eq!(first_name("Nguyễn Thị  Lan "), "Lan");
        assert_eq!((first_name("Lan"), first_name(" ")), ("Lan", ""));
        assert_eq!(told("2026-11-22T14:05:00Z".parse().unwrap()), "21:05 ngày 22/11");
        assert_eq!(told_in_english("2026-12-01T20:05:00Z".parse().unwrap()), "03:05 on 2 Dec");
    }

    proptest! {
        /// However often and in whatever order it is sent: times are forward, apart from each other, and the same.
        #[test]
        fn nobody_is_there_twice_at_once(scans in prop::collection::vec((any::<bool>(), 0i64..3_000), 0..12), end in 0i64..4_000, turn in 0usize..12) {
            let scans: Vec<_> = scans.into_iter().map(|(came, minute)| (if came { Scanned::Came } else { Scanned::Left }, at(minute))).collect();
            let found = spans(&scans, at(end));
            for (from, to) in &found {
                prop_assert!(from < to && *to - *from <= LONGEST);
            }
            for pair in found.windows(2) {
                prop_assert!(pair[0].1 <= pair[1].0);
            }
            let mut turned = scans.clone();
            turned.rotate_left(turn % scans.len().max(1));
            turned.extend(scans);
            prop_assert_eq!(spans(&turned, at(end)), found);
        }

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
