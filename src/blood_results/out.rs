//! Results and progress as everybody reads them.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::tree::Level;

/// Persons of kinds that are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BloodPersons {
    /// Of a drive: the kinds that are counted together because one of them had fewer than five. Of a sum: one kind, or all of them for
    /// those who are counted under several.
    #[schema(example = json!(["FEMALE"]))]
    pub kinds: Vec<String>,
    /// How many there are.
    pub persons: i64,
}

/// Persons by what they are counted by. Everybody who gave is counted once in each; kinds without anybody are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct BloodCounts {
    /// By sex.
    pub by_sex: Vec<BloodPersons>,
    /// By full years on the day.
    pub by_age: Vec<BloodPersons>,
    /// By ABO and Rh(D).
    pub by_group: Vec<BloodPersons>,
    /// By what was given, in millilitres.
    pub by_volume: Vec<BloodPersons>,
    /// Why others did not give; empty where it is not told how many did not.
    pub by_reason: Vec<BloodPersons>,
}

/// The result of a drive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BloodResultOut {
    /// Code of the drive.
    #[schema(example = "68-HM-0001")]
    pub drive: String,
    /// Code of the chapter that planned it.
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub chapter_name: String,
    /// Code of the blood centre.
    #[schema(example = "LAM_DONG")]
    pub centre: String,
    /// The day of the drive.
    pub day: NaiveDate,
    /// Who booked and did not cancel, and who came without a booking.
    pub registered: i64,
    /// Absent where fewer than five were deferred: it is not told how many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub came: Option<i64>,
    /// Who gave.
    pub gave: i64,
    /// Whom the centre did not let give; absent where they are fewer than five.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deferred: Option<i64>,
    /// Units of blood.
    pub units: i64,
    /// Absent where volumes are counted together, or some are not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ml: Option<i64>,
    /// Code of the statement.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub statement: String,
    /// Where that is.
    #[schema(example = "/api/v1/public/statements/7ZC4K0M9T2R8VQ3BV")]
    pub href: String,
    /// Codes of the statements whose place it took, the newest first.
    pub replaces: Vec<String>,
    #[serde(flatten)]
    pub counts: BloodCounts,
}

/// A drive in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BloodResultRow {
    /// Code of the drive.
    #[schema(example = "68-HM-0001")]
    pub drive: String,
    /// Code of the chapter that planned it.
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub chapter_name: String,
    /// The day of the drive.
    pub day: NaiveDate,
    /// Who booked and did not cancel, and who came without a booking.
    pub registered: i64,
    /// Absent where fewer than five were deferred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub came: Option<i64>,
    /// Who gave.
    pub gave: i64,
    /// Whom the centre did not let give; absent where they are fewer than five.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deferred: Option<i64>,
    /// Units of blood.
    pub units: i64,
    /// Code of the statement.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub statement: String,
    /// It took the place of an earlier one.
    pub corrected: bool,
}

/// What a chapter with everything below it gave up to a day, beside its target and the year before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BloodProgress {
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub chapter_name: String,
    pub level: Level,
    /// What it is to reach in the year; absent where nobody set anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_units: Option<i64>,
    /// Code of the statement that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub target_statement: Option<String>,
    /// From the first of January on.
    pub units: i64,
    /// Up to the same day of the year before; of 29 February, the 28th.
    pub units_last_year: i64,
    /// Drives whose results are published.
    pub drives: i64,
}

/// Units of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct BloodMonth {
    #[schema(minimum = 1, maximum = 12, example = 6)]
    pub month: i16,
    /// Units of blood.
    pub units: i64,
    /// Of the whole month of the year before.
    pub units_last_year: i64,
}

/// What units count for where a total is wanted in đồng. Reference data: nobody pays it, and it is part of no sum of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BloodValue {
    /// Đồng a unit.
    #[schema(example = 167_000)]
    pub vnd_per_unit: i64,
    /// The first day on which a unit counts for that.
    pub valid_from: NaiveDate,
    /// Units given since.
    pub units: i64,
    /// What they count for, in đồng.
    pub value_vnd: i64,
    /// `S` from a source, `GK` to be verified, `REC` recommended.
    #[schema(example = "GK")]
    pub mark: String,
    /// Who says so.
    pub source: String,
}

/// What a chapter with everything below it gave in a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BloodResultsOut {
    #[schema(example = 2026)]
    pub year: i32,
    /// The last day that counts: today, or the end of a year that is over.
    pub until: NaiveDate,
    /// The chapter itself.
    pub own: BloodProgress,
    /// The sum of what it hands on to those below it; absent where it handed nothing on. It may differ from its own target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handed_on_units: Option<i64>,
    /// Code of the statement that hands it on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub handed_on_statement: Option<String>,
    /// Who booked and did not cancel, and who came without a booking.
    pub registered: i64,
    /// Of the drives that tell it.
    pub came: i64,
    /// Who gave.
    pub gave: i64,
    /// Of the drives that tell it.
    pub deferred: i64,
    /// Drives at which fewer than five were deferred, and which do not tell how many.
    pub drives_not_telling: i64,
    /// Millilitres of the drives that tell them.
    pub ml: i64,
    /// Of how many units these are.
    pub ml_units: i64,
    #[serde(flatten)]
    pub counts: BloodCounts,
    /// By month, of this year and the one before.
    pub months: Vec<BloodMonth>,
    /// Apart from everything else: what the units count for in đồng.
    pub value: Vec<BloodValue>,
    /// The chapters that were asked for, in the order of their codes.
    pub rows: Vec<BloodProgress>,
}
