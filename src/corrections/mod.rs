//! Reversals of entries that are no gifts, asked for by one person and approved by another, whatever room booked them.
//!
//! The room that booked an entry knows what else it brought about and puts that back ([`crate::house::undo`]); here one asks,
//! another decides, the mirror is booked and counted. What belongs together is reversed together (the two sides of a move between funds).
//!
//! State: REQUESTED → APPROVED, REFUSED or WITHDRAWN. Invariants (the database keeps them too): a request keeps what was asked and is
//! decided once, by somebody else; of one entry at most one request waits or was approved. Where the money has left, approving is
//! refused and the request goes on waiting until there is cover in the very account.

mod answers;
pub mod audit;
mod correct;
mod fault;
mod feed;
pub mod model;
pub mod routes;
mod store;
mod together;
mod wire;

use crate::house::Room;
use crate::house::succession::Succession::Stays;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["correction"],
    tags: &[("corrections", "Reversals of entries that are no gifts")],
    routes: routes::configure,
    audits: &[&audit::Corrections],
    matters: &[correct::MATTER],
    feeds: &[&feed::CORRECTIONS],
    chapters: &[("correction.chapter_id", Stays)],
    ..Room::called("corrections")
};
