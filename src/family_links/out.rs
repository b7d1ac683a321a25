//! What is shown of cases.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{
    FamilyAnswer, FamilyFate, FamilyHandOverState, FamilyLikenessKind, FamilyLikenessState, FamilyLinkState, FamilyNews,
    FamilyPartedBy, FamilyStep,
};
use super::wire::{FamilyEnquirer, FamilySought};
use crate::persons::Sex;

/// A case, for those who may see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FamilyLinkOut {
    /// Its id.
    pub id: Uuid,
    /// Code of the chapter that holds it.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Where it stands.
    pub state: FamilyLinkState,
    /// What parted them.
    pub cause: FamilyPartedBy,
    /// Seen by the officer in charge alone.
    pub guarded: bool,
    /// Whether whoever reads it is in charge.
    pub in_my_charge: bool,
    /// Absent where what it said was erased, or may not be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enquirer: Option<FamilyEnquirer>,
    /// Absent where what it said was erased, or may not be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sought: Option<FamilySought>,
    /// True where the enquirer asked that their data be kept and not used.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub restricted: bool,
    /// The version of the text that was agreed to.
    #[schema(example = 1)]
    pub text_version: i16,
    /// The day of the signature.
    pub consent_on: NaiveDate,
    /// Who was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<FamilyFindingOut>,
    /// What may be told to the enquirer today.
    pub told: FamilyNews,
    /// What was done, in its order.
    pub steps: Vec<FamilyStepOut>,
    /// What the centre says of cases of other chapters that are like this one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub likenesses: Vec<FamilyLikenessHere>,
    /// Cases of the same chapter that may be about the same person.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubles: Vec<Uuid>,
    /// Code of the chapter that it is offered to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "68")]
    pub offered_to: Option<String>,
    /// In the answer to what gives the enquirer news: no message could be sent in confidence, so somebody calls them, or who speaks for
    /// them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub to_be_called: bool,
    /// When it was written down.
    pub recorded_at: DateTime<Utc>,
    /// When something was done about it last.
    pub last_step_at: DateTime<Utc>,
    /// Since when it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
}

/// What was done about a case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FamilyStepOut {
    /// Its id.
    pub id: Uuid,
    /// Of which kind it is.
    pub kind: FamilyStep,
    /// Code of the chapter that did it.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Who was asked, and what was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Đã hỏi Hội Cựu chiến binh xã Mương Mán")]
    pub note: Option<String>,
    /// When it was done.
    pub done_at: DateTime<Utc>,
}

/// Who was found. Of who declines nothing is left but that.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FamilyFindingOut {
    /// Its id.
    pub id: Uuid,
    /// How they were found.
    pub fate: FamilyFate,
    /// Whether who speaks for them answers.
    pub of_child: bool,
    /// Their name today.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Văn Tư")]
    pub name: Option<String>,
    /// Where they, or who speaks for them, are reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0987654321")]
    pub phone: Option<String>,
    /// Where they live, or lie.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Xã Đức Linh")]
    pub place: Option<String>,
    /// How they were found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What the enquirer is told, once it may be passed on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What they said; absent while nobody has asked them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<FamilyAnswer>,
    /// Who spoke for a child.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guardian: Option<String>,
    /// When they were found.
    pub found_at: DateTime<Utc>,
}

/// A case in a list. Of a guarded one that somebody else is in charge of no names are shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FamilyLinkFound {
    /// Its id.
    pub id: Uuid,
    /// Code of the chapter that holds it.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Where it stands.
    pub state: FamilyLinkState,
    /// Whether the officer in charge alone sees it.
    pub guarded: bool,
    /// Name of who asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Bảy")]
    pub enquirer: Option<String>,
    /// Name of who is sought.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Văn Tư")]
    pub sought: Option<String>,
    /// When it was written down.
    pub recorded_at: DateTime<Utc>,
    /// When something was done about it last.
    pub last_step_at: DateTime<Utc>,
}

/// What may be said to the enquirer, and nothing else: the paper for the talk with them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FamilyNewsOut {
    /// What may be told today.
    pub told: FamilyNews,
    /// What who was found wants them to know; present where there is news.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Ông Tư còn sống, khỏe mạnh, mong gặp chị.")]
    pub message: Option<String>,
    /// Who is spoken to in the place of a child.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Sáu")]
    pub through: Option<String>,
}

/// How many cases a chapter holds, with all below it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FamilyLinkCounts {
    /// Code of the chapter.
    #[schema(example = "68")]
    pub chapter: String,
    /// State by state.
    pub counts: Vec<FamilyLinkCount>,
}

/// How many cases stand so.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FamilyLinkCount {
    /// Where it stands.
    pub state: FamilyLinkState,
    /// How many.
    #[schema(example = 3)]
    pub cases: i64,
}

/// What the centre says of a case that is like this one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FamilyLikenessHere {
    /// Of which kind it is.
    pub kind: FamilyLikenessKind,
    /// Where it stands.
    pub state: FamilyLikenessState,
    /// Code of the chapter that holds the other case; only once the centre has said that it is the same matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "68")]
    pub other_chapter: Option<String>,
}

/// An offer of a case to another chapter, for both sides.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FamilyHandOverOut {
    /// Its id.
    pub id: Uuid,
    /// The case.
    pub family_link: Uuid,
    /// Code of the chapter that offered it.
    #[schema(example = "23095")]
    pub from: String,
    /// Code of the chapter that it was offered to.
    #[schema(example = "68")]
    pub to: String,
    /// Where it stands.
    pub state: FamilyHandOverState,
    /// Whether it is a guarded case: whoever takes it is in charge.
    pub guarded: bool,
    /// Why. In lists, and once the case was forgotten, absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When it was offered.
    pub offered_at: DateTime<Utc>,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
}

/// Two cases that may be one matter, for the centre.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FamilyLikenessOut {
    /// Its id.
    pub id: Uuid,
    /// Of which kind it is.
    pub kind: FamilyLikenessKind,
    /// Where it stands.
    pub state: FamilyLikenessState,
    /// When it was noticed.
    pub asked_at: DateTime<Utc>,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// The two, while it is asked; in lists, and once it is decided, absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<FamilyLikenessSide>,
}

/// As much of a case as it takes to compare it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FamilyLikenessSide {
    /// Code of the chapter that holds it.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Who asks; only where the two may look for each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Bảy")]
    pub enquirer: Option<String>,
    /// When who asks was born.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "1946")]
    pub enquirer_birth: Option<String>,
    /// Name of who is sought.
    #[schema(example = "Nguyễn Văn Tư")]
    pub sought: String,
    /// Other names of who is sought.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_names: Vec<String>,
    /// When who is sought was born, as it is remembered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "1949")]
    pub birth: Option<String>,
    /// As it is remembered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// When they were last seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<String>,
    /// Where they were last seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_place: Option<String>,
}
