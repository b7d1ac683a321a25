//! An appeal as everybody sees it.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::appeals::AppealRow;
use super::limits::Extension;

/// An appeal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AppealOut {
    #[schema(example = "LULUT-2026")]
    pub code: String,
    /// Code of the responsible chapter.
    #[schema(example = "68")]
    pub chapter: String,
    #[schema(example = "DECREE_93_2021")]
    pub regime: String,
    /// `DRAFT`, `OPEN` or `CLOSED`.
    #[schema(example = "OPEN")]
    pub state: String,
    /// Counts every change; earlier versions are kept.
    pub version: i32,
    pub title: String,
    pub purpose: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_vnd: Option<i64>,
    pub receive_from: NaiveDate,
    pub receive_until: NaiveDate,
    /// Why it receives for longer than its law allows by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<Extension>,
}

impl From<AppealRow> for AppealOut {
    fn from(row: AppealRow) -> Self {
        Self {
            code: row.code,
            chapter: row.chapter,
            regime: row.regime,
            state: row.state,
            version: row.version,
            title: row.title,
            purpose: row.purpose,
            target_vnd: row.target_vnd,
            receive_from: row.receive_from,
            receive_until: row.receive_until,
            extension: row.extension,
        }
    }
}
