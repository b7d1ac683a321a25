//! Commendations, quotas and models as officers see them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{CommendationState, ModelState};
use crate::persons::PersonId;

/// What may be awarded.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommendationFormOut {
    #[schema(example = "GOOD_PEOPLE_GOOD_DEEDS")]
    pub code: String,
    /// Its name in Vietnamese.
    #[schema(example = "Người tốt, việc thiện")]
    pub vi: String,
    /// Its name in English.
    #[schema(example = "Good people, good deeds")]
    pub en: String,
    /// At which levels it is awarded.
    pub levels: Vec<String>,
    pub valid_from: NaiveDate,
    /// The day from which it is awarded no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Who says so.
    pub source: String,
}

/// How many of a form a chapter awards in a year, and how many it has.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommendationQuotaOut {
    pub id: Uuid,
    /// With what (`GET /commendation-forms`).
    #[schema(example = "GOOD_PEOPLE_GOOD_DEEDS")]
    pub form: String,
    #[schema(example = 2026)]
    pub year: i16,
    /// How many there may be; absent where nobody has set a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota: Option<i32>,
    /// How many were awarded.
    pub awarded: i32,
    /// Number of the decision that set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_no: Option<String>,
}

/// A commendation. It names no person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CommendationOut {
    pub id: Uuid,
    /// Code of the chapter that proposed.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Code of the chapter that awards.
    #[schema(example = "68")]
    pub awarded_by: String,
    /// With what (`GET /commendation-forms`).
    #[schema(example = "GOOD_PEOPLE_GOOD_DEEDS")]
    pub form: String,
    #[schema(example = 2026)]
    pub year: i16,
    /// The name of the collective, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collective: Option<String>,
    pub state: CommendationState,
    /// Number of the decision.
    #[schema(example = "45/QĐ-HCTĐ")]
    pub decision_no: String,
    /// When it was proposed.
    pub proposed_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// The name stands in public, by consent.
    pub name_shown: bool,
}

/// A commendation with whom it is for, for those who see the chapter's people, and for who decides while it waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommendationDetailOut {
    #[serde(flatten)]
    pub commendation: CommendationOut,
    /// The person, for those who may see them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// Their name, for those who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// For what, for those who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation: Option<String>,
    /// For whoever decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// A model of good practice.
#[derive(Debug, Serialize, ToSchema)]
pub struct PracticeModelOut {
    pub id: Uuid,
    /// Code of the chapter whose model it is.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Which of the areas of the law.
    #[schema(example = "FIRST_AID")]
    pub area: String,
    /// The movement it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub movement: Option<String>,
    #[schema(example = "Góc sơ cấp cứu trong trường học")]
    pub title: String,
    /// What is done, how, and what came of it.
    pub about: String,
    pub state: ModelState,
    /// When everybody could read it first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_on: Option<NaiveDate>,
}
