//! SQL of data steps: how far they are, and what they did.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;

use crate::db::DbError;
use crate::db::schema::{data_step, data_step_note};
use crate::vault::steps::Stepped;

/// A step as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct StepRow {
    pub name: String,
    pub progress: Option<String>,
    pub looked_at: i64,
    pub changed: i64,
    pub done_at: Option<DateTime<Utc>>,
}

/// The steps that were begun, in the order of that.
pub fn all(conn: &mut PgConnection) -> Result<Vec<StepRow>, DbError> {
    use data_step as s;
    let query = s::table.order((s::begun_at, s::name)).select((s::name, s::progress, s::looked_at, s::changed, s::done_at));
    Ok(query.load(conn)?)
}

/// Notes that a step is begun, if nobody did, and tells where it stands.
pub fn begin(conn: &mut PgConnection, now: DateTime<Utc>, name: &str) -> Result<StepRow, DbError> {
    use data_step as s;
    diesel::insert_into(s::table).values((s::name.eq(name), s::begun_at.eq(now))).on_conflict_do_nothing().execute(conn)?;
    let query = s::table.find(name).select((s::name, s::progress, s::looked_at, s::changed, s::done_at));
    Ok(query.first(conn)?)
}

/// Notes what a batch did; in its transaction.
pub fn advance(conn: &mut PgConnection, now: DateTime<Utc>, name: &str, did: &Stepped) -> Result<(), DbError> {
    use data_step as s;
    let counted = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    diesel::update(s::table.find(name))
        .set((
            s::progress.eq(&did.next),
            s::looked_at.eq(s::looked_at + counted(did.looked_at)),
            s::changed.eq(s::changed + counted(did.changed)),
            s::done_at.eq(did.next.is_none().then_some(now)),
        ))
        .execute(conn)?;
    use data_step_note as n;
    let rows: Vec<_> =
        did.notes.iter().map(|note| (n::step.eq(name), n::subject.eq(&note.subject), n::did.eq(&note.did))).collect();
    if !rows.is_empty() {
        diesel::insert_into(n::table).values(rows).execute(conn)?;
    }
    Ok(())
}

/// What steps did: (step, subject, what), in order, after the id `after`; with the id of each.
pub fn notes(conn: &mut PgConnection, after: i64, limit: i64) -> Result<Vec<(i64, String, String, String)>, DbError> {
    use data_step_note as n;
    let query = n::table.filter(n::id.gt(after)).order(n::id).limit(limit);
    Ok(query.select((n::id, n::step, n::subject, n::did)).load(conn)?)
}
