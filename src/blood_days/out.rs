//! What is answered about a day of giving.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{CheckInResult, DifferenceKind, FileState, GaveNothing, Outcome, Settlement};
use crate::blood_rules::DeferralReason;
use crate::http::Lang;

/// What became of the check-ins that were sent, in their order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckInsOut {
    /// One for each that was sent, in the same order.
    pub items: Vec<CheckInItemOut>,
}

/// What became of one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckInItemOut {
    /// As it was sent.
    pub id: Uuid,
    /// What became of it.
    pub result: CheckInResult,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booking: Option<Uuid>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<CheckInFault>,
    /// What the rules of the drive's day say of somebody whom the chapter knows as a donor; only the centre decides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub advice: Vec<CheckInAdvice>,
}

/// What is wrong with an item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckInFault {
    /// The field.
    #[schema(example = "/walk_in/name")]
    pub pointer: String,
    #[schema(example = "REQUIRED")]
    pub code: String,
    /// What is wrong, in words.
    pub detail: String,
}

/// A rule that stands in the way on the drive's day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckInAdvice {
    /// The rule, as a code.
    #[schema(example = "INTERVAL_WHOLE_BLOOD")]
    pub rule: String,
    /// What it says.
    pub detail: String,
    /// The provision.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Thông tư 26/2013/TT-BYT, Điều 6")]
    pub law: Option<String>,
    /// The first day on which nothing that is known stands in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
}

/// Somebody who came.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckInOut {
    pub id: Uuid,
    /// Their booking.
    pub booking: Uuid,
    /// Absent of whose data were erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Văn Bình")]
    pub name: Option<String>,
    /// Whether they came without a booking.
    pub walk_in: bool,
    /// What they gave, as it was noted at the door.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_ml: Option<i16>,
    /// It came when the centre's file was there already.
    pub late: bool,
    /// Whether it is counted.
    pub counts: bool,
    /// When it came in.
    pub entered_at: DateTime<Utc>,
}

/// What looking through a centre's file found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodFileCheck {
    /// Whether it can be kept: no row is at fault.
    pub ready: bool,
    pub rows: usize,
    /// How many gave.
    pub gave: usize,
    /// How many were put off.
    pub deferred: usize,
    /// Millilitres that were given.
    pub ml: i64,
    /// How many faults there are, also beyond those that are listed.
    pub fault_count: usize,
    /// By row, at most 500.
    pub faults: Vec<BloodFileFault>,
    /// How many differences there would be, by kind.
    pub differences: Vec<DifferenceCount>,
    /// How many of the rows are hidden in the file.
    pub hidden_rows: usize,
    /// Headings of which nothing is kept.
    pub ignored_columns: Vec<String>,
    /// The file as it is kept; absent where nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconciliation: Option<ReconciliationOut>,
}

/// What is wrong with a file, and where.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodFileFault {
    /// As people count in their program; absent of a whole column or the whole file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// Our name of the column; absent of a whole row or the whole file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "din")]
    pub column: Option<String>,
    #[schema(example = "WRONG_CHECK")]
    pub code: String,
    /// What is wrong and what to do, in words.
    pub detail: String,
}

impl BloodFileFault {
    pub fn of(fault: &sheets::Fault, lang: Lang) -> Self {
        Self {
            row: fault.row,
            column: fault.column.map(str::to_owned),
            code: fault.code.to_owned(),
            detail: if lang == Lang::En { fault.said.en.clone() } else { fault.said.vi.clone() },
        }
    }
}

/// How many differences there are of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DifferenceCount {
    #[schema(value_type = DifferenceKind)]
    pub kind: String,
    /// How many there are.
    pub all: i64,
    /// Of these, how many wait to be settled.
    pub open: i64,
}

/// How a day of giving stands: counts, and no person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReconciliationOut {
    /// The file; absent where none has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// Code of the drive.
    #[schema(example = "68-HM-0001")]
    pub drive: String,
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    /// The day of the drive.
    pub day: NaiveDate,
    /// Where the file stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<FileState>)]
    pub state: Option<String>,
    /// Who booked and did not cancel, and who came without a booking.
    pub registered: i32,
    /// Who came: checked in, or settled as having come.
    pub came: i32,
    /// Who gave, by the file.
    pub gave: i32,
    /// Whom the centre put off.
    pub deferred: i32,
    /// Millilitres.
    pub ml: i64,
    /// Once two persons agreed: how often they did; 1, and one more with each correction. A correction says of which version it speaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1)]
    pub version: Option<i16>,
    /// Once two persons agreed: how many were put off for which reason.
    pub reasons: Vec<ReasonCount>,
    /// Differences, by kind.
    pub differences: Vec<DifferenceCount>,
    /// How many rows were carried over to the donors so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_rows: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<i32>,
    /// The job that carries the rows over, once a second person agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<Uuid>,
    /// Layouts by which a file of this centre can be read: code and name.
    pub layouts: Vec<LayoutOut>,
}

/// A layout of files.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LayoutOut {
    #[schema(example = "GENERAL")]
    pub code: String,
    /// Its name in Vietnamese.
    pub vi: String,
    /// Its name in English.
    pub en: String,
}

/// How many were put off for a reason.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReasonCount {
    #[schema(value_type = DeferralReason)]
    pub reason: String,
    /// How many were put off for it.
    pub persons: i32,
}

/// A difference between the file and who was checked in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DifferenceOut {
    pub id: Uuid,
    pub kind: DifferenceKind,
    /// How it may be settled.
    pub settled_by: Vec<Settlement>,
    /// What the file says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<RowOut>,
    /// The row that it is a double of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<RowOut>,
    /// Whom the booking is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booking: Option<BookedOut>,
    /// How it was settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<Settlement>,
    /// Of who came and gave nothing: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<GaveNothing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When it was settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<DateTime<Utc>>,
}

/// A row of the centre's file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RowOut {
    /// As people count in their program.
    pub row: i32,
    /// Absent once it was carried over or left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Lan")]
    pub name: Option<String>,
    /// As the file has it: a day, or a year alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "1988")]
    pub birth: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0912345678")]
    pub phone: Option<String>,
    /// The code of a booking that the row names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[schema(value_type = Outcome)]
    pub outcome: String,
    /// In millilitres, of who gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_ml: Option<i16>,
    /// The donation number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub din: Option<String>,
}

/// Somebody who booked, or came without a booking.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BookedOut {
    pub id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Lan")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0912345678")]
    pub contact: Option<String>,
    /// What they gave, as it was noted at the door.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_ml: Option<i16>,
}
