//! Corrections as they go out to officers.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{CorrectionState, Kind, NotGiven};
use crate::blood_rules::{AboGroup, Component, DeferralReason, RhFactor};

/// How many pieces of a kind a correction has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DriveCorrectionKindCount {
    #[schema(value_type = Kind)]
    pub kind: String,
    /// How many there are.
    pub pieces: i64,
}

/// By how much the totals go up or down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DriveCorrectionBy {
    /// Who registered; absent while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registered: Option<i32>,
    /// Who came; absent while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub came: Option<i32>,
    /// Who gave.
    #[schema(example = 1)]
    pub gave: i32,
    /// Whom the centre put off.
    pub deferred: i32,
    /// Millilitres.
    #[schema(example = 250)]
    pub ml: i64,
}

/// A correction of a drive that is reconciled: counts, and no person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DriveCorrectionOut {
    pub id: Uuid,
    /// Code of the drive.
    #[schema(example = "68-HM-0001")]
    pub drive: String,
    /// Code of the chapter that asked.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Where it stands.
    #[schema(value_type = CorrectionState)]
    pub state: String,
    /// The letter or list in which the centre says so.
    #[schema(example = "Công văn 112/TTTM ngày 20/06/2026")]
    pub source: String,
    /// Of which version of the result it speaks.
    pub version: i16,
    /// Its pieces, by kind.
    pub kinds: Vec<DriveCorrectionKindCount>,
    /// By how much the totals went up or down, or would; absent of one that came to nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<DriveCorrectionBy>,
    /// Code of the chapter that decides.
    #[schema(example = "23095")]
    pub approver_chapter: String,
    /// User name.
    #[schema(example = "mai.hamliem")]
    pub requested_by: String,
    pub requested_at: DateTime<Utc>,
    /// User name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "tam.hamliem")]
    pub decided_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// Code of the statement that took the place of the one before; absent where the result was not published, or nothing of what is told
    /// is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub statement: Option<String>,
    /// Where that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/api/v1/public/statements/7ZC4K0M9T2R8VQ3BV")]
    pub href: Option<String>,
    /// What was written for whoever decides; shown to them alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A piece of a correction, for those who see the chapter's donors of blood.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DriveCorrectionPieceOut {
    /// Its place, from 1.
    pub n: i16,
    pub kind: Kind,
    /// The donation that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub donation: Option<Uuid>,
    /// The donation that stands in its place, or was found, once it was approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made: Option<Uuid>,
    /// Under which booking they came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booking: Option<Uuid>,
    /// Who it is; absent once it was decided, and of who was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Văn Bình")]
    pub name: Option<String>,
    /// Of what was not given: why it was written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<NotGiven>)]
    pub why: Option<String>,
    /// Why the centre put them off.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<DeferralReason>)]
    pub reason: Option<String>,
    /// What was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Component>)]
    pub component: Option<String>,
    /// In millilitres.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 250)]
    pub volume_ml: Option<i16>,
    /// The donation number with its check character, of what was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "G1234 89 654321 Y")]
    pub din: Option<String>,
    /// The ABO group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<AboGroup>)]
    pub abo: Option<String>,
    /// The Rh factor.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<RhFactor>)]
    pub rh: Option<String>,
    /// The centre's serial.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
}
