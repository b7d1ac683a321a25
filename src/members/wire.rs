//! What is sent about members, and what they look like to those who may see them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::consent::{ConsentIn, ConsentOut};
use super::grades::GradeOut;
use super::model::{AgeBand, MemberKind, MemberState, MemberStepKind, StepKind, StepState};
use crate::persons::found::PersonFound;
use crate::persons::{PersonId, Sex};

/// An application. What else is known of the person stands with the person.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberIn {
    /// Made by the client, once, by chance alone (UUIDv4); sending the application again with it enters it once.
    #[schema(example = "3b0a7c1e-6f43-4b1c-9a55-0d0f3c8e7a10")]
    pub id: Uuid,
    /// A person of the chapter.
    #[schema(example = "7d0f2a53-9b0e-4c64-8f0e-3c1d5b7a9e21")]
    pub person: Uuid,
    /// As what kind of member.
    pub kind: MemberKind,
    /// Number of the decision by which they are admitted.
    #[schema(example = "15/QĐ-HCTĐ", max_length = 60)]
    pub decision_no: String,
    /// Code of a branch of the chapter.
    #[serde(default)]
    #[schema(example = "23095-CH-0001", max_length = 40)]
    pub branch: Option<String>,
    /// A group (tổ) of the chapter or the branch.
    #[serde(default)]
    #[schema(example = "Tổ 3", max_length = 60)]
    pub team: Option<String>,
    /// For a child: who agreed.
    #[serde(default)]
    pub consent: Option<ConsentIn>,
    /// For the second person.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

impl MemberIn {
    /// All of it but the note.
    pub(super) fn bare(&self) -> Self {
        Self { note: None, ..self.clone() }
    }
}

/// Where a member stands in the chapter from today on, and as what: all of it, and what is left out is not.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MemberPlacementIn)]
pub struct PlacementIn {
    /// As what kind of member.
    pub kind: MemberKind,
    /// Code of a branch of the chapter.
    #[serde(default)]
    #[schema(example = "23095-CH-0001", max_length = 40)]
    pub branch: Option<String>,
    /// A group (tổ) of the chapter or the branch.
    #[serde(default)]
    #[schema(example = "Tổ 3", max_length = 60)]
    pub team: Option<String>,
}

/// A step about a member.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MemberStepIn)]
pub struct StepIn {
    /// Made by the client, once.
    pub id: Uuid,
    /// What is to be done.
    pub kind: MemberStepKind,
    /// Number of the decision; required for what takes a second person.
    #[serde(default)]
    #[schema(example = "22/QĐ-HCTĐ", max_length = 60)]
    pub decision_no: Option<String>,
    /// Code of the grade, where one is given (`GET /member-grades`).
    #[serde(default)]
    #[schema(example = "GOLD", max_length = 20)]
    pub grade: Option<String>,
    /// For the second person.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// A member who moves to another chapter.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MemberTransferIn)]
pub struct TransferIn {
    /// Made by the client, once.
    pub id: Uuid,
    /// Code of the chapter they go to.
    #[schema(example = "23059", max_length = 40)]
    pub to: String,
    /// Number of the decision or the letter of introduction.
    #[schema(example = "31/GT-HCTĐ", max_length = 60)]
    pub decision_no: String,
    /// For the second persons of both chapters.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// A membership.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberOut {
    pub id: Uuid,
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
    /// As what kind of member.
    #[schema(value_type = MemberKind)]
    pub kind: String,
    /// Where the membership stands. `CHECKED`: being checked above.
    #[schema(value_type = MemberState)]
    pub state: String,
    /// Code of the branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The group (tổ).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// The day of the first admission, wherever that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<NaiveDate>,
    /// The code of the card that is valid now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub card: Option<String>,
    /// Of an organisation: who speaks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Phạm Văn Đức")]
    pub representative: Option<String>,
    /// Which grades the member had and has, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grades: Vec<GradeOut>,
    /// Of a child: who agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentOut>,
    /// What was decided at this chapter, oldest first.
    pub steps: Vec<StepOut>,
    pub recorded_at: DateTime<Utc>,
}

/// A member in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberFound {
    pub id: Uuid,
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
    /// As what kind of member.
    #[schema(value_type = MemberKind)]
    pub kind: String,
    /// Where the membership stands.
    #[schema(value_type = MemberState)]
    pub state: String,
    /// The day of the first admission, wherever that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<NaiveDate>,
}

/// A step about a member.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MemberStepOut)]
pub struct StepOut {
    pub id: Uuid,
    /// The membership it is about.
    pub member: Uuid,
    /// What is, or was, to be done.
    #[schema(value_type = StepKind)]
    pub kind: String,
    /// Where it stands.
    #[schema(value_type = StepState)]
    pub state: String,
    /// Code of the chapter where it was asked.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Code of the chapter that a transfer leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "23059")]
    pub to: Option<String>,
    /// Number of the decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "15/QĐ-HCTĐ")]
    pub decision_no: Option<String>,
    /// Code of the grade that is, or was, to be given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "GOLD")]
    pub grade: Option<String>,
    pub asked_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// The member, in the step itself: for who decides it as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonFound>,
    /// Of an applicant who is like a member of another chapter: the code of that chapter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<String>,
    /// For whoever decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// Members on a day, by what they are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberCounts {
    /// Code of the chapter; with all that stands below it.
    #[schema(example = "68")]
    pub chapter: String,
    /// The day that is counted.
    pub on: NaiveDate,
    /// All members on that day.
    pub members: i64,
    /// By kind, sex, age and sector.
    pub rows: Vec<MemberCount>,
}

/// So many members of one kind, sex, age band and sector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MemberCount {
    /// What kind of member.
    #[schema(value_type = MemberKind)]
    pub kind: String,
    /// Absent where it is not known, and of organisations.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Sex>)]
    pub sex: Option<String>,
    /// By the year of birth alone. Absent of organisations, which have no age.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<AgeBand>,
    /// What the chapter, or the branch, gathers around.
    #[schema(value_type = crate::chapters::model::Kind)]
    pub sector: String,
    /// How many.
    pub members: i64,
}
