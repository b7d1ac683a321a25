//! Urgent calls: how far they are, whom they reach, which donations serve them. Pure.

use chrono::{Days, NaiveDate};

use crate::basics::codes::codes;
use crate::blood_rules::model::Wait;
use crate::blood_rules::{Component, Rules};

codes! {
    /// How far an urgent call is.
    #[derive(Hash)]
    pub wire enum UrgentCallState {
        /// Donors are asked and answer.
        Open = "OPEN",
        /// Nobody is asked and nobody answers any more.
        Ended = "ENDED",
    }

    /// How far a call reaches.
    #[derive(Hash)]
    pub wire enum UrgentCallReach {
        /// Donors of the chapter and of all below it.
        Own = "OWN",
        /// And then of the chapters beside it, under the one above.
        Neighbours = "NEIGHBOURS",
    }

    /// Whether a club goes on.
    #[derive(Hash)]
    pub wire enum BloodClubState {
        Active = "ACTIVE",
        Ended = "ENDED",
    }
}

/// What can be called for at once: what is found by other ways, or matched otherwise, is not.
pub const CALLED_FOR: [Component; 4] = [Component::WholeBlood, Component::RedCells, Component::Platelets, Component::Plasma];

/// For each component the last day on which it may have been given by somebody who is to give on a day, whatever they give then. Where so
/// many times are allowed within so many days, all of these days are waited for: what was given before the last is not known here.
pub fn given_by(rules: &Rules, day: NaiveDate) -> Vec<(Component, NaiveDate)> {
    let days = |wait: Wait| match wait {
        Wait::Days(days) => days,
        Wait::Times { within_days, .. } => within_days,
    };
    let intervals = rules.intervals().iter();
    intervals
        .filter_map(|interval| {
            Some((interval.after, day.checked_sub_days(Days::new(days(interval.wait).unsigned_abs().into()))?))
        })
        .collect()
}
