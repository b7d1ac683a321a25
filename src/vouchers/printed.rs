//! What all printed documents say in JSON, those of gifts too.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Cancelled, Issuer};

/// Who issues a receipt.
#[derive(Serialize, ToSchema)]
pub struct IssuerOut {
    /// Code of the chapter.
    chapter: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    above: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
}

impl IssuerOut {
    /// The chapter with this code.
    pub fn of(chapter: String, issuer: Issuer) -> Self {
        Self { chapter, name: issuer.name, above: issuer.above, address: issuer.address }
    }
}

/// When and by which entry a receipt was cancelled.
#[derive(Serialize, ToSchema)]
pub struct CancelledOut {
    on: NaiveDate,
    /// Public code of the reversing entry.
    by: String,
}

impl From<Cancelled> for CancelledOut {
    fn from(cancelled: Cancelled) -> Self {
        Self { on: cancelled.on, by: cancelled.by.as_str().to_owned() }
    }
}
