//! The Society's own work, and what has to know all of it: privacy, successions and search. The map of the whole house is in `src/lib.rs`.

pub use frame::*;
pub use booking::*;
pub use people::*;
pub use money::*;

pub mod activities;
pub mod commendations;
pub mod dues;
pub mod family_links;
pub mod organs;
pub mod privacy;
pub mod search;
pub mod successions;
