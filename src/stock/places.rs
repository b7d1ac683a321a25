//! Places of storage, and what a line of goods that come in has to be.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::catalog::Item;
use super::fault::Fault;
use super::lots::LotRow;
use crate::authz::{Granted, Read, Record, Seen, Visit};
use crate::db::DbError;
use crate::db::schema::{stock_lot, stock_store};
use crate::db::statement::statement;
use crate::http::{Check, FieldError, Say, Span, one_line};
use crate::tree::{self, ChapterId};

/// A place of storage as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StoreIn {
    /// Made by the client, once.
    pub id: Uuid,
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// What the place is called, without the name of a person.
    #[schema(example = "Kho xã Hàm Liêm", max_length = 120)]
    pub name: String,
    /// Where it is.
    #[serde(default)]
    #[schema(example = "Thôn 2, xã Hàm Liêm", max_length = 200)]
    pub address: Option<String>,
}

/// A place of storage.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoreOut {
    pub id: Uuid,
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "Kho xã Hàm Liêm")]
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    pub made_at: DateTime<Utc>,
}

/// As it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = stock_store, check_for_backend(diesel::pg::Pg))]
pub struct StoreRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub name: String,
    pub address: Option<String>,
    pub made_by: Uuid,
    pub made_at: DateTime<Utc>,
}

/// Registers a place of storage. The same one sent again is the same.
pub fn register(v: &mut Visit<'_>, said: &StoreIn) -> Result<(StoreOut, bool), Fault> {
    let mut check = Check::default();
    check.own_id("/id", said.id, "id phải là UUID của riêng kho này.", "The id must be a UUID of its own.");
    let name = check.read(one_line("/name", &said.name, 120));
    let address = check.read(said.address.as_deref().map(|text| one_line("/address", text, 200)).transpose());
    let (name, address) = check.done(name.zip(address)).map_err(Fault::Fields)?;
    let (grant, _) = v.at_code::<Record>(&said.chapter).map_err(Fault::NoSuchChapter)?;
    let row = StoreRow {
        id: said.id,
        chapter_id: grant.chapter().0,
        name: name.as_str().to_owned(),
        address: address.map(|address| address.as_str().to_owned()),
        made_by: grant.account(),
        made_at: v.now,
    };
    let new = insert(v.conn, &grant, &row)?;
    let known: StoreRow = stock_store::table.find(said.id).select(StoreRow::as_select()).first(v.conn)?;
    if (known.chapter_id, &known.name, &known.address) != (row.chapter_id, &row.name, &row.address) {
        return Err(Fault::IdTaken);
    }
    if new {
        v.note(&grant, "STOCK_STORE_REGISTERED", said.id)?;
    }
    let shown = shown(v.conn, vec![known])?.pop().ok_or(Fault::Unknown)?;
    Ok((shown, new))
}

fn insert(conn: &mut PgConnection, by: &Granted<Record>, row: &StoreRow) -> Result<bool, DbError> {
    let row = StoreRow { chapter_id: by.chapter().0, made_by: by.account(), ..row.clone() };
    let written = diesel::insert_into(stock_store::table).values(&row).on_conflict(stock_store::id).do_nothing().execute(conn)?;
    Ok(written == 1)
}

/// Places of storage of a chapter, and of what it goes on for.
pub fn list(conn: &mut PgConnection, here: &Seen<Read>, span: Span<Uuid>) -> Result<Vec<StoreRow>, DbError> {
    // A chapter has a few.
    let here = tree::with_succeeded(conn, here.chapter())?;
    let mut query = stock_store::table.filter(stock_store::chapter_id.eq_any(here)).select(StoreRow::as_select()).into_boxed();
    if let Some(after) = span.after {
        query = query.filter(stock_store::id.gt(after));
    }
    Ok(query.order(stock_store::id).limit(span.rows).load(conn)?)
}

/// What is shown of them.
pub fn shown(conn: &mut PgConnection, rows: Vec<StoreRow>) -> Result<Vec<StoreOut>, DbError> {
    let chapters = tree::codes(conn, rows.iter().map(|row| row.chapter_id))?;
    let show = |row: StoreRow| StoreOut {
        id: row.id,
        chapter: chapters.get(&row.chapter_id).cloned().unwrap_or_default(),
        name: row.name,
        address: row.address,
        made_at: row.made_at,
    };
    Ok(rows.into_iter().map(show).collect())
}

/// Those of these that are the chapter's, or of what it goes on for.
pub fn known(conn: &mut PgConnection, chapter: ChapterId, stores: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    if stores.is_empty() {
        return Ok(Vec::new());
    }
    let here = tree::with_succeeded(conn, chapter)?;
    let of = stock_store::table.filter(stock_store::id.eq_any(stores)).filter(stock_store::chapter_id.eq_any(here));
    Ok(of.select(stock_store::id).load(conn)?)
}

/// What places are called, by key.
pub fn names(conn: &mut PgConnection, stores: &[Uuid]) -> Result<HashMap<Uuid, String>, DbError> {
    let of = stock_store::table.filter(stock_store::id.eq_any(stores)).select((stock_store::id, stock_store::name));
    Ok(of.load(conn)?.into_iter().collect())
}

/// Whether a line of goods names an item, one of its units and, if any, one of the chapter's places; nothing where it does not.
pub fn check_goods(
    check: &mut Check,
    at: &str,
    items: &HashMap<String, Item>,
    stores: &[Uuid],
    item: &str,
    unit: &str,
    store: Option<Uuid>,
) -> Option<()> {
    if store.is_some_and(|store| !stores.contains(&store)) {
        check.wrong(
            format!("{at}/store"),
            "NO_SUCH_STORE",
            "Đơn vị không có kho này.",
            "The chapter has no such place of storage.",
        );
    }
    let Some(known) = items.get(item) else {
        let (vi, en) = ("Không có mặt hàng này trong danh mục.", "There is no such item in the catalogue.");
        check.wrong(format!("{at}/item"), "NO_SUCH_ITEM", vi, en);
        return None;
    };
    if !known.units.iter().any(|of| of == unit) {
        let units = known.units.join(", ");
        let (vi, en) = (format!("{} tính bằng: {units}.", known.name), format!("{} is counted in: {units}.", known.name_en));
        check.wrong(format!("{at}/unit"), "NOT_A_UNIT", vi, en);
        return None;
    }
    Some(())
}

/// Where a lot is kept and until when it is good; what is left out is not known.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlacementIn {
    /// The last day it is good.
    #[serde(default)]
    pub expires_on: Option<NaiveDate>,
    /// One of the chapter's places of storage.
    #[serde(default)]
    pub store: Option<Uuid>,
}

/// Places a lot.
pub fn place(v: &mut Visit<'_>, id: Uuid, said: &PlacementIn) -> Result<LotRow, Fault> {
    let lot: Option<LotRow> =
        stock_lot::table.find(id).select(LotRow::as_select()).for_no_key_update().first(v.conn).optional()?;
    let lot = lot.ok_or(Fault::Unknown)?;
    let grant = v.at::<Record>(ChapterId(lot.chapter_id))?;
    if said.store.is_some() && known(v.conn, grant.chapter(), said.store.as_slice())?.is_empty() {
        let say = Say::fixed("Đơn vị không có kho này.", "The chapter has no such place of storage.");
        return Err(Fault::Fields(vec![FieldError::new("/store", "NO_SUCH_STORE", say)]));
    }
    put(v.conn, &grant, id, said)?;
    let detail = serde_json::json!({
        "expires_on": [lot.expires_on, said.expires_on],
        "store": [lot.store_id, said.store],
    });
    v.note_with(&grant, "STOCK_LOT_PLACED", id, &detail)?;
    Ok(LotRow { expires_on: said.expires_on, store_id: said.store, ..lot })
}

fn put(conn: &mut PgConnection, by: &Granted<Record>, id: Uuid, said: &PlacementIn) -> Result<(), DbError> {
    diesel::update(stock_lot::table.find(id).filter(stock_lot::chapter_id.eq(by.chapter().0)))
        .set((stock_lot::expires_on.eq(said.expires_on), stock_lot::store_id.eq(said.store)))
        .execute(conn)?;
    Ok(())
}

statement! {
    struct Keep {
        chapter: Uuid => SqlUuid,
        old: Uuid => SqlUuid,
        anew: Uuid => SqlUuid,
    } -> (),
    "WITH q AS (SELECT ?::uuid AS chapter, ?::uuid AS old, ?::uuid AS anew),
          lot AS (SELECT l.id, l.entry_id, l.expires_on, l.store_id, l.item, l.unit, l.valuation, m.quantity_milli, m.value_vnd,
                         row_number() OVER (PARTITION BY l.entry_id, l.item, l.unit, l.valuation, m.quantity_milli, m.value_vnd ORDER BY l.id) AS nth
                  FROM q JOIN stock_lot l ON l.entry_id IN (q.old, q.anew) AND l.chapter_id = q.chapter
                  JOIN stock_movement m ON m.lot_id = l.id AND m.entry_id = l.entry_id AND NOT m.back)
     UPDATE stock_lot s SET expires_on = was.expires_on, store_id = was.store_id
     FROM q, lot was JOIN lot is_now USING (item, unit, valuation, quantity_milli, value_vnd, nth)
     WHERE was.entry_id = q.old AND is_now.entry_id = q.anew AND s.id = is_now.id"
}

/// The same goods were booked anew by another entry of the chapter: they lie where they lay, and are good as long.
pub fn keep(conn: &mut PgConnection, by: &Granted<Record>, [old, anew]: [Uuid; 2]) -> Result<(), DbError> {
    Keep { chapter: &by.chapter().0, old: &old, anew: &anew }.execute(conn)?;
    Ok(())
}
