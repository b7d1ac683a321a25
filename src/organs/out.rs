//! What is shown of registrations.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::Queryable;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{OrganGift, OrganState, OrganStepKind};

/// A registration, for those who may see it. Of one that is over nothing is left but that.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganRegistrationOut {
    /// Its id.
    pub id: Uuid,
    /// Code of the chapter.
    #[schema(example = "68")]
    pub chapter: String,
    /// Where it stands.
    pub state: OrganState,
    /// What they would give.
    pub gives: Vec<OrganGift>,
    /// Absent where nothing of them is kept, or what is kept may not be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Bảy")]
    pub name: Option<String>,
    /// National form, digits only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0912345678")]
    pub phone: Option<String>,
    /// The day, or the year alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "1976")]
    pub birth: Option<String>,
    /// True where they asked that their data be kept and not used.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub restricted: bool,
    /// The version of the text that was agreed to.
    #[schema(example = 1)]
    pub text_version: i16,
    /// The day of the consent.
    pub consent_on: NaiveDate,
    /// The day on which it was handed to the coordinating centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handed_on: Option<NaiveDate>,
    /// Number of the centre's card, as it is written there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "TNHM-123456")]
    pub card: Option<String>,
    /// The day of the card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_on: Option<NaiveDate>,
    /// The day on which they withdrew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_on: Option<NaiveDate>,
    /// The day on which the centre was told that they withdrew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told_on: Option<NaiveDate>,
    /// What was done, in its order.
    pub steps: Vec<OrganStepOut>,
    /// When it was written down.
    pub recorded_at: DateTime<Utc>,
}

/// What was done about a registration.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganStepOut {
    /// Its id.
    pub id: Uuid,
    /// What was done.
    pub kind: OrganStepKind,
    /// The day of it.
    pub on: NaiveDate,
    /// When it was entered.
    pub done_at: DateTime<Utc>,
}

/// A registration in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganRegistrationFound {
    /// Its id.
    pub id: Uuid,
    /// Code of the chapter.
    #[schema(example = "68")]
    pub chapter: String,
    /// Where it stands.
    pub state: OrganState,
    /// Absent where nothing of them is kept, or what is kept may not be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Bảy")]
    pub name: Option<String>,
    /// When it was written down.
    pub recorded_at: DateTime<Utc>,
}

/// A text in two languages.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganSaid {
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

/// Everything that is kept of somebody, for the copy that they may ask for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganCopyOut {
    /// What is kept.
    pub registration: OrganRegistrationOut,
    /// Why.
    pub purpose: OrganSaid,
    /// By which right.
    pub grounds: OrganSaid,
    /// Who may read it.
    pub readers: OrganSaid,
    /// How long.
    pub period: OrganSaid,
    /// The text that they agreed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed: Option<OrganSaid>,
}

/// How many registrations stand so.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganCount {
    /// How they stand.
    pub state: OrganState,
    /// How many.
    #[schema(example = 12)]
    pub registrations: i64,
}

/// How many registrations a chapter has, with all below it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganCounts {
    /// Code of the chapter.
    #[schema(example = "68")]
    pub chapter: String,
    /// By how they stand.
    pub counts: Vec<OrganCount>,
}

/// A text that is agreed to.
#[derive(Debug, Clone, Queryable, Serialize, ToSchema)]
pub struct OrganTextOut {
    /// What a consent names.
    #[schema(example = 1)]
    pub version: i16,
    /// The first day on which it can be agreed to.
    pub valid_from: NaiveDate,
    /// The first day on which it can not any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// The text in Vietnamese, which is the one that counts.
    pub vi: String,
    /// The text in English.
    pub en: String,
}
