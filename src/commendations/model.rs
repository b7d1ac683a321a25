//! Commendations and models: their states. Pure.

use crate::basics::codes::codes;

codes! {
    /// What became of a proposal.
    #[derive(Hash)]
    pub wire enum CommendationState {
        Proposed = "PROPOSED",
        Awarded = "AWARDED",
        Refused = "REFUSED",
        Withdrawn = "WITHDRAWN",
    }

    /// How far a model of good practice is.
    #[derive(Hash)]
    pub wire enum ModelState {
        Draft = "DRAFT",
        /// Everybody may read it.
        Published = "PUBLISHED",
        /// Taken back.
        Withdrawn = "WITHDRAWN",
    }
}

/// Whether one more may be awarded where so many are and so many may be; without a number there is no limit.
pub fn has_room(quota: Option<i32>, taken: i32) -> bool {
    quota.is_none_or(|quota| taken < quota)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// However often it is asked for, no more are awarded than there may be, and no fewer while somebody asks.
        #[test]
        fn a_quota_is_reached_and_not_passed(quota in 0..20i32, asked in 0..40i32) {
            let taken = (0..asked).fold(0, |taken, _| taken + i32::from(has_room(Some(quota), taken)));
            prop_assert_eq!(taken, quota.min(asked));
            prop_assert!(has_room(None, taken));
        }
    }
}
