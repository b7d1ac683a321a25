//! Goods: the item catalogue, the lots in which they lie, and what moves them.
//!
//! A lot is goods of one item that came together, by one entry, into one fund of one chapter; it may say where it is kept and until
//! when it is good. Goods given in kind, bought, sent from elsewhere, found or carried over from old books enter as lots ([`lots::enter`]);
//! what leaves is taken from what expires first ([`lots::take`]); what has expired leaves by an adjustment alone. Adjustments and counts
//! have a record on paper and a second person.
//!
//! What always holds: the lots of a chapter and a fund are worth what its account GOODS_IN_STOCK says, to the đồng; a lot is what its
//! movements come to, and never less than nothing (the database keeps that, too); what is counted comes in whole numbers; movements are
//! only added, and name the entry that is their reason. Leaves know nothing of lots: a line of goods is item, quantity, unit, value and
//! how it was valued.
//!
//! State of an adjustment: ASKED → APPROVED, REFUSED or WITHDRAWN.

pub mod adjust;
pub mod adjust_in;
pub mod adjust_store;
pub mod adjust_wire;
mod answers;
pub mod audit;
pub mod catalog;
pub mod count;
pub mod fault;
pub mod feed;
mod going;
pub mod held;
pub mod lot;
pub mod lots;
pub mod model;
mod moves;
pub mod papers;
pub mod places;
pub mod quantity;
pub mod read;
pub mod routes;
pub mod undo;
pub mod valuation;

use crate::house::Room;
use crate::house::succession::Succession::{Follows, Stays};
use crate::ledger::persons::PublicRows;

pub use catalog::{Item, catalogue, item_called, item_names, items, load_catalogue, unit_called};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "item",
        "stock_adjustment",
        "stock_adjustment_entry",
        "stock_adjustment_line",
        "stock_count",
        "stock_count_line",
        "stock_lot",
        "stock_movement",
        "stock_on_hand",
        "stock_store",
    ],
    tags: &[("stock", "Goods: lots, places of storage, adjustments, counts")],
    routes: routes::configure,
    audits: &[&audit::Stock],
    // What stands in public rows of goods has the names of this catalogue, which the ledger does not know.
    persons: &[&PublicRows { item_names }],
    papers: &[&papers::OF_ADJUSTMENTS],
    matters: &[adjust::MATTER],
    feeds: &[&feed::ADJUSTMENTS, &feed::COUNTS],
    undoes: &[&undo::Adjustments],
    chapters: &[
        ("stock_adjustment.chapter_id", Follows),
        ("stock_count.chapter_id", Follows),
        ("stock_lot.chapter_id", Stays),
        ("stock_on_hand.chapter_id", Stays),
        ("stock_store.chapter_id", Follows),
    ],
    successions: &[&going::Adjustments],
    ..Room::called("stock")
};
