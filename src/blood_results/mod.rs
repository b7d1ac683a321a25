//! What drives of blood gave (kết quả hiến máu): stated drive by drive, summed up by commune, province and year, beside the targets.
//!
//! Hàm Liêm's drive of 14 June is reconciled with the centre's file: 97 came, 84 gave, 13 were deferred. Its officer publishes the result:
//! it is folded, stated (event BLOOD_RESULT) and added to the sums of Hàm Liêm, Lâm Đồng and the country, where everybody reads it. Are the
//! numbers corrected later, it is stated anew with the correction ([`correct`]), and the new statement takes the place of the old one in sight.
//!
//! What always holds (the database keeps much of it too):
//! - Units and targets are told as they are. Of persons by sex, age, group, volume or reason nothing under five is told, nor anything from
//!   which it can be had ([`fold`]): what a drive folds it folds for good, and sums are made of what was told.
//! - Why people were deferred is in no statement; that, folded, is shown beside it.
//! - A drive has one result that stands; the same numbers are not stated twice.
//! - A result is of the chapter that planned the drive and of the drive's day: sums follow the tree, where a chapter stays in its place
//!   whatever succeeds it.
//! - What a unit counts for in đồng is reference data with dates, shown apart.

mod answers;
pub mod audit;
mod counted;
mod demo;
mod fault;
pub mod fold;
pub mod kinds;
pub mod out;
mod publish;
pub mod routes;
pub mod shown;
mod stated;
mod store;
mod sums;

pub use fault::Fault;
pub use publish::correct;

use crate::house::Room;
use crate::house::succession::Succession::Stays;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "blood_result",
        "blood_result_count",
        "blood_result_month",
        "blood_result_year",
        "blood_result_year_count",
        "blood_value",
    ],
    tags: &[("blood results", "What drives of blood gave, as it is published")],
    routes: routes::configure,
    audits: &[&audit::BloodResults],
    demo: Some(demo::fill),
    chapters: &[
        ("blood_result.chapter_id", Stays),
        ("blood_result_month.scope_id", Stays),
        ("blood_result_year.scope_id", Stays),
        ("blood_result_year_count.scope_id", Stays),
    ],
    ..Room::called("blood_results")
};
