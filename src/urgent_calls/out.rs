//! Urgent calls as they go out to officers.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{UrgentCallReach, UrgentCallState};
use crate::blood_rules::{AboGroup, Component, RhFactor};
use crate::calling::model::CallAnswer;
use crate::donors::DonorId;

/// An urgent call, and how many. It names nobody.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UrgentCallOut {
    pub id: Uuid,
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub chapter_name: String,
    /// What is wanted.
    pub component: Component,
    /// ABO group of who is to receive it.
    pub abo: AboGroup,
    /// Rh factor of who is to receive it.
    pub rh: RhFactor,
    /// How many are to come.
    pub units: i32,
    /// Where to come.
    pub hospital: String,
    /// Why donors are asked.
    pub reason: String,
    /// Until when they are to come.
    pub until: DateTime<Utc>,
    /// How far it reaches.
    pub reach: UrgentCallReach,
    /// Only those of this club.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub club: Option<Uuid>,
    /// How many a wave asks.
    pub wave_size: i32,
    /// Minutes after which the next wave is asked by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wave_minutes: Option<i32>,
    /// When that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_wave_at: Option<DateTime<Utc>>,
    pub state: UrgentCallState,
    /// Since when as many said yes as are needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enough_at: Option<DateTime<Utc>>,
    /// How many were asked.
    pub asked: i64,
    /// Of them, who come.
    pub yes: i64,
    /// Of them, who do not.
    pub no: i64,
    /// Of them, who do not, and are not to be asked again.
    pub stop: i64,
    /// Of them, who have not answered.
    pub unanswered: i64,
    /// What was asked of how many, when, by whom.
    pub waves: Vec<UrgentCallWaveOut>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Since when nobody is asked and nobody answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
    /// Grows with each change; the number in `ETag`.
    pub version: i32,
}

/// A wave that was asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UrgentCallWaveOut {
    pub id: Uuid,
    /// 1 is the first.
    pub n: i32,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// The account; absent where the wave was due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<Uuid>,
    /// How many were to be asked.
    pub wanted: i32,
    /// How many were: there were no more who fit, or could be asked.
    pub asked: i32,
    /// Why they were asked in quiet hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_reason: Option<String>,
}

/// A donor who was asked. While the call is open they have a first name and a way to be reached; afterwards they are numbers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UrgentAskedOut {
    pub id: Uuid,
    /// Code of the chapter whose donor they are.
    #[schema(example = "23095")]
    pub chapter: String,
    /// The name they are called by.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Lan")]
    pub first_name: Option<String>,
    /// The donor, where they are the calling chapter's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub donor: Option<DonorId>,
    /// Opens the telephone with their number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "tel:0912345678")]
    pub call: Option<String>,
    /// Opens the messages of the telephone with everything filled in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "sms:0912345678?body=…")]
    pub sms: Option<String>,
    /// Opens the mail program with their address, where they have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// The page by which they answer; as long as they may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The wave that asked them; 1 is the first.
    pub wave: i32,
    /// When they were asked.
    pub asked_at: DateTime<Utc>,
    /// They were sent a message; else an officer asks them.
    pub by_message: bool,
    /// What they are known by at the hospital.
    #[schema(example = "7K2QM3XT")]
    pub code: String,
    /// What they answered, as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<CallAnswer>,
    /// When they say that they arrive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrives_at: Option<DateTime<Utc>>,
    /// Every answer, in their order.
    pub answers: Vec<UrgentAnswerOut>,
    /// When their link was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<DateTime<Utc>>,
    /// When they were told that they are not needed any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told_at: Option<DateTime<Utc>>,
}

/// What somebody answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UrgentAnswerOut {
    /// What they answered.
    pub answer: CallAnswer,
    /// When they said that they arrive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrives_at: Option<DateTime<Utc>>,
    /// When they answered.
    pub answered_at: DateTime<Utc>,
    /// The account that heard it by telephone; absent where they used their link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heard_by: Option<Uuid>,
}
