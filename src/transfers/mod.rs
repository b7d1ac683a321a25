//! Money and goods from one chapter to another (nộp lên cấp trên, phân bổ xuống cấp dưới): sent, on the way, confirmed, returned,
//! lost.
//!
//! Who records at the sender asks, the chain of the sender decides, and with the last approval TRANSFER_OUT is booked: from then
//! on the money is nobody's until the receiver confirms it (TRANSFER_IN), in one part or several, or it comes back
//! (TRANSFER_RETURN), or two persons of the sender say that it is lost (a return and the loss, in one transaction). Chapters that
//! share one bank account transfer by book: both sides approve, and both entries are booked at once.
//!
//! State: REQUESTED → REFUSED, WITHDRAWN, or SENT → PARTLY_CONFIRMED → CONFIRMED, RETURNED; a mistaken one that nothing stands on
//! is REVERSED. What always holds (the database keeps it too): confirmed and come back are together never more than was sent; what
//! neither side has is in `transfer_open`, for everybody to see, with its age.

mod answers;
pub mod audit;
mod booking;
mod demo;
pub mod fault;
mod feed;
mod going;
mod goods;
mod look;
mod loss;
pub mod model;
pub mod open;
pub mod papers;
mod parts;
pub mod persons;
pub mod routes;
pub mod send;
pub mod store;
mod undo;
pub mod wire;

use crate::house::Room;
use crate::house::succession::Succession::{Follows, Stays};

pub use open::{OpenSum, OpenTransfer, unconfirmed, unconfirmed_of, unconfirmed_sum};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["transfer", "transfer_asked_goods", "transfer_goods", "transfer_open", "transfer_part", "transfer_part_goods"],
    tags: &[("transfers", "Money and goods from one chapter to another")],
    routes: routes::configure,
    audits: &[&audit::Transfers],
    persons: &[&persons::Notes],
    matters: &[send::MATTER, loss::MATTER],
    papers: &[&papers::OF_TRANSFERS, &papers::OF_RECEIPTS],
    feeds: &[&feed::TRANSFERS],
    undoes: &[&undo::Transfers],
    chapters: &[
        ("transfer.chapter_id", Follows),
        ("transfer.to_chapter_id", Follows),
        ("transfer_open.from_chapter", Stays),
        ("transfer_open.to_chapter", Stays),
    ],
    successions: &[&going::OnTheWay],
    demo: Some(demo::fill),
    ..Room::called("transfers")
};
