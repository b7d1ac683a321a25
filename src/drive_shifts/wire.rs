//! How shifts, helpers and their hours are sent, with the checks that need no database.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Minutes, Planned, minute};
use super::store::Shift;
use crate::http::{Check, FieldError, Patch, one_line};
use crate::volunteers::VolunteerId;

/// The longest text of what is to be done, in characters.
const MOST_TEXT: usize = 100;
const MOST_NEEDED: i16 = 1_000;
/// Most helpers of a request.
const MOST_AT_ONCE: usize = 200;

/// A shift of a drive to be planned.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveShiftIn {
    /// Made by the client, once; sent again it plans nothing.
    pub id: Uuid,
    /// What is to be done.
    #[schema(example = "Đón tiếp, quét mã", max_length = 100)]
    pub what: String,
    /// Vietnamese time, on the day of the drive.
    #[schema(example = "07:00", max_length = 5)]
    pub from: String,
    /// Vietnamese time.
    #[schema(example = "09:30", max_length = 5)]
    pub until: String,
    /// How many are wanted.
    #[schema(minimum = 1, maximum = 1000, example = 4)]
    pub needed: i16,
}

fn read_minutes(check: &mut Check, from: &str, until: &str) -> Option<Minutes> {
    let mut time = |pointer: &'static str, text: &str| {
        let read = minute(text);
        if read.is_none() {
            check.wrong(
                pointer,
                "NOT_A_TIME",
                "Giờ viết như 08:00, từ 00:00 đến 24:00.",
                "A time like 08:00, from 00:00 to 24:00.",
            );
        }
        read
    };
    let (from, until) = (time("/from", from), time("/until", until));
    let minutes = from.zip(until)?;
    if minutes.1 <= minutes.0 {
        check.wrong("/until", "OUT_OF_RANGE", "Sau giờ bắt đầu.", "After the beginning.");
    }
    Some(minutes)
}

fn read_needed(check: &mut Check, needed: i16) {
    if !(1..=MOST_NEEDED).contains(&needed) {
        check.wrong("/needed", "OUT_OF_RANGE", "Từ 1 đến 1.000 người.", "1 to 1,000 people.");
    }
}

impl DriveShiftIn {
    /// Checks every field; all mistakes at once.
    pub(super) fn check(&self) -> Result<Planned, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID riêng của ca này.", "id must be a UUID of this shift's own.");
        let what = check.read(one_line("/what", &self.what, MOST_TEXT));
        let minutes = read_minutes(&mut check, &self.from, &self.until);
        read_needed(&mut check, self.needed);
        let planned = what.zip(minutes);
        check.done(planned.map(|(what, minutes)| Planned { what: what.as_str().to_owned(), minutes, needed: self.needed }))
    }

    /// What makes it the same when it comes again.
    pub(super) fn content(&self, drive: &str) -> String {
        json!([drive, self]).to_string()
    }
}

/// Changes to a shift: a field left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveShiftPatch {
    /// What is to be done.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub what: Patch<String>,
    /// Vietnamese time, on the day of the drive.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 5)]
    pub from: Patch<String>,
    /// Vietnamese time.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 5)]
    pub until: Patch<String>,
    /// How many are wanted.
    #[serde(default)]
    #[schema(value_type = Option<i16>, minimum = 1, maximum = 1000)]
    pub needed: Patch<i16>,
}

impl DriveShiftPatch {
    /// The shift as it is to be.
    pub(super) fn over(self, old: &Shift) -> Result<Planned, Vec<FieldError>> {
        let mut check = Check::default();
        let (from, until) = old.said();
        let what = self.what.over_required("/what", old.what.clone(), &mut check);
        let what = check.read(one_line("/what", &what, MOST_TEXT));
        let from = self.from.over_required("/from", from, &mut check);
        let until = self.until.over_required("/until", until, &mut check);
        let minutes = read_minutes(&mut check, &from, &until);
        let needed = self.needed.over_required("/needed", old.needed, &mut check);
        read_needed(&mut check, needed);
        let planned = what.zip(minutes);
        check.done(planned.map(|(what, minutes)| Planned { what: what.as_str().to_owned(), minutes, needed }))
    }
}

/// Who helps in a shift.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveHelpersIn {
    /// Volunteers of the chapter.
    #[serde(default)]
    #[schema(max_items = 200, value_type = Vec<Uuid>)]
    pub volunteers: Vec<VolunteerId>,
    /// Everybody who is in the drive's team on its day as well.
    #[serde(default)]
    #[schema(example = true)]
    pub team: bool,
}

impl DriveHelpersIn {
    pub(super) fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut check = Check::default();
        if self.volunteers.len() > MOST_AT_ONCE || (self.volunteers.is_empty() && !self.team) {
            check.wrong(
                "/volunteers",
                "OUT_OF_RANGE",
                "Từ 1 đến 200 người một lần, hoặc cả đội của ngày hiến máu.",
                "1 to 200 volunteers at once, or the whole team of the drive.",
            );
        }
        check.done(Some(()))
    }
}

/// Who came, when a shift is over. Whoever helps in it and is not said did not come.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveShiftHoursIn {
    /// Nobody, where nobody came.
    #[schema(max_items = 1000)]
    pub came: Vec<DriveShiftCameIn>,
}

/// Somebody who came.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveShiftCameIn {
    /// The volunteer.
    #[schema(value_type = Uuid)]
    pub volunteer: VolunteerId,
    /// When they came, in Vietnamese time; with the shift unless it is said.
    #[serde(default)]
    #[schema(example = "07:15", max_length = 5)]
    pub from: Option<String>,
    /// When they left; with the shift unless it is said.
    #[serde(default)]
    #[schema(example = "10:00", max_length = 5)]
    pub until: Option<String>,
}

/// Somebody who came, right in itself: with the minutes, where they are not those of the shift.
pub type Came = (VolunteerId, Option<i16>, Option<i16>);

impl DriveShiftHoursIn {
    pub(super) fn check(&self) -> Result<Vec<Came>, Vec<FieldError>> {
        let mut check = Check::default();
        if self.came.len() > usize::try_from(MOST_NEEDED).unwrap_or_default() {
            check.wrong("/came", "OUT_OF_RANGE", "Tối đa 1.000 người.", "At most 1,000 people.");
            return Err(check.into_errors());
        }
        let (mut all, mut seen) = (Vec::with_capacity(self.came.len()), BTreeSet::new());
        for (n, one) in self.came.iter().enumerate() {
            let mut time = |field: &str, text: &Option<String>| {
                let read = text.as_deref().map(minute);
                if read == Some(None) {
                    check.wrong(
                        format!("/came/{n}/{field}"),
                        "NOT_A_TIME",
                        "Giờ viết như 08:00, từ 00:00 đến 24:00.",
                        "A time like 08:00, from 00:00 to 24:00.",
                    );
                }
                read.flatten()
            };
            let (from, until) = (time("from", &one.from), time("until", &one.until));
            if !seen.insert(one.volunteer) {
                check.wrong(format!("/came/{n}/volunteer"), "TWICE", "Người này đã ghi ở trên.", "They stand above already.");
            }
            all.push((one.volunteer, from, until));
        }
        check.done(Some(all))
    }
}
