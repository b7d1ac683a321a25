//! What this room tells those who keep a copy ([`crate::changes`]).

use diesel::pg::PgConnection;
use uuid::Uuid;

use crate::changes::{self, Change};
use crate::db::DbError;
use crate::tree::ChapterId;

/// An opening balance that is new or not what it was, its reversal included: that is shown with it.
pub fn changed(conn: &mut PgConnection, chapter: ChapterId, opening: Uuid) -> Result<(), DbError> {
    changes::note(conn, &[Change::of("OPENING_BALANCE", chapter, opening)])
}
