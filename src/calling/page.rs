//! What the page of a link shows; how it looks is the portal's. Looking changes nothing.

use chrono::{DateTime, Utc};

use super::model::CallAnswer;
use crate::house::occasion::Occasion;

/// What somebody sees who opens a link that is good: of the person a first name, and what they answered themselves.
#[derive(Debug, Clone)]
pub struct Shown {
    pub first_name: String,
    pub chapter: String,
    pub event: String,
    /// What they are called for, where that has a record.
    pub called_for: Option<Occasion>,
    pub place: String,
    pub why: String,
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub answer: Option<CallAnswer>,
    pub arrives_at: Option<DateTime<Utc>>,
    /// As many come as are needed.
    pub enough: bool,
    /// What they are known by when they come; of who comes.
    pub code: Option<String>,
}
