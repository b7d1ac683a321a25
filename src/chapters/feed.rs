//! What this room tells those who keep a copy ([`crate::changes`]).

use diesel::pg::PgConnection;
use uuid::Uuid;

use crate::changes::{self, Change};
use crate::db::DbError;
use crate::house::feed::Feed;
use crate::tree::ChapterId;

/// Chapters.
pub static CHAPTERS: Feed = Feed { kind: "CHAPTER", read_at: "/chapters/{code}" };

/// A chapter that is new or not what it was: told of at itself, and at the one above it, which decides about it.
pub fn changed(conn: &mut PgConnection, id: Uuid, parent: Option<Uuid>, code: &str) -> Result<(), DbError> {
    let at = [Some(id), parent].into_iter().flatten();
    changes::note(conn, &at.map(|at| Change::of(&CHAPTERS, ChapterId(at), code)).collect::<Vec<_>>())
}
