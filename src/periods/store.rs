//! SQL of requests to close months, and of closed months.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::feed;
use super::model::{Closed, Closings, month_of};
use crate::authz::{Approve, Granted, Record, Right};
use crate::db::DbError;
use crate::db::schema::{closed_period, period_closing};
use crate::db::shown;
use crate::decisions::State;
use crate::tree;

/// A request to close a month.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = period_closing, check_for_backend(diesel::pg::Pg))]
pub struct ClosingRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    /// Its first day.
    pub month: NaiveDate,
    pub state: String,
    pub requested_by: Uuid,
    pub requested_at: DateTime<Utc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
}

/// A closed month.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = closed_period, check_for_backend(diesel::pg::Pg))]
pub struct ClosedRow {
    pub chapter_id: Uuid,
    pub month: NaiveDate,
    pub closing_id: Uuid,
    pub size: i64,
    pub root: Vec<u8>,
    pub entries: i64,
    pub late: i64,
    pub statement: String,
    pub closed_at: DateTime<Utc>,
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<ClosingRow>, DbError> {
    Ok(period_closing::table.find(id).select(ClosingRow::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction: decisions on it come one after the other.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<ClosingRow>, DbError> {
    Ok(period_closing::table.find(id).select(ClosingRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Requests of a chapter for these months that wait.
pub fn waiting(conn: &mut PgConnection, chapter: Uuid, from: NaiveDate, to: NaiveDate) -> Result<Vec<ClosingRow>, DbError> {
    use period_closing as p;
    Ok(p::table
        .filter(p::chapter_id.eq(chapter))
        .filter(p::month.between(from, to))
        .filter(p::state.eq(State::Asked.name()))
        .order(p::month)
        .select(ClosingRow::as_select())
        .load(conn)?)
}

/// Writes a request of the granted chapter; fails on `period_closing_standing_key` where one waits or the month is closed.
pub fn insert(
    conn: &mut PgConnection,
    by: &Granted<Record>,
    now: DateTime<Utc>,
    id: Uuid,
    month: NaiveDate,
) -> Result<(), DbError> {
    let row = ClosingRow {
        id,
        chapter_id: by.chapter().0,
        month,
        state: State::Asked.name().to_owned(),
        requested_by: by.account(),
        requested_at: now,
        decided_by: None,
        decided_at: None,
    };
    diesel::insert_into(period_closing::table).values(&row).execute(conn)?;
    feed::changed(conn, by.chapter(), id)
}

/// Notes how a request of the granted chapter was decided.
pub fn decide<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    now: DateTime<Utc>,
    id: Uuid,
    to: State,
) -> Result<(), DbError> {
    use period_closing as p;
    diesel::update(p::table.find(id).filter(p::chapter_id.eq(by.chapter().0)))
        .set((p::state.eq(to.name()), p::decided_by.eq(by.account()), p::decided_at.eq(now)))
        .execute(conn)?;
    feed::changed(conn, by.chapter(), id)
}

/// Closes a month of the granted chapter, once.
pub fn close(conn: &mut PgConnection, by: &Granted<Approve>, row: &ClosedRow) -> Result<(), DbError> {
    shown::alters(conn);
    let row = ClosedRow { chapter_id: by.chapter().0, ..row.clone() };
    diesel::insert_into(closed_period::table).values(&row).execute(conn)?;
    Ok(())
}

/// The month that a chapter closed last.
pub fn last(conn: &mut PgConnection, chapter: Uuid) -> Result<Option<ClosedRow>, DbError> {
    use closed_period as c;
    Ok(c::table.filter(c::chapter_id.eq(chapter)).order(c::month.desc()).select(ClosedRow::as_select()).first(conn).optional()?)
}

/// The closed months of a chapter within others.
pub fn closed(conn: &mut PgConnection, chapter: Uuid, from: NaiveDate, to: NaiveDate) -> Result<Vec<ClosedRow>, DbError> {
    use closed_period as c;
    let here = c::table.filter(c::chapter_id.eq(chapter)).filter(c::month.between(from, to));
    Ok(here.order(c::month).select(ClosedRow::as_select()).load(conn)?)
}

/// The closed month that a request led to.
pub fn of_request(conn: &mut PgConnection, id: Uuid) -> Result<Option<ClosedRow>, DbError> {
    use closed_period as c;
    Ok(c::table.filter(c::closing_id.eq(id)).select(ClosedRow::as_select()).first(conn).optional()?)
}

/// The closed months of chapters, from a month on. Allowed to the public role.
pub fn closings(conn: &mut PgConnection, chapters: &[Uuid], from: NaiveDate) -> Result<Closings, DbError> {
    use closed_period as c;
    let rows: Vec<(Uuid, NaiveDate, i64)> = c::table
        .filter(c::chapter_id.eq_any(chapters))
        .filter(c::month.ge(from))
        .select((c::chapter_id, c::month, c::size))
        .load(conn)?;
    Ok(Closings::of(rows.into_iter().map(|(chapter, month, size)| (chapter, Closed { month, size }))))
}

/// Of entries, each by the code of its chapter, its day and its place in the log: the month in which it counts if it came when
/// the month of its day was closed; `None` for all others. In their order, in two queries; allowed to the public role.
pub fn late(conn: &mut PgConnection, entries: &[(&str, NaiveDate, Option<i64>)]) -> Result<Vec<Option<NaiveDate>>, DbError> {
    // What was closed before the month of every day says nothing of any of them.
    let Some(from) = entries.iter().map(|(_, day, _)| month_of(*day)).min() else { return Ok(Vec::new()) };
    let codes: Vec<&str> = entries.iter().map(|(chapter, ..)| *chapter).collect();
    let places = tree::places(conn, &codes)?;
    let closings = closings(conn, &places.values().map(|place| place.id.0).collect::<Vec<_>>(), from)?;
    let month = |(chapter, day, index): &(&str, NaiveDate, Option<i64>)| {
        let id = places.get(*chapter)?.id.0;
        closings.is_late(id, *day, *index).then(|| closings.month_of(id, *day, *index))
    };
    Ok(entries.iter().map(month).collect())
}

/// Closed months in the order of chapters and months, after one of them: what an audit walks.
pub(super) fn after(conn: &mut PgConnection, after: (Uuid, NaiveDate), limit: i64) -> Result<Vec<ClosedRow>, DbError> {
    use closed_period as c;
    Ok(c::table
        .filter(c::chapter_id.gt(after.0).or(c::chapter_id.eq(after.0).and(c::month.gt(after.1))))
        .order((c::chapter_id, c::month))
        .limit(limit)
        .select(ClosedRow::as_select())
        .load(conn)?)
}
