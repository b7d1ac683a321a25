//! Administrative units and the chapters that stand on them or beside them.
//!
//! Units are effective-dated facts: a code keeps, kind and name change by resolution (25 changes in 2026), and every
//! version stays readable. What there was before 1/7/2025 is known with what became of it, wholly or in part. Each unit of today has
//! one territorial chapter that carries the unit's code (`68`, `23095`), all under the central chapter `TW`.
//!
//! Chapters of schools, agencies, hospitals and enterprises and branches (chi hội) are founded by the level above
//! ([`life`]) and get a code of ours (`68-TH-0001`). What always holds:
//! - what may hang under what is one table ([`model::FOUNDINGS`]); a chapter never moves, and keeps id, code, kind, level;
//! - every change is a version: who, when, by which decision; an old name stays, with its dates, and is searched for;
//! - nothing comes back from MERGED or DISSOLVED (the database refuses it too).
//!
//! Searching forgets case, marks and tone placement.

mod feed;
pub mod find;
pub mod life;
pub mod life_store;
pub mod model;
pub mod reference;
pub mod routes;
pub mod shown;
pub mod steps;
pub mod store;
pub mod things;
pub mod to_be_made;
pub mod typed;
pub mod units;
mod vocabulary;

pub use vocabulary::reread;
pub mod wire;

use crate::house::Room;
use crate::house::succession::Succession::{Follows, Stays};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "administrative_unit",
        "chapter",
        "chapter_former_name",
        "chapter_request",
        "chapter_serial",
        "chapter_version",
        "former_unit",
        "reference_load",
        "unit_merger",
    ],
    routes: routes::configure,
    feeds: &[&feed::CHAPTERS],
    chapters: &[
        ("chapter.parent_id", Follows),
        ("chapter_former_name.chapter_id", Stays),
        ("chapter_request.chapter_id", Stays),
        ("chapter_version.chapter_id", Stays),
    ],
    ..Room::called("chapters")
};
