//! Advances whose day has passed, as everybody may know of them: in sum, never who has them.

use chrono::NaiveDate;
use diesel::dsl::{count_star, min, sql};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use uuid::Uuid;

use crate::db::DbError;
use crate::db::schema::advance;
use crate::ledger::model::FundId;

/// What is overdue, and since when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Overdue {
    pub vnd: i64,
    pub count: i64,
    /// The day by which the oldest was to be cleared.
    pub oldest_due_on: Option<NaiveDate>,
}

/// What is overdue on a day at chapters, and of funds; in the whole country if neither are named. Advances of old books have no day.
/// Allowed to the public role.
pub fn overdue(
    conn: &mut PgConnection,
    chapters: Option<&[Uuid]>,
    funds: Option<&[FundId]>,
    today: NaiveDate,
) -> Result<Overdue, DbError> {
    use advance as a;
    let sum = sql::<BigInt>("coalesce(sum(open_vnd), 0)::bigint");
    let mut query =
        a::table.filter(a::open_vnd.gt(0)).filter(a::due_on.lt(today)).select((sum, count_star(), min(a::due_on))).into_boxed();
    if let Some(chapters) = chapters {
        query = query.filter(a::chapter_id.eq_any(chapters));
    }
    if let Some(funds) = funds {
        query = query.filter(a::fund_id.eq_any(funds.iter().map(|fund| fund.0).collect::<Vec<_>>()));
    }
    let (vnd, count, oldest_due_on) = query.first(conn)?;
    Ok(Overdue { vnd, count, oldest_due_on })
}
