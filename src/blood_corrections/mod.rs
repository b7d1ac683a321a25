//! Corrections of blood drives that are reconciled (đính chính ngày hiến máu): what the blood centre says afterwards, asked by one and decided
//! by another.
//!
//! A week after the drive of 14 June the centre writes to Hàm Liêm: of one bag the volume was 250 ml and not 350; one donation stands twice;
//! two who gave were mixed up; one more is found on a list that had been left in the car. Its officer writes down all four as one correction,
//! with the centre's letter; the chair approves. In that moment the four donations are put right with their donors, certificates and honours
//! that rested on what was wrong do not stand any more, the totals of the drive go up or down, and where its result was published, a new
//! statement takes the place of the old one in sight. A phone that had no network until now is settled in the same way: whoever came with it
//! is counted by a correction, or is not counted.
//!
//! State: ASKED → APPROVED, REFUSED or WITHDRAWN.
//!
//! What always holds (the database keeps much of it too):
//! - One correction of a drive waits at a time; it says of which version of the result it speaks, and each version is corrected once.
//! - Nothing is done before a second person agrees; then everything is done, in one transaction, or nothing.
//! - What was given is never rewritten: what is right stands in the place of what was wrong, and both say so.
//! - No result of a test is a correction: a unit that the centre discards was given, and stays counted.
//! - Who somebody is stands sealed in a correction until it is decided, and is then known to the donors' records alone.
//! - What is told in public is what is counted, folded as it was from the first statement of the drive on.
//! - READ shows a correction in counts, and no person.

mod ask;
mod audit;
mod carry;
pub mod holder;
mod matter;
pub mod model;
mod out;
mod people;
pub mod routes;
mod show;
mod store;
mod wire;

use crate::house::Room;
use crate::house::succession::Succession::Follows;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["drive_correction", "drive_correction_item"],
    tags: &[("blood corrections", "What a blood centre corrects of drives that are reconciled: asked, decided, stated")],
    routes: routes::configure,
    audits: &[&audit::Corrections],
    persons: &[&holder::Corrections],
    matters: &[matter::MATTER],
    chapters: &[("drive_correction.chapter_id", Follows)],
    ..Room::called("blood_corrections")
};
