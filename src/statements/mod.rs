//! What was stated in public, word for word: a leaf of the log, and the bytes served unchanged for ever.
//!
//! The settlement report of an appeal, the figures of a month that was closed: whoever states something makes it into one JSON
//! text in the form of RFC 8785, and [`store::state`] writes that text with its leaf in the transaction of the caller. The leaf has
//! the kind STATEMENT, no postings, says which `event` it is, the `appeal` it is about, the statement it replaces (`of`) and the
//! SHA-256 of the text (`doc`).
//!
//! What always holds:
//! - A statement is never changed or deleted. A later one replaces it and says so; each is replaced at most once.
//! - The text is the very bytes whose hash the leaf has: the database compares them.
//! - It names nobody: whatever it says is public for good. Small numbers of people are folded before it is made.

pub mod audit;
pub mod feed;
pub mod model;
pub mod store;

use crate::house::Room;
use crate::house::succession::Succession::Stays;

pub use model::{Event, canonical};
pub use store::{New, NotStated, Statement, state};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["statement"],
    audits: &[&audit::Statements],
    feeds: &[&feed::STATEMENTS],
    chapters: &[("statement.chapter_id", Stays)],
    ..Room::called("statements")
};
