//! Numbered documents: today the *phiếu thu* (cash receipt) of a cash gift, to print and to file.
//!
//! What always holds:
//!
//! * A number is taken in the transaction of what it numbers, after everything that could refuse it, so a series
//!   (chapter, kind of document, year of issue) has no gap and no double. [`store::issue`] takes numbers for any count of
//!   entries with one statement; the database refuses receipts that do not follow one another.
//! * A receipt belongs to one entry and never changes. When its gift is reversed it keeps its number and is printed with
//!   HỦY across it, the day and the reversing entry.
//! * Gifts on pre-printed slips, bank transfers, SMS sums and goods have none.
//! * The printed sheet carries the seven items of Article 16 of the Law on Accounting (DOMAIN 2.2), as a page for the
//!   browser and as PDF/A. Both are made from one [`model::CashReceipt`], through one description of the paper ([`sheet`]), and fetch nothing.
//!
//! This room knows entries and not gifts: `giving` says who paid, and for what.

pub mod audit;
pub mod labels;
pub mod model;
pub mod sheet;
pub mod store;

#[cfg(test)]
mod sheet_tests;

use crate::house::Room;
use crate::house::succession::Succession::{Ends, Stays};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["cash_receipt", "number_series", "voucher_note"],
    audits: &[&audit::Receipts],
    chapters: &[("cash_receipt.chapter_id", Stays), ("number_series.chapter_id", Ends)],
    ..Room::called("vouchers")
};
