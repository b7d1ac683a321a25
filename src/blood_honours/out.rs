//! Thresholds, lists and honours as officers see them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{BloodHonourLevel, BloodHonourOf, BloodHonourState};
use crate::donors::DonorId;

/// From how many donations on somebody is honoured.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodHonourThresholdOut {
    pub id: Uuid,
    /// Whom it honours.
    pub of: BloodHonourOf,
    /// From so many donations on.
    #[schema(example = 20)]
    pub times: i16,
    /// Code of the province whose rule it is; absent of one for the whole country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chapter: Option<String>,
    /// The level that decides, or hands it on; absent where no source says who does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<BloodHonourLevel>,
    /// What they are honoured with, in Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
    pub valid_from: NaiveDate,
    /// The first day on which it holds no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Number of the decision that says so.
    #[schema(example = "122/QĐ-BCĐQG")]
    pub decision_no: String,
    /// `S` read in its source, `GK` from general knowledge, `REC` recommended.
    pub mark: String,
    /// Where it was read.
    pub source: String,
}

/// A list of honours that was proposed. It names nobody.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodHonoursOut {
    pub id: Uuid,
    /// Code of the chapter that proposed.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Code of the chapter that decides in the end.
    #[schema(example = "68")]
    pub awarded_by: String,
    /// Which threshold (`GET /blood-honour-thresholds`).
    pub threshold: Uuid,
    /// Whom it honours.
    pub of: BloodHonourOf,
    /// From so many donations on.
    pub times: i16,
    /// What was given by this day was counted.
    pub until: NaiveDate,
    pub state: BloodHonourState,
    /// Number of the proposal.
    pub decision_no: String,
    /// How many are on it.
    pub proposed: i64,
    /// How many of them stand as honoured today.
    pub awarded: i64,
    /// When it was proposed.
    pub proposed_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// For whoever decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// Somebody, or a family, on a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodHonourOut {
    pub id: Uuid,
    /// The donor, as their chapter knows them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub donor: Option<DonorId>,
    /// The family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<Uuid>,
    /// Their name; absent of who was erased, or may not be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How often they had given when they were proposed.
    pub times: i32,
    pub state: BloodHonourState,
    /// When fewer stood than it takes, after donations were corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// The name stands in public, by consent.
    pub name_shown: bool,
}

/// How many honours were looked at again, and withdrawn.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodHonoursRecountedOut {
    /// Honours that stood.
    pub counted: i64,
    /// Of them, those for which too few donations stand: withdrawn now.
    pub withdrawn: i64,
}
