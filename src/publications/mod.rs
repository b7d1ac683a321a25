//! Công khai as a duty: what the law wants published of an appeal, until when, and what was published.
//!
//! A *rule* (data with dates) says which events of a regime are due how long after what: the opening, the end of
//! receiving, every so many days, the end of a year. Rules, days off and the life of an appeal give its *duties*; they are
//! counted anew each time ([`model::duties`]), so a changed rule or an extended appeal needs no job to follow it. A
//! *publication* fulfils a duty: a document of the appeal, shown to everybody, with a PUBLICATION leaf in the log.
//!
//! What always holds:
//! - A publication is never changed or deleted. A later version replaces the one before and says so; its own leaf names
//!   the earlier one in `of`.
//! - The leaf holds the hash of the document. Whoever hides the document hides the bytes, not that they were published.
//! - A duty is met as long as its newest version is shown, or was shown for as long as the rule asks. Whether it was met
//!   in time says the first version that counts.
//! - Results are published after the fact: what came before the end of receiving does not count.
//! - What the books do not tell (when distribution began and ended, when the settlement was approved) is typed with its paper
//!   ([`milestones`]). While it is not known, only the last possible day counts, and where there is none, nobody is late.
//! - What the law on Red Cross activities wants known is put up where money is received *and* where aid is given: published
//!   without these two notices it is not met.
//!
//! Whoever asks is answered within days of their own ([`inquiries`]).
//!
//! States of a duty: DUE → PUBLISHED, or DUE → OVERDUE → PUBLISHED_LATE; back to DUE or OVERDUE when the document is hidden
//! too early.

pub mod audit;
pub mod channel;
pub mod duties;
pub mod inquiries;
pub mod inquiry_routes;
pub mod milestone_routes;
pub mod milestones;
pub mod model;
pub mod publish;
pub mod routes;
pub mod stated;
pub mod store;

use crate::house::Room;
use crate::house::succession::Succession::Follows;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["appeal_milestone", "information_request", "information_rule", "publication", "publication_rule"],
    routes: routes::configure,
    audits: &[&audit::Publications],
    feeds: &[&publish::PUBLICATIONS],
    chapters: &[("information_request.chapter_id", Follows)],
    ..Room::called("publications")
};
