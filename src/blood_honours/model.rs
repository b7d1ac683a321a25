//! Honours: what is honoured, how far a proposal is, which thresholds count where. Pure.

use chrono::NaiveDate;

use crate::basics::codes::codes;

codes! {
    /// Who is honoured by a threshold.
    #[derive(Hash)]
    pub wire enum BloodHonourOf {
        Person = "PERSON",
        /// Donors who are counted together.
        Family = "FAMILY",
    }

    /// What became of a proposal, or of one honour on it.
    #[derive(Hash)]
    pub wire enum BloodHonourState {
        Proposed = "PROPOSED",
        Awarded = "AWARDED",
        Refused = "REFUSED",
        Withdrawn = "WITHDRAWN",
    }

    /// The level of the society that decides, or hands a proposal on.
    #[derive(Hash)]
    pub wire enum BloodHonourLevel {
        Province = "PROVINCE",
        Central = "CENTRAL",
    }
}

/// Whether a rule that holds between two days holds on one.
pub fn holds_on(from: NaiveDate, to: Option<NaiveDate>, day: NaiveDate) -> bool {
    from <= day && to.is_none_or(|to| day < to)
}

/// How often those of each group gave together: each of (group, member) once, with what each member gave.
pub fn together<G: Ord + Copy>(of: &[(G, i64)]) -> std::collections::BTreeMap<G, i64> {
    let mut sums = std::collections::BTreeMap::new();
    for (group, times) in of {
        *sums.entry(*group).or_default() += times;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_ends_before_its_last_day() {
        let day = |text: &str| text.parse().unwrap();
        let (from, to) = (day("2017-09-15"), Some(day("2026-07-01")));
        let held = ["2017-09-14", "2017-09-15", "2026-06-30", "2026-07-01"].map(|on| holds_on(from, to, day(on)));
        assert_eq!(held, [false, true, true, false]);
        assert!(holds_on(from, None, day("2099-01-01")));
        assert_eq!(together(&[(1, 2), (2, 5), (1, 3)]).into_iter().collect::<Vec<_>>(), [(1, 5), (2, 5)]);
    }
}
