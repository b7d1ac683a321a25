//! What this room tells those who keep a copy ([`crate::changes`]).

use diesel::pg::PgConnection;
use uuid::Uuid;

use crate::changes::{self, Change};
use crate::db::DbError;
use crate::house::feed::Feed;
use crate::tree::ChapterId;

/// Requests to reverse an entry.
pub static CORRECTIONS: Feed = Feed { kind: "CORRECTION", read_at: "/corrections/{id}" };

/// One that is new or was decided.
pub fn changed(conn: &mut PgConnection, chapter: ChapterId, id: Uuid) -> Result<(), DbError> {
    changes::note(conn, &[Change::of(&CORRECTIONS, chapter, id)])
}
