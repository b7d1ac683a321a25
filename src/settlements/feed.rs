//! What this room tells those who keep a copy ([`crate::changes`]).

use diesel::pg::PgConnection;
use uuid::Uuid;

use crate::changes::{self, Change};
use crate::db::DbError;
use crate::house::feed::Feed;
use crate::tree::ChapterId;

/// Settlement reports.
pub static SETTLEMENT_REPORTS: Feed = Feed { kind: "SETTLEMENT_REPORT", read_at: "/settlement-reports/{id}" };

/// A report that is new or was decided.
pub fn changed(conn: &mut PgConnection, chapter: ChapterId, report: Uuid) -> Result<(), DbError> {
    changes::note(conn, &[Change::of(&SETTLEMENT_REPORTS, chapter, report)])
}
