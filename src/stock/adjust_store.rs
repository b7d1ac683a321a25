//! SQL of adjustments and counts.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::feed;
use crate::authz::{Granted, Read, Record, Right, Seen};
use crate::db::DbError;
use crate::db::schema::{
    stock_adjustment, stock_adjustment_entry, stock_adjustment_line, stock_count, stock_count_line, stock_lot, stock_movement,
};
use crate::decisions::State;
use crate::http::Span;
use crate::tree;

/// An adjustment as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = stock_adjustment, check_for_backend(diesel::pg::Pg))]
pub struct AdjustmentRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub fund_id: i32,
    pub reason: String,
    /// The count that proposed it.
    pub count_id: Option<Uuid>,
    pub document: Vec<u8>,
    pub state: String,
    pub requested_by: Uuid,
    pub requested_at: DateTime<Utc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
}

/// One line of it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = stock_adjustment_line, check_for_backend(diesel::pg::Pg))]
pub struct LineRow {
    pub adjustment_id: Uuid,
    pub n: i16,
    /// `OUT` or `IN`.
    pub side: String,
    pub lot_id: Option<Uuid>,
    pub item: String,
    pub unit: String,
    pub quantity_milli: i64,
    /// Of what comes.
    pub value_vnd: Option<i64>,
    pub valuation: String,
    pub expires_on: Option<NaiveDate>,
    pub store_id: Option<Uuid>,
}

/// A count as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = stock_count, check_for_backend(diesel::pg::Pg))]
pub struct CountRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub counted_on: NaiveDate,
    pub document: Vec<u8>,
    pub request_hash: Vec<u8>,
    pub counted_by: Uuid,
    pub counted_at: DateTime<Utc>,
}

/// One line of it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = stock_count_line, check_for_backend(diesel::pg::Pg))]
pub struct CountLineRow {
    pub count_id: Uuid,
    pub lot_id: Uuid,
    pub booked_milli: i64,
    pub counted_milli: i64,
}

/// A line with the item and the unit of its lot.
pub type CountedLine = (CountLineRow, String, String);

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<AdjustmentRow>, DbError> {
    Ok(stock_adjustment::table.find(id).select(AdjustmentRow::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction: decisions on it come one after the other.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<AdjustmentRow>, DbError> {
    Ok(stock_adjustment::table.find(id).select(AdjustmentRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// How many adjustments wait at a chapter.
pub fn waiting(conn: &mut PgConnection, chapter: Uuid) -> Result<i64, DbError> {
    use stock_adjustment as a;
    let waiting = a::table.filter(a::chapter_id.eq(chapter)).filter(a::state.eq(State::Asked.name()));
    Ok(waiting.count().get_result(conn)?)
}

/// Adjustments of a chapter, and of what it goes on for, oldest first.
pub fn list(
    conn: &mut PgConnection,
    here: &Seen<Read>,
    span: Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<AdjustmentRow>, DbError> {
    use stock_adjustment as a;
    let of = |conn: &mut PgConnection, chapter: Uuid| -> Result<Vec<AdjustmentRow>, DbError> {
        let mut query = a::table.filter(a::chapter_id.eq(chapter)).select(AdjustmentRow::as_select()).into_boxed();
        if let Some((at, id)) = span.after {
            query = query.filter(a::requested_at.gt(at).or(a::requested_at.eq(at).and(a::id.gt(id))));
        }
        Ok(query.order((a::requested_at, a::id)).limit(span.rows).load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, of, |row| (row.requested_at, row.id))
}

/// The lines of adjustments, in their order.
pub fn lines_of(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<LineRow>>, DbError> {
    use stock_adjustment_line as l;
    let rows: Vec<LineRow> =
        l::table.filter(l::adjustment_id.eq_any(ids)).order((l::adjustment_id, l::n)).select(LineRow::as_select()).load(conn)?;
    let mut lines: HashMap<Uuid, Vec<LineRow>> = HashMap::new();
    for row in rows {
        lines.entry(row.adjustment_id).or_default().push(row);
    }
    Ok(lines)
}

/// The entries of adjustments.
pub fn entries_of(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Uuid>>, DbError> {
    use stock_adjustment_entry as e;
    let rows: Vec<(Uuid, Uuid)> =
        e::table.filter(e::adjustment_id.eq_any(ids)).order(e::entry_id).select((e::adjustment_id, e::entry_id)).load(conn)?;
    let mut entries: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (adjustment, entry) in rows {
        entries.entry(adjustment).or_default().push(entry);
    }
    Ok(entries)
}

/// The adjustments that booked these entries, and of which chapter they are.
pub fn of_entries(conn: &mut PgConnection, entries: &[Uuid]) -> Result<Vec<(Uuid, Uuid, Uuid)>, DbError> {
    use stock_adjustment_entry as e;
    Ok(e::table
        .inner_join(stock_adjustment::table.on(stock_adjustment::id.eq(e::adjustment_id)))
        .filter(e::entry_id.eq_any(entries))
        .select((e::entry_id, e::adjustment_id, stock_adjustment::chapter_id))
        .load(conn)?)
}

/// Writes what was asked.
pub fn insert(conn: &mut PgConnection, by: &Granted<Record>, row: &AdjustmentRow, lines: &[LineRow]) -> Result<(), DbError> {
    let row = AdjustmentRow { chapter_id: by.chapter().0, requested_by: by.account(), ..row.clone() };
    diesel::insert_into(stock_adjustment::table).values(&row).execute(conn)?;
    diesel::insert_into(stock_adjustment_line::table).values(lines).execute(conn)?;
    feed::changed(conn, &feed::ADJUSTMENTS, by.chapter(), row.id)
}

/// Notes a decision on an adjustment of the granted chapter.
pub fn decide<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    now: DateTime<Utc>,
    id: Uuid,
    state: State,
) -> Result<(), DbError> {
    use stock_adjustment as a;
    diesel::update(a::table.find(id).filter(a::chapter_id.eq(by.chapter().0)))
        .set((a::state.eq(state.name()), a::decided_by.eq(by.account()), a::decided_at.eq(now)))
        .execute(conn)?;
    feed::changed(conn, &feed::ADJUSTMENTS, by.chapter(), id)
}

/// Notes which entries an adjustment was booked by.
pub fn note_entries<R: Right>(conn: &mut PgConnection, _: &Granted<R>, id: Uuid, entries: &[Uuid]) -> Result<(), DbError> {
    use stock_adjustment_entry as e;
    let rows: Vec<_> = entries.iter().map(|entry| (e::entry_id.eq(entry), e::adjustment_id.eq(id))).collect();
    diesel::insert_into(e::table).values(rows).execute(conn)?;
    Ok(())
}

/// What lots had when they came: by it more of the same is priced.
pub fn origins(conn: &mut PgConnection, lots: &[Uuid]) -> Result<HashMap<Uuid, (i64, i64)>, DbError> {
    use stock_movement as m;
    let rows: Vec<(Uuid, i64, i64)> = m::table
        .inner_join(stock_lot::table.on(stock_lot::id.eq(m::lot_id).and(stock_lot::entry_id.eq(m::entry_id))))
        .filter(m::lot_id.eq_any(lots))
        .filter(m::back.eq(false))
        .select((m::lot_id, m::quantity_milli, m::value_vnd))
        .load(conn)?;
    Ok(rows.into_iter().map(|(lot, milli, value)| (lot, (milli, value))).collect())
}

pub fn find_count(conn: &mut PgConnection, id: Uuid) -> Result<Option<CountRow>, DbError> {
    Ok(stock_count::table.find(id).select(CountRow::as_select()).first(conn).optional()?)
}

/// Whether any of these lots was counted again after a count.
pub fn is_counted_since(conn: &mut PgConnection, count: Uuid, lots: &[Uuid]) -> Result<bool, DbError> {
    use stock_count as c;
    use stock_count_line as l;
    let Some(this) = find_count(conn, count)? else { return Ok(false) };
    let later = c::counted_at.gt(this.counted_at).or(c::counted_at.eq(this.counted_at).and(c::id.gt(this.id)));
    let lines = l::table.inner_join(c::table.on(c::id.eq(l::count_id))).filter(l::lot_id.eq_any(lots)).filter(later);
    Ok(diesel::select(diesel::dsl::exists(lines)).get_result(conn)?)
}

/// Counts of a chapter, and of what it goes on for, oldest first.
pub fn list_counts(
    conn: &mut PgConnection,
    here: &Seen<Read>,
    span: Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<CountRow>, DbError> {
    use stock_count as c;
    let of = |conn: &mut PgConnection, chapter: Uuid| -> Result<Vec<CountRow>, DbError> {
        let mut query = c::table.filter(c::chapter_id.eq(chapter)).select(CountRow::as_select()).into_boxed();
        if let Some((at, id)) = span.after {
            query = query.filter(c::counted_at.gt(at).or(c::counted_at.eq(at).and(c::id.gt(id))));
        }
        Ok(query.order((c::counted_at, c::id)).limit(span.rows).load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, of, |row| (row.counted_at, row.id))
}

/// The lines of counts, by lot.
pub fn count_lines_of(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<CountedLine>>, DbError> {
    use stock_count_line as l;
    let rows: Vec<CountedLine> = l::table
        .inner_join(stock_lot::table.on(stock_lot::id.eq(l::lot_id)))
        .filter(l::count_id.eq_any(ids))
        .order((l::count_id, l::lot_id))
        .select((CountLineRow::as_select(), stock_lot::item, stock_lot::unit))
        .load(conn)?;
    let mut lines: HashMap<Uuid, Vec<CountedLine>> = HashMap::new();
    for row in rows {
        lines.entry(row.0.count_id).or_default().push(row);
    }
    Ok(lines)
}

/// The adjustments that counts proposed.
pub fn proposed_by(conn: &mut PgConnection, counts: &[Uuid]) -> Result<HashMap<Uuid, Vec<Uuid>>, DbError> {
    use stock_adjustment as a;
    let rows: Vec<(Option<Uuid>, Uuid)> =
        a::table.filter(a::count_id.eq_any(counts)).order((a::fund_id, a::id)).select((a::count_id, a::id)).load(conn)?;
    let mut proposed: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (count, adjustment) in rows {
        proposed.entry(count.unwrap_or_default()).or_default().push(adjustment);
    }
    Ok(proposed)
}

/// Writes a count unless its id is taken; whether it was written.
pub fn insert_count(
    conn: &mut PgConnection,
    by: &Granted<Record>,
    row: &CountRow,
    lines: &[CountLineRow],
) -> Result<bool, DbError> {
    let row = CountRow { chapter_id: by.chapter().0, counted_by: by.account(), ..row.clone() };
    let written = diesel::insert_into(stock_count::table).values(&row).on_conflict(stock_count::id).do_nothing().execute(conn)?;
    if written == 1 {
        diesel::insert_into(stock_count_line::table).values(lines).execute(conn)?;
        feed::changed(conn, &feed::COUNTS, by.chapter(), row.id)?;
    }
    Ok(written == 1)
}
