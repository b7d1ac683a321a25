//! Goods of transfers: taken from lots of the sender, on the way as they were there, and lots of their own where they arrive.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::booking::About;
use super::fault::Fault;
use super::model::{Carried, NewTransfer, PartAsk};
use super::store::{self, AskedRow, GoodsRow, PartGoodsRow};
use crate::authz::Granted;
use crate::db::DbError;
use crate::http::{Check, FieldError};
use crate::ledger::model::FundId;
use crate::ledger::store::{Goods, MayBook};
use crate::stock;
use crate::stock::lots::{self, Arriving, Entering, Short, Taken, Taking, Wanted};
use crate::stock::model::Amount;
use crate::stock::places;
use crate::stock::quantity::Quantity;
use crate::tree::ChapterId;

/// What is wrong with the goods of a request, by the catalogue and by what is there; or what they would be worth now.
pub fn check(
    conn: &mut PgConnection,
    here: ChapterId,
    today: NaiveDate,
    fund: Option<FundId>,
    ask: &NewTransfer,
    check: &mut Check,
) -> Result<i64, DbError> {
    if ask.from != Carried::Goods {
        return Ok(ask.amount.map_or(0, |amount| amount.get()));
    }
    let items = stock::items(conn, &ask.lines.iter().map(|line| line.item.as_str()).collect::<Vec<_>>())?;
    let mut known = true;
    for (n, line) in ask.lines.iter().enumerate() {
        known &= places::check_goods(check, &format!("/lines/{n}"), &items, &[], &line.item, &line.unit, None).is_some();
    }
    let Some(fund) = fund.filter(|_| known) else { return Ok(0) };
    let wanted: Vec<Wanted> = rows(ask).iter().map(wanted).collect();
    match lots::foresee(conn, here, today, fund, &wanted) {
        Ok(taken) => {
            let worth = taken.iter().map(|part| part.value).sum();
            if worth == 0 {
                check.wrong(
                    "/lines",
                    "NOT_POSITIVE",
                    "Số hàng này chưa đáng giá 1 đồng.",
                    "These goods are worth less than 1 đồng.",
                );
            }
            Ok(worth)
        }
        Err(short) => {
            check.add(short.field("/lines")?);
            Ok(0)
        }
    }
}

/// The lines of a request as rows.
pub fn rows(ask: &NewTransfer) -> Vec<AskedRow> {
    let rows = (1..).zip(&ask.lines).map(|(n, line)| AskedRow {
        transfer_id: ask.id,
        n,
        item: line.item.clone(),
        unit: line.unit.clone(),
        quantity_milli: line.quantity.milli(),
    });
    rows.collect()
}

fn wanted(row: &AskedRow) -> Wanted {
    Wanted { item: row.item.clone(), unit: row.unit.clone(), quantity: Quantity::from_milli(row.quantity_milli) }
}

/// Takes what was asked for out of the sender's lots; they are held from now on.
pub fn take<R: MayBook>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    today: NaiveDate,
    fund: FundId,
    transfer: Uuid,
) -> Result<Taking, Fault> {
    let asked = store::asked_of(conn, &[transfer])?.remove(&transfer).unwrap_or_default();
    let wanted: Vec<Wanted> = asked.iter().map(wanted).collect();
    lots::take(conn, by, today, fund, &wanted).map_err(|short| match short {
        Short::Db(error) => Fault::Db(error),
        Short::NotEnough { .. } | Short::NotWhole { .. } => Fault::NotCovered,
    })
}

/// What was taken, as it is on the way: lot by lot.
pub fn on_the_way(transfer: Uuid, taken: &[Taken]) -> Vec<GoodsRow> {
    let rows = (1..).zip(taken).map(|(n, part)| GoodsRow {
        transfer_id: transfer,
        n,
        item: part.item.clone(),
        quantity_milli: part.quantity.milli(),
        unit: part.unit.clone(),
        value_vnd: part.value,
        valuation: part.valuation.clone(),
        expires_on: part.expires_on,
        left_milli: part.quantity.milli(),
        left_vnd: part.value,
    });
    rows.collect()
}

/// A part of what is on the way: the lines that are named, or all that is left.
pub fn parted(
    conn: &mut PgConnection,
    ask: &PartAsk,
    lines: &[GoodsRow],
) -> Result<Result<Vec<PartGoodsRow>, Vec<FieldError>>, DbError> {
    let part = |line: &GoodsRow, milli: i64| {
        let worth = Amount { milli: line.left_milli, value: line.left_vnd }.share(milli);
        PartGoodsRow {
            part_id: ask.id,
            transfer_id: line.transfer_id,
            n: line.n,
            quantity_milli: milli,
            value_vnd: worth.map_or(0, |amount| amount.value),
        }
    };
    if ask.lines.is_empty() {
        let left = lines.iter().filter(|line| line.left_milli > 0);
        return Ok(Ok(left.map(|line| part(line, line.left_milli)).collect()));
    }
    let items = stock::items(conn, &lines.iter().map(|line| line.item.as_str()).collect::<Vec<_>>())?;
    let (mut check, mut parts) = (Check::default(), Vec::new());
    for (at, (n, quantity)) in ask.lines.iter().enumerate() {
        let Some(line) = lines.iter().find(|line| line.n == *n) else {
            check.wrong(
                format!("/lines/{at}/line"),
                "OUT_OF_RANGE",
                format!("Khoản này có dòng 1 đến {}.", lines.len()),
                format!("It has lines 1 to {}.", lines.len()),
            );
            continue;
        };
        if items.get(&line.item).is_some_and(|item| item.counts_in(&line.unit)) && !quantity.is_whole() {
            let (vi, en) = ("Đơn vị tính này phải là số nguyên.", "This unit comes in whole numbers.");
            check.wrong(format!("/lines/{at}/quantity"), "NOT_WHOLE", vi, en);
        }
        if quantity.milli() > line.left_milli {
            let left = Quantity::from_milli(line.left_milli);
            check.wrong(
                format!("/lines/{at}/quantity"),
                "OUT_OF_RANGE",
                format!("Dòng này còn {left} {} đang trên đường.", line.unit),
                format!("Of this line {left} {} are on the way.", line.unit),
            );
        }
        parts.push(part(line, quantity.milli()));
    }
    parts.sort_by_key(|part| part.n);
    Ok(check.done(Some(parts)))
}

fn arriving(lines: &[GoodsRow], parts: &[PartGoodsRow]) -> Vec<Arriving> {
    let arrives = |part: &PartGoodsRow| {
        let line = lines.iter().find(|line| line.n == part.n)?;
        Some(Arriving {
            item: line.item.clone(),
            unit: line.unit.clone(),
            quantity: Quantity::from_milli(part.quantity_milli),
            value: part.value_vnd,
            valuation: line.valuation.clone(),
            expires_on: line.expires_on,
            store: None,
        })
    };
    parts.iter().filter_map(arrives).collect()
}

/// A part, as an entry says it.
pub fn said(conn: &mut PgConnection, lines: &[GoodsRow], parts: &[PartGoodsRow]) -> Result<Vec<Goods>, DbError> {
    lots::goods(conn, &arriving(lines, parts))
}

/// A part enters the stock of whoever has it now, by this entry, with the days on which it expires.
pub fn enter<R: MayBook>(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    by: &Granted<R>,
    about: &About,
    (entry, day): (Uuid, NaiveDate),
    parts: &[PartGoodsRow],
) -> Result<(), DbError> {
    let lines = arriving(&about.lines, parts);
    lots::enter(conn, now, &[Entering { by, fund: about.fund, entry, day, lines }])
}

/// A loss that waited: the goods that were said to be lost are still on the way.
pub fn still_left(lines: &[GoodsRow], parts: &[PartGoodsRow]) -> Result<(), Fault> {
    let is_left = |part: &PartGoodsRow| {
        lines.iter().any(|line| line.n == part.n && part.quantity_milli <= line.left_milli && part.value_vnd <= line.left_vnd)
    };
    if parts.iter().all(is_left) { Ok(()) } else { Err(Fault::LessIsLeft) }
}
