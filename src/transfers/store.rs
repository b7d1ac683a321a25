//! SQL of transfers, their goods and their parts.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::feed;
use super::model::{Carried, ReceiptRefusal, TransferPartKind, TransferPartState, TransferState, stands};
use crate::authz::{Granted, Read, Record, Right, Seen};
use crate::db::DbError;
use crate::db::schema::{transfer, transfer_asked_goods, transfer_goods, transfer_part, transfer_part_goods};
use crate::http::Span;
use crate::tree;

/// A transfer as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = transfer, check_for_backend(diesel::pg::Pg))]
pub struct TransferRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub to_chapter_id: Uuid,
    pub fund_id: i32,
    pub amount_vnd: i64,
    pub source: String,
    pub by_book: bool,
    pub day: Option<NaiveDate>,
    pub document: Option<Vec<u8>>,
    pub state: String,
    pub confirmed_vnd: i64,
    pub returned_vnd: i64,
    pub requested_by: Uuid,
    pub requested_at: DateTime<Utc>,
    pub entry_id: Option<Uuid>,
    pub sent_on: Option<NaiveDate>,
    pub receipt_refusal: Option<String>,
    pub receipt_refused_by: Option<Uuid>,
    pub receipt_refused_at: Option<DateTime<Utc>>,
}

impl TransferRow {
    /// The sender and the receiver.
    pub fn sides(&self) -> [Uuid; 2] {
        [self.chapter_id, self.to_chapter_id]
    }

    /// What is neither confirmed nor back, of one that was sent.
    pub fn outstanding(&self) -> i64 {
        match TransferState::parse(&self.state) {
            Some(TransferState::Sent | TransferState::PartlyConfirmed) => {
                self.amount_vnd - self.confirmed_vnd - self.returned_vnd
            }
            _ => 0,
        }
    }
}

/// Goods of one kind that are asked for.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = transfer_asked_goods, check_for_backend(diesel::pg::Pg))]
pub struct AskedRow {
    pub transfer_id: Uuid,
    pub n: i16,
    pub item: String,
    pub unit: String,
    pub quantity_milli: i64,
}

/// Goods of a lot that was sent, and what of them is on the way.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = transfer_goods, check_for_backend(diesel::pg::Pg))]
pub struct GoodsRow {
    pub transfer_id: Uuid,
    pub n: i16,
    pub item: String,
    pub quantity_milli: i64,
    pub unit: String,
    pub value_vnd: i64,
    pub valuation: String,
    pub expires_on: Option<NaiveDate>,
    pub left_milli: i64,
    pub left_vnd: i64,
}

/// What became of a part of it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = transfer_part, check_for_backend(diesel::pg::Pg))]
pub struct PartRow {
    pub id: Uuid,
    pub transfer_id: Uuid,
    pub kind: String,
    pub amount_vnd: i64,
    pub account: String,
    pub day: Option<NaiveDate>,
    pub document: Option<Vec<u8>>,
    pub reason: Option<String>,
    pub note: Option<Vec<u8>>,
    pub request_hash: Option<Vec<u8>>,
    pub bare_hash: Option<Vec<u8>>,
    pub state: String,
    pub entry_id: Option<Uuid>,
    pub loss_entry_id: Option<Uuid>,
    pub recorded_by: Uuid,
    pub recorded_at: DateTime<Utc>,
}

/// How much of a line of goods a part is.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = transfer_part_goods, check_for_backend(diesel::pg::Pg))]
pub struct PartGoodsRow {
    pub part_id: Uuid,
    pub transfer_id: Uuid,
    pub n: i16,
    pub quantity_milli: i64,
    pub value_vnd: i64,
}

/// How many transfers of goods from or to a chapter stand in one of these states.
pub fn goods_that(conn: &mut PgConnection, states: &[TransferState], chapter: Uuid) -> Result<i64, DbError> {
    use transfer as t;
    Ok(t::table
        .filter(t::source.eq(Carried::Goods.name()))
        .filter(t::state.eq_any(states.iter().map(|state| state.name())))
        .filter(t::chapter_id.eq(chapter).or(t::to_chapter_id.eq(chapter)))
        .count()
        .get_result(conn)?)
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<TransferRow>, DbError> {
    Ok(transfer::table.find(id).select(TransferRow::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction: what happens to one transfer happens one after the other.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<TransferRow>, DbError> {
    Ok(transfer::table.find(id).select(TransferRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// What stands of each of these transfers: what was sent and neither came back nor was lost. Nothing of one that waits, or that nothing
/// came of.
pub fn standing(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, i64>, DbError> {
    use transfer as t;
    let sent = [TransferState::Sent, TransferState::PartlyConfirmed, TransferState::Confirmed].map(TransferState::name);
    let of = t::table.filter(t::id.eq_any(ids)).filter(t::state.eq_any(sent));
    let rows: Vec<(Uuid, i64, i64)> = of.select((t::id, t::amount_vnd, t::returned_vnd)).load(conn)?;
    Ok(rows.into_iter().map(|(id, amount, returned)| (id, amount - returned)).collect())
}

/// The transfer that an entry sent.
pub fn sent_by(conn: &mut PgConnection, entry: Uuid) -> Result<Option<Uuid>, DbError> {
    Ok(transfer::table.filter(transfer::entry_id.eq(entry)).select(transfer::id).first(conn).optional()?)
}

type Position = (DateTime<Utc>, Uuid);

/// Transfers from a chapter or to it, and those of what it goes on for, oldest first. Each list by its own index, merged.
pub fn list(conn: &mut PgConnection, here: &Seen<Read>, span: Span<Position>) -> Result<Vec<TransferRow>, DbError> {
    use transfer as t;
    let later = |after: Option<Position>| {
        let mut query = t::table.select(TransferRow::as_select()).into_boxed();
        if let Some((at, id)) = after {
            query = query.filter(t::requested_at.gt(at).or(t::requested_at.eq(at).and(t::id.gt(id))));
        }
        query.order((t::requested_at, t::id)).limit(span.rows)
    };
    let of = |conn: &mut PgConnection, chapter: Uuid| -> Result<Vec<TransferRow>, DbError> {
        let mut rows: Vec<TransferRow> = later(span.after).filter(t::chapter_id.eq(chapter)).load(conn)?;
        rows.extend(later(span.after).filter(t::to_chapter_id.eq(chapter)).load(conn)?);
        Ok(rows)
    };
    tree::merged(conn, here.chapter(), span.rows, of, |row| (row.requested_at, row.id))
}

/// The goods that are asked for, by transfer and in their order.
pub fn asked_of(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<AskedRow>>, DbError> {
    use transfer_asked_goods as g;
    let rows: Vec<AskedRow> =
        g::table.filter(g::transfer_id.eq_any(ids)).order((g::transfer_id, g::n)).select(AskedRow::as_select()).load(conn)?;
    let mut goods: HashMap<Uuid, Vec<AskedRow>> = HashMap::new();
    for row in rows {
        goods.entry(row.transfer_id).or_default().push(row);
    }
    Ok(goods)
}

/// The goods of transfers that were sent, by transfer and in their order.
pub fn goods_of(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<GoodsRow>>, DbError> {
    use transfer_goods as g;
    let rows: Vec<GoodsRow> =
        g::table.filter(g::transfer_id.eq_any(ids)).order((g::transfer_id, g::n)).select(GoodsRow::as_select()).load(conn)?;
    let mut goods: HashMap<Uuid, Vec<GoodsRow>> = HashMap::new();
    for row in rows {
        goods.entry(row.transfer_id).or_default().push(row);
    }
    Ok(goods)
}

/// [`goods_of`] one.
pub fn goods(conn: &mut PgConnection, id: Uuid) -> Result<Vec<GoodsRow>, DbError> {
    Ok(goods_of(conn, &[id])?.remove(&id).unwrap_or_default())
}

/// The parts of transfers, by transfer and in the order they were recorded.
pub fn parts_of(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<PartRow>>, DbError> {
    use transfer_part as p;
    let order = (p::transfer_id, p::recorded_at, p::id);
    let rows: Vec<PartRow> = p::table.filter(p::transfer_id.eq_any(ids)).order(order).select(PartRow::as_select()).load(conn)?;
    let mut parts: HashMap<Uuid, Vec<PartRow>> = HashMap::new();
    for row in rows {
        parts.entry(row.transfer_id).or_default().push(row);
    }
    Ok(parts)
}

/// The goods of parts, by part and in their order.
pub fn part_goods_of(conn: &mut PgConnection, parts: &[Uuid]) -> Result<HashMap<Uuid, Vec<PartGoodsRow>>, DbError> {
    use transfer_part_goods as g;
    let rows: Vec<PartGoodsRow> =
        g::table.filter(g::part_id.eq_any(parts)).order((g::part_id, g::n)).select(PartGoodsRow::as_select()).load(conn)?;
    let mut goods: HashMap<Uuid, Vec<PartGoodsRow>> = HashMap::new();
    for row in rows {
        goods.entry(row.part_id).or_default().push(row);
    }
    Ok(goods)
}

/// [`part_goods_of`] one.
pub fn part_goods(conn: &mut PgConnection, part: Uuid) -> Result<Vec<PartGoodsRow>, DbError> {
    Ok(part_goods_of(conn, &[part])?.remove(&part).unwrap_or_default())
}

pub fn part(conn: &mut PgConnection, id: Uuid) -> Result<Option<PartRow>, DbError> {
    Ok(transfer_part::table.find(id).select(PartRow::as_select()).first(conn).optional()?)
}

/// The part that an entry booked.
pub fn part_booked_by(conn: &mut PgConnection, entry: Uuid) -> Result<Option<PartRow>, DbError> {
    let rows = transfer_part::table.filter(transfer_part::entry_id.eq(entry)).select(PartRow::as_select());
    Ok(rows.first(conn).optional()?)
}

/// The newest loss of a transfer that somebody asked for.
pub fn newest_loss(conn: &mut PgConnection, id: Uuid) -> Result<Option<PartRow>, DbError> {
    use transfer_part as p;
    let rows = p::table.filter(p::transfer_id.eq(id)).filter(p::kind.eq(TransferPartKind::Loss.name()));
    Ok(rows.order((p::recorded_at.desc(), p::id.desc())).select(PartRow::as_select()).first(conn).optional()?)
}

/// Writes a request with its goods.
pub fn insert(conn: &mut PgConnection, by: &Granted<Record>, row: &TransferRow, goods: &[AskedRow]) -> Result<(), DbError> {
    let row = TransferRow { chapter_id: by.chapter().0, requested_by: by.account(), ..row.clone() };
    diesel::insert_into(transfer::table).values(&row).execute(conn)?;
    diesel::insert_into(transfer_asked_goods::table).values(goods).execute(conn)?;
    feed::changed(conn, row.id, row.sides())
}

/// Notes that nothing comes of a request.
pub fn lay_aside<R: Right>(
    conn: &mut PgConnection,
    _: &Granted<R>,
    row: &TransferRow,
    state: TransferState,
) -> Result<(), DbError> {
    diesel::update(transfer::table.find(row.id)).set(transfer::state.eq(state.name())).execute(conn)?;
    feed::changed(conn, row.id, row.sides())
}

/// Notes that it was sent, by which entry, and how much that was.
pub fn sent<R: Right>(
    conn: &mut PgConnection,
    _: &Granted<R>,
    row: &TransferRow,
    (entry, on): (Uuid, NaiveDate),
    goods: &[GoodsRow],
) -> Result<(), DbError> {
    use transfer as t;
    let state = TransferState::Sent.name();
    diesel::update(t::table.find(row.id))
        .set((t::state.eq(state), t::amount_vnd.eq(row.amount_vnd), t::entry_id.eq(entry), t::sent_on.eq(on)))
        .execute(conn)?;
    diesel::insert_into(transfer_goods::table).values(goods).execute(conn)?;
    feed::changed(conn, row.id, row.sides())
}

/// Counts a part of a held transfer, or with an amount below zero takes it back; what is on the way then comes back.
pub fn count(conn: &mut PgConnection, row: &TransferRow, kind: TransferPartKind, amount: i64) -> Result<i64, DbError> {
    let (confirmed, returned) = match kind {
        TransferPartKind::Receipt => (row.confirmed_vnd + amount, row.returned_vnd),
        TransferPartKind::Return | TransferPartKind::Loss => (row.confirmed_vnd, row.returned_vnd + amount),
    };
    let state = stands(row.amount_vnd, confirmed, returned);
    diesel::update(transfer::table.find(row.id))
        .set((transfer::state.eq(state.name()), transfer::confirmed_vnd.eq(confirmed), transfer::returned_vnd.eq(returned)))
        .execute(conn)?;
    feed::changed(conn, row.id, row.sides())?;
    Ok(row.amount_vnd - confirmed - returned)
}

/// Takes goods of a part from what is on the way (`sign` 1), or puts them back (-1).
pub fn count_goods(conn: &mut PgConnection, goods: &[PartGoodsRow], sign: i64) -> Result<(), DbError> {
    use transfer_goods as g;
    // One line after the other: a part has few, and they are held with their transfer.
    for line in goods {
        diesel::update(g::table.find((line.transfer_id, line.n)))
            .set((
                g::left_milli.eq(g::left_milli - sign * line.quantity_milli),
                g::left_vnd.eq(g::left_vnd - sign * line.value_vnd),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Writes a part with its goods.
pub fn insert_part<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    part: &PartRow,
    goods: &[PartGoodsRow],
) -> Result<(), DbError> {
    let part = PartRow { recorded_by: by.account(), ..part.clone() };
    diesel::insert_into(transfer_part::table).values(&part).execute(conn)?;
    diesel::insert_into(transfer_part_goods::table).values(goods).execute(conn)?;
    Ok(())
}

/// Notes where a loss stands that waited, or that a part was reversed.
pub fn settle_part(conn: &mut PgConnection, row: &TransferRow, part: Uuid, state: TransferPartState) -> Result<(), DbError> {
    diesel::update(transfer_part::table.find(part)).set(transfer_part::state.eq(state.name())).execute(conn)?;
    feed::changed(conn, row.id, row.sides())
}

/// Notes that a loss is booked: what came back, and what is lost of it.
pub fn book_loss<R: Right>(
    conn: &mut PgConnection,
    _: &Granted<R>,
    part: Uuid,
    on: NaiveDate,
    [back, loss]: [Uuid; 2],
) -> Result<(), DbError> {
    use transfer_part as p;
    diesel::update(p::table.find(part))
        .set((p::state.eq(TransferPartState::Booked.name()), p::day.eq(on), p::entry_id.eq(back), p::loss_entry_id.eq(loss)))
        .execute(conn)?;
    Ok(())
}

/// Notes that the receiver does not take what is on the way, or with `None` that it does after all.
pub fn refuse_receipt(
    conn: &mut PgConnection,
    by: &Granted<Record>,
    row: &TransferRow,
    now: DateTime<Utc>,
    reason: Option<ReceiptRefusal>,
) -> Result<(), DbError> {
    use transfer as t;
    diesel::update(t::table.find(row.id))
        .set((
            t::receipt_refusal.eq(reason.map(ReceiptRefusal::name)),
            t::receipt_refused_by.eq(reason.map(|_| by.account())),
            t::receipt_refused_at.eq(reason.map(|_| now)),
        ))
        .execute(conn)?;
    feed::changed(conn, row.id, row.sides())
}

/// Notes that it was reversed: nothing of it is on the way any more.
pub fn reversed(conn: &mut PgConnection, row: &TransferRow) -> Result<(), DbError> {
    diesel::update(transfer::table.find(row.id)).set(transfer::state.eq(TransferState::Reversed.name())).execute(conn)?;
    feed::changed(conn, row.id, row.sides())
}
