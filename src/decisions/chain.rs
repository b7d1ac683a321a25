//! Which steps a request takes, and who comes next.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model;
use super::store;
use super::words::Halt;
use crate::authz;
use crate::basics::clock::vietnam_date;
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

/// The steps of one side, by the rules of today, with who decides each as things stand.
pub fn of_side(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    kind: &Kind,
    side: ChapterId,
    amount: Option<i64>,
    not: &[Uuid],
) -> Result<Vec<Step>, Halt> {
    let line = authz::line_of_approvers(conn, now, side, not)?;
    let chapters: Vec<Uuid> = line.iter().map(|(chapter, _)| chapter.0).collect();
    let rules = store::rules(conn, kind, &chapters, vietnam_date(now), amount.unwrap_or(0))?;
    // Without a rule there is one step at home, and nobody's level matters; most requests are so.
    let home = line.first().map(|(chapter, _)| *chapter);
    let all = if rules.is_empty() { home.into_iter().collect() } else { model::steps(&tree::line(conn, side)?, &rules, amount) };
    let nearest = line.iter().find(|(_, has)| *has).map(|(chapter, _)| *chapter);
    let mut steps = Vec::with_capacity(all.len());
    for at in all {
        let approver = if at == side { nearest.ok_or(Halt::NobodyElse)? } else { approver(conn, now, at, not)? };
        steps.push(Step { of: side, at, approver });
    }
    Ok(steps)
}

/// The nearest chapter at or above `at` with somebody who may approve and is none of `not`.
pub fn approver(conn: &mut PgConnection, now: DateTime<Utc>, at: ChapterId, not: &[Uuid]) -> Result<ChapterId, Halt> {
    authz::nearest_approver(conn, now, at, not)?.ok_or(Halt::NobodyElse)
}
