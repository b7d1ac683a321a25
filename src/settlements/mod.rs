//! Settlement reports of appeals (báo cáo quyết toán), made from the books, approved by two persons and published.
//!
//! When an appeal receives no more, the accountant of its chapter asks for its report: what its fund, and apart from it its
//! quarantine, received, gave and has left, over all chapters and chapter by chapter, up to a day. The figures are out of the books
//! alone; nobody types one. What is open still (money on its way, advances, requests to reverse) stands in the report beside them.
//! Whoever approves approves that very text: it becomes a STATEMENT ([`crate::statements`], event SETTLEMENT_REPORT), says the
//! day SETTLEMENT_APPROVED from which the law counts, and is published under the duty of that name with the same hash.
//!
//! What always holds:
//! - An approved report is what was asked for, to the letter. If the books moved since, of days up to its own, it is not approved:
//!   it is asked for anew.
//! - A later report of the appeal replaces the one before, and both stay readable.
//! - The terms of each line are the one equation ([`crate::ledger::measures`]): what came less what went is what is left.
//!
//! State: ASKED → APPROVED, REFUSED or WITHDRAWN. One waits for an appeal at a time.

mod answers;
pub mod audit;
pub mod fault;
pub mod feed;
pub mod matter;
pub mod model;
pub mod paper;
pub mod report;
pub mod routes;
pub mod settle;
pub mod store;
pub mod wire;

use crate::house::Room;
use crate::house::succession::Succession::Follows;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["settlement_report"],
    tags: &[("settlements", "Settlement reports of appeals")],
    routes: routes::configure,
    audits: &[&audit::Settlements],
    matters: &[matter::MATTER],
    feeds: &[&feed::SETTLEMENT_REPORTS],
    chapters: &[("settlement_report.chapter_id", Follows)],
    ..Room::called("settlements")
};
