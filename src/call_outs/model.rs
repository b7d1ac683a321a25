//! Call-outs: what for, how far they are, how long people were there. Pure.

use chrono::{DateTime, Duration, Utc};

use crate::basics::codes::codes;

codes! {
    /// What people are called for.
    #[derive(Hash)]
    pub wire enum CallOutKind {
        /// Thiên tai, sự cố.
        Emergency = "EMERGENCY",
        /// Ngày hiến máu, which is named.
        Drive = "DRIVE",
        /// Chiến dịch, which is named.
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
    }
}
