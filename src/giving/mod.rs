//! Appeals and gifts: the main job.
//!
//! A gift is recorded once, by double entry, into the fund it was given for, and can be corrected only by a reversal
//! that a second person approves. The way of a gift:
//!
//! ```text
//! GiftIn (gift_in) → NewGift (model: every field checked) → Prepared (sealed, committed; outside any transaction)
//!   → record (one transaction, set-wise: same id? right? appeal? → gift, entry, postings, totals, leaf, public row)
//! ```
//!
//! A sum above a limit is confirmed first ([`unusual`]); above a second one it stands as [`asked`] until a second person
//! approves, and counts nowhere before.
//!
//! Single posts, batches and lists out of spreadsheets ([`imports`]) all end in [`record::record`]. Single posts wait together in the [`intake`]
//! writer, so a flood of them costs a few statements a batch instead of a transaction each.
//!
//! States: an appeal is DRAFT → OPEN → CLOSED. A gift is booked, then perhaps reversed: REQUESTED → APPROVED or
//! REFUSED (and may be asked again). An asked gift is ASKED → APPROVED (a gift), REFUSED or WITHDRAWN. Money that comes after an appeal's end, or to a closed appeal, is not refused
//! and not mixed in: it waits in the appeal's QUARANTINE fund for a decision (DESIGN 5).

mod accept;
pub mod appeal_routes;
pub mod appeal_shown;
pub mod appeals;
pub mod asked;
pub mod asked_decide;
pub mod asked_paper;
pub mod asked_routes;
pub mod asked_store;
pub mod asked_wire;
pub mod audit;
mod bare;
pub mod cash_receipt_routes;
pub mod cash_receipts;
pub mod display;
pub mod feed;
pub mod finding;
pub mod gift_in;
pub mod giver_routes;
pub mod givers;
pub mod imports;
pub mod intake;
pub mod limits;
mod looked;
pub mod model;
pub mod papers;
pub mod payer;
pub mod personal;
pub mod persons;
pub mod prepare;
pub mod publishing;
mod rebooking;
pub mod receipt;
pub mod record;
mod refusals;
mod retention;
pub mod reversal;
pub mod reversal_routes;
pub mod routes;
mod sent;
mod sorter;
pub mod steps;
pub mod store;
pub mod unusual;
pub mod wire;

#[cfg(test)]
mod asked_paper_tests;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::house::Room;
use crate::house::succession::Succession::{Ends, Follows, Stays};
use crate::house::thread::Thread;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "appeal",
        "appeal_limit",
        "appeal_share",
        "appeal_version",
        "asked_gift",
        "gift",
        "gift_import",
        "gift_import_keeping",
        "gift_import_part",
        "gift_limit",
        "gift_line",
        "paper_slip",
        "paper_slip_collision",
        "reversal_instead",
        "reversal_request",
    ],
    routes: asked,
    audits: &[&audit::Gifts, &finding::Index],
    persons: &[&persons::Gifts],
    matters: &[reversal::MATTER, asked::MATTER],
    threads: &[Thread { declared: &intake::WORKER, start: intake::begin }],
    means: &[|means| {
        let handler = imports::booking::handler(means.get()?);
        means.add(handler);
        Ok(())
    }],
    papers: &[&papers::OF_GIFTS, &papers::OF_APPEALS, &papers::OF_REVERSALS],
    feeds: &[&feed::GIFTS, &feed::APPEALS, &feed::REVERSALS],
    chapters: &[
        ("appeal.chapter_id", Follows),
        ("appeal_share.chapter_id", Follows),
        ("asked_gift.chapter_id", Follows),
        ("asked_gift.approver_chapter_id", Follows),
        ("gift.chapter_id", Stays),
        ("gift_import.chapter_id", Ends),
        ("gift_limit.chapter_id", Ends),
        ("paper_slip.chapter_id", Stays),
        ("paper_slip_collision.chapter_id", Stays),
        ("reversal_request.approver_chapter_id", Follows),
    ],
    successions: &[&imports::going::Lists],
    ..Room::called("giving")
};

fn asked(config: &mut ServiceConfig<'_>) {
    routes::configure(config);
    giver_routes::configure(config);
    asked_routes::configure(config);
    imports::routes::configure(config);
    reversal_routes::configure(config);
    cash_receipt_routes::configure(config);
    appeal_routes::configure(config);
}
