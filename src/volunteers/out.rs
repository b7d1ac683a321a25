//! Volunteers as they go out to those who may see them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Day, Means, Part, SkillLevel, SkillProof, VolunteerId, VolunteerKind, VolunteerState, VolunteerStepKind};
use crate::persons::PersonId;

/// A volunteer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VolunteerOut {
    #[schema(value_type = Uuid)]
    pub id: VolunteerId,
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    /// The person, by the chapter's own name.
    #[schema(value_type = Uuid)]
    pub person: PersonId,
    /// Absent where the data are kept and may not be used, or were erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Lan")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0912345678")]
    pub phone: Option<String>,
    /// As what.
    #[schema(value_type = VolunteerKind)]
    pub kind: String,
    /// Where they stand.
    #[schema(value_type = VolunteerState)]
    pub state: String,
    /// The day of the first verification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<NaiveDate>,
    /// Days of the week on which they have time.
    pub weekdays: Vec<Day>,
    /// Parts of these days.
    pub day_parts: Vec<Part>,
    /// ISO 639 codes.
    pub languages: Vec<String>,
    /// What they bring along.
    pub means: Vec<Means>,
    /// The last day of their insurance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insured_until: Option<NaiveDate>,
    /// Whether they come when they are called out; absent where nobody has asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub willing: Option<bool>,
    /// The day on which they said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub willing_on: Option<NaiveDate>,
    /// What they can do.
    pub skills: Vec<SkillOut>,
    /// Titles that were given, the oldest first.
    pub titles: Vec<TitleGivenOut>,
    /// What became of them, the oldest first.
    pub steps: Vec<StepOut>,
    /// What they worked here, the newest year first.
    pub worked: Vec<YearWorked>,
    pub recorded_at: DateTime<Utc>,
}

/// A volunteer in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VolunteerFound {
    #[schema(value_type = Uuid)]
    pub id: VolunteerId,
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    /// The person, by the chapter's own name.
    #[schema(value_type = Uuid)]
    pub person: PersonId,
    /// Absent where the data are kept and may not be used, or were erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Lan")]
    pub name: Option<String>,
    /// As what.
    #[schema(value_type = VolunteerKind)]
    pub kind: String,
    /// Where they stand.
    #[schema(value_type = VolunteerState)]
    pub state: String,
    /// Whether they come when they are called out; absent where nobody has asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub willing: Option<bool>,
    /// Codes of what they can do today.
    pub skills: Vec<String>,
    /// The day of the first verification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<NaiveDate>,
}

/// Something somebody can do.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = VolunteerSkillOut)]
pub struct SkillOut {
    /// What (`GET /skills`).
    #[schema(example = "FIRST_AID")]
    pub skill: String,
    /// How well.
    #[schema(value_type = SkillLevel)]
    pub level: String,
    /// What shows it.
    #[schema(value_type = SkillProof)]
    pub proof: String,
    /// The public code of the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// The last day on which it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
    /// Whether it counts today.
    pub counts: bool,
}

/// A title that was given.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = VolunteerTitleGiven)]
pub struct TitleGivenOut {
    pub id: Uuid,
    #[schema(example = "SILVER")]
    pub title: String,
    #[schema(example = "41/QĐ-HCTĐ")]
    pub decision_no: String,
    pub decision_on: NaiveDate,
    /// The day on which it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_on: Option<NaiveDate>,
    /// By which decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_decision_no: Option<String>,
}

/// Something done about a volunteer.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = VolunteerStepOut)]
pub struct StepOut {
    pub id: Uuid,
    /// What was done.
    #[schema(value_type = VolunteerStepKind)]
    pub kind: String,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300)]
    pub why: Option<String>,
    /// When.
    pub entered_at: DateTime<Utc>,
}

/// What somebody worked in a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct YearWorked {
    #[schema(example = 2026)]
    pub year: i32,
    /// Minutes, each once.
    pub minutes: i64,
}

/// A word with what it is called.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SkillWord {
    #[schema(example = "FIRST_AID")]
    pub code: String,
    /// In Vietnamese.
    #[schema(example = "Sơ cấp cứu")]
    pub vi: String,
    /// In English.
    #[schema(example = "First aid")]
    pub en: String,
}

/// A title with what it is called, the highest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VolunteerTitleOut {
    #[schema(example = "SILVER")]
    pub code: String,
    /// In Vietnamese.
    #[schema(example = "Tình nguyện viên hạng Bạc")]
    pub vi: String,
    /// In English.
    #[schema(example = "Silver volunteer")]
    pub en: String,
}

/// Volunteers on a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VolunteerCounts {
    /// Code of the chapter; with all that stands below it.
    #[schema(example = "68")]
    pub chapter: String,
    /// The day that is counted.
    pub on: NaiveDate,
    /// Persons; whoever is a volunteer of two chapters is one.
    pub volunteers: i64,
    /// By kind.
    pub rows: Vec<VolunteerCount>,
}

/// So many of a kind.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VolunteerCount {
    #[schema(value_type = VolunteerKind)]
    pub kind: String,
    /// How many.
    pub volunteers: i64,
}
