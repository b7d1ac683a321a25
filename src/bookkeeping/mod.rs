//! Entries that an accountant makes by hand, with a document and a second person. Today: opening balances.
//!
//! A chapter that comes here with old books brings what they ended with (số dư đầu kỳ), once for each fund and account.
//! Somebody who records asks, a second person approves, then one entry a fund is booked against the fund's balance:
//! public, in the log with the document's hash, but nothing is *received* by it. A wrong one is reversed by two persons
//! as well, whole, and may then be opened again.
//!
//! State: REQUESTED → APPROVED → REVERSED, or REQUESTED → REFUSED. Invariants (the database keeps them too): a request
//! keeps what was asked and is decided once, by somebody else; what is opened now is in `opening_balance_held`.

mod answers;
pub mod audit;
pub mod fault;
mod feed;
pub mod model;
pub mod opening;
pub mod papers;
pub mod persons;
pub mod reversal;
pub mod routes;
pub mod store;
pub mod wire;

use crate::house::Room;
use crate::house::succession::Succession::{Follows, Stays};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "opening_balance",
        "opening_balance_entry",
        "opening_balance_held",
        "opening_balance_line",
        "opening_balance_reversal",
    ],
    routes: routes::configure,
    audits: &[&audit::Openings],
    persons: &[&persons::Notes],
    papers: &[&papers::OF_OPENINGS],
    matters: &[opening::MATTER, reversal::MATTER],
    feeds: &[&feed::OPENING_BALANCES],
    chapters: &[
        ("opening_balance.chapter_id", Stays),
        ("opening_balance.approver_chapter_id", Follows),
        ("opening_balance_held.chapter_id", Stays),
        ("opening_balance_reversal.approver_chapter_id", Follows),
    ],
    ..Room::called("bookkeeping")
};
