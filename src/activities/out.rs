//! Activities as officers see them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{ActivityNumbers, ActivityState, PhotoGround};
use crate::persons::PersonId;

/// One of the areas of the law.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ActivityAreaOut {
    #[schema(example = "FIRST_AID")]
    pub code: String,
    /// Its name in Vietnamese.
    #[schema(example = "Sơ cấp cứu ban đầu")]
    pub vi: String,
    /// Its name in English.
    #[schema(example = "First aid")]
    pub en: String,
    pub valid_from: NaiveDate,
    /// The day from which it is none any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Which law says so.
    #[schema(example = "Law 11/2008/QH12, art. 2")]
    pub source: String,
}

/// An activity.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ActivityOut {
    pub id: Uuid,
    /// What it is called on paper and on the telephone.
    #[schema(example = "68-NV-0001")]
    pub code: String,
    /// Code of the chapter that leads it.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Which of the areas of the law.
    #[schema(example = "FIRST_AID")]
    pub area: String,
    /// The movement it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "TET_NHAN_AI")]
    pub movement: Option<String>,
    /// The campaign it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<Uuid>,
    /// The programme it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub programme: Option<Uuid>,
    #[schema(example = "Ngày hội sơ cấp cứu Trường THCS Hàm Liêm")]
    pub title: String,
    /// What is planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Where it is.
    #[schema(example = "Sân Trường THCS Hàm Liêm")]
    pub place: String,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// Its last day.
    pub ends_on: NaiveDate,
    /// Organisations that take part.
    pub partners: Vec<String>,
    /// Codes of the chapters that deliver it.
    pub delivered_by: Vec<String>,
    /// Whether everybody may see it.
    pub public: bool,
    pub state: ActivityState,
    /// What came of it, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// Of what is done: how many it reached, and what it was worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numbers: Option<ActivityNumbers>,
    /// Why it was called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled_reason: Option<String>,
    /// Counts up with each change; the `ETag`.
    pub version: i32,
}

/// An activity with everything that was written anew of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivityDetailOut {
    #[serde(flatten)]
    pub activity: ActivityOut,
    /// In the order in which they came.
    pub corrections: Vec<ActivityCorrectionOut>,
}

/// Something that was written anew.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivityCorrectionOut {
    /// The version that it made.
    pub version: i32,
    /// Why.
    pub why: String,
    /// It was taken back as a whole.
    pub taken_back: bool,
    /// By how much each number changed.
    pub by: ActivityNumbersBy,
    /// What the result said before, where it says another thing now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_result: Option<String>,
    /// When it was written anew.
    pub corrected_at: DateTime<Utc>,
}

/// By how much numbers changed; below zero where they became less.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct ActivityNumbersBy {
    /// People it reached.
    #[schema(example = -20)]
    pub persons: i64,
    /// How often it reached them.
    #[schema(example = -10)]
    pub person_times: i64,
    /// Money, in đồng.
    pub money_vnd: i64,
    /// Goods, in đồng.
    pub goods_vnd: i64,
    /// Labour, in đồng.
    pub labour_vnd: i64,
}

/// What makes it right to show a picture of an activity.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ActivityPhotoConsentOut {
    pub id: Uuid,
    /// The picture.
    pub document: Uuid,
    /// What makes it right to show the picture.
    pub ground: PhotoGround,
    /// Who agreed, for those who see the chapter's people; absent of who was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub person: Option<PersonId>,
    /// Version of the text that they agreed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_version: Option<i16>,
    /// The day on which they agreed, or somebody looked.
    pub given_on: NaiveDate,
    /// SHA-256 of the signed paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paper: Option<String>,
    pub recorded_at: DateTime<Utc>,
    /// When it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<DateTime<Utc>>,
}
