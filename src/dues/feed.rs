//! What this room tells those who keep a copy ([`crate::changes`]).

use diesel::pg::PgConnection;
use uuid::Uuid;

use crate::changes::{self, Change};
use crate::db::DbError;
use crate::house::feed::Feed;
use crate::tree::ChapterId;

/// Sheets of dues.
pub static SHEETS: Feed = Feed { kind: "DUES_SHEET", read_at: "/dues-sheets/{id}" };

/// A sheet that is new or not what it was.
pub fn changed(conn: &mut PgConnection, chapter: ChapterId, id: Uuid) -> Result<(), DbError> {
    changes::note(conn, &[Change::of(&SHEETS, chapter, id)])
}
