//! Blood donation, from the target of a year to the one who is called at night. The map of the whole house is in `src/lib.rs`.

pub use frame::*;
pub use booking::*;
pub use people::*;

pub mod blood_days;
pub mod blood_honours;
pub mod blood_results;
pub mod blood_rules;
pub mod blood_targets;
pub mod donors;
pub mod drives;
pub mod pre_check;
pub mod urgent_calls;
