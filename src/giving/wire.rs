//! Answers to gifts as JSON.

use serde::Serialize;
use utoipa::ToSchema;

use super::asked_wire::AskedOut;
use super::receipt::{BookingOutcome, ReceiptOut};

/// Answer to a single post.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GiftPosted {
    pub outcome: BookingOutcome,
    #[serde(flatten)]
    pub gift: ReceiptOut,
}

/// Answer to one gift of a batch.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchItem {
    /// Position in the batch, from 0.
    pub index: usize,
    pub outcome: BookingOutcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gift: Option<ReceiptOut>,
    /// The gift that waits for a second person, or what they decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<AskedOut>,
    /// Why it was refused, or what is unusual about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<crate::http::problem::ProblemDocument>,
}

/// Answer to a batch: one item for every gift sent, in order. What stands stands, even if this answer is lost.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchOut {
    pub booked: usize,
    pub already_booked: usize,
    pub refused: usize,
    /// To be confirmed and sent again.
    pub unusual: usize,
    /// Above a limit that takes a second person.
    pub asked: usize,
    pub items: Vec<BatchItem>,
}
