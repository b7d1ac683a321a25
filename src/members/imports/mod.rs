//! Lists of people to be admitted, out of a spreadsheet: looked through first, asked of a second person, admitted by a job.
//!
//! ```text
//! file → rows and faults (`form`) → each checked as if applied for alone (`rules`), and against what the chapter knows (`check`)
//!   → faults, or no number of a decision: nothing is kept
//!   → none: the list waits, sealed in parts (`store`), for a second person (`matter`)
//!       → approved: a job admits it part by part, set-wise (`admit`, `work`)
//!       → refused or withdrawn: nothing of it is kept
//! ```
//!
//! What always holds:
//!
//! * A list is no way around two persons: it is one decision with one number, asked for by whoever sends it and approved by somebody
//!   else, who may read every row.
//! * Who the people of a list become (their ids) comes from the chapter, the content and the place. The same list sent again is the same
//!   list, and a part is admitted in one transaction with the note that it was, so nobody is admitted twice.
//! * A list is accepted whole or not at all. What was right when it was looked through may be refused when it is admitted (somebody became
//!   a member meanwhile, a birthday passed): the list says which row and why, and the others stand.
//! * Somebody who is like a member of another chapter is checked above, as when they are applied for alone, and no list is told of it
//!   before. Once an officer's lists left so many to the chapters above within a day, the rest of the list waits for the next.
//! * For children the signed list is one document: its hash stands with the list, the representative and the day with each row.
//!
//! State: READY → ACCEPTED → DONE, or READY → REFUSED, WITHDRAWN.

mod admit;
mod check;
mod form;
pub mod going;
pub mod matter;
pub mod persons;
pub mod routes;
mod rules;
mod show;
mod store;
pub mod wire;
pub mod work;

pub use store::chapter_of;
