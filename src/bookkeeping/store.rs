//! SQL of opening balances and of requests to reverse them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::feed;
use crate::authz::{Approve, Granted, Read, Record, Right, Seen};
use crate::db::DbError;
use crate::db::schema::{
    opening_balance, opening_balance_entry, opening_balance_held, opening_balance_line, opening_balance_reversal,
};
use crate::decisions::State;
use crate::http::Span;
use crate::ledger::model::FundId;

/// An opening balance as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = opening_balance, check_for_backend(diesel::pg::Pg))]
pub struct OpeningRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub as_of: NaiveDate,
    pub document_no: String,
    pub document: Option<Vec<u8>>,
    pub note: Option<Vec<u8>>,
    pub request_hash: Vec<u8>,
    pub state: String,
    pub approver_chapter_id: Uuid,
    pub requested_by: Uuid,
    pub requested_at: DateTime<Utc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
}

/// One line of it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = opening_balance_line, check_for_backend(diesel::pg::Pg))]
pub struct LineRow {
    pub opening_id: Uuid,
    pub n: i16,
    pub fund_id: i32,
    pub account: String,
    pub amount_vnd: i64,
}

/// A request to reverse one.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = opening_balance_reversal, check_for_backend(diesel::pg::Pg))]
pub struct ReversalRow {
    pub id: Uuid,
    pub opening_id: Uuid,
    pub reason: String,
    pub note: Option<Vec<u8>>,
    pub request_hash: Vec<u8>,
    pub state: String,
    pub approver_chapter_id: Uuid,
    pub requested_by: Uuid,
    pub requested_at: DateTime<Utc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<OpeningRow>, DbError> {
    Ok(opening_balance::table.find(id).select(OpeningRow::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction: decisions on it come one after the other.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<OpeningRow>, DbError> {
    Ok(opening_balance::table.find(id).select(OpeningRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Opening balances of a chapter, oldest first.
pub fn list(conn: &mut PgConnection, here: &Seen<Read>, span: Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<OpeningRow>, DbError> {
    use opening_balance as o;
    let mut query = o::table.filter(o::chapter_id.eq(here.chapter().0)).select(OpeningRow::as_select()).into_boxed();
    if let Some((at, id)) = span.after {
        query = query.filter(o::requested_at.gt(at).or(o::requested_at.eq(at).and(o::id.gt(id))));
    }
    Ok(query.order((o::requested_at, o::id)).limit(span.rows).load(conn)?)
}

/// The lines of opening balances, by opening and in their order.
pub fn lines_of(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<LineRow>>, DbError> {
    use opening_balance_line as l;
    let rows: Vec<LineRow> =
        l::table.filter(l::opening_id.eq_any(ids)).order((l::opening_id, l::n)).select(LineRow::as_select()).load(conn)?;
    let mut lines: HashMap<Uuid, Vec<LineRow>> = HashMap::new();
    for row in rows {
        lines.entry(row.opening_id).or_default().push(row);
    }
    Ok(lines)
}

/// [`lines_of`] one.
pub fn lines(conn: &mut PgConnection, id: Uuid) -> Result<Vec<LineRow>, DbError> {
    Ok(lines_of(conn, &[id])?.remove(&id).unwrap_or_default())
}

/// (fund, entry) of approved openings, by opening and in order of funds.
pub fn entries_of(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<(i32, Uuid)>>, DbError> {
    use opening_balance_entry as e;
    let rows: Vec<(Uuid, i32, Uuid)> = e::table
        .filter(e::opening_id.eq_any(ids))
        .order((e::opening_id, e::fund_id))
        .select((e::opening_id, e::fund_id, e::entry_id))
        .load(conn)?;
    let mut entries: HashMap<Uuid, Vec<(i32, Uuid)>> = HashMap::new();
    for (opening, fund, entry) in rows {
        entries.entry(opening).or_default().push((fund, entry));
    }
    Ok(entries)
}

/// [`entries_of`] one.
pub fn entries(conn: &mut PgConnection, id: Uuid) -> Result<Vec<(i32, Uuid)>, DbError> {
    Ok(entries_of(conn, &[id])?.remove(&id).unwrap_or_default())
}

/// Writes a request unless its id is taken; whether it was written. A concurrent twin waits for the first.
pub fn insert(conn: &mut PgConnection, by: &Granted<Record>, row: &OpeningRow, lines: &[LineRow]) -> Result<bool, DbError> {
    let row = OpeningRow { chapter_id: by.chapter().0, requested_by: by.account(), ..row.clone() };
    let written =
        diesel::insert_into(opening_balance::table).values(&row).on_conflict(opening_balance::id).do_nothing().execute(conn)?;
    if written == 1 {
        diesel::insert_into(opening_balance_line::table).values(lines).execute(conn)?;
        feed::changed(conn, by.chapter(), row.id)?;
    }
    Ok(written == 1)
}

/// What of these (fund, account) is opened at a chapter already.
pub fn held(conn: &mut PgConnection, chapter: Uuid, lines: &[LineRow]) -> Result<Vec<(i32, String)>, DbError> {
    let rows: Vec<(i32, String)> = opening_balance_held::table
        .filter(opening_balance_held::chapter_id.eq(chapter))
        .select((opening_balance_held::fund_id, opening_balance_held::account))
        .load(conn)?;
    Ok(rows.into_iter().filter(|(fund, account)| lines.iter().any(|l| l.fund_id == *fund && l.account == *account)).collect())
}

/// Notes a decision on an opening balance of the granted chapter.
pub fn decide<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    now: DateTime<Utc>,
    id: Uuid,
    state: State,
) -> Result<(), DbError> {
    diesel::update(opening_balance::table.find(id).filter(opening_balance::chapter_id.eq(by.chapter().0)))
        .set((
            opening_balance::state.eq(state.name()),
            opening_balance::decided_by.eq(by.account()),
            opening_balance::decided_at.eq(now),
        ))
        .execute(conn)?;
    feed::changed(conn, by.chapter(), id)
}

/// Notes the booked entries and takes the places of the lines; fails on `opening_balance_held_pk` when one is taken.
pub fn hold_places(
    conn: &mut PgConnection,
    by: &Granted<Approve>,
    id: Uuid,
    lines: &[LineRow],
    entries: &[(FundId, Uuid)],
) -> Result<(), DbError> {
    use opening_balance_entry as e;
    use opening_balance_held as h;
    let mut places: Vec<&LineRow> = lines.iter().collect();
    places.sort_by(|a, b| (a.fund_id, &a.account).cmp(&(b.fund_id, &b.account)));
    let places: Vec<_> = places
        .into_iter()
        .map(|l| (h::chapter_id.eq(by.chapter().0), h::fund_id.eq(l.fund_id), h::account.eq(&l.account), h::opening_id.eq(id)))
        .collect();
    diesel::insert_into(h::table).values(places).execute(conn)?;
    let entries: Vec<_> =
        entries.iter().map(|(fund, entry)| (e::opening_id.eq(id), e::fund_id.eq(fund.0), e::entry_id.eq(entry))).collect();
    diesel::insert_into(e::table).values(entries).execute(conn)?;
    Ok(())
}

/// Marks an opening balance as reversed and gives its places back.
pub fn give_back(conn: &mut PgConnection, by: &Granted<Approve>, id: Uuid) -> Result<(), DbError> {
    diesel::delete(opening_balance_held::table.filter(opening_balance_held::opening_id.eq(id))).execute(conn)?;
    diesel::update(opening_balance::table.find(id).filter(opening_balance::chapter_id.eq(by.chapter().0)))
        .set(opening_balance::state.eq("REVERSED"))
        .execute(conn)?;
    Ok(())
}

/// The newest request to reverse each of these opening balances.
pub fn reversals_of(conn: &mut PgConnection, openings: &[Uuid]) -> Result<HashMap<Uuid, ReversalRow>, DbError> {
    use opening_balance_reversal as r;
    let rows: Vec<ReversalRow> = r::table
        .filter(r::opening_id.eq_any(openings))
        .distinct_on(r::opening_id)
        .order((r::opening_id, r::requested_at.desc(), r::id.desc()))
        .select(ReversalRow::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.opening_id, row)).collect())
}

/// [`reversals_of`] one.
pub fn reversal_of(conn: &mut PgConnection, opening: Uuid) -> Result<Option<ReversalRow>, DbError> {
    Ok(reversals_of(conn, &[opening])?.remove(&opening))
}

pub fn reversal(conn: &mut PgConnection, id: Uuid) -> Result<Option<ReversalRow>, DbError> {
    Ok(opening_balance_reversal::table.find(id).select(ReversalRow::as_select()).first(conn).optional()?)
}

pub fn insert_reversal(conn: &mut PgConnection, by: &Granted<Record>, row: ReversalRow) -> Result<(), DbError> {
    let row = ReversalRow { requested_by: by.account(), ..row };
    diesel::insert_into(opening_balance_reversal::table).values(&row).execute(conn)?;
    feed::changed(conn, by.chapter(), row.opening_id)
}

pub fn decide_reversal<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    now: DateTime<Utc>,
    id: Uuid,
    state: State,
) -> Result<(), DbError> {
    use opening_balance_reversal as r;
    let opening: Uuid = diesel::update(r::table.find(id))
        .set((r::state.eq(state.name()), r::decided_by.eq(by.account()), r::decided_at.eq(now)))
        .returning(r::opening_id)
        .get_result(conn)?;
    feed::changed(conn, by.chapter(), opening)
}
