//! Numbered documents: *phiếu thu*, *phiếu chi*, *phiếu nhập kho*, *phiếu xuất kho*, to print and to file.
//!
//! What always holds:
//!
//! * A number is taken in the transaction of what it numbers, after everything that could refuse it, so a series
//!   (chapter, kind of document, year of issue) has no gap and no double. [`store::issue`] (gifts) and [`store::book`] (everything
//!   else) take numbers for any count of entries with one statement; the database refuses documents that do not follow one another.
//! * The phiếu thu of gifts and of other money are one series, in two tables: `cash_receipt` is older and of gifts alone.
//! * A document belongs to one entry and never changes. When its entry is reversed it keeps its number and is printed with
//!   HỦY across it, the day and the reversing entry.
//! * Every entry that moves cash or goods has its document ([`numbers::documents_of`]). Gifts on pre-printed slips, money by bank, and
//!   what two chapters settle by book have none.
//! * The printed sheet carries the seven items of Article 16 of the Law on Accounting (DOMAIN 2.2), as a page for the
//!   browser and as PDF/A. Both are made from one description of the paper ([`sheet`], [`voucher_sheet`]), and fetch nothing.
//!
//! This room knows entries and not gifts: `giving` says who paid, and for what. Of other entries it prints what stands behind their
//! commitment, as long as that is kept.

pub mod answers;
pub mod audit;
pub mod fault;
pub mod heading;
pub mod labels;
pub mod model;
pub mod numbers;
pub mod printed;
mod receipts;
pub mod routes;
pub mod sheet;
pub mod show;
pub mod store;
pub mod voucher;
mod voucher_labels;
pub mod voucher_sheet;
pub mod wire;

#[cfg(test)]
mod sheet_tests;

use crate::house::Room;
use crate::house::succession::Succession::{Ends, Stays};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["cash_receipt", "number_series", "voucher", "voucher_note"],
    tags: &[("vouchers", "Numbered documents of cash and goods: their series, and sheets to print")],
    routes: routes::configure,
    audits: &[&audit::Receipts],
    chapters: &[("cash_receipt.chapter_id", Stays), ("number_series.chapter_id", Ends), ("voucher.chapter_id", Stays)],
    ..Room::called("vouchers")
};
