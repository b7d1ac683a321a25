//! Committees, posts and holders as they go out to officers.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Acting, CommitteeKind, EndedHow, MadeBy, Manner, PostStanding};
use crate::persons::PersonId;

/// What a post is called.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PostTitleOut {
    #[schema(example = "CHAIR")]
    pub code: String,
    /// The kind of committee it is a post of.
    pub committee_kind: String,
    /// In Vietnamese.
    #[schema(example = "Chủ tịch")]
    pub vi: String,
    /// In English.
    #[schema(example = "Chair")]
    pub en: String,
    /// There is one of it in a committee.
    pub single: bool,
}

/// A committee of one term.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CommitteeOut {
    pub id: Uuid,
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub chapter_name: String,
    pub kind: CommitteeKind,
    #[schema(example = "Ban Chấp hành")]
    pub kind_name: &'static str,
    /// A congress, or a decision.
    pub made_by: MadeBy,
    /// Lâm thời.
    pub provisional: bool,
    /// What the congress is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub congress: Option<String>,
    pub decision_no: String,
    pub decision_on: NaiveDate,
    /// SHA-256 of its paper, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    pub valid_from: NaiveDate,
    /// The day on which its term is planned to be over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term_until: Option<NaiveDate>,
    /// Its term is over, and no other has taken its place: a congress is due.
    pub term_over: bool,
    /// The first day without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// By what it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_how: Option<EndedHow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_decision_no: Option<String>,
    /// In their order.
    pub posts: Vec<PostOut>,
}

/// A post, how it stands today, and of which committee it is. It names nobody.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PostOut {
    pub id: Uuid,
    /// The committee it is a post of.
    pub committee: Uuid,
    /// The kind of that committee.
    pub committee_kind: CommitteeKind,
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub chapter_name: String,
    #[schema(example = "CHAIR")]
    pub title: String,
    /// The title in Vietnamese.
    #[schema(example = "Chủ tịch")]
    pub title_vi: String,
    /// The title in English.
    #[schema(example = "Chair")]
    pub title_en: String,
    /// How many hold it when none is vacant.
    pub seats: i16,
    /// From when on there is it, where it came in the middle of the term.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub added_on: Option<NaiveDate>,
    /// Seats that somebody holds today.
    pub held: i64,
    /// Of these, for the time being.
    pub acting: i64,
    pub standing: PostStanding,
    /// The term of its committee is over, and no other has taken its place.
    pub term_over: bool,
}

/// A post with everybody who holds, held or will hold it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PostDetailOut {
    #[serde(flatten)]
    pub post: PostOut,
    /// The earliest first.
    pub holders: Vec<PostHolderOut>,
}

/// Somebody's time in a post.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PostHolderOut {
    pub id: Uuid,
    /// Which of the post's seats.
    pub seat: i16,
    /// The first day.
    pub from: NaiveDate,
    /// The first day on which it is held no longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// How they came to it.
    pub manner: Manner,
    /// Where it is held for the time being.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acting: Option<Acting>,
    pub decision_no: String,
    pub decision_on: NaiveDate,
    /// SHA-256 of its paper, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// By what it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_how: Option<EndedHow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_decision_no: Option<String>,
    /// Role assignments that end with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Uuid>,
    /// The name may stand in public while the post is held.
    pub name_shown: bool,
    /// Who it is: for those who see the chapter's people. Absent of somebody who was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// How the posts of a chapter and of what stands below it stand today. Numbers alone.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PostCountsOut {
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub chapter_name: String,
    /// Whether everything below the chapter is counted too; of the chapter that was asked about, itself alone is.
    pub with_all_below: bool,
    /// Chapters that stand.
    pub chapters: i64,
    /// Of these, without an executive committee.
    pub without_executive_committee: i64,
    /// Committees in office.
    pub committees: i64,
    /// Of these, provisional (lâm thời).
    pub provisional_committees: i64,
    /// Of these, whose term is over.
    pub term_over: i64,
    /// Seats of the committees in office.
    pub seats: i64,
    /// Of these, held by somebody.
    pub held: i64,
    /// Of the seats held, for the time being (quyền, phụ trách).
    pub acting: i64,
    /// Of these, held by nobody.
    pub vacant: i64,
}
