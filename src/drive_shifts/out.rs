//! Shifts as they go out to officers.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::volunteers::VolunteerId;
use crate::volunteers::hours::Entered;

/// A shift of a drive: how many, and nobody by name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DriveShiftOut {
    pub id: Uuid,
    /// What is to be done.
    #[schema(example = "Đón tiếp, quét mã")]
    pub what: String,
    /// Vietnamese time, on the day of the drive.
    #[schema(example = "07:00")]
    pub from: String,
    /// Vietnamese time.
    #[schema(example = "09:30")]
    pub until: String,
    /// How many are wanted.
    #[schema(example = 4)]
    pub needed: i16,
    /// How many help in it.
    #[schema(example = 3)]
    pub helpers: usize,
    /// How many came; absent until their hours are entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub came: Option<usize>,
    /// When their hours were entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours_at: Option<DateTime<Utc>>,
    /// Where it is not wanted any more: since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
}

/// A shift with those who help in it, for those who see the chapter's people.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DriveShiftHelpersOut {
    #[serde(flatten)]
    pub shift: DriveShiftOut,
    /// Who helps, in the order in which they were entered.
    pub people: Vec<DriveHelperOut>,
}

/// Somebody who helps.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DriveHelperOut {
    /// Who of the chapter's volunteers.
    #[schema(value_type = Uuid)]
    pub volunteer: VolunteerId,
    /// Absent where the data are kept and may not be used, or were erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Lan")]
    pub name: Option<String>,
    /// Absent likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0912345678")]
    pub phone: Option<String>,
    /// Whether they came, once the hours are entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub came: Option<bool>,
    /// What became of their hours, where they were just entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Entered>,
}
