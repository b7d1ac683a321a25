//! The Society's own work, and what has to know all of it: privacy, successions and search.
//!
//! `dues → activities → commendations → family_links → organs → privacy → successions → search`

pub use money::*;
pub use people::*;

pub mod activities;
pub mod commendations;
pub mod dues;
pub mod family_links;
pub mod organs;
pub mod privacy;
pub mod search;
pub mod successions;
