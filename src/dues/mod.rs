//! Members' dues (hội phí): what a unit collected of its members, booked as income that is no gift, split between the levels.
//!
//! A *sheet* is what one unit, a chapter or a branch, collected on a day: one line a member, each with months that are paid by the rate of
//! the rule, or free by a decision. It is booked as it is recorded, in one entry of kind DUES that says how many paid and names nobody, with
//! a phiếu thu where it is cash. It takes one person, as a cash gift does; taking it back takes two ([`undo`]).
//!
//! State of a sheet: BOOKED → REVERSED. What always holds (the database keeps it too):
//! - A month of a member is settled once, at whatever chapter, and free again when its sheet is reversed.
//! - In no month more members of a grassroots chapter (with its branches) are free than the rule allows; part of a member is nobody.
//! - Rate, share and split are those of the rule of the day ([`rules`]): rows with dates, of a chapter or of everybody.
//! - The split adds up to the đồng: shares are rounded down, the rest goes up, and nothing to the central chapter. What is owed upwards is
//!   data; an ordinary transfer takes it there ([`owed`]).
//! - Who collected is seen by everybody who reads the books; of whom, by those who may see persons.

mod answers;
pub mod arrears;
pub mod audit;
mod demo;
mod fault;
pub mod feed;
mod look;
pub mod model;
pub mod owed;
pub mod persons;
mod record;
mod roll;
pub mod routes;
pub mod rules;
pub mod sheet_in;
mod store;
pub mod undo;
pub mod wire;

use crate::house::Room;
use crate::house::succession::Succession::{Ends, Follows, Stays};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["dues_exemption", "dues_line", "dues_month", "dues_owed", "dues_remittance", "dues_rule", "dues_sheet"],
    tags: &[("dues", "Members' dues, and what of them goes to the chapter above")],
    routes: routes::configure,
    audits: &[&audit::Sheets],
    persons: &[&persons::Members],
    feeds: &[&feed::SHEETS],
    undoes: &[&undo::Sheets],
    chapters: &[
        ("dues_exemption.grassroots_id", Stays),
        ("dues_owed.from_id", Follows),
        ("dues_owed.to_id", Follows),
        ("dues_remittance.from_id", Follows),
        ("dues_remittance.to_id", Follows),
        ("dues_rule.chapter_id", Ends),
        ("dues_sheet.chapter_id", Follows),
        ("dues_sheet.grassroots_id", Stays),
    ],
    demo: Some(demo::fill),
    ..Room::called("dues")
};
