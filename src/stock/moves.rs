//! SQL of what moves lots.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::lot::{Arriving, Entering, LotRow};
use super::model::Amount;
use crate::authz::Right;
use crate::db::DbError;
use crate::db::shown;
use crate::db::statement::statement;
use crate::ledger::model::FundId;

statement! {
    struct InsertLots {
        ids: Vec<Uuid> => Array<SqlUuid>,
        chapters: Vec<Uuid> => Array<SqlUuid>,
        funds: Vec<i32> => Array<Integer>,
        items: Vec<&'a str> => Array<Text>,
        units: Vec<&'a str> => Array<Text>,
        valuations: Vec<&'a str> => Array<Text>,
        entries: Vec<Uuid> => Array<SqlUuid>,
        days: Vec<NaiveDate> => Array<Date>,
        expiries: Vec<Option<NaiveDate>> => Array<Nullable<Date>>,
        stores: Vec<Option<Uuid>> => Array<Nullable<SqlUuid>>,
        quantities: Vec<i64> => Array<BigInt>,
        values: Vec<i64> => Array<BigInt>,
    } -> (),
    "INSERT INTO stock_lot (id, chapter_id, fund_id, item, unit, valuation, entry_id, came_on, expires_on, store_id, quantity_milli, value_vnd)
     SELECT * FROM unnest(?::uuid[], ?::uuid[], ?::int4[], ?::text[], ?::text[], ?::text[], ?::uuid[], ?::date[], ?::date[], ?::uuid[], ?::int8[], ?::int8[])"
}

statement! {
    struct InsertMovements {
        lots: Vec<Uuid> => Array<SqlUuid>,
        entries: Vec<Uuid> => Array<SqlUuid>,
        quantities: Vec<i64> => Array<BigInt>,
        values: Vec<i64> => Array<BigInt>,
        back: bool => Bool,
        at: DateTime<Utc> => Timestamptz,
    } -> (),
    "INSERT INTO stock_movement (lot_id, entry_id, quantity_milli, value_vnd, back, moved_at)
     SELECT m.*, b.* FROM unnest(?::uuid[], ?::uuid[], ?::int8[], ?::int8[]) m, (SELECT ?::bool, ?::timestamptz) b"
}

statement! {
    struct ChangeLots {
        lots: Vec<Uuid> => Array<SqlUuid>,
        quantities: Vec<i64> => Array<BigInt>,
        values: Vec<i64> => Array<BigInt>,
    } -> (),
    "UPDATE stock_lot l SET quantity_milli = l.quantity_milli + c.milli, value_vnd = l.value_vnd + c.value
     FROM unnest(?::uuid[], ?::int8[], ?::int8[]) AS c(id, milli, value) WHERE l.id = c.id"
}

statement! {
    struct AddOnHand {
        chapters: Vec<Uuid> => Array<SqlUuid>,
        funds: Vec<i32> => Array<Integer>,
        items: Vec<&'a str> => Array<Text>,
        units: Vec<&'a str> => Array<Text>,
        quantities: Vec<i64> => Array<BigInt>,
        values: Vec<i64> => Array<BigInt>,
    } -> (),
    "INSERT INTO stock_on_hand AS s (chapter_id, fund_id, item, unit, quantity_milli, value_vnd)
     SELECT * FROM unnest(?::uuid[], ?::int4[], ?::text[], ?::text[], ?::int8[], ?::int8[])
     ON CONFLICT (chapter_id, fund_id, item, unit) DO UPDATE
     SET quantity_milli = s.quantity_milli + excluded.quantity_milli, value_vnd = s.value_vnd + excluded.value_vnd"
}

/// Chapter, fund, item and unit.
pub(super) type Heap<'a> = (Uuid, i32, &'a str, &'a str);

/// Adds to what the public sees, in order of keys.
pub(super) fn add_on_hand<'a>(conn: &mut PgConnection, moved: impl Iterator<Item = (Heap<'a>, Amount)>) -> Result<(), DbError> {
    let mut heaps: BTreeMap<Heap<'a>, Amount> = BTreeMap::new();
    let mut less = false;
    for (heap, amount) in moved {
        less |= amount.milli < 0;
        let sum = heaps.entry(heap).or_default();
        *sum = Amount { milli: sum.milli + amount.milli, value: sum.value + amount.value };
    }
    if less {
        shown::alters(conn);
    } else {
        shown::adds(conn);
    }
    AddOnHand {
        chapters: &heaps.keys().map(|heap| heap.0).collect(),
        funds: &heaps.keys().map(|heap| heap.1).collect(),
        items: &heaps.keys().map(|heap| heap.2).collect(),
        units: &heaps.keys().map(|heap| heap.3).collect(),
        quantities: &heaps.values().map(|sum| sum.milli).collect(),
        values: &heaps.values().map(|sum| sum.value).collect(),
    }
    .execute(conn)?;
    Ok(())
}

statement! {
    struct HoldOnHand {
        chapters: Vec<Uuid> => Array<SqlUuid>,
        funds: Vec<i32> => Array<Integer>,
        items: Vec<&'a str> => Array<Text>,
    } -> (Integer,),
    "SELECT s.fund_id FROM stock_on_hand s WHERE s.chapter_id = ANY(?::uuid[]) AND s.fund_id = ANY(?::int4[]) AND s.item = ANY(?::text[])
     ORDER BY s.chapter_id, s.fund_id, s.item COLLATE \"C\", s.unit COLLATE \"C\" FOR UPDATE"
}

/// Holds what the public sees of the items of these lots in these funds, in the order of [`add_on_hand`].
pub(super) fn hold_on_hand(conn: &mut PgConnection, lots: &[LotRow], funds: &[FundId]) -> Result<(), DbError> {
    HoldOnHand {
        chapters: &lots.iter().map(|lot| lot.chapter_id).collect(),
        funds: &funds.iter().map(|fund| fund.0).collect(),
        items: &lots.iter().map(|lot| lot.item.as_str()).collect(),
    }
    .load::<(i32,)>(conn)?;
    Ok(())
}

/// Lots have more, or less, than before.
pub(super) fn move_lots(conn: &mut PgConnection, lots: &[(&LotRow, Amount)]) -> Result<(), DbError> {
    ChangeLots {
        lots: &lots.iter().map(|(lot, _)| lot.id).collect(),
        quantities: &lots.iter().map(|(_, by)| by.milli).collect(),
        values: &lots.iter().map(|(_, by)| by.value).collect(),
    }
    .execute(conn)?;
    add_on_hand(conn, lots.iter().map(|(lot, by)| ((lot.chapter_id, lot.fund_id, lot.item.as_str(), lot.unit.as_str()), *by)))
}

/// By which entries they have: (lot, entry, how much).
pub(super) fn note_movements(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    back: bool,
    moved: &[(Uuid, Uuid, Amount)],
) -> Result<(), DbError> {
    InsertMovements {
        back: &back,
        at: &now,
        lots: &moved.iter().map(|(lot, ..)| *lot).collect(),
        entries: &moved.iter().map(|(_, entry, _)| *entry).collect(),
        quantities: &moved.iter().map(|(.., by)| by.milli).collect(),
        values: &moved.iter().map(|(.., by)| by.value).collect(),
    }
    .execute(conn)?;
    Ok(())
}

/// Writes new lots with the keys they get.
pub(super) fn insert<R: Right>(conn: &mut PgConnection, lines: &[(Uuid, &Entering<'_, R>, &Arriving)]) -> Result<(), DbError> {
    InsertLots {
        ids: &lines.iter().map(|(id, ..)| *id).collect(),
        chapters: &lines.iter().map(|(_, of, _)| of.by.chapter().0).collect(),
        funds: &lines.iter().map(|(_, of, _)| of.fund.0).collect(),
        items: &lines.iter().map(|(.., line)| line.item.as_str()).collect(),
        units: &lines.iter().map(|(.., line)| line.unit.as_str()).collect(),
        valuations: &lines.iter().map(|(.., line)| line.valuation.as_str()).collect(),
        entries: &lines.iter().map(|(_, of, _)| of.entry).collect(),
        days: &lines.iter().map(|(_, of, _)| of.day).collect(),
        expiries: &lines.iter().map(|(.., line)| line.expires_on).collect(),
        stores: &lines.iter().map(|(.., line)| line.store).collect(),
        quantities: &lines.iter().map(|(.., line)| line.quantity.milli()).collect(),
        values: &lines.iter().map(|(.., line)| line.value).collect(),
    }
    .execute(conn)?;
    Ok(())
}
