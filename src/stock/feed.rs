//! What this room tells those who keep a copy ([`crate::changes`]). Lots are not told by themselves: what moves them is.

use diesel::pg::PgConnection;
use uuid::Uuid;

use crate::changes::{self, Change};
use crate::db::DbError;
use crate::house::feed::Feed;
use crate::tree::ChapterId;

/// Adjustments of what is in stock.
pub static ADJUSTMENTS: Feed = Feed { kind: "STOCK_ADJUSTMENT", read_at: "/stock/adjustments/{id}" };
/// Counts of it.
pub static COUNTS: Feed = Feed { kind: "STOCK_COUNT", read_at: "/stock/counts/{id}" };

/// A record that is new or not what it was.
pub fn changed(conn: &mut PgConnection, feed: &'static Feed, chapter: ChapterId, id: Uuid) -> Result<(), DbError> {
    changes::note(conn, &[Change::of(feed, chapter, id)])
}
