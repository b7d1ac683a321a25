//! The books to read: balances of any day (số dư), account ledger and general ledger (sổ chi tiết, sổ cái), trial balance (bảng
//! cân đối phát sinh), cash book (sổ quỹ), each as pages of JSON, as CSV, XLSX and on paper; and the journal for other programs.
//!
//! What always holds:
//!
//! * A book says what the postings say, at one moment: what stands in it at the end is what stood at the beginning and every line
//!   between, and the balances of the same day are the same ([`figures`]). Nothing of it is stored but sums that the ledger keeps
//!   ([`crate::ledger::sums`]).
//! * It is for those who may READ the chapter, and has no person in it: kind, category, reason, numbers of vouchers. Who was paid
//!   stands on the voucher.
//! * A long one is written to a file behind the answer, which follows it ([`crate::http::spool`]): neither memory nor the database waits for a
//!   slow reader.
//! * Numbers of the ministry's charts are dated rows ([`charts`]); an account whose number nobody read in the circular has none.

mod answers;
mod asked;
mod cells;
mod charts;
mod content;
mod fault;
mod figures;
pub mod file_routes;
mod files;
mod forms;
mod journal;
mod journal_text;
mod paper;
pub mod routes;
mod wire;

use crate::house::Room;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["statutory_account"],
    tags: &[("books", "The books to read: balances, ledgers, trial balance, cash book, journal")],
    routes: routes::configure,
    ..Room::called("books")
};
