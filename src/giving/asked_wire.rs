//! Asked gifts as JSON.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::display::Display;
use super::gift_in::{GiftIn, GiverIn, LineIn};
use super::receipt::BookingOutcome;
use super::unusual::Concern;

/// A gift that takes a second person. It is booked nowhere before they approve.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct AskedOut {
    pub id: Uuid,
    /// Public code, for the giver: nobody finds it before the gift is approved.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: String,
    /// `ASKED`, `APPROVED`, `REFUSED` or `WITHDRAWN`.
    #[schema(example = "ASKED")]
    pub state: String,
    #[schema(example = "23095")]
    pub chapter: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appeal: Option<String>,
    #[schema(example = "CASH")]
    pub channel: String,
    pub amount_vnd: i64,
    /// The limit that it passes.
    pub limit_vnd: i64,
    pub received_on: NaiveDate,
    pub asked_at: DateTime<Utc>,
    /// User name of whoever recorded it.
    pub asked_by: String,
    /// Code of the nearest chapter with a second person who can decide.
    #[schema(example = "23095")]
    pub approver_chapter: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// The provisional note for the giver, as a page to print.
    #[schema(example = "/api/v1/asked-gifts/0199e0a1-7b1c-7c3e-9d52-6f0a3b8c2d11/paper.html")]
    pub paper_url: String,
    /// The same as PDF/A.
    #[schema(example = "/api/v1/asked-gifts/0199e0a1-7b1c-7c3e-9d52-6f0a3b8c2d11/paper.pdf")]
    pub paper_pdf_url: String,
    /// What to look at.
    pub concerns: Vec<Concern>,
}

/// Answer to a single post of a gift that takes a second person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AskedPosted {
    pub outcome: BookingOutcome,
    #[serde(flatten)]
    pub asked: AskedOut,
}

/// An asked gift as whoever decides sees it: with its giver and words while it waits.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct AskedGift {
    #[serde(flatten)]
    pub asked: AskedOut,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub giver: Option<GiverIn>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<Display>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wish: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer_address: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<LineIn>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_count: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paper_book: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paper_no: Option<String>,
}

impl AskedGift {
    /// `sent` is what was sent, as long as it waits.
    pub fn of(asked: AskedOut, sent: Option<GiftIn>) -> Self {
        let Some(sent) = sent else { return Self { asked, ..Self::default() } };
        Self {
            asked,
            giver: sent.giver,
            display: sent.display,
            wish: sent.wish,
            memo: sent.memo,
            bank_reference: sent.bank_reference,
            payer_address: sent.payer_address,
            lines: sent.lines,
            message_count: sent.message_count,
            paper_book: sent.paper_book,
            paper_no: sent.paper_no,
        }
    }
}
