//! Targets of units of blood (chỉ tiêu hiến máu): handed down the tree, year by year, each level by a decision of its own.
//!
//! The province gives Hàm Liêm 600 units for 2026, or 4.5 per thousand of its people; Hàm Liêm hands them on to its hamlets and schools.
//! What a level hands on may add up to more or less than what it was given: both are shown. A chapter that nobody above gives anything
//! to sets its own.
//!
//! What always holds (the database keeps it too):
//! - one asks at the chapter that decides, a second person approves, and the decision becomes a STATEMENT (event BLOOD_TARGET);
//! - a decision is about one year that is not over, and names the chapter itself and those directly below it, each once;
//! - of a chapter's decisions for a year one holds; a later one takes the place of the whole of it, in sight, and one waits at a time;
//! - what a chapter is to reach is what the level above gave it; what it set itself holds where nobody above gave anything;
//! - whoever approves decides on what was seen when it was asked: if the chapter's own target has changed since, it is asked anew.
//!
//! State of a decision: ASKED → APPROVED, REFUSED or WITHDRAWN; an approved one holds until another replaces it. It names no person.

mod answers;
pub mod audit;
mod demo;
mod fault;
mod hand_down;
mod matter;
pub mod model;
mod out;
pub mod routes;
pub mod shown;
mod stated;
mod store;
mod wire;

use crate::house::Room;
use crate::house::succession::Succession::{Follows, Stays};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["blood_target", "blood_target_decision"],
    tags: &[("blood targets", "Units of blood that chapters are to reach in a year, handed down the tree")],
    routes: routes::configure,
    audits: &[&audit::BloodTargets],
    matters: &[matter::MATTER],
    demo: Some(demo::fill),
    chapters: &[("blood_target.chapter_id", Stays), ("blood_target_decision.chapter_id", Follows)],
    ..Room::called("blood_targets")
};
