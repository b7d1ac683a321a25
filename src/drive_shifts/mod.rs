//! Shifts of those who help at a blood drive (ca hỗ trợ ngày hiến máu): what is to be done from when to when, who of the chapter's volunteers does
//! it, and the hours they worked.
//!
//! For 14 June Hàm Liêm wants four people at the door from seven to half past nine, and six who bring tea and bread until noon. Its officer writes
//! both down beside the drive, and says who comes: volunteers of the chapter, one by one, or the whole team that the drive names. Anybody who
//! reads the chapter's records sees how many are wanted and how many come; who they are is for those who see its people. When the day is over
//! the officer says who came, and their hours are entered, once, with those of everything else they do for the chapter.
//!
//! What always holds:
//! - Whoever plans a drive plans its shifts (KEEP_BLOOD); whoever is put into one is a person, for those who keep the chapter's people
//!   (KEEP_PEOPLE).
//! - Nobody helps in two shifts of a drive at the same time, and nobody of another chapter helps at all: they are entered there.
//! - Hours are entered once, after the shift; what was entered wrong is corrected where hours are.

mod demo;
mod help;
mod holder;
mod hours;
pub mod model;
mod out;
mod plan;
pub mod routes;
mod show;
mod store;
mod wire;

use crate::house::Room;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["drive_shift", "drive_shift_helper"],
    tags: &[("drive shifts", "Who helps at a blood drive, from when to when; the hours they worked")],
    routes: routes::configure,
    persons: &[&holder::Helpers],
    demo: Some(demo::fill),
    ..Room::called("drive_shifts")
};
