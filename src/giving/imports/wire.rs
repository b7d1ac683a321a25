//! Lists of gifts as JSON.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use crate::http::listed::{ImportFault, ImportTrouble};

/// Whether a list can be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CheckOutcome {
    /// It waits to be accepted.
    Ready,
    /// Nothing of it was kept: mend the file and send it again.
    Faulty,
}

/// What a look at a list found. Of each kind of rows at most 500 are named.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportCheck {
    pub outcome: CheckOutcome,
    /// Rows with a gift.
    pub rows: usize,
    /// Their sum, of those that could be read.
    pub amount_vnd: i64,
    pub fault_count: usize,
    pub faults: Vec<ImportFault>,
    /// Rows with an unusually large sum: to be confirmed when the list is accepted.
    pub unusual: Vec<ImportFault>,
    /// Rows that look like a gift that stands already, or like another row: look whether it is the same one.
    pub alike: Vec<u32>,
    /// Rows whose gift is booked already.
    pub booked_already: usize,
    /// Rows that are hidden in the file; they count like the others.
    pub hidden_rows: usize,
    /// Headings of columns that were not read.
    pub ignored_columns: Vec<String>,
    /// Visible sheets without headings of a list, of which nothing was read.
    pub ignored_sheets: Vec<String>,
    /// The list that waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import: Option<ImportOut>,
}

/// Where a list stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportOut {
    pub id: Uuid,
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    /// `READY`, `ACCEPTED` (being booked, see `job` and `trouble`) or `DONE`.
    #[schema(example = "READY")]
    pub state: String,
    pub rows: i64,
    pub amount_vnd: i64,
    /// Rows to be confirmed.
    pub unusual: i64,
    /// Rows whose gift stands in the books.
    pub booked: i64,
    /// Rows that wait for a second person.
    pub asked: i64,
    /// Rows that were refused when they were booked, and why.
    pub refused: Vec<ImportFault>,
    pub uploaded_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<DateTime<Utc>>,
    /// The job that books it (`GET /api/v1/jobs/{id}`), once it is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<Uuid>,
    /// Why booking stopped for good before the end; what is booked stands, and accepted again the list is gone on with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<ImportTrouble>,
}

/// Accepts a list.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptIn {
    /// Unusually large sums in it were looked at again and are right.
    #[serde(default)]
    pub confirmed: bool,
}
