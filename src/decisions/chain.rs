//! Which steps a request takes, and who comes next.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model;
use super::store;
use super::words::Halt;
use crate::authz;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::house::matter::Matter as Kind;
use crate::tree::{self, ChapterId};

/// A step that is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The side it speaks for.
    pub of: ChapterId,
    /// Where it is to be decided.
    pub at: ChapterId,
    /// Where it is decided, as things stand.
    pub approver: ChapterId,
}

/// The steps of one side, by the rules of today.
pub fn of_side(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    kind: &Kind,
    side: ChapterId,
    amount: Option<i64>,
) -> Result<Vec<ChapterId>, DbError> {
    let line = tree::line(conn, side)?;
    let chapters: Vec<Uuid> = line.iter().map(|(chapter, _)| chapter.0).collect();
    let rules = store::rules(conn, kind, &chapters, vietnam_date(now))?;
    Ok(model::steps(&line, &rules, amount))
}

/// The nearest chapter at or above `at` with somebody who may approve and is none of `not`.
pub fn approver(conn: &mut PgConnection, now: DateTime<Utc>, at: ChapterId, not: &[Uuid]) -> Result<ChapterId, Halt> {
    authz::nearest_approver(conn, now, at, not)?.ok_or(Halt::NobodyElse)
}
