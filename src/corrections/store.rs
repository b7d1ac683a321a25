//! SQL of requests to reverse an entry.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::feed;
use super::model::CorrectionState;
use crate::authz::{Granted, Read, Record, Right, Seen};
use crate::db::DbError;
use crate::db::schema::correction;
use crate::http::Span;
use crate::tree::ChapterId;

/// A request as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = correction, check_for_backend(diesel::pg::Pg))]
pub struct Row {
    pub id: Uuid,
    pub entry_id: Uuid,
    pub chapter_id: Uuid,
    pub reason: String,
    pub state: String,
    pub requested_by: Uuid,
    pub requested_at: DateTime<Utc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
    /// What was reversed with the entry.
    pub together: Vec<Uuid>,
}

impl Row {
    /// What an approved one reversed.
    pub fn reversed(&self) -> impl Iterator<Item = Uuid> {
        [self.entry_id].into_iter().chain(self.together.iter().copied())
    }
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(correction::table.find(id).select(Row::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction: decisions on it come one after the other.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(correction::table.find(id).select(Row::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Those of a chapter, oldest first.
pub fn list(conn: &mut PgConnection, here: &Seen<Read>, span: Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<Row>, DbError> {
    use correction as c;
    let mut query = c::table.filter(c::chapter_id.eq(here.chapter().0)).select(Row::as_select()).into_boxed();
    if let Some((at, id)) = span.after {
        query = query.filter(c::requested_at.gt(at).or(c::requested_at.eq(at).and(c::id.gt(id))));
    }
    Ok(query.order((c::requested_at, c::id)).limit(span.rows).load(conn)?)
}

/// Writes a request.
pub fn insert(conn: &mut PgConnection, by: &Granted<Record>, row: &Row) -> Result<(), DbError> {
    let row = Row { chapter_id: by.chapter().0, requested_by: by.account(), ..row.clone() };
    diesel::insert_into(correction::table).values(&row).execute(conn)?;
    feed::changed(conn, by.chapter(), row.id)
}

/// Notes how a request was decided, and what was reversed besides its entry.
pub fn settle<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    at: DateTime<Utc>,
    row: &Row,
    (state, together): (CorrectionState, &[Uuid]),
) -> Result<(), DbError> {
    use correction as c;
    diesel::update(c::table.find(row.id))
        .set((c::state.eq(state.name()), c::decided_by.eq(by.account()), c::decided_at.eq(at), c::together.eq(together)))
        .execute(conn)?;
    feed::changed(conn, ChapterId(row.chapter_id), row.id)
}
