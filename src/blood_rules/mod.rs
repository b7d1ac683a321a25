//! The rules about giving blood: who may, how much, how soon again, what puts it off, whose blood can be given to whom; and the donation
//! numbers of blood centres.
//!
//! The rules are rows with dates and legal source ([`Rules::on`]); what is computed from them names the rule, its source and until when it
//! holds ([`judge`]). Nothing here decides: only the blood centre does, after its own examination ([`CENTRE_DECIDES`]).
//!
//! What always holds (the database keeps it too):
//! - A rule is never rewritten. It ends and another follows, so an old decision is explained by the rules of its day.
//! - A value that no legal source gives has no row: the centre measures.
//! - Of why somebody was put off only a word of a short public list is ever kept ([`DeferralReason`]); everything else is `CENTRE_DECISION`.

pub mod audit;
#[cfg(test)]
mod by_hand;
pub mod din;
mod judged;
pub mod model;
mod spacing;
mod store;
pub mod words;

pub use din::{Din, DinError};
pub use judged::{Asked, Decision, Finding, Happened, Until, Verdict, judge};
pub use model::{
    AboGroup, CENTRE_DECIDES, Component, Deferral, DeferralReason, DeferralUnit, Grounds, Group, Interval, Procedure, RhFactor,
    Rules, Volume, Weight, compatible,
};
pub use spacing::{NextDay, next_day, next_day_of};

use crate::house::Room;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["blood_bag", "blood_compatibility", "blood_deferral", "blood_interval", "blood_limit", "blood_volume"],
    audits: &[&audit::BloodRules],
    ..Room::called("blood_rules")
};
