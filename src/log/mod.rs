//! The transparency log (DESIGN 8): what every final entry leaves behind for everyone to check.
//!
//! An entry's leaf is made in the entry's own transaction ([`store::append`]) and waits in `log_pending`. The
//! [`sequencer`] of any server process moves waiting leaves, in order, into the insert-only `log_leaf` and gives each
//! its index. Bytes are made once and never again: whoever serves a leaf serves the stored bytes. Personal values are
//! not in a leaf; they are behind one commitment ([`commitment`]) whose opening is kept apart and can be erased.

pub mod answers;
pub mod audit;
mod audit_tree;
pub mod audits;
pub mod checkpoint_store;
pub mod clearance;
pub mod folder;
pub mod guard;
mod kept;
pub mod key_log;
pub mod keys;
pub mod opening;
pub mod persons;
pub mod publisher;
pub mod recovery;
pub mod routes;
pub mod sequencer;
pub mod signing;
pub mod store;
pub mod tile_store;

use crate::house::Room;
use crate::house::thread::Thread;

// The formats, which everybody can read who checks the log.
pub use so_nhan_ai_proof::{checkpoint, commitment, leaf, note, receipt, tiles, tree};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "log_checkpoint",
        "log_head",
        "log_hold",
        "log_key",
        "log_key_retired",
        "log_leaf",
        "log_origin",
        "log_pending",
        "log_recovered",
        "log_tile",
        "log_tree",
        "pd_opening",
    ],
    audits: &[&audits::Leaves, &audits::Keys],
    persons: &[&persons::Openings],
    threads: &[
        Thread { declared: &sequencer::WORKER, start: sequencer::begin },
        Thread { declared: &publisher::WORKER, start: publisher::begin },
    ],
    ..Room::called("log")
};
