//! SQL of opening balances and of requests to reverse them.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::authz::{Approve, Granted, Record};
use crate::db::DbError;
use crate::db::schema::{
    opening_balance, opening_balance_entry, opening_balance_held, opening_balance_line, opening_balance_reversal,
};
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
pub fn list(
    conn: &mut PgConnection,
    chapter: Uuid,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<OpeningRow>, DbError> {
    use opening_balance as o;
    let mut query = o::table.filter(o::chapter_id.eq(chapter)).select(OpeningRow::as_select()).into_boxed();
    if let Some((at, id)) = after {
        query = query.filter(o::requested_at.gt(at).or(o::requested_at.eq(at).and(o::id.gt(id))));
    }
    Ok(query.order((o::requested_at, o::id)).limit(limit).load(conn)?)
}

pub fn lines(conn: &mut PgConnection, id: Uuid) -> Result<Vec<LineRow>, DbError> {
    Ok(opening_balance_line::table
        .filter(opening_balance_line::opening_id.eq(id))
        .order(opening_balance_line::n)
        .select(LineRow::as_select())
        .load(conn)?)
}

/// (fund, entry) of an approved opening, in order of funds.
pub fn entries(conn: &mut PgConnection, id: Uuid) -> Result<Vec<(i32, Uuid)>, DbError> {
    Ok(opening_balance_entry::table
        .filter(opening_balance_entry::opening_id.eq(id))
        .order(opening_balance_entry::fund_id)
        .select((opening_balance_entry::fund_id, opening_balance_entry::entry_id))
        .load(conn)?)
}

/// Writes a request unless its id is taken; whether it was written. A concurrent twin waits for the first.
pub fn insert(conn: &mut PgConnection, by: &Granted<Record>, row: &OpeningRow, lines: &[LineRow]) -> Result<bool, DbError> {
    let row = OpeningRow { chapter_id: by.chapter().0, requested_by: by.account(), ..row.clone() };
    let written =
        diesel::insert_into(opening_balance::table).values(&row).on_conflict(opening_balance::id).do_nothing().execute(conn)?;
    if written == 1 {
        diesel::insert_into(opening_balance_line::table).values(lines).execute(conn)?;
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
pub fn decide(conn: &mut PgConnection, by: &Granted<Approve>, now: DateTime<Utc>, id: Uuid, state: &str) -> Result<(), DbError> {
    diesel::update(opening_balance::table.find(id).filter(opening_balance::chapter_id.eq(by.chapter().0)))
        .set((
            opening_balance::state.eq(state),
            opening_balance::decided_by.eq(by.account()),
            opening_balance::decided_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
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

/// The newest request to reverse an opening balance.
pub fn reversal_of(conn: &mut PgConnection, opening: Uuid) -> Result<Option<ReversalRow>, DbError> {
    Ok(opening_balance_reversal::table
        .filter(opening_balance_reversal::opening_id.eq(opening))
        .order((opening_balance_reversal::requested_at.desc(), opening_balance_reversal::id.desc()))
        .select(ReversalRow::as_select())
        .first(conn)
        .optional()?)
}

pub fn reversal(conn: &mut PgConnection, id: Uuid) -> Result<Option<ReversalRow>, DbError> {
    Ok(opening_balance_reversal::table.find(id).select(ReversalRow::as_select()).first(conn).optional()?)
}

pub fn insert_reversal(conn: &mut PgConnection, by: &Granted<Record>, row: ReversalRow) -> Result<(), DbError> {
    let row = ReversalRow { requested_by: by.account(), ..row };
    diesel::insert_into(opening_balance_reversal::table).values(&row).execute(conn)?;
    Ok(())
}

pub fn decide_reversal(
    conn: &mut PgConnection,
    by: &Granted<Approve>,
    now: DateTime<Utc>,
    id: Uuid,
    state: &str,
) -> Result<(), DbError> {
    use opening_balance_reversal as r;
    diesel::update(r::table.find(id))
        .set((r::state.eq(state), r::decided_by.eq(by.account()), r::decided_at.eq(now)))
        .execute(conn)?;
    Ok(())
}
