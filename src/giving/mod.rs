//! Appeals and gifts: the main job.
//!
//! A gift is recorded once, by double entry, into the fund it was given for, and can be corrected only by a reversal
//! that a second person approves. The way of a gift:
//!
//! ```text
//! GiftIn (wire) → NewGift (model: every field checked) → Prepared (sealed, committed; outside any transaction)
//!   → record (one transaction, set-wise: same id? right? appeal? → gift, entry, postings, totals, leaf, public row)
//! ```
//!
//! A sum above a limit is confirmed first ([`unusual`]); above a second one it stands as [`asked`] until a second person
//! approves, and counts nowhere before.
//!
//! Single posts, batches and imports all end in [`record::record`]. Single posts wait together in the [`intake`]
//! writer, so a flood of them costs a few statements a batch instead of a transaction each.
//!
//! States: an appeal is DRAFT → OPEN → CLOSED. A gift is booked, then perhaps reversed: REQUESTED → APPROVED or
//! REFUSED (and may be asked again). An asked gift is ASKED → APPROVED (a gift), REFUSED or WITHDRAWN. Money that comes after an appeal's end, or to a closed appeal, is not refused
//! and not mixed in: it waits in the appeal's QUARANTINE fund for a decision (DESIGN 5).

mod accept;
pub mod appeal_routes;
pub mod appeals;
pub mod asked;
pub mod asked_decide;
pub mod asked_paper;
pub mod asked_routes;
pub mod asked_store;
pub mod asked_wire;
pub mod audit;
pub mod cash_receipt_routes;
pub mod cash_receipts;
pub mod document_routes;
pub mod feed;
pub mod intake;
pub mod limits;
mod looked;
pub mod model;
pub mod payer;
pub mod personal;
pub mod persons;
pub mod prepare;
mod quantity;
pub mod record;
mod refusals;
pub mod reversal;
pub mod reversal_routes;
pub mod routes;
mod sent;
mod sorter;
pub mod steps;
pub mod store;
pub mod unusual;
pub mod wire;
