//! What became of a gift, as it is told to whoever recorded it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::unusual::Concern;
use crate::vouchers::model::Number;

/// Whether a post booked something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BookingOutcome {
    Booked,
    /// The gift was here already; nothing was booked again.
    AlreadyBooked,
    Refused,
    /// Unusually much: nothing was kept. Send it again with `"confirmed": true` if it is right.
    Unusual,
    /// It takes a second person: nothing is booked before they approve. `state` says where it stands.
    Asked,
}

/// What was booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceiptOut {
    pub id: Uuid,
    /// Public code of the entry, for the giver.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: String,
    #[schema(example = "23095")]
    pub chapter: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appeal: Option<String>,
    /// `GENERAL`, `APPEAL:<code>` or `QUARANTINE:<code>` (came after the appeal's end).
    #[schema(example = "APPEAL:LULUT-2026")]
    pub fund: String,
    pub amount_vnd: i64,
    pub received_on: NaiveDate,
    pub booked_on: NaiveDate,
    pub recorded_at: DateTime<Utc>,
    /// Public code of the entry that reversed this gift: it no longer stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "3MZK0T9Q4B7XH2VWE")]
    pub reversed_by: Option<String>,
    /// The numbered receipt (phiếu thu): of cash gifts without a pre-printed slip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cash_receipt: Option<CashReceiptRef>,
    /// What to look at; the gift stands all the same.
    pub concerns: Vec<Concern>,
}

/// Which cash receipt a gift has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CashReceiptRef {
    /// Without gaps within its series; at least six digits.
    #[schema(example = "000123")]
    pub number: String,
    /// Kind of document, chapter, year of issue.
    #[schema(example = "PT/23095/2026")]
    pub series: String,
    /// The receipt as data; with `.html` to print, with `.pdf` to file.
    #[schema(example = "/api/v1/gifts/0199e0a1-7b1c-7c3e-9d52-6f0a3b8c2d11/cash-receipt")]
    pub url: String,
}

impl CashReceiptRef {
    pub fn new(gift: Uuid, number: &Number) -> Self {
        Self { number: number.number(), series: number.series(), url: format!("/api/v1/gifts/{gift}/cash-receipt") }
    }
}
