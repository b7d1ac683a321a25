//! Teams as they go out to officers.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Leadership, Ready, TeamKind, TeamRole};
use super::wire::TeamItem;
use crate::persons::PersonId;

/// A team. It names nobody.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TeamOut {
    pub id: Uuid,
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub chapter_name: String,
    pub kind: TeamKind,
    #[schema(example = "Đội ứng phó thảm họa")]
    pub kind_name: &'static str,
    pub name: String,
    /// Where it meets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    pub founded_on: NaiveDate,
    /// Number of the decision that founded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_no: Option<String>,
    /// The first day without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_on: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_decision_no: Option<String>,
    /// How many are in it today.
    pub people: i64,
    /// Whether somebody leads it today.
    pub leadership: Leadership,
    /// Grows with each change; the number in `ETag`.
    pub version: i32,
}

/// A team with its equipment, how ready it is, and who is in it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TeamDetailOut {
    #[serde(flatten)]
    pub team: TeamOut,
    /// How ready those in it are today.
    pub readiness: TeamReadiness,
    /// What it has, as it was last written down.
    pub equipment: Vec<TeamItem>,
    /// Everybody who is or was in it, the earliest first.
    pub members: Vec<TeamMemberOut>,
}

/// How ready a team is today: how many.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct TeamReadiness {
    /// Those in the team today.
    pub people: i64,
    /// Of them, with a telephone number at which somebody answered.
    pub reachable: i64,
    /// Of them, with a skill that counts today.
    pub trained: i64,
    /// Of them, insured today.
    pub insured: i64,
    /// Of them, all three.
    pub ready: i64,
}

impl From<Ready> for TeamReadiness {
    fn from(of: Ready) -> Self {
        Self { people: of.people, reachable: of.reachable, trained: of.trained, insured: of.insured, ready: of.ready }
    }
}

/// Somebody's time in a team. Who they are, and how ready, is shown to those who see the chapter's people.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TeamMemberOut {
    pub id: Uuid,
    /// The first day.
    pub from: NaiveDate,
    /// The first day on which they are in it no longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// The person, as the chapter knows them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub person: Option<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Lan")]
    pub name: Option<String>,
    /// A telephone number at which somebody answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reachable: Option<bool>,
    /// A skill that counts today.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trained: Option<bool>,
    /// The last day on which they are insured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insured_until: Option<NaiveDate>,
    /// Their times at its head, the earliest first.
    pub led: Vec<TeamLeaderOut>,
}

/// Somebody's time at the head of a team.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TeamLeaderOut {
    pub id: Uuid,
    pub role: TeamRole,
    /// The first day.
    pub from: NaiveDate,
    /// The first day on which they lead no longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

/// An exercise that was held.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TeamExerciseOut {
    pub id: Uuid,
    /// The team.
    pub team: Uuid,
    /// The day on which it was held.
    pub held_on: NaiveDate,
    /// What was exercised.
    pub what: String,
    /// How many came.
    pub people: i64,
    /// Their times in the team; shown to those who see the chapter's people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub came: Option<Vec<Uuid>>,
    /// Shown to those who see the chapter's people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    pub recorded_at: DateTime<Utc>,
}
