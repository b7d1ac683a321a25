//! Days of giving blood as they were: who came, what the blood centre's file says, the differences between the two, and what was given.
//!
//! At the door an officer scans the code of a booking, finds somebody by name, or writes down who came without one; the phone may have no
//! network until the evening. The centre sends its list: 97 came, 84 gave, 13 were put off. It is looked through row by row and compared
//! with who was checked in; two differences are named, settled with a note, and a second person agrees. Then donations stand with their
//! donors, certificates have the centre's serials and codes of ours, and the drive is reconciled.
//!
//! State of a file: COMPARED → ASKED → ACCEPTED → DONE; COMPARED, ASKED → REFUSED, and another may come.
//!
//! What always holds (the database keeps it too):
//! - A booking is checked in once, whatever phones say, and whoever has none gets one when they come.
//! - A drive has one file that stands, and a file stands once in the country.
//! - Nothing is carried over while a difference waits; who sent the file or settled a difference does not agree to it.
//! - Why somebody was put off is a word of the public list or CENTRE_DECISION. What the file said of it is kept nowhere.
//! - A part of a file is carried over in one transaction with the note that it was; who its people were is forgotten with it.
//! - Totals are what two persons agreed on. What comes later is settled with a note and changes none of them; what is to change them is a
//!   correction, which two persons agree on as well ([`rewrite`]).
//! - READ shows counts, and no person.

pub mod audit;
mod booked;
mod check_in;
mod compare;
mod demo;
pub mod form;
pub mod holder;
mod matching;
mod matter;
pub mod model;
mod out;
pub mod rewrite;
mod rewrite_store;
pub mod routes;
mod settle;
mod show;
mod store;
mod sums;
mod totals;
mod wire;
pub mod work;

pub use check_in::particulars;
pub use totals::{Totals, totals};

use crate::house::Room;
use crate::house::succession::Succession::Stays;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "blood_file_layout",
        "drive_check_in",
        "drive_deferral",
        "drive_difference",
        "drive_file",
        "drive_row",
        "drive_total",
    ],
    tags: &[("blood_days", "Blood drives on their day: check-ins, the centre's file, differences, the result")],
    routes: routes::configure,
    audits: &[&audit::Days],
    persons: &[&holder::Days],
    matters: &[matter::RECONCILED],
    means: &[|means| {
        let work = work::handler(means.get()?);
        means.add(work);
        Ok(())
    }],
    demo: Some(demo::fill),
    chapters: &[("drive_file.chapter_id", Stays)],
    ..Room::called("blood_days")
};
