//! Adjustments and counts as JSON that goes out.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::adjust_in::{AdjustmentReason, LotSide};
use super::adjust_store::{self as store, AdjustmentRow, CountRow};
use super::fault::Fault;
use super::quantity::Quantity;
use crate::basics::hex;
use crate::db::DbError;
use crate::ledger::model::FundId;
use crate::ledger::store as ledger;
use crate::tree;

/// An adjustment and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdjustmentOut {
    pub id: Uuid,
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "GENERAL")]
    pub fund: String,
    pub reason: AdjustmentReason,
    /// SHA-256 of the record, hexadecimal.
    pub document: String,
    /// The count that proposed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<Uuid>,
    /// `ASKED`, `APPROVED`, `REFUSED` or `WITHDRAWN`.
    #[schema(example = "ASKED")]
    pub state: String,
    pub requested_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// What was written for whoever decides; shown to them alone, where one adjustment is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    pub lines: Vec<AdjustmentLineOut>,
    /// The booked entries, once approved: one for what is gone, one for what was found.
    pub entries: Vec<StockEntryOut>,
}

/// One line.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdjustmentLineOut {
    pub side: LotSide,
    /// The lot; absent where one is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<Uuid>,
    #[schema(example = "RICE")]
    pub item: String,
    #[schema(example = "12.5")]
    pub quantity: String,
    #[schema(example = "KG")]
    pub unit: String,
    /// Of what comes. What goes has the value it has when it is booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_vnd: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<Uuid>,
}

/// An entry that moved goods.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StockEntryOut {
    /// Public code.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: String,
    /// Public code of the entry that reversed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversed_by: Option<String>,
}

/// What is shown of these adjustments, in their order.
pub fn shown(conn: &mut PgConnection, rows: Vec<AdjustmentRow>) -> Result<Vec<AdjustmentOut>, DbError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let (mut lines, mut entries) = (store::lines_of(conn, &ids)?, store::entries_of(conn, &ids)?);
    let booked = ledger::booked(conn, &entries.values().flatten().copied().collect::<Vec<_>>())?;
    let funds = ledger::funds(conn, &rows.iter().map(|row| FundId(row.fund_id)).collect::<Vec<_>>())?;
    let chapters = tree::codes(conn, rows.iter().map(|row| row.chapter_id))?;
    let line = |line: store::LineRow| AdjustmentLineOut {
        side: LotSide::parse(&line.side).unwrap_or(LotSide::Out),
        lot: line.lot_id,
        item: line.item,
        quantity: Quantity::from_milli(line.quantity_milli).to_string(),
        unit: line.unit,
        value_vnd: line.value_vnd,
        expires_on: line.expires_on,
        store: line.store_id,
    };
    let entry = |id: Uuid| {
        let booked = booked.get(&id)?;
        Some(StockEntryOut { code: booked.code.clone(), reversed_by: booked.reversed_by.clone() })
    };
    let show = |row: AdjustmentRow| AdjustmentOut {
        id: row.id,
        chapter: chapters.get(&row.chapter_id).cloned().unwrap_or_default(),
        fund: funds.get(&FundId(row.fund_id)).map(|fund| fund.code.clone()).unwrap_or_default(),
        reason: AdjustmentReason::parse(&row.reason).unwrap_or(AdjustmentReason::Lost),
        document: hex(&row.document),
        count: row.count_id,
        state: row.state,
        requested_at: row.requested_at,
        decided_at: row.decided_at,
        note: None,
        lines: lines.remove(&row.id).unwrap_or_default().into_iter().map(line).collect(),
        entries: entries.remove(&row.id).unwrap_or_default().into_iter().filter_map(entry).collect(),
    };
    Ok(rows.into_iter().map(show).collect())
}

/// [`shown`] for one.
pub fn out(conn: &mut PgConnection, id: Uuid) -> Result<AdjustmentOut, Fault> {
    let row = store::find(conn, id)?.ok_or(Fault::Unknown)?;
    shown(conn, vec![row])?.pop().ok_or(Fault::Unknown)
}

/// A count, and what it proposed.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountOut {
    pub id: Uuid,
    #[schema(example = "23095")]
    pub chapter: String,
    pub counted_on: NaiveDate,
    /// SHA-256 of the record, hexadecimal.
    pub document: String,
    pub counted_at: DateTime<Utc>,
    pub lines: Vec<CountLineOut>,
    /// The adjustments it proposed, one a fund; none where everything was there.
    pub adjustments: Vec<Uuid>,
}

/// One lot that was counted.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountLineOut {
    pub lot: Uuid,
    #[schema(example = "RICE")]
    pub item: String,
    #[schema(example = "KG")]
    pub unit: String,
    /// What the books said when it was counted.
    #[schema(example = "100")]
    pub booked: String,
    /// What was there.
    #[schema(example = "97.5")]
    pub counted: String,
}

/// What is shown of these counts, in their order.
pub fn counts_shown(conn: &mut PgConnection, rows: Vec<CountRow>) -> Result<Vec<CountOut>, DbError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut lines = store::count_lines_of(conn, &ids)?;
    let mut proposed: HashMap<Uuid, Vec<Uuid>> = store::proposed_by(conn, &ids)?;
    let chapters = tree::codes(conn, rows.iter().map(|row| row.chapter_id))?;
    let line = |(line, item, unit): store::CountedLine| CountLineOut {
        lot: line.lot_id,
        item,
        unit,
        booked: Quantity::from_milli(line.booked_milli).to_string(),
        counted: Quantity::from_milli(line.counted_milli).to_string(),
    };
    let show = |row: CountRow| CountOut {
        id: row.id,
        chapter: chapters.get(&row.chapter_id).cloned().unwrap_or_default(),
        counted_on: row.counted_on,
        document: hex(&row.document),
        counted_at: row.counted_at,
        lines: lines.remove(&row.id).unwrap_or_default().into_iter().map(line).collect(),
        adjustments: proposed.remove(&row.id).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(show).collect())
}
