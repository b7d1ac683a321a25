//! The audit of stock: lots are what their movements come to, the public sums are those of lots, and what an entry posts to
//! GOODS_IN_STOCK is what it moved, in the very chapter and fund.

use std::collections::BTreeMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::adjust_store as store;
use crate::db::DbError;
use crate::db::schema::{stock_adjustment, stock_lot, stock_movement, stock_on_hand};
use crate::house::audit::{Audit, Audits};
use crate::ledger::audit::facts;
use crate::ledger::goods;
use crate::ledger::kinds::Kind;

const BATCH: i64 = 2_000;
/// Adjustments at once.
const ROWS: i64 = 500;

const LOTS: &str = "SELECT l.id, 'has ' || l.quantity_milli || ' for ' || l.value_vnd || ' đồng, its movements say ' || m.milli || ' for ' || m.value
     FROM stock_lot l LEFT JOIN LATERAL (SELECT coalesce(sum(quantity_milli), 0) AS milli, coalesce(sum(value_vnd), 0) AS value FROM stock_movement WHERE lot_id = l.id) m ON true
     WHERE (l.quantity_milli, l.value_vnd) IS DISTINCT FROM (m.milli, m.value)";

const ON_HAND: &str = "SELECT concat_ws(' ', chapter_id, fund_id, item, unit), 'is not the sum of the lots'
     FROM (SELECT chapter_id, fund_id, item, unit, sum(quantity_milli) AS milli, sum(value_vnd) AS value FROM stock_lot GROUP BY 1, 2, 3, 4) l
     FULL JOIN stock_on_hand h USING (chapter_id, fund_id, item, unit)
     WHERE (coalesce(l.milli, 0), coalesce(l.value, 0)) IS DISTINCT FROM (coalesce(h.quantity_milli, 0)::numeric, coalesce(h.value_vnd, 0)::numeric)";

/// See the module.
pub struct Stock;

impl Audits for Stock {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.findings.ask(audit.conn, "stock_lot", LOTS)?;
        audit.findings.ask(audit.conn, "stock_on_hand", ON_HAND)?;
        moved(audit)?;
        adjustments(audit)
    }

    fn stands_behind(&self, conn: &mut PgConnection, entries: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
        Ok(store::of_entries(conn, entries)?.into_iter().map(|(entry, ..)| entry).collect())
    }
}

/// The entry that moved, whether its reversal is meant, chapter and fund.
type Key = (Uuid, bool, Uuid, i32);

/// Every entry that posts to GOODS_IN_STOCK moved as much, and all of them together what is there.
fn moved(audit: &mut Audit<'_>) -> Result<(), DbError> {
    let Audit { conn, findings, .. } = audit;
    let mut books: BTreeMap<(Uuid, i32), i64> = BTreeMap::new();
    let mut after = Uuid::nil();
    loop {
        let rows = goods::moved(conn, after, BATCH)?;
        let Some(last) = rows.last() else { break };
        after = last.entry;
        findings.looked("stock_movement", rows.len());
        let ids: Vec<Uuid> = rows.iter().map(|row| row.reverses.unwrap_or(row.entry)).collect();
        let sums = sums_of(conn, &ids)?;
        for row in &rows {
            let key: Key = (row.reverses.unwrap_or(row.entry), row.reverses.is_some(), row.chapter, row.fund);
            let moved = sums.get(&key).copied().unwrap_or_default();
            if moved != row.amount {
                let differs = format!("posts {} đồng to GOODS_IN_STOCK, its movements come to {moved}", row.amount);
                findings.found("stock_movement", row.code.clone(), differs);
            }
            *books.entry((row.chapter, row.fund)).or_default() += row.amount;
        }
    }
    let rows: Vec<(Uuid, i32, i64)> =
        stock_on_hand::table.select((stock_on_hand::chapter_id, stock_on_hand::fund_id, stock_on_hand::value_vnd)).load(*conn)?;
    for (chapter, fund, value) in rows {
        *books.entry((chapter, fund)).or_default() -= value;
    }
    for ((chapter, fund), differs) in books.into_iter().filter(|(_, differs)| *differs != 0) {
        let differs = format!("the books have {differs} đồng more of goods than the lots");
        findings.found("stock_movement", format!("{chapter} {fund}"), differs);
    }
    Ok(())
}

fn sums_of(conn: &mut PgConnection, entries: &[Uuid]) -> Result<BTreeMap<Key, i64>, DbError> {
    use stock_movement as m;
    let rows: Vec<(Uuid, bool, Uuid, i32, i64)> = m::table
        .inner_join(stock_lot::table.on(stock_lot::id.eq(m::lot_id)))
        .filter(m::entry_id.eq_any(entries))
        .select((m::entry_id, m::back, stock_lot::chapter_id, stock_lot::fund_id, m::value_vnd))
        .load(conn)?;
    let mut sums = BTreeMap::new();
    for (entry, back, chapter, fund, value) in rows {
        *sums.entry((entry, back, chapter, fund)).or_default() += value;
    }
    Ok(sums)
}

/// What was approved is booked, at the chapter that asked, and nothing else is.
fn adjustments(audit: &mut Audit<'_>) -> Result<(), DbError> {
    let Audit { conn, findings, claims, .. } = audit;
    let mut after = Uuid::nil();
    loop {
        let rows: Vec<(Uuid, Uuid, String)> = stock_adjustment::table
            .filter(stock_adjustment::id.gt(after))
            .order(stock_adjustment::id)
            .limit(ROWS)
            .select((stock_adjustment::id, stock_adjustment::chapter_id, stock_adjustment::state))
            .load(*conn)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.0;
        findings.looked("stock_adjustment", rows.len());
        let entries = store::entries_of(conn, &rows.iter().map(|row| row.0).collect::<Vec<_>>())?;
        let facts = facts(conn, &entries.values().flatten().copied().collect::<Vec<_>>())?;
        for (id, chapter, state) in &rows {
            let of = entries.get(id).map(Vec::as_slice).unwrap_or_default();
            claims.entries(Kind::StockAdjustment.name(), of.len());
            if (state == "APPROVED") == of.is_empty() {
                findings.found("stock_adjustment", id.to_string(), format!("is {state}, and has {} entries", of.len()));
            }
            let right = |entry: &Uuid| {
                facts
                    .get(entry)
                    .is_some_and(|fact| (fact.kind.as_str(), fact.chapter) == (Kind::StockAdjustment.name(), *chapter))
            };
            if !of.iter().all(right) {
                findings.found("stock_adjustment", id.to_string(), "an entry is of another kind or chapter");
            }
        }
    }
}
