//! SQL of advances: what is open of them, until when, and what became of them line by line.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::OrderKind;
use crate::authz::{Read, Seen};
use crate::db::DbError;
use crate::db::schema::{advance, advance_clearing_line, advance_rule, money_order};
use crate::db::shown;
use crate::http::Span;
use crate::ledger::accounts::Account;
use crate::tree;

/// An advance and what is open of it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = advance, check_for_backend(diesel::pg::Pg))]
pub struct AdvanceRow {
    /// Public code of its entry.
    pub code: String,
    pub entry_id: Uuid,
    pub chapter_id: Uuid,
    pub fund_id: i32,
    /// Absent where it came with an opening balance.
    pub order_id: Option<Uuid>,
    pub amount_vnd: i64,
    pub open_vnd: i64,
    pub due_on: Option<NaiveDate>,
}

/// A line of a clearing.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = advance_clearing_line, check_for_backend(diesel::pg::Pg))]
pub struct LineRow {
    pub order_id: Uuid,
    pub n: i16,
    pub account: String,
    pub category: Option<String>,
    pub amount_vnd: i64,
}

impl LineRow {
    /// Where it went; what came back has no category.
    pub fn to(&self) -> Option<Account> {
        Account::parse(&self.account)
    }
}

/// The day by which an advance of a day is to be cleared.
pub fn due_on(conn: &mut PgConnection, day: NaiveDate) -> Result<NaiveDate, DbError> {
    use advance_rule as r;
    let days: Option<i16> = r::table
        .filter(r::valid_from.le(day))
        .filter(r::valid_to.is_null().or(r::valid_to.ge(day)))
        .order(r::valid_from.desc())
        .select(r::days)
        .first(conn)
        .optional()?;
    let days = days.and_then(|days| u64::try_from(days).ok()).unwrap_or_default();
    Ok(day.checked_add_days(Days::new(days)).unwrap_or(day))
}

/// Notes an advance, or does nothing where it is known.
pub fn insert(conn: &mut PgConnection, row: &AdvanceRow) -> Result<(), DbError> {
    shown::adds(conn);
    diesel::insert_into(advance::table).values(row).on_conflict(advance::code).do_nothing().execute(conn)?;
    Ok(())
}

pub fn of_code(conn: &mut PgConnection, code: &str) -> Result<Option<AdvanceRow>, DbError> {
    Ok(advance::table.find(code).select(AdvanceRow::as_select()).first(conn).optional()?)
}

/// Advances of these orders; those that are not approved have none.
pub fn of_orders(conn: &mut PgConnection, orders: &[Uuid]) -> Result<HashMap<Uuid, AdvanceRow>, DbError> {
    let rows = advance::table.filter(advance::order_id.eq_any(orders.iter().copied().map(Some)));
    let rows: Vec<AdvanceRow> = rows.select(AdvanceRow::as_select()).load(conn)?;
    Ok(rows.into_iter().filter_map(|row| Some((row.order_id?, row))).collect())
}

/// The advance of an entry, held until the end of the transaction: what is cleared of it comes one after the other.
pub fn hold(conn: &mut PgConnection, entry: Uuid) -> Result<Option<AdvanceRow>, DbError> {
    let one = advance::table.filter(advance::entry_id.eq(entry)).select(AdvanceRow::as_select());
    Ok(one.for_no_key_update().first(conn).optional()?)
}

/// Opens less of it, or more where a clearing is taken back.
pub fn clear(conn: &mut PgConnection, entry: Uuid, amount_vnd: i64) -> Result<(), DbError> {
    shown::alters(conn);
    diesel::update(advance::table.filter(advance::entry_id.eq(entry)))
        .set(advance::open_vnd.eq(advance::open_vnd - amount_vnd))
        .execute(conn)?;
    Ok(())
}

pub fn insert_lines(conn: &mut PgConnection, lines: &[LineRow]) -> Result<(), DbError> {
    diesel::insert_into(advance_clearing_line::table).values(lines).execute(conn)?;
    Ok(())
}

/// The lines of clearings, by order.
pub fn lines_of(conn: &mut PgConnection, orders: &[Uuid]) -> Result<HashMap<Uuid, Vec<LineRow>>, DbError> {
    use advance_clearing_line as l;
    let rows: Vec<LineRow> =
        l::table.filter(l::order_id.eq_any(orders)).order((l::order_id, l::n)).select(LineRow::as_select()).load(conn)?;
    let mut lines: HashMap<Uuid, Vec<LineRow>> = HashMap::new();
    for row in rows {
        lines.entry(row.order_id).or_default().push(row);
    }
    Ok(lines)
}

/// Where a list of open advances goes on: their due day, those without one last, and code.
pub type OpenKey = (Option<NaiveDate>, String);

/// A chapter's open advances, and those that what it goes on for has handed out, the longest due first.
pub fn open(conn: &mut PgConnection, here: &Seen<Read>, span: Span<OpenKey>) -> Result<Vec<AdvanceRow>, DbError> {
    use advance as a;
    let of = |conn: &mut PgConnection, chapter: Uuid| -> Result<Vec<AdvanceRow>, DbError> {
        let mut query = a::table
            .filter(a::chapter_id.eq(chapter))
            .filter(a::open_vnd.gt(0))
            .order((a::due_on.asc().nulls_last(), a::code))
            .limit(span.rows)
            .select(AdvanceRow::as_select())
            .into_boxed();
        if let Some((due, code)) = span.after.clone() {
            query = match due {
                None => query.filter(a::due_on.is_null()).filter(a::code.gt(code)),
                Some(due) => query.filter(a::due_on.is_null().or(a::due_on.gt(due)).or(a::due_on.eq(due).and(a::code.gt(code)))),
            };
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, of, |row| (row.due_on.is_none(), row.due_on, row.code.clone()))
}

/// What is sealed of these orders: who has the advance, and what for.
pub fn sealed_of(conn: &mut PgConnection, orders: &[Uuid]) -> Result<HashMap<Uuid, Vec<u8>>, DbError> {
    use money_order as o;
    let rows: Vec<(Uuid, Option<Vec<u8>>)> = o::table.filter(o::id.eq_any(orders)).select((o::id, o::particulars)).load(conn)?;
    Ok(rows.into_iter().filter_map(|(id, sealed)| Some((id, sealed?))).collect())
}

/// Advances by code after `after`, for an audit.
pub fn after(conn: &mut PgConnection, after: &str, limit: i64) -> Result<Vec<AdvanceRow>, DbError> {
    let rows = advance::table.filter(advance::code.gt(after)).order(advance::code).limit(limit);
    Ok(rows.select(AdvanceRow::as_select()).load(conn)?)
}

/// What standing clearings of these entries come to, and purchases that were paid from them, by entry.
pub fn cleared(conn: &mut PgConnection, entries: &[Uuid]) -> Result<HashMap<Uuid, i64>, DbError> {
    use money_order as o;
    let rows: Vec<(Option<Uuid>, i64)> = o::table
        .filter(o::of_entry_id.eq_any(entries.iter().copied().map(Some)))
        .filter(o::kind.eq_any([OrderKind::AdvanceClearing.name(), OrderKind::Purchase.name()]))
        .filter(o::state.eq("APPROVED"))
        .select((o::of_entry_id, o::amount_vnd))
        .load(conn)?;
    let mut sums: HashMap<Uuid, i64> = HashMap::new();
    for (entry, amount) in rows {
        *sums.entry(entry.unwrap_or_default()).or_default() += amount;
    }
    Ok(sums)
}
