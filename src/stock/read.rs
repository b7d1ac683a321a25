//! What is in stock, as it is read: lots, levels by item, movements of a lot.

use chrono::{DateTime, Days, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Integer, Nullable, Text, Uuid as SqlUuid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::catalog;
use super::lots::{self as stored, LotRow};
use super::places;
use super::quantity::Quantity;
use super::valuation::Valuation;
use crate::authz::{Read, Seen};
use crate::db::DbError;
use crate::db::schema::{stock_lot, stock_movement};
use crate::db::statement::statement;
use crate::http::Span;
use crate::ledger::model::FundId;
use crate::ledger::store as ledger;
use crate::tree;

/// Goods that expire within so many days are said to expire soon.
const SOON: u64 = 30;

/// Which lots.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LotsOf {
    pub chapter: String,
    pub item: Option<String>,
    /// Those that are empty as well.
    pub all: bool,
}

/// A lot.
#[derive(Debug, Serialize, ToSchema)]
pub struct LotOut {
    pub id: Uuid,
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "GENERAL")]
    pub fund: String,
    /// Catalogue code.
    #[schema(example = "RICE")]
    pub item: String,
    /// What is left of it: decimal text.
    #[schema(example = "97.5")]
    pub quantity: String,
    #[schema(example = "KG")]
    pub unit: String,
    pub value_vnd: i64,
    pub valuation: Valuation,
    /// Public code of the entry that brought it.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub entry: String,
    /// The day it came.
    pub came_on: NaiveDate,
    /// The last day it is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<NaiveDate>,
    /// Where it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<Uuid>,
    /// What that place is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_name: Option<String>,
}

/// Lots of a chapter, by item.
pub fn lots(conn: &mut PgConnection, here: &Seen<Read>, of: &LotsOf, span: Span<(String, Uuid)>) -> Result<Vec<LotRow>, DbError> {
    use stock_lot as l;
    let mut query = l::table.filter(l::chapter_id.eq(here.chapter().0)).select(LotRow::as_select()).into_boxed();
    if !of.all {
        query = query.filter(stored::is_something());
    }
    if let Some(item) = &of.item {
        query = query.filter(l::item.eq(item.clone()));
    }
    if let Some((item, id)) = span.after {
        query = query.filter(l::item.gt(item.clone()).or(l::item.eq(item).and(l::id.gt(id))));
    }
    Ok(query.order((l::item, l::id)).limit(span.rows).load(conn)?)
}

/// One lot.
pub fn lot(conn: &mut PgConnection, id: Uuid) -> Result<Option<LotRow>, DbError> {
    Ok(stock_lot::table.find(id).select(LotRow::as_select()).first(conn).optional()?)
}

/// What is shown of lots, in their order.
pub fn lots_shown(conn: &mut PgConnection, rows: Vec<LotRow>) -> Result<Vec<LotOut>, DbError> {
    let chapters = tree::codes(conn, rows.iter().map(|row| row.chapter_id))?;
    let funds = ledger::funds(conn, &rows.iter().map(|row| FundId(row.fund_id)).collect::<Vec<_>>())?;
    let entries = ledger::codes(conn, &rows.iter().map(|row| row.entry_id).collect::<Vec<_>>())?;
    let stores = places::names(conn, &rows.iter().filter_map(|row| row.store_id).collect::<Vec<_>>())?;
    let show = |row: LotRow| LotOut {
        id: row.id,
        chapter: chapters.get(&row.chapter_id).cloned().unwrap_or_default(),
        fund: funds.get(&FundId(row.fund_id)).map(|fund| fund.code.clone()).unwrap_or_default(),
        item: row.item,
        quantity: Quantity::from_milli(row.quantity_milli).to_string(),
        unit: row.unit,
        value_vnd: row.value_vnd,
        valuation: Valuation::parse(&row.valuation).unwrap_or(Valuation::OldBooks),
        entry: entries.get(&row.entry_id).cloned().unwrap_or_default(),
        came_on: row.came_on,
        expires_on: row.expires_on,
        store: row.store_id,
        store_name: row.store_id.and_then(|store| stores.get(&store).cloned()),
    };
    Ok(rows.into_iter().map(show).collect())
}

/// How much there is of an item in a fund.
#[derive(Debug, Serialize, ToSchema)]
pub struct LevelOut {
    #[schema(example = "GENERAL")]
    pub fund: String,
    /// Catalogue code.
    #[schema(example = "RICE")]
    pub item: String,
    /// What it is called.
    #[schema(example = "Gạo")]
    pub item_name: String,
    #[schema(example = "KG")]
    pub unit: String,
    /// Decimal text; what has expired is part of it.
    #[schema(example = "97.5")]
    pub quantity: String,
    pub value_vnd: i64,
    /// What has expired, and leaves by an adjustment alone.
    #[schema(example = "0")]
    pub expired: String,
    /// What expires within 30 days.
    #[schema(example = "12.5")]
    pub expiring_soon: String,
    /// The first last day of what is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_expiry: Option<NaiveDate>,
}

/// Fund, item, unit; thousandths; đồng; thousandths that have expired and that expire soon; the first last day.
pub type LevelRow = (i32, String, String, i64, i64, i64, i64, Option<NaiveDate>);

statement! {
    /// By the index of lots that have something.
    struct Levels {
        today: NaiveDate => Date,
        soon: NaiveDate => Date,
        chapter: Uuid => SqlUuid,
        fund: i32 => Integer,
        item: String => Text,
        unit: String => Text,
        rows: i64 => BigInt,
    } -> (Integer, Text, Text, BigInt, BigInt, BigInt, BigInt, Nullable<Date>),
    "SELECT l.fund_id, l.item, l.unit, sum(l.quantity_milli)::int8, sum(l.value_vnd)::int8,
            coalesce(sum(l.quantity_milli) FILTER (WHERE l.expires_on < d.today), 0)::int8,
            coalesce(sum(l.quantity_milli) FILTER (WHERE l.expires_on BETWEEN d.today AND d.soon), 0)::int8,
            min(l.expires_on) FILTER (WHERE l.expires_on >= d.today)
     FROM (SELECT ?::date AS today, ?::date AS soon) d, stock_lot l
     WHERE l.chapter_id = ?::uuid AND l.quantity_milli > 0 AND (l.fund_id, l.item, l.unit) > (?::int4, ?::text, ?::text)
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT ?::int8"
}

/// What a chapter has, by fund, item and unit.
pub fn levels(
    conn: &mut PgConnection,
    here: &Seen<Read>,
    today: NaiveDate,
    span: Span<(i32, String, String)>,
) -> Result<Vec<LevelRow>, DbError> {
    let (fund, item, unit) = span.after.unwrap_or((i32::MIN, String::new(), String::new()));
    let soon = today.checked_add_days(Days::new(SOON)).unwrap_or(today);
    Ok(Levels { today: &today, soon: &soon, chapter: &here.chapter().0, fund: &fund, item: &item, unit: &unit, rows: &span.rows }
        .load(conn)?)
}

/// What is shown of levels, in their order.
pub fn levels_shown(conn: &mut PgConnection, rows: Vec<LevelRow>) -> Result<Vec<LevelOut>, DbError> {
    let names = catalog::item_names(conn, &rows.iter().map(|row| row.1.as_str()).collect::<Vec<_>>())?;
    let funds = ledger::funds(conn, &rows.iter().map(|row| FundId(row.0)).collect::<Vec<_>>())?;
    let text = |milli| Quantity::from_milli(milli).to_string();
    let show = |(fund, item, unit, milli, value_vnd, expired, soon, first_expiry): LevelRow| LevelOut {
        fund: funds.get(&FundId(fund)).map(|fund| fund.code.clone()).unwrap_or_default(),
        item_name: names.get(&item).cloned().unwrap_or_default(),
        item,
        unit,
        quantity: text(milli),
        value_vnd,
        expired: text(expired),
        expiring_soon: text(soon),
        first_expiry,
    };
    Ok(rows.into_iter().map(show).collect())
}

/// Something that came to a lot, or left it.
#[derive(Debug, Serialize, ToSchema)]
pub struct MovementOut {
    /// Public code of the entry.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub entry: String,
    /// Decimal text, with a minus where it left.
    #[schema(example = "-2.5")]
    pub quantity: String,
    /// In đồng, with a minus where it left.
    pub value_vnd: i64,
    /// When it was recorded.
    pub moved_at: DateTime<Utc>,
}

/// A movement: when, the entry, whether its reversal is meant, thousandths and đồng.
pub type MovementRow = (DateTime<Utc>, Uuid, bool, i64, i64);

/// The movements of a lot, oldest first.
pub fn movements(
    conn: &mut PgConnection,
    _: &Seen<Read>,
    lot: Uuid,
    span: Span<(DateTime<Utc>, Uuid, bool)>,
) -> Result<Vec<MovementRow>, DbError> {
    use stock_movement as m;
    let mut query = m::table
        .filter(m::lot_id.eq(lot))
        .select((m::moved_at, m::entry_id, m::back, m::quantity_milli, m::value_vnd))
        .into_boxed();
    if let Some((at, entry, back)) = span.after {
        let later = m::entry_id.gt(entry).or(m::entry_id.eq(entry).and(m::back.gt(back)));
        query = query.filter(m::moved_at.gt(at).or(m::moved_at.eq(at).and(later)));
    }
    Ok(query.order((m::moved_at, m::entry_id, m::back)).limit(span.rows).load(conn)?)
}

/// What is shown of movements, in their order. What went back is named by the entry that reversed.
pub fn movements_shown(conn: &mut PgConnection, rows: Vec<MovementRow>) -> Result<Vec<MovementOut>, DbError> {
    let booked = ledger::booked(conn, &rows.iter().map(|row| row.1).collect::<Vec<_>>())?;
    let show = |(moved_at, id, back, milli, value_vnd): MovementRow| {
        let entry = booked.get(&id);
        let code = if back { entry.and_then(|e| e.reversed_by.clone()) } else { entry.map(|e| e.code.clone()) };
        let sign = if milli < 0 { "-" } else { "" };
        let quantity = format!("{sign}{}", Quantity::from_milli(milli.abs()));
        MovementOut { entry: code.unwrap_or_default(), quantity, value_vnd, moved_at }
    };
    Ok(rows.into_iter().map(show).collect())
}
