//! Goods of transfers: what the catalogue says of them, their parts, and where lots of the stock are taken and entered.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{GoodsLine, PartAsk, value_of};
use super::store::{GoodsRow, PartGoodsRow};
use crate::db::DbError;
use crate::giving::model::Quantity;
use crate::http::{Check, FieldError};
use crate::ledger::entry::Goods;
use crate::stock::{self, Item};

/// What the catalogue says of the lines of a request.
pub fn check(conn: &mut PgConnection, lines: &[GoodsLine], check: &mut Check) -> Result<(), DbError> {
    let items = stock::items(conn, &lines.iter().map(|line| line.item.as_str()).collect::<Vec<_>>())?;
    for (n, line) in lines.iter().enumerate() {
        match items.get(&line.item) {
            None => check.wrong(
                format!("/lines/{n}/item"),
                "NO_SUCH_ITEM",
                "Không có mặt hàng này trong danh mục.",
                "There is no such item in the catalogue.",
            ),
            Some(item) if !item.units.contains(&line.unit) => {
                let units = item.units.join(", ");
                let (vi, en) =
                    (format!("{} tính bằng: {units}.", item.name), format!("{} is counted in: {units}.", item.name_en));
                check.wrong(format!("/lines/{n}/unit"), "NOT_A_UNIT", vi, en);
            }
            Some(item) => whole(check, n, item, &line.unit, line.quantity),
        }
    }
    Ok(())
}

fn whole(check: &mut Check, n: usize, item: &Item, unit: &str, quantity: Quantity) {
    if item.counts_in(unit) && !quantity.is_whole() {
        check.wrong(
            format!("/lines/{n}/quantity"),
            "NOT_WHOLE",
            format!("{} tính theo {unit} phải là số nguyên, không phải {quantity}.", item.name),
            format!("{} in {unit} come in whole numbers, not {quantity}.", item.name_en),
        );
    }
}

/// The lines of a request as rows.
pub fn rows(transfer: Uuid, lines: &[GoodsLine]) -> Vec<GoodsRow> {
    let row = |(n, line): (i16, &GoodsLine)| GoodsRow {
        transfer_id: transfer,
        n,
        item: line.item.clone(),
        quantity_milli: line.quantity.milli(),
        unit: line.unit.clone(),
        value_vnd: line.value.get(),
        valuation: line.valuation.name().to_owned(),
        left_milli: line.quantity.milli(),
        left_vnd: line.value.get(),
    };
    (1..).zip(lines).map(row).collect()
}

/// A part of what is on the way: the lines that are named, or all that is left.
pub fn parted(
    conn: &mut PgConnection,
    ask: &PartAsk,
    lines: &[GoodsRow],
) -> Result<Result<Vec<PartGoodsRow>, Vec<FieldError>>, DbError> {
    let part = |line: &GoodsRow, milli: i64| PartGoodsRow {
        part_id: ask.id,
        transfer_id: line.transfer_id,
        n: line.n,
        quantity_milli: milli,
        value_vnd: value_of(milli, line.left_milli, line.left_vnd),
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
        if let Some(item) = items.get(&line.item) {
            whole(&mut check, at, item, &line.unit, *quantity);
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

/// Goods as an entry says them: those of a transfer whole.
pub fn whole_goods(conn: &mut PgConnection, lines: &[GoodsRow]) -> Result<Vec<Goods>, DbError> {
    let all: Vec<PartGoodsRow> = lines
        .iter()
        .map(|line| PartGoodsRow {
            part_id: line.transfer_id,
            transfer_id: line.transfer_id,
            n: line.n,
            quantity_milli: line.quantity_milli,
            value_vnd: line.value_vnd,
        })
        .collect();
    part_goods(conn, lines, &all)
}

/// Goods as an entry says them: those of a part.
pub fn part_goods(conn: &mut PgConnection, lines: &[GoodsRow], parts: &[PartGoodsRow]) -> Result<Vec<Goods>, DbError> {
    let names = stock::item_names(conn, &lines.iter().map(|line| line.item.as_str()).collect::<Vec<_>>())?;
    let goods = |part: &PartGoodsRow| {
        let line = lines.iter().find(|line| line.n == part.n)?;
        Some(Goods {
            item: line.item.clone(),
            item_name: names.get(&line.item).cloned().unwrap_or_default(),
            quantity: Quantity::from_milli(part.quantity_milli).to_string(),
            unit: line.unit.clone(),
            value_vnd: part.value_vnd,
            valuation: line.valuation.clone().into(),
        })
    };
    Ok(parts.iter().filter_map(goods).collect())
}

/// A loss that waited: the goods that were said to be lost are still on the way.
pub fn still_left(lines: &[GoodsRow], parts: &[PartGoodsRow]) -> Result<(), Fault> {
    let is_left = |part: &PartGoodsRow| {
        lines.iter().any(|line| line.n == part.n && part.quantity_milli <= line.left_milli && part.value_vnd <= line.left_vnd)
    };
    if parts.iter().all(is_left) { Ok(()) } else { Err(Fault::LessIsLeft) }
}
