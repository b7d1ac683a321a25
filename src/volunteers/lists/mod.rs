//! Lists of volunteers out of a spreadsheet, as chapters have kept them: looked through first, and entered when nothing is wrong with them.
//!
//! What always holds:
//! - A list is entered whole or not at all, in one transaction; a look alone writes nothing.
//! - Who the people of a list become (their ids) comes from the chapter, the content and the place: the same list sent again is the same
//!   list, and enters nobody twice.
//! - Everybody is checked as if they were entered alone; whoever is a volunteer of the chapter already is named, and nobody else's chapter.

mod check;
mod enter;
mod form;
pub mod routes;
pub mod wire;
