//! Blood drives (ngày hiến máu): planned, booked, held, reconciled; or called off, or moved to another day.
//!
//! Hàm Liêm plans a drive with a blood centre, `68-HM-0001`: 120 places in slots of half an hour. People find it on the public page and book
//! without an account, with three fields; a message leads to the booking's page, where they say within a day that they come, change the slot or
//! give the place up, and which they keep with its QR code. When all places are taken they wait, and move up by themselves. The morning before,
//! everybody is reminded. Is the drive moved, each is asked whether the other day suits, and who does not answer loses the place the day
//! before, and is told; is it called off, everybody is told.
//!
//! State: PLANNED → OPEN → RUNNING → RECONCILED → CLOSED; PLANNED, OPEN → CANCELLED. Of a booking: HELD (a place is kept) → BOOKED (they
//! come), WAITING → HELD, and from each → CANCELLED.
//!
//! What always holds (the database keeps it too):
//! - Never more people than places; everything about places goes through the drive's row, one after the other. Nobody waits while a place
//!   is free, and those who came first have it.
//! - One person has one booking of a drive, by number and name; two with one telephone are two (`names` says when two names are one).
//! - Whoever books is answered the same whether the house knows them or not; who has a booking learns it by the message alone.
//! - Opening a link changes nothing. A link is good until the drive is over.
//! - A place that nobody confirms in time passes on; who comes too late with it is told, and has what is left. What is known of them is erased
//!   some weeks later.
//! - Whose data may not be used keeps the place or the turn, and is neither written to nor named.
//! - READ shows drives and counts, and no person.

mod answers;
mod audit;
mod book;
pub mod bookings;
mod demo;
mod due;
pub mod fault;
mod holder;
pub mod intake;
mod later;
pub mod link;
pub mod model;
mod names;
mod occasions;
mod out;
pub mod page;
mod places;
mod plan;
pub mod public;
pub mod routes;
pub mod rules;
mod show;
pub mod store;
mod tell;
pub mod typed;
mod walk_in;
mod wire;
pub mod words;

pub use bookings::{Booked, Booking, by_code as booking_by_code, each_of as each_booking_of};
pub use model::{BookingState, DriveState};
pub use store::{Drive, advance, by_code, by_ids, hold, today};
pub use walk_in::arrived;

use crate::house::Room;
use crate::house::succession::Succession::Follows;
use crate::house::thread::Thread;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "blood_centre",
        "booking",
        "booking_consent_text",
        "drive",
        "drive_equipment",
        "drive_request",
        "drive_rule",
        "drive_slot",
        "public_booking",
    ],
    tags: &[("drives", "Blood drives: slots, bookings, waiting lists; moved and called off")],
    routes: routes::configure,
    audits: &[&audit::Drives],
    persons: &[&holder::Bookers],
    occasions: &[&occasions::CalledFor],
    means: &[|means| {
        let pen = tell::Pen { vault: means.get()?, ways: means.get()?, public: means.get()? };
        means.add(tell::handler(pen.clone()));
        means.add(later::lapse());
        means.add(later::remind(pen));
        means.add(later::forget());
        Ok(())
    }],
    threads: &[Thread { declared: &intake::WORKER, start: intake::begin }],
    chapters: &[("drive.chapter_id", Follows)],
    demo: Some(demo::fill),
    ..Room::called("drives")
};
