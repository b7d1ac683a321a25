//! What this room tells those who keep a copy ([`crate::changes`]).

use diesel::pg::PgConnection;
use uuid::Uuid;

use crate::changes::{self, Change};
use crate::db::DbError;
use crate::house::feed::Feed;
use crate::tree::ChapterId;

/// Transfers, with what became of them.
pub static TRANSFERS: Feed = Feed { kind: "TRANSFER", read_at: "/transfers/{id}" };

/// A transfer that is new or not what it was: both sides are told.
pub fn changed(conn: &mut PgConnection, transfer: Uuid, sides: [Uuid; 2]) -> Result<(), DbError> {
    changes::note(conn, &sides.map(|side| Change::of(&TRANSFERS, ChapterId(side), transfer)))
}
