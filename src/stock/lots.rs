//! Lots: how goods enter, leave and come back. Every function here is part of a transaction that books the entry of it.
//!
//! Whoever books goods into a chapter says [`enter`], whoever books them out says [`take`] before (what is taken has the value that
//! is booked) and [`Taking::leaves`] with the entry, and a reversal says [`undo`]. Lots are locked in order of their keys, before the
//! balances of the books.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::expression::SqlLiteral;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use uuid::Uuid;

use super::fault::Fault;
pub use super::lot::{Arriving, Entering, LotRow, Short, Taken, Wanted};
use super::model::{self, Amount, OnHand};
use super::quantity::Quantity;
use super::{catalog, moves};
use crate::authz::Granted;
use crate::db::DbError;
use crate::db::schema::{stock_lot, stock_movement, stock_on_hand};
use crate::ledger::model::FundId;
use crate::ledger::store::{Goods, MayBook};
use crate::tree::ChapterId;

/// Goods enter by these entries, each line a lot of its own: three statements, whatever the number, and none where nothing enters.
/// The entries may be booked after it, in the same transaction.
pub fn enter<R: MayBook>(conn: &mut PgConnection, now: DateTime<Utc>, entering: &[Entering<'_, R>]) -> Result<(), DbError> {
    let lines: Vec<(Uuid, &Entering<'_, R>, &Arriving)> =
        entering.iter().flat_map(|of| of.lines.iter().map(move |line| (Uuid::now_v7(), of, line))).collect();
    if lines.is_empty() {
        return Ok(());
    }
    moves::insert(conn, &lines)?;
    let amount = |line: &Arriving| Amount { milli: line.quantity.milli(), value: line.value };
    moves::note_movements(
        conn,
        now,
        false,
        &lines.iter().map(|(id, of, line)| (*id, of.entry, amount(line))).collect::<Vec<_>>(),
    )?;
    let heaps =
        lines.iter().map(|(_, of, line)| ((of.by.chapter().0, of.fund.0, line.item.as_str(), line.unit.as_str()), amount(line)));
    moves::add_on_hand(conn, heaps)
}

/// Written out, not bound: only so the index of lots that have something serves.
pub(super) fn is_something() -> SqlLiteral<Bool> {
    diesel::dsl::sql("stock_lot.quantity_milli > 0")
}

/// The lots of a chapter and a fund that have something of these items.
fn lots_of(
    conn: &mut PgConnection,
    chapter: ChapterId,
    fund: FundId,
    items: &[&str],
    hold: bool,
) -> Result<Vec<LotRow>, DbError> {
    let query = stock_lot::table
        .filter(stock_lot::chapter_id.eq(chapter.0))
        .filter(stock_lot::fund_id.eq(fund.0))
        .filter(is_something())
        .filter(stock_lot::item.eq_any(items))
        .order(stock_lot::id)
        .select(LotRow::as_select());
    Ok(if hold { query.for_no_key_update().load(conn)? } else { query.load(conn)? })
}

fn planned(
    conn: &mut PgConnection,
    chapter: ChapterId,
    today: NaiveDate,
    fund: FundId,
    lines: &[Wanted],
    hold: bool,
) -> Result<(Vec<LotRow>, Vec<Taken>), Short> {
    let codes: Vec<&str> = lines.iter().map(|line| line.item.as_str()).collect();
    let known = catalog::items(conn, &codes)?;
    let lots = lots_of(conn, chapter, fund, &codes, hold)?;
    let mut heaps: BTreeMap<(&str, &str), Vec<OnHand>> = BTreeMap::new();
    for lot in &lots {
        heaps.entry((&lot.item, &lot.unit)).or_default().push(lot.on_hand());
    }
    let mut parts: BTreeMap<Uuid, Amount> = BTreeMap::new();
    for (line, wanted) in lines.iter().enumerate() {
        if known.get(&wanted.item).is_some_and(|item| item.counts_in(&wanted.unit)) && !wanted.quantity.is_whole() {
            return Err(Short::NotWhole { line });
        }
        let heap = heaps.entry((&wanted.item, &wanted.unit)).or_default();
        let taken = model::take(heap, wanted.quantity.milli(), today)
            .map_err(|there| Short::NotEnough { line, there: Quantity::from_milli(there) })?;
        for (lot, part) in taken {
            let sum = parts.entry(lot).or_default();
            *sum = Amount { milli: sum.milli + part.milli, value: sum.value + part.value };
        }
    }
    let taken = lots.iter().filter_map(|lot| Some(lot.taken(*parts.get(&lot.id)?))).collect();
    Ok((lots, taken))
}

/// What would be taken now: nothing is held and nothing changes.
pub fn foresee(
    conn: &mut PgConnection,
    chapter: ChapterId,
    today: NaiveDate,
    fund: FundId,
    lines: &[Wanted],
) -> Result<Vec<Taken>, Short> {
    planned(conn, chapter, today, fund, lines, false).map(|(_, taken)| taken)
}

/// Takes goods out of a chapter's lots of a fund: what expires first goes first, then what came first, and what has expired stays.
/// The lots are held until the end of the transaction, and have less from now on; [`Taking::leaves`] says by which entry.
pub fn take<R: MayBook>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    today: NaiveDate,
    fund: FundId,
    lines: &[Wanted],
) -> Result<Taking, Short> {
    let (lots, taken) = planned(conn, by.chapter(), today, fund, lines, true)?;
    Ok(take_from(conn, &lots, taken)?)
}

/// Takes everything that a chapter has in a fund, expired or not: for its successor.
pub fn take_all<R: MayBook>(conn: &mut PgConnection, by: &Granted<R>, fund: FundId) -> Result<Taking, DbError> {
    let lots: Vec<LotRow> = stock_lot::table
        .filter(stock_lot::chapter_id.eq(by.chapter().0))
        .filter(stock_lot::fund_id.eq(fund.0))
        .filter(is_something())
        .order(stock_lot::id)
        .select(LotRow::as_select())
        .for_no_key_update()
        .load(conn)?;
    let taken = lots.iter().map(|lot| lot.taken(lot.there())).collect();
    take_from(conn, &lots, taken)
}

fn take_from(conn: &mut PgConnection, lots: &[LotRow], taken: Vec<Taken>) -> Result<Taking, DbError> {
    let less = |part: &Taken| Amount { milli: -part.quantity.milli(), value: -part.value };
    let moved: Vec<(&LotRow, Amount)> =
        taken.iter().filter_map(|part| Some((lots.iter().find(|lot| lot.id == part.lot)?, less(part)))).collect();
    if !moved.is_empty() {
        moves::move_lots(conn, &moved)?;
    }
    Ok(Taking(taken))
}

/// (fund, item, unit, quantity, value in đồng)
pub type HeldOf = (FundId, String, String, Quantity, i64);

/// What a chapter has of each item in each fund.
pub fn on_hand(conn: &mut PgConnection, chapter: Uuid) -> Result<Vec<HeldOf>, DbError> {
    use stock_on_hand as h;
    let rows: Vec<(i32, String, String, i64, i64)> = h::table
        .filter(h::chapter_id.eq(chapter))
        .filter(h::quantity_milli.gt(0))
        .order((h::fund_id, h::item, h::unit))
        .select((h::fund_id, h::item, h::unit, h::quantity_milli, h::value_vnd))
        .load(conn)?;
    let heap = |(fund, item, unit, milli, value)| (FundId(fund), item, unit, Quantity::from_milli(milli), value);
    Ok(rows.into_iter().map(heap).collect())
}

/// Lots of a chapter by their keys; those of others are absent. They are held until the end of the transaction, so that what is said
/// of them then still is so.
pub fn by_ids(conn: &mut PgConnection, chapter: ChapterId, ids: &[Uuid]) -> Result<BTreeMap<Uuid, LotRow>, DbError> {
    let lots: Vec<LotRow> = stock_lot::table
        .filter(stock_lot::id.eq_any(ids))
        .filter(stock_lot::chapter_id.eq(chapter.0))
        .order(stock_lot::id)
        .select(LotRow::as_select())
        .for_no_key_update()
        .load(conn)?;
    Ok(lots.into_iter().map(|lot| (lot.id, lot)).collect())
}

/// Lots of a chapter and a fund by their keys, held until the end of the transaction; `None` where one is not.
pub(super) fn hold(
    conn: &mut PgConnection,
    chapter: ChapterId,
    fund: FundId,
    ids: &[Uuid],
) -> Result<Option<BTreeMap<Uuid, LotRow>>, DbError> {
    let lots: Vec<LotRow> = stock_lot::table
        .filter(stock_lot::id.eq_any(ids))
        .filter(stock_lot::chapter_id.eq(chapter.0))
        .filter(stock_lot::fund_id.eq(fund.0))
        .order(stock_lot::id)
        .select(LotRow::as_select())
        .for_no_key_update()
        .load(conn)?;
    let lots: BTreeMap<Uuid, LotRow> = lots.into_iter().map(|lot| (lot.id, lot)).collect();
    Ok(ids.iter().all(|id| lots.contains_key(id)).then_some(lots))
}

/// Takes so much of certain lots, expired or not: what is lost, spoiled or past its day. They are held already.
pub(super) fn write_off(conn: &mut PgConnection, held: &BTreeMap<Uuid, LotRow>, parts: &[(Uuid, i64)]) -> Result<Taking, Fault> {
    let lots: Vec<LotRow> = held.values().cloned().collect();
    let mut taken = Vec::new();
    for (id, milli) in parts {
        let lot = held.get(id).ok_or(Fault::Unknown)?;
        taken.push(lot.taken(lot.there().share(*milli).ok_or(Fault::NotCovered)?));
    }
    Ok(take_from(conn, &lots, taken)?)
}

/// More of certain lots was found. They are held already.
pub(super) fn add(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    held: &BTreeMap<Uuid, LotRow>,
    entry: Uuid,
    parts: &[(Uuid, Amount)],
) -> Result<(), Fault> {
    let mut moved = Vec::new();
    for (id, amount) in parts {
        moved.push((held.get(id).ok_or(Fault::Unknown)?, *amount));
    }
    if moved.is_empty() {
        return Ok(());
    }
    moves::move_lots(conn, &moved)?;
    let rows: Vec<(Uuid, Uuid, Amount)> = parts.iter().map(|(id, amount)| (*id, entry, *amount)).collect();
    Ok(moves::note_movements(conn, now, false, &rows)?)
}

/// Holds the lots that an entry brought, and what the public sees of their items in these funds: who will take them back and have
/// them enter anew, in one transaction.
pub fn hold_of_entry(conn: &mut PgConnection, entry: Uuid, funds: &[FundId]) -> Result<(), DbError> {
    let lots: Vec<LotRow> = stock_lot::table
        .filter(stock_lot::entry_id.eq(entry))
        .order(stock_lot::id)
        .select(LotRow::as_select())
        .for_no_key_update()
        .load(conn)?;
    moves::hold_on_hand(conn, &lots, funds)
}

/// Goods that have left their lots, and of which is still to be said by which entry.
#[must_use = "by which entry they leave stands in the movements"]
#[derive(Debug)]
pub struct Taking(Vec<Taken>);

impl Taking {
    /// Lot by lot.
    pub fn taken(&self) -> &[Taken] {
        &self.0
    }

    /// What all of it is worth: what is credited to GOODS_IN_STOCK.
    pub fn value(&self) -> i64 {
        self.0.iter().map(|part| part.value).sum()
    }

    /// As goods of an entry.
    pub fn goods(&self, conn: &mut PgConnection) -> Result<Vec<Goods>, DbError> {
        goods(conn, &self.0.iter().map(Taken::arriving).collect::<Vec<_>>())
    }

    /// Notes by which entry they left. It may be booked after it, in the same transaction.
    pub fn leaves(self, conn: &mut PgConnection, now: DateTime<Utc>, entry: Uuid) -> Result<Vec<Taken>, DbError> {
        let less = |part: &Taken| Amount { milli: -part.quantity.milli(), value: -part.value };
        if !self.0.is_empty() {
            moves::note_movements(
                conn,
                now,
                false,
                &self.0.iter().map(|part| (part.lot, entry, less(part))).collect::<Vec<_>>(),
            )?;
        }
        Ok(self.0)
    }
}

/// What has just entered by one entry is lost by another, in the same transaction: its lots stay, with nothing in them.
pub fn lose<R: MayBook>(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    by: &Granted<R>,
    [entered, gone]: [Uuid; 2],
) -> Result<Vec<Taken>, DbError> {
    let lots: Vec<LotRow> = stock_lot::table
        .filter(stock_lot::entry_id.eq(entered))
        .filter(stock_lot::chapter_id.eq(by.chapter().0))
        .order(stock_lot::id)
        .select(LotRow::as_select())
        .for_no_key_update()
        .load(conn)?;
    let taken = lots.iter().map(|lot| lot.taken(lot.there())).collect();
    take_from(conn, &lots, taken)?.leaves(conn, now, gone)
}

/// Lines as goods of an entry, which says nothing of lots: what is the same is added up.
pub fn goods(conn: &mut PgConnection, lines: &[Arriving]) -> Result<Vec<Goods>, DbError> {
    let names = catalog::item_names(conn, &lines.iter().map(|line| line.item.as_str()).collect::<Vec<_>>())?;
    let mut heaps: BTreeMap<(&str, &str, &str), Amount> = BTreeMap::new();
    for line in lines {
        let sum = heaps.entry((&line.item, &line.unit, &line.valuation)).or_default();
        *sum = Amount { milli: sum.milli + line.quantity.milli(), value: sum.value + line.value };
    }
    let heap = |((item, unit, valuation), sum): ((&str, &str, &str), Amount)| Goods {
        item: item.to_owned(),
        item_name: names.get(item).cloned().unwrap_or_default(),
        quantity: Quantity::from_milli(sum.milli).to_string(),
        unit: unit.to_owned(),
        value_vnd: sum.value,
        valuation: valuation.to_owned().into(),
    };
    Ok(heaps.into_iter().map(heap).collect())
}

/// The reversal of an entry is about to be booked: its lots are taken back whole, what it took is put back where it was.
/// [`Fault::NotCovered`] while something of its lots has left.
pub fn undo(conn: &mut PgConnection, now: DateTime<Utc>, entry: Uuid) -> Result<(), Fault> {
    let rows: Vec<(LotRow, i64, i64)> = stock_lot::table
        .inner_join(stock_movement::table.on(stock_movement::lot_id.eq(stock_lot::id)))
        .filter(stock_movement::entry_id.eq(entry))
        .filter(stock_movement::back.eq(false))
        .order(stock_lot::id)
        .select((LotRow::as_select(), stock_movement::quantity_milli, stock_movement::value_vnd))
        .for_no_key_update()
        .load(conn)?;
    if rows.is_empty() {
        return Ok(());
    }
    let mut moved = Vec::new();
    for (lot, milli, value) in &rows {
        lot.there().without(Amount { milli: *milli, value: *value }).ok_or(Fault::NotCovered)?;
        moved.push((lot, Amount { milli: -milli, value: -value }));
    }
    moves::move_lots(conn, &moved)?;
    let back: Vec<(Uuid, Uuid, Amount)> = moved.iter().map(|(lot, by)| (lot.id, entry, *by)).collect();
    Ok(moves::note_movements(conn, now, true, &back)?)
}
