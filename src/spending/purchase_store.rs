//! SQL of purchases: the invoice and the goods beside their orders.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::authz::{Granted, Record};
use crate::db::DbError;
use crate::db::schema::{purchase, purchase_line};

/// The invoice of a purchase.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = purchase, check_for_backend(diesel::pg::Pg))]
pub struct PurchaseRow {
    pub order_id: Uuid,
    pub invoice_no: Option<String>,
    pub invoice_on: Option<NaiveDate>,
}

/// Goods of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = purchase_line, check_for_backend(diesel::pg::Pg))]
pub struct LineRow {
    pub order_id: Uuid,
    pub n: i16,
    pub item: String,
    pub unit: String,
    pub quantity_milli: i64,
    pub value_vnd: i64,
    pub expires_on: Option<NaiveDate>,
    pub store_id: Option<Uuid>,
}

/// Writes what a purchase says beside its order.
pub fn insert(conn: &mut PgConnection, _: &Granted<Record>, row: &PurchaseRow, lines: &[LineRow]) -> Result<(), DbError> {
    diesel::insert_into(purchase::table).values(row).execute(conn)?;
    diesel::insert_into(purchase_line::table).values(lines).execute(conn)?;
    Ok(())
}

/// The invoices of these orders.
pub fn of_orders(conn: &mut PgConnection, orders: &[Uuid]) -> Result<HashMap<Uuid, PurchaseRow>, DbError> {
    let rows = purchase::table.filter(purchase::order_id.eq_any(orders)).select(PurchaseRow::as_select());
    Ok(rows.load(conn)?.into_iter().map(|row: PurchaseRow| (row.order_id, row)).collect())
}

/// The goods of these orders, in their order.
pub fn lines_of(conn: &mut PgConnection, orders: &[Uuid]) -> Result<HashMap<Uuid, Vec<LineRow>>, DbError> {
    use purchase_line as l;
    let rows: Vec<LineRow> =
        l::table.filter(l::order_id.eq_any(orders)).order((l::order_id, l::n)).select(LineRow::as_select()).load(conn)?;
    let mut lines: HashMap<Uuid, Vec<LineRow>> = HashMap::new();
    for row in rows {
        lines.entry(row.order_id).or_default().push(row);
    }
    Ok(lines)
}

/// [`lines_of`] one.
pub fn lines(conn: &mut PgConnection, order: Uuid) -> Result<Vec<LineRow>, DbError> {
    Ok(lines_of(conn, &[order])?.remove(&order).unwrap_or_default())
}
