//! Campaigns and programmes: what they are, and which days they can have. Pure.

use chrono::{Days, NaiveDate};

use crate::basics::codes::codes;

codes! {
    /// How far a campaign is.
    #[derive(Hash)]
    pub wire enum CampaignState {
        /// Seen by nobody but the chapters that may read it.
        Draft = "DRAFT",
        Open = "OPEN",
        Closed = "CLOSED",
    }
}

/// The society was founded on 23/11/1946; nothing of it is older.
const FOUNDED: (i32, u32, u32) = (1946, 11, 23);
/// How far ahead anything is planned; further is a typing error in the year.
const AHEAD: Days = Days::new(366 * 6);

/// Whether something can be on a day, as known today.
pub fn may_be(day: NaiveDate, today: NaiveDate) -> bool {
    NaiveDate::from_ymd_opt(FOUNDED.0, FOUNDED.1, FOUNDED.2).is_some_and(|founded| day >= founded) && day <= today + AHEAD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_lie_between_the_founding_and_a_few_years_from_now() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-22");
        assert!(may_be(day("1946-11-23"), today) && may_be(today, today) && may_be(day("2032-01-01"), today));
        assert!(!may_be(day("1946-11-22"), today) && !may_be(day("2062-11-22"), today));
    }
}
