//! The append-only double-entry ledger (DESIGN 5): kinds, funds, accounts, entries, postings, totals.
//!
//! Debits are positive, credits negative, every amount whole đồng. Invariants, decided by [`model`] and enforced once
//! more by the database:
//! - the postings of an entry sum to zero **per fund**, are written by one statement and never touched again;
//! - a correction is a [`kinds::Kind::Reversal`], booked today, that mirrors its original to the đồng;
//! - `balance`, `total_by_day`, `total_overall` and `left_overall` are caches of the postings, kept in the same transaction; so are
//!   the counts of reversals ([`reversals`]), which are public;
//! - what a kind adds to which term of the equation is a measure ([`measures`]); every posting belongs to one, or is left;
//! - every entry leaves a leaf in the log and a row in `public_entry`, in the same transaction.
//!
//! [`store::book`] is the only writer; it takes grants, so nobody writes into a chapter's books without the right.

pub mod accounts;
mod adding;
pub mod annotations;
pub mod audit;
mod audit_sums;
pub mod book;
pub mod claims;
pub mod detail;
pub mod draft;
pub mod entry;
pub mod findable;
pub mod folding;
pub mod goods;
pub mod held;
pub mod holding;
pub mod kinds;
pub mod left;
pub mod lines;
pub mod measures;
pub mod model;
pub mod months;
pub mod moved;
pub mod passing;
pub mod persons;
pub mod public;
pub mod rebuilding;
pub mod reversal_audit;
pub mod reversals;
pub mod rewording;
pub mod said;
pub mod settling;
pub mod store;
pub mod sums;
pub mod totals;
pub mod words;
mod writing;

use crate::house::Room;
use crate::house::succession::Succession::Stays;
use crate::house::thread::Thread;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "account_by_day",
        "account_by_month",
        "account_folded",
        "annotation",
        "balance",
        "entry",
        "entry_detail",
        "fund",
        "left_overall",
        "passed_on",
        "posting",
        "public_entry",
        "reversal_by_month",
        "reversal_by_officer",
        "reversal_overall",
        "total_by_day",
        "total_overall",
    ],
    audits: &[&folding::Folded],
    threads: &[Thread { declared: &folding::WORKER, start: folding::begin }],
    chapters: &[
        ("account_by_day.scope_id", Stays),
        ("account_by_month.scope_id", Stays),
        ("balance.chapter_id", Stays),
        ("entry.chapter_id", Stays),
        ("entry_detail.to_chapter", Stays),
        ("left_overall.scope_id", Stays),
        ("public_entry.chapter", Stays),
        ("reversal_by_month.scope_id", Stays),
        ("reversal_by_officer.chapter_id", Stays),
        ("reversal_overall.scope_id", Stays),
        ("total_by_day.scope_id", Stays),
        ("total_overall.scope_id", Stays),
    ],
    ..Room::called("ledger")
};
