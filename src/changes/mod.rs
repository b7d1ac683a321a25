//! What has changed at a chapter, for those who keep a copy: a phone that was away, another office's program.
//!
//! A room notes in its own transaction which records changed ([`note`]); a reader asks for what came after the place it has
//! reached, and reads those records by their own paths, with their own rights. What always holds:
//!
//! * **Nothing is missed.** Places are drawn one by one in this database, and who writes says until they have ended which one was
//!   drawn before theirs. Shown are only places that everybody who still writes has said; so nothing can appear later before a
//!   place that was given out. A transaction that has noted a change and stays open holds the feed up, and loses nothing; what goes
//!   on elsewhere in the cluster does neither.
//! * **A reader notices when its copy is of another database.** A place belongs to an epoch. In a database that was restored
//!   or failed over a new one begins, all places of old ones are refused, and the reader begins anew.

pub mod routes;
mod shown;
mod store;

use crate::house::Room;
use crate::house::succession::Succession::Ends;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["change_epoch", "change_feed"],
    tags: &[("changes", "What has changed, for those who keep a copy")],
    routes: routes::configure,
    chapters: &[("change_feed.chapter_id", Ends)],
    ..Room::called("changes")
};

pub use shown::{ChangeOut, ChangesOut, end_of, for_subscriber};
pub use store::{Change, note, settle};
