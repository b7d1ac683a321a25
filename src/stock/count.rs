//! Counts: what was there, lot by lot, on paper and by two persons. What differs from the books is proposed as adjustments, one a
//! fund, which a second person approves as any other.

use std::collections::BTreeMap;

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::adjust::{self, Proposal};
use super::adjust_in::{AdjustmentReason, Count, LotSide};
use super::adjust_store::{self as store, CountLineRow, CountRow, LineRow};
use super::adjust_wire::{CountOut, counts_shown};
use super::catalog;
use super::fault::Fault;
use super::lots::{self, LotRow};
use super::quantity::Quantity;
use crate::authz::{Granted, Read, Record, Visit};
use crate::decisions::Content;
use crate::http::Check;
use crate::ledger::model::FundId;
use crate::ledger::store as ledger;
use crate::tree::ChapterId;

fn out(v: &mut Visit<'_>, row: CountRow) -> Result<CountOut, Fault> {
    counts_shown(v.conn, vec![row])?.pop().ok_or(Fault::Unknown)
}

/// Takes a count down and asks for what follows of it. The same count sent again is the same.
pub fn record(v: &mut Visit<'_>, ask: &Count) -> Result<(CountOut, bool), Fault> {
    let (grant, here) = v.at_code::<Record>(&ask.chapter).map_err(Fault::NoSuchChapter)?;
    let hash = v.vault.hash("stock_count.request", ask.content().as_bytes()).to_vec();
    if let Some(known) = store::find_count(v.conn, ask.id)? {
        return if known.request_hash == hash { Ok((out(v, known)?, false)) } else { Err(Fault::IdTaken) };
    }
    adjust::require_open(&here)?;
    adjust::require_record(v.conn, &here, &ask.document)?;
    let ids: Vec<Uuid> = ask.lines.iter().map(|(lot, _)| *lot).collect();
    let lots = lots::by_ids(v.conn, here.id, &ids)?;
    check(v, &lots, ask)?;
    let row = CountRow {
        id: ask.id,
        chapter_id: here.id.0,
        counted_on: ask.counted_on,
        document: ask.document.to_vec(),
        request_hash: hash,
        counted_by: grant.account(),
        counted_at: v.now,
    };
    let line = |(lot, counted): &(Uuid, i64)| {
        let booked_milli = lots.get(lot)?.quantity_milli;
        Some(CountLineRow { count_id: ask.id, lot_id: *lot, booked_milli, counted_milli: *counted })
    };
    let lines: Vec<CountLineRow> = ask.lines.iter().filter_map(line).collect();
    if !store::insert_count(v.conn, &grant, &row, &lines)? {
        // Somebody was there first, this very moment.
        let known = store::find_count(v.conn, ask.id)?.ok_or(Fault::Unknown)?;
        return if known.request_hash == row.request_hash { Ok((out(v, known)?, false)) } else { Err(Fault::IdTaken) };
    }
    v.note(&grant, "STOCK_COUNTED", ask.id)?;
    propose(v, &grant, ask, &lots, &lines)?;
    Ok((out(v, row)?, true))
}

/// Every lot is the chapter's, and what is counted comes in whole numbers.
fn check(v: &mut Visit<'_>, lots: &BTreeMap<Uuid, LotRow>, ask: &Count) -> Result<(), Fault> {
    let codes: Vec<&str> = lots.values().map(|lot| lot.item.as_str()).collect();
    let (items, mut check) = (catalog::items(v.conn, &codes)?, Check::default());
    for (n, (id, counted)) in ask.lines.iter().enumerate() {
        let Some(lot) = lots.get(id) else {
            check.wrong(format!("/lines/{n}/lot"), "NO_SUCH_LOT", "Đơn vị không có lô này.", "The chapter has no such lot.");
            continue;
        };
        let counts = items.get(&lot.item).is_some_and(|item| item.counts_in(&lot.unit));
        if counts && !Quantity::from_milli(*counted).is_whole() {
            let (vi, en) = ("Đơn vị này phải là số nguyên.", "This unit comes in whole numbers.");
            check.wrong(format!("/lines/{n}/quantity"), "NOT_WHOLE", vi, en);
        }
    }
    check.done(Some(())).map_err(Fault::Fields)
}

/// What differs in a fund, and what of it is gone and was found, in đồng.
#[derive(Default)]
struct Differing {
    rows: Vec<LineRow>,
    gone: i64,
    found: i64,
}

/// What differs from the books, fund by fund, if an adjustment of each can be booked.
fn differing(
    conn: &mut PgConnection,
    lots: &BTreeMap<Uuid, LotRow>,
    lines: &[CountLineRow],
) -> Result<BTreeMap<FundId, Differing>, Fault> {
    let ids: Vec<Uuid> = lots.keys().copied().collect();
    let (origins, mut check) = (store::origins(conn, &ids)?, Check::default());
    let mut by_fund: BTreeMap<FundId, Differing> = BTreeMap::new();
    for (n, line) in lines.iter().enumerate() {
        let Some(lot) = lots.get(&line.lot_id) else { continue };
        let differs = line.counted_milli - line.booked_milli;
        if differs == 0 {
            continue;
        }
        let of = by_fund.entry(FundId(lot.fund_id)).or_default();
        if differs < 0 {
            let part = lot.there().share(-differs).ok_or(Fault::NotCovered)?;
            of.rows.push(adjust::row_of_lot(LotSide::Out, lot, -differs, None));
            of.gone = of.gone.saturating_add(part.value);
        } else {
            let value = adjust::price(&origins, lot.id, differs);
            adjust::fits_an_entry(&mut check, &format!("/lines/{n}/quantity"), value.unwrap_or(i64::MAX));
            of.rows.push(adjust::row_of_lot(LotSide::In, lot, differs, value));
            of.found = of.found.saturating_add(value.unwrap_or_default());
        }
    }
    for of in by_fund.values() {
        adjust::fits_an_entry(&mut check, "/lines", of.gone.max(of.found));
    }
    check.done(Some(by_fund)).map_err(Fault::Fields)
}

/// Asks for one adjustment a fund.
fn propose(
    v: &mut Visit<'_>,
    grant: &Granted<Record>,
    ask: &Count,
    lots: &BTreeMap<Uuid, LotRow>,
    lines: &[CountLineRow],
) -> Result<(), Fault> {
    let by_fund = differing(v.conn, lots, lines)?;
    let funds = ledger::funds(v.conn, &by_fund.keys().copied().collect::<Vec<_>>())?;
    for (fund, Differing { rows, gone, found }) in by_fund {
        let id = Uuid::now_v7();
        let number = |(n, row): (i16, LineRow)| LineRow { adjustment_id: id, n, ..row };
        let proposal = Proposal {
            id,
            fund: funds.get(&fund).ok_or(Fault::Unknown)?,
            reason: AdjustmentReason::Counted,
            count: Some(ask.id),
            document: &ask.document,
            lines: (1..).zip(rows).map(number).collect(),
            worth: gone.saturating_add(found),
        };
        let text = format!("{}\0{}", ask.id, fund.0);
        adjust::propose(v, grant, proposal, Content { text: &text, note: ask.note.as_ref() })?;
    }
    Ok(())
}

/// One count, for those who may read the chapter's books.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<CountOut, Fault> {
    let row = store::find_count(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(ChapterId(row.chapter_id))?;
    out(v, row)
}
