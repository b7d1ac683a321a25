//! Campaigns, editions and programmes as officers see them.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::CampaignState;

/// A campaign.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignOut {
    pub id: Uuid,
    /// Code of the chapter that leads it.
    #[schema(example = "68")]
    pub chapter: String,
    /// The movement it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "TET_NHAN_AI")]
    pub movement: Option<String>,
    #[schema(example = "Tết Nhân ái Bính Ngọ 2026")]
    pub title: String,
    /// The title in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_en: Option<String>,
    /// What it is for.
    pub about: String,
    /// The same in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about_en: Option<String>,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// The last day, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<NaiveDate>,
    pub state: CampaignState,
    /// Codes of the appeals that it groups.
    pub appeals: Vec<String>,
    /// Codes of the blood drives that it groups.
    pub drives: Vec<String>,
    /// The programme that it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub programme: Option<Uuid>,
    /// Counts up with each change; the `ETag`.
    pub version: i32,
}

/// A programme with its parties and tasks.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgrammeOut {
    pub id: Uuid,
    /// Code of the chapter that signed it.
    #[schema(example = "68")]
    pub chapter: String,
    #[schema(example = "Chương trình phối hợp công tác nhân đạo 2026–2031")]
    pub title: String,
    pub purpose: String,
    /// The other parties.
    pub parties: Vec<String>,
    /// Number of the signed paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "05/CTPH-MTTQ-HCTĐ")]
    pub number: Option<String>,
    /// The day on which it was signed.
    pub signed_on: NaiveDate,
    pub valid_from: NaiveDate,
    /// Its last day.
    pub valid_until: NaiveDate,
    /// SHA-256 of the signed paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// What was agreed to be done, by the day on which it is due.
    pub tasks: Vec<ProgrammeTaskOut>,
    /// What came of all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// Counts up with each change; the `ETag`.
    pub version: i32,
}

/// A task of a programme.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgrammeTaskOut {
    pub id: Uuid,
    /// What was agreed to be done.
    #[schema(example = "Diễn tập phòng chống thiên tai cấp xã")]
    pub task: String,
    /// The day by which it is to be done.
    pub due_on: NaiveDate,
    /// It is not done, and its day is over.
    pub overdue: bool,
    /// The day on which it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_on: Option<NaiveDate>,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
}
