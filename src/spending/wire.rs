//! Money orders as JSON that goes out.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::kind::Orders;
use super::model::{OrderKind, OrderState, Payee};
use super::store::OrderRow;
use crate::basics::hex;
use crate::db::DbError;
use crate::decisions;
use crate::identity::store as identity;
use crate::ledger::model::FundId;
use crate::ledger::store as ledger;
use crate::tree;

/// A money order and where it stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MoneyOrderOut {
    pub id: Uuid,
    pub kind: OrderKind,
    #[schema(example = "23095")]
    pub chapter: String,
    /// Code of the fund that it is paid from or comes to.
    #[schema(example = "OPERATING")]
    pub fund: String,
    /// Code of the fund that the money goes to, where it changes its fund.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "GENERAL")]
    pub to_fund: Option<String>,
    pub amount_vnd: i64,
    /// The day on which the money moved.
    pub day: NaiveDate,
    /// The account that is debited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "AID_EXPENSE")]
    pub debit: Option<String>,
    /// The account that is credited.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "CASH_ON_HAND")]
    pub credit: Option<String>,
    /// What for, or where from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "FOOD_WATER_MEDICINE")]
    pub category: Option<String>,
    /// Public code of the entry it is about: of a refund, its gift.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub of: Option<String>,
    /// SHA-256 of the paper in which givers agree that own costs are paid from their gifts, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_cost_consent: Option<String>,
    /// SHA-256 of its paper, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    pub state: OrderState,
    /// User name of whoever asked.
    #[schema(example = "hanh.hamliem")]
    pub requested_by: String,
    pub requested_at: DateTime<Utc>,
    /// Code of the chapter whose turn it is, or was.
    #[schema(example = "23095")]
    pub approver_chapter: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// Public code of its entry, once approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: Option<String>,
    /// Public code of its second entry, where it takes two.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub other_code: Option<String>,
    /// Public code of the entry that reversed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub reversed_by: Option<String>,
    /// Who is paid, or pays; where one order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payee: Option<Payee>,
    /// What for, in words; where one order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Mua 500 kg gạo theo hóa đơn số 112")]
    pub content: Option<String>,
    /// What was written for whoever decides; shown to them alone, where one order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// [`shown`] for one.
pub fn out(conn: &mut PgConnection, of: &dyn Orders, row: OrderRow) -> Result<MoneyOrderOut, DbError> {
    shown(conn, of, vec![row])?.pop().ok_or(DbError::Query(diesel::result::Error::NotFound))
}

/// What is shown of these orders of a kind, in their order, without persons; a fixed number of statements.
pub fn shown(conn: &mut PgConnection, of: &dyn Orders, rows: Vec<OrderRow>) -> Result<Vec<MoneyOrderOut>, DbError> {
    let funds: Vec<FundId> = rows.iter().flat_map(|row| [Some(row.fund_id), row.to_fund_id]).flatten().map(FundId).collect();
    let funds: HashMap<i32, String> = ledger::funds(conn, &funds)?.into_values().map(|fund| (fund.id.0, fund.code)).collect();
    let booked = ledger::booked(conn, &rows.iter().flat_map(OrderRow::entries).collect::<Vec<_>>())?;
    let about = ledger::codes(conn, &rows.iter().filter_map(|row| row.of_entry_id).collect::<Vec<_>>())?;
    let names = identity::user_names(conn, &rows.iter().map(|row| row.requested_by).collect::<Vec<_>>())?;
    let approvers = decisions::approvers(conn, of.matter(), &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let chapters = tree::codes(conn, rows.iter().map(|row| row.chapter_id).chain(approvers.values().copied()))?;
    let chapter = |id: Uuid| chapters.get(&id).cloned().unwrap_or_default();
    let code = |entry: Option<Uuid>| entry.and_then(|id| booked.get(&id)).map(|entry| entry.code.clone());
    let fund = |id: i32| funds.get(&id).cloned();
    let show = |row: OrderRow| MoneyOrderOut {
        id: row.id,
        kind: of.kind(),
        chapter: chapter(row.chapter_id),
        fund: fund(row.fund_id).unwrap_or_default(),
        to_fund: row.to_fund_id.and_then(fund),
        amount_vnd: row.amount_vnd,
        day: row.day,
        of: row.of_entry_id.and_then(|id| about.get(&id)).cloned(),
        own_cost_consent: row.consent.as_deref().map(hex),
        document: row.document.as_deref().map(hex),
        state: OrderState::parse(&row.state).unwrap_or(OrderState::Requested),
        requested_by: names.get(&row.requested_by).cloned().unwrap_or_default(),
        requested_at: row.requested_at,
        approver_chapter: approvers.get(&row.id).map(|id| chapter(*id)).unwrap_or_default(),
        decided_at: row.decided_at,
        code: code(row.entry_id),
        other_code: code(row.other_entry_id),
        reversed_by: row.entry_id.and_then(|id| booked.get(&id)).and_then(|entry| entry.reversed_by.clone()),
        debit: row.debit,
        credit: row.credit,
        category: row.category,
        payee: None,
        content: None,
        note: None,
    };
    Ok(rows.into_iter().map(show).collect())
}
