//! Transfers as JSON that goes out.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{
    Carried, ReceiptRefusal, ReturnReason, TransferLossReason, TransferPartKind, TransferPartState, TransferState,
};
use super::store::{self, AskedRow, GoodsRow, PartGoodsRow, PartRow, TransferRow};
use crate::basics::hex;
use crate::ledger::model::{Fund, FundId};
use crate::ledger::public;
use crate::ledger::store as ledger;
use crate::stock::quantity::Quantity;
use crate::stock::valuation::Valuation;
use crate::tree;

/// A transfer, where it stands and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChapterTransferOut {
    pub id: Uuid,
    /// Code of the chapter that sends.
    #[schema(example = "68")]
    pub chapter: String,
    /// Code of the chapter that receives.
    #[schema(example = "23095")]
    pub to: String,
    /// Code of the fund.
    #[schema(example = "GENERAL")]
    pub fund: String,
    /// As what it leaves.
    pub from: Carried,
    /// The two use one bank account: it is transferred by book, and nothing is ever on the way.
    pub by_book: bool,
    /// How much was asked for and sent; of goods, what they are worth, and before they are sent, what they would be by their lots.
    pub amount_vnd: i64,
    /// What arrived.
    pub confirmed_vnd: i64,
    /// What came back, and what was lost on the way.
    pub returned_vnd: i64,
    /// What is on the way.
    pub outstanding_vnd: i64,
    pub state: TransferState,
    /// The goods: what is asked for, and once they are sent, what was taken, lot by lot.
    pub lines: Vec<TransferGoodsOut>,
    /// The day that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// SHA-256 of the decision behind it, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    pub requested_at: DateTime<Utc>,
    /// Public code of the entry that sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub sent_by: Option<String>,
    /// The day on which it left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_on: Option<NaiveDate>,
    /// Public code of the entry that reversed that one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversed_by: Option<String>,
    /// Why the receiver does not take what is on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt_refusal: Option<ReceiptRefusal>,
    /// When the receiver said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt_refused_at: Option<DateTime<Utc>>,
    /// What was confirmed, came back or was lost, in the order it was recorded.
    pub parts: Vec<TransferPartOut>,
    /// What was written for whoever decides; shown to them alone, where one transfer is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Goods of one kind in a transfer.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransferGoodsOut {
    /// Its number in the transfer, from 1.
    pub line: i16,
    /// Catalogue code.
    #[schema(example = "RICE")]
    pub item: String,
    /// Decimal text.
    #[schema(example = "100.5")]
    pub quantity: String,
    #[schema(example = "KG")]
    pub unit: String,
    /// What it is worth, once it is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_vnd: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valuation: Option<Valuation>,
    /// The last day it is good, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<NaiveDate>,
    /// How much of it is on the way.
    #[schema(example = "12.5")]
    pub outstanding: String,
}

/// A part of a transfer that was confirmed, came back or was lost.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransferPartOut {
    pub id: Uuid,
    pub kind: TransferPartKind,
    pub state: TransferPartState,
    pub amount_vnd: i64,
    /// As what it arrived.
    pub account: Carried,
    /// How much of which goods.
    pub lines: Vec<TransferPartLineOut>,
    /// The day on which it arrived, came back or was written off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// SHA-256 of the paper of the hand-over, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Why it came back, of a return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_reason: Option<ReturnReason>,
    /// How it was lost, of a loss.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss_reason: Option<TransferLossReason>,
    pub recorded_at: DateTime<Utc>,
    /// Public code of its entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: Option<String>,
    /// Public code of the entry that wrote it off, of a loss.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss_code: Option<String>,
    /// Public code of the entry that reversed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversed_by: Option<String>,
    /// What was written beside it; shown to those who record or decide at one of the two chapters, where one transfer is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How much of a line of goods a part is.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransferPartLineOut {
    /// Number of the line in the transfer.
    pub line: i16,
    /// Decimal text.
    #[schema(example = "100.5")]
    pub quantity: String,
    pub value_vnd: i64,
}

/// What is shown of these transfers, in their order; a fixed number of statements.
pub fn shown(conn: &mut PgConnection, rows: Vec<TransferRow>) -> Result<Vec<ChapterTransferOut>, Fault> {
    let around = Around::read(conn, &rows)?;
    rows.into_iter().map(|row| around.show(row)).collect()
}

/// [`shown`] for one.
pub fn out(conn: &mut PgConnection, row: TransferRow) -> Result<ChapterTransferOut, Fault> {
    shown(conn, vec![row])?.pop().ok_or(Fault::Unknown)
}

/// What stands around transfers, read for all of them at once.
struct Around {
    asked: HashMap<Uuid, Vec<AskedRow>>,
    goods: HashMap<Uuid, Vec<GoodsRow>>,
    parts: HashMap<Uuid, Vec<PartRow>>,
    part_goods: HashMap<Uuid, Vec<PartGoodsRow>>,
    funds: HashMap<FundId, Fund>,
    chapters: HashMap<Uuid, String>,
    /// Public codes by entry.
    codes: HashMap<Uuid, String>,
    /// By public code of what was reversed.
    reversed_by: HashMap<String, String>,
}

/// A word of the database that this program does not know.
fn known<T>(word: Option<T>) -> Result<T, Fault> {
    word.ok_or_else(|| Fault::broken("a transfer has an unknown word"))
}

impl Around {
    fn read(conn: &mut PgConnection, rows: &[TransferRow]) -> Result<Self, Fault> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let parts = store::parts_of(conn, &ids)?;
        let of_parts = parts.values().flatten().flat_map(|part| [part.entry_id, part.loss_entry_id]);
        let entries: Vec<Uuid> = rows.iter().map(|row| row.entry_id).chain(of_parts).flatten().collect();
        let codes = ledger::codes(conn, &entries)?;
        let part_ids: Vec<Uuid> = parts.values().flatten().map(|part| part.id).collect();
        Ok(Self {
            asked: store::asked_of(conn, &ids)?,
            goods: store::goods_of(conn, &ids)?,
            part_goods: store::part_goods_of(conn, &part_ids)?,
            parts,
            funds: ledger::funds(conn, &rows.iter().map(|row| FundId(row.fund_id)).collect::<Vec<_>>())?,
            chapters: tree::codes(conn, rows.iter().flat_map(TransferRow::sides))?,
            reversed_by: public::reversals_of(conn, &codes.values().map(String::as_str).collect::<Vec<_>>())?,
            codes,
        })
    }

    fn code(&self, entry: Option<Uuid>) -> Option<String> {
        self.codes.get(&entry?).cloned()
    }

    fn show(&self, row: TransferRow) -> Result<ChapterTransferOut, Fault> {
        let chapter = |id: Uuid| self.chapters.get(&id).cloned().unwrap_or_default();
        let sent_by = self.code(row.entry_id);
        let lines: Vec<TransferGoodsOut> = match self.goods.get(&row.id) {
            Some(goods) => goods.iter().map(line).collect::<Result<_, _>>()?,
            None => self.asked.get(&row.id).into_iter().flatten().map(asked_line).collect(),
        };
        let parts = self.parts.get(&row.id).into_iter().flatten().map(|part| self.show_part(part));
        Ok(ChapterTransferOut {
            id: row.id,
            chapter: chapter(row.chapter_id),
            to: chapter(row.to_chapter_id),
            fund: self.funds.get(&FundId(row.fund_id)).map(|fund| fund.code.clone()).unwrap_or_default(),
            from: known(Carried::parse(&row.source))?,
            by_book: row.by_book,
            amount_vnd: row.amount_vnd,
            confirmed_vnd: row.confirmed_vnd,
            returned_vnd: row.returned_vnd,
            outstanding_vnd: row.outstanding(),
            state: known(TransferState::parse(&row.state))?,
            lines,
            day: row.day,
            document: row.document.as_deref().map(hex),
            requested_at: row.requested_at,
            reversed_by: sent_by.as_ref().and_then(|code| self.reversed_by.get(code).cloned()),
            sent_by,
            sent_on: row.sent_on,
            receipt_refusal: row.receipt_refusal.as_deref().map(|word| known(ReceiptRefusal::parse(word))).transpose()?,
            receipt_refused_at: row.receipt_refused_at,
            parts: parts.collect::<Result<_, _>>()?,
            note: None,
        })
    }

    fn show_part(&self, part: &PartRow) -> Result<TransferPartOut, Fault> {
        let code = self.code(part.entry_id);
        let kind = known(TransferPartKind::parse(&part.kind))?;
        let reason = |of: TransferPartKind| part.reason.as_deref().filter(|_| kind == of);
        let lines = self.part_goods.get(&part.id).into_iter().flatten().map(|line| TransferPartLineOut {
            line: line.n,
            quantity: Quantity::from_milli(line.quantity_milli).to_string(),
            value_vnd: line.value_vnd,
        });
        Ok(TransferPartOut {
            id: part.id,
            kind,
            state: known(TransferPartState::parse(&part.state))?,
            amount_vnd: part.amount_vnd,
            account: known(Carried::parse(&part.account))?,
            lines: lines.collect(),
            day: part.day,
            document: part.document.as_deref().map(hex),
            return_reason: reason(TransferPartKind::Return).map(|word| known(ReturnReason::parse(word))).transpose()?,
            loss_reason: reason(TransferPartKind::Loss).map(|word| known(TransferLossReason::parse(word))).transpose()?,
            recorded_at: part.recorded_at,
            reversed_by: code.as_ref().and_then(|code| self.reversed_by.get(code).cloned()),
            code,
            loss_code: self.code(part.loss_entry_id),
            note: None,
        })
    }
}

fn line(row: &GoodsRow) -> Result<TransferGoodsOut, Fault> {
    Ok(TransferGoodsOut {
        line: row.n,
        item: row.item.clone(),
        quantity: Quantity::from_milli(row.quantity_milli).to_string(),
        unit: row.unit.clone(),
        value_vnd: Some(row.value_vnd),
        valuation: Some(known(Valuation::parse(&row.valuation))?),
        expires_on: row.expires_on,
        outstanding: Quantity::from_milli(row.left_milli).to_string(),
    })
}

fn asked_line(row: &AskedRow) -> TransferGoodsOut {
    TransferGoodsOut {
        line: row.n,
        item: row.item.clone(),
        quantity: Quantity::from_milli(row.quantity_milli).to_string(),
        unit: row.unit.clone(),
        value_vnd: None,
        valuation: None,
        expires_on: None,
        outstanding: "0".to_owned(),
    }
}
