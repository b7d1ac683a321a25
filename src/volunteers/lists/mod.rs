//! Lists of volunteers out of a spreadsheet, as chapters have kept them: looked through first, and entered when nothing is wrong with them.
//!
//! What always holds:
//! - A list is accepted whole or not at all; a look alone writes nothing. Up to 500 people are entered in one transaction. A longer list is
//!   kept sealed in parts, which a job enters one by one, each in one transaction with the note that it was; who may not be entered any more
//!   by then is named with the row, and the others stand.
//! - Who the people of a list become (their ids) comes from the chapter, the content and the place: the same list sent again is the same
//!   list, and enters nobody twice; where its job came to nothing, it goes on. With which nobody goes on for a month is there no more.
//! - Everybody is checked as if they were entered alone; whoever is a volunteer of the chapter already is named, and nobody else's chapter.

mod check;
mod enter;
mod form;
pub mod lapse;
mod long;
pub mod persons;
pub mod routes;
mod show;
mod store;
pub mod wire;
pub mod work;
