//! Blood donation, from the target of a year to the one who is called at night.
//!
//! `blood_rules → blood_targets → drives → drive_shifts → pre_check → donors → blood_days → blood_results → blood_honours →
//! blood_corrections → urgent_calls`

pub use people::*;

pub mod blood_corrections;
pub mod blood_days;
pub mod blood_honours;
pub mod blood_results;
pub mod blood_rules;
pub mod blood_targets;
pub mod donors;
pub mod drive_shifts;
pub mod drives;
pub mod pre_check;
pub mod urgent_calls;
