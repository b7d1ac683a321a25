//! Months that are closed: what they held is stated in public, and what comes late is shown in the next.
//!
//! *Hạnh*, the accountant of Hàm Liêm, asks to close November; *Tâm*, the second person, approves. Then what the month held is
//! added up from the log, below the size that it has at this moment, and becomes a STATEMENT ([`crate::statements`], event
//! PERIOD_CLOSE). A closed month makes no entry, and nothing stops: who was offline and sends a cash gift of the 30th on the 2nd
//! has it booked with its day. It is *late*, because its place in the log is at or beyond the size that the closing of its day's
//! month names, and it counts in the first month that was open then.
//!
//! What always holds:
//! - Months of a chapter close one after the other, from the month of its first entry on; never the one that runs, and each once.
//!   (What the books were opened with may be older: it is what the first month begins with.)
//! - In a closed month count the entries of its days below its size, and those of earlier days from the size of the closing before
//!   on. So each entry counts in exactly one month, and the sum of the closed months and of what is open is what the accounts stand at.
//! - Figures of a closed month never change: entries below a size of the log are what they are. Nothing is opened again.
//! - Who books knows nothing of it: no lock, no question. Who closes waits until the log has all of the month.
//! - A chapter below is a book of its own, which closes by itself.
//!
//! State of a request: ASKED → APPROVED (the month is closed), REFUSED or WITHDRAWN.

mod answers;
pub mod audit;
pub mod closing;
pub mod fault;
pub mod feed;
pub mod figures;
pub mod matter;
pub mod model;
pub mod routes;
pub mod store;
pub mod wire;

use crate::house::Room;
use crate::house::succession::Succession::Stays;

pub use model::Closings;
pub use store::{closings, late};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["closed_period", "period_closing"],
    tags: &[("periods", "Months of a chapter's books, and their closing")],
    routes: routes::configure,
    audits: &[&audit::Periods],
    matters: &[matter::MATTER],
    feeds: &[&feed::PERIODS],
    chapters: &[("closed_period.chapter_id", Stays), ("period_closing.chapter_id", Stays)],
    ..Room::called("periods")
};
