//! Sheets of dues as JSON that goes out.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{DuesGround, DuesSheetState};
use crate::spending::model::MoneyBy;

/// What a unit collected of its members, and what becomes of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DuesSheetOut {
    pub id: Uuid,
    /// Code of the unit that collected.
    #[schema(example = "23095")]
    pub chapter: String,
    /// The day on which the money came.
    pub day: NaiveDate,
    /// By what it came.
    pub account: MoneyBy,
    /// Code of the fund that it came to.
    #[schema(example = "OPERATING")]
    pub fund: String,
    /// How many members paid.
    #[schema(example = 24)]
    pub paid: i32,
    /// How many are free.
    #[schema(example = 1)]
    pub exempt: i32,
    #[schema(example = 288_000)]
    pub amount_vnd: i64,
    /// What of it stays with the unit, by the rule of the day.
    #[schema(example = 144_000)]
    pub kept_vnd: i64,
    /// What of it is owed upwards, step by step; sent by an ordinary transfer. Of a reversed sheet it is owed no more.
    pub owed: Vec<DuesSheetOwedOut>,
    pub state: DuesSheetState,
    /// User name of whoever recorded it.
    #[schema(example = "hanh.hamliem")]
    pub recorded_by: String,
    pub recorded_at: DateTime<Utc>,
    /// Public code of its entry.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: String,
    /// Public code of the entry that reversed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub reversed_by: Option<String>,
    /// The members, in their order; where one sheet is read by somebody who may see them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<DuesLineOut>>,
}

/// What of a sheet a chapter owes to the one above.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DuesSheetOwedOut {
    /// Code of the chapter that owes it.
    #[schema(example = "23095")]
    pub from: String,
    /// Code of the chapter that gets it.
    #[schema(example = "68")]
    pub to: String,
    #[schema(example = 57_600)]
    pub amount_vnd: i64,
}

/// One member in a sheet.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DuesLineOut {
    /// Id of the member; of who was erased, a name for nobody.
    pub member: Uuid,
    /// The first month.
    #[schema(example = "2026-01")]
    pub from: String,
    /// The last month.
    #[schema(example = "2026-12")]
    pub to: String,
    /// Nothing of who is free.
    #[schema(example = 12_000)]
    pub amount_vnd: i64,
    /// True of who is free.
    pub exempt: bool,
    /// Why; forgotten with who was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ground: Option<DuesGround>,
    /// Number of the decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "05/QĐ-HCTĐ")]
    pub decision_no: Option<String>,
}
