//! Lists of gifts out of a spreadsheet: looked through first, booked when somebody accepts them.
//!
//! ```text
//! file → rows and faults (`form`) → gifts, checked as if posted (`check`) → what would become of each (`record::foresee`)
//!   → faults: nothing is kept, mend the file and send it again
//!   → none: the list waits, sealed in parts (`store`) → accepted → a job books it part by part through `record_all` (`work`)
//! ```
//!
//! What always holds:
//!
//! * The ids of a list's gifts come from its chapter, its content and the place in it. The same list sent again, as it was or saved
//!   by another program, is the same list, and its gifts are booked once however often it is accepted or interrupted.
//! * A list is accepted whole or not at all: one with a fault does not wait. What was right when it was looked through may be
//!   refused when it is booked (an appeal has ended, a right is gone): the list says which row and why, and the others stand.
//! * Nobody accepts a list who may not record at its chapter, and nothing more is booked once that right has ended. Unusual sums are confirmed when it is accepted, and those above the
//!   second limit wait for a second person, as when they are posted.
//! * A list that nobody accepts is forgotten after the days of `gift_import_keeping`; a part that is booked keeps nothing of what was sent.
//!
//! State: READY → ACCEPTED → DONE.

pub mod accept;
pub mod booking;
pub mod check;
mod drafts;
pub mod form;
pub mod going;
pub mod routes;
pub mod store;
pub mod wire;
