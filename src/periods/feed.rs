//! What this room tells those who keep a copy ([`crate::changes`]).

use diesel::pg::PgConnection;
use uuid::Uuid;

use crate::changes::{self, Change};
use crate::db::DbError;
use crate::house::feed::Feed;
use crate::tree::ChapterId;

/// Requests to close months; the month is closed with its approval.
pub static PERIODS: Feed = Feed { kind: "PERIOD_CLOSING", read_at: "/period-closings/{id}" };

/// A request that is new or was decided.
pub fn changed(conn: &mut PgConnection, chapter: ChapterId, closing: Uuid) -> Result<(), DbError> {
    changes::note(conn, &[Change::of(&PERIODS, chapter, closing)])
}
