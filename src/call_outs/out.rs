//! Call-outs as they go out to officers.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{CallOutKind, CallOutState};
use crate::basics::codes::codes;
use crate::calling::model::{Agreed, CallAnswer};
use crate::house::occasion::OccasionState;
use crate::persons::PersonId;
use crate::volunteers::VolunteerId;

/// A call-out, and how many. It names nobody.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallOutOut {
    pub id: Uuid,
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub chapter_name: String,
    pub kind: CallOutKind,
    /// The code of the blood drive that it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "68-HM-0001")]
    pub drive: Option<String>,
    /// The campaign that it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<Uuid>,
    /// What that is called, and how it stands today.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub called_for: Option<CallOutForOut>,
    /// What for.
    pub event: String,
    /// Where to come.
    pub place: String,
    /// Why people are asked.
    pub why: String,
    /// When people are to come.
    pub from: DateTime<Utc>,
    /// When it is over.
    pub until: DateTime<Utc>,
    /// How many are needed.
    pub needed: i32,
    /// Codes of skills that are wanted, each of them.
    pub skills: Vec<String>,
    /// Only those who said that they have time then.
    pub available: bool,
    /// Only those of this team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<Uuid>,
    /// How many a wave asks.
    pub wave_size: i32,
    /// Minutes after which the next wave is asked by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wave_minutes: Option<i32>,
    /// When that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_wave_at: Option<DateTime<Utc>>,
    pub state: CallOutState,
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
    /// Of them, who were seen coming.
    pub came: i64,
    /// What was asked of how many, when, by whom.
    pub waves: Vec<CallOutWaveOut>,
    /// Its parts, in their order.
    pub shifts: Vec<CallOutShiftOut>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Since when nobody is asked and nobody answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
    /// When its hours were entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<DateTime<Utc>>,
    /// What there is to say afterwards; in a single call-out, for those who see the chapter's people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Grows with each change; the number in `ETag`.
    pub version: i32,
}

/// The record that a call-out is for, as it stands today.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallOutForOut {
    /// Code of the chapter whose it is.
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "Ngày hội hiến máu xã Hàm Liêm")]
    pub title: String,
    /// The title in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_en: Option<String>,
    /// How it stands: nobody is asked for what was called off, or is over.
    pub state: OccasionState,
}

/// A wave that was asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallOutWaveOut {
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

/// A part of a call-out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallOutShiftOut {
    pub id: Uuid,
    /// When it begins.
    pub from: DateTime<Utc>,
    /// When it ends.
    pub until: DateTime<Utc>,
    /// How many are needed in it.
    pub needed: i32,
    /// Those who come and were put into it.
    pub people: i64,
}

/// Somebody who was asked. While the call-out is open or not closed yet, they have a first name and a way to be reached; afterwards they
/// are numbers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallOutAskedOut {
    pub id: Uuid,
    /// Code of the chapter whose volunteer they are.
    #[schema(example = "23095")]
    pub chapter: String,
    /// The name they are called by.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Lan")]
    pub first_name: Option<String>,
    /// The person, where they are the calling chapter's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub person: Option<PersonId>,
    /// Opens the telephone with their number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "tel:0912345678")]
    pub call: Option<String>,
    /// Opens the messages of the telephone with everything filled in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "sms:0912345678?body=…")]
    pub sms: Option<String>,
    /// Opens the mail program.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "mailto:lan@example.org")]
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
    /// What they are known by when they come.
    #[schema(example = "7K2QM3XT")]
    pub code: String,
    /// What they answered, as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<CallAnswer>,
    /// When they say that they arrive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrives_at: Option<DateTime<Utc>>,
    /// Every answer, in their order.
    pub answers: Vec<CallOutAnswerOut>,
    /// The part of the call-out that they come to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shift: Option<Uuid>,
    /// When they were first seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub came_at: Option<DateTime<Utc>>,
    /// When they were last seen leaving.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_at: Option<DateTime<Utc>>,
    /// When their link was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<DateTime<Utc>>,
    /// When they were told that they are not needed any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told_at: Option<DateTime<Utc>>,
}

/// What somebody answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallOutAnswerOut {
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

codes! {
    /// What became of something that was seen.
    pub wire enum CallOutScanOutcome {
        Recorded = "RECORDED",
        /// It was recorded with this id before.
        Known = "KNOWN",
        /// Nobody of the call-out has this code.
        NoSuchCode = "NO_SUCH_CODE",
        /// The id stands for something else.
        IdTaken = "ID_TAKEN",
        /// The call-out was closed: its hours are entered.
        Closed = "CLOSED",
    }
}

/// What became of each thing that was seen, in their order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallOutAttendanceOut {
    /// In the order in which they were sent.
    pub scans: Vec<CallOutScanOut>,
}

/// What became of one of them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallOutScanOut {
    pub id: Uuid,
    /// What became of it.
    pub outcome: CallOutScanOutcome,
    /// Who it was (`asked` of the call-out).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<Uuid>,
    /// The name they are called by, for the telephone's screen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
}

/// A call-out that was closed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallOutClosedOut {
    /// The call-out as it stands now.
    pub call_out: CallOutOut,
    /// How many stretches of hours were entered.
    pub hours_entered: i64,
    /// Of what could not be: somebody worked elsewhere for the chapter at that time, or is erased.
    pub hours_not_entered: i64,
}

/// Whether a volunteer may be called out, as far as they say so themselves.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CallOutConsentOut {
    /// The volunteer.
    pub volunteer: VolunteerId,
    /// When they asked not to be called out any more; absent of who did not, or agreed again since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<DateTime<Utc>>,
    /// When they agreed again, the last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed_again_at: Option<DateTime<Utc>>,
    /// How they did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed_how: Option<Agreed>,
}
