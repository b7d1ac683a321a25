//! What this room tells those who keep a copy ([`crate::changes`]).

use diesel::pg::PgConnection;
use uuid::Uuid;

use crate::changes::{self, Change};
use crate::db::DbError;
use crate::house::feed::Feed;
use crate::tree::ChapterId;

/// Opening balances.
pub static OPENING_BALANCES: Feed = Feed { kind: "OPENING_BALANCE", read_at: "/opening-balances/{id}" };

/// An opening balance that is new or not what it was, its reversal included: that is shown with it.
pub fn changed(conn: &mut PgConnection, chapter: ChapterId, opening: Uuid) -> Result<(), DbError> {
    changes::note(conn, &[Change::of(&OPENING_BALANCES, chapter, opening)])
}
