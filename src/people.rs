//! People: persons and what they are to the Society.
//!
//! `persons → members → committees → volunteers → courses → teams → calling → call_outs`

pub use booking::*;

pub mod call_outs;
pub mod calling;
pub mod committees;
pub mod courses;
pub mod members;
pub mod persons;
pub mod teams;
pub mod volunteers;
