//! Hours as they are sent and as they go out.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::hours::Entered;
use super::model::VolunteerId;
use super::wire::random_id;
use crate::basics::Line;
use crate::http::{Check, FieldError, one_line};
use crate::persons::model::is_by_chance;

/// Most volunteers of one evening in a request.
const MOST: usize = 200;
/// The longest text of what was done and where, in characters.
const MOST_TEXT: usize = 200;
/// The longest reason, in characters.
const MOST_REASON: usize = 300;

/// What volunteers of a chapter did together.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VolunteerHoursIn)]
pub struct HoursIn {
    /// Code of the chapter.
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// What they did.
    #[schema(example = "Phát quà Tết", max_length = 200)]
    pub what: String,
    /// Where.
    #[serde(default)]
    #[schema(example = "Nhà văn hóa thôn 3", max_length = 200)]
    pub place: Option<String>,
    /// When it began.
    pub from: DateTime<Utc>,
    /// At most 24 hours later, and over.
    pub to: DateTime<Utc>,
    /// Who.
    #[schema(min_items = 1, max_items = 200)]
    pub volunteers: Vec<HoursOf>,
}

/// One of them.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VolunteerHoursOf)]
pub struct HoursOf {
    /// Of these hours, made by the client, once, by chance alone (UUIDv4); sent again they are entered once.
    #[schema(example = "0b7de5f2-6c34-4a8b-9f10-52c1d3e4a5b6")]
    pub id: Uuid,
    /// The volunteer.
    #[schema(example = "5c9a7e10-3f0b-4d2e-8a61-b7d40e2f9c33")]
    pub volunteer: Uuid,
}

/// The words of hours, right in themselves.
#[derive(Debug, Clone)]
pub struct NewHours {
    pub what: Line,
    pub place: Option<Line>,
}

fn words(check: &mut Check, at: &str, what: &str, place: Option<&str>) -> Option<NewHours> {
    let what = check.read(one_line(&format!("{at}/what"), what, MOST_TEXT));
    let place = place.map(|text| check.read(one_line(&format!("{at}/place"), text, MOST_TEXT)));
    Some(NewHours { what: what?, place: place.flatten() })
}

impl HoursIn {
    pub(super) fn check(&self) -> Result<NewHours, Vec<FieldError>> {
        let mut check = Check::default();
        let new = words(&mut check, "", &self.what, self.place.as_deref());
        if !(1..=MOST).contains(&self.volunteers.len()) {
            check.wrong("/volunteers", "OUT_OF_RANGE", "Từ 1 đến 200 người một lần.", "1 to 200 volunteers at once.");
        }
        let (mut ids, mut volunteers) = (BTreeSet::new(), BTreeSet::new());
        for (n, of) in self.volunteers.iter().enumerate().take(MOST) {
            if !is_by_chance(of.id) {
                check.wrong(
                    format!("/volunteers/{n}/id"),
                    "NOT_RANDOM",
                    "id phải là UUID ngẫu nhiên (phiên bản 4).",
                    "The id is a random UUID (version 4).",
                );
            }
            if !ids.insert(of.id) || !volunteers.insert(of.volunteer) {
                check.wrong(
                    format!("/volunteers/{n}"),
                    "TWICE",
                    "Người này hoặc id này đã có ở trên.",
                    "This volunteer, or this id, stands above already.",
                );
            }
        }
        check.done(new)
    }
}

/// Why hours that were entered do not stand, and what stands in their place.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VolunteerHoursCorrectionIn)]
pub struct CorrectionIn {
    /// Why.
    #[schema(example = "Ghi nhầm buổi chiều", max_length = 300)]
    pub why: String,
    /// What stands in their place; left out: nothing was worked.
    #[serde(default)]
    pub instead: Option<InsteadIn>,
}

/// What was worked in truth.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VolunteerHoursInsteadIn)]
pub struct InsteadIn {
    /// Made by the client, once, by chance alone (UUIDv4).
    #[schema(example = "e6f2b1a4-7c58-4d09-b3e1-9a0c2d4f6871")]
    pub id: Uuid,
    /// What they did.
    #[schema(example = "Phát quà Tết", max_length = 200)]
    pub what: String,
    /// Where.
    #[serde(default)]
    #[schema(example = "Nhà văn hóa thôn 3", max_length = 200)]
    pub place: Option<String>,
    /// When it began.
    pub from: DateTime<Utc>,
    /// At most 24 hours later, and over.
    pub to: DateTime<Utc>,
}

impl CorrectionIn {
    pub(super) fn check(&self) -> Result<(Line, Option<NewHours>), Vec<FieldError>> {
        let mut check = Check::default();
        let reason = check.read(one_line("/why", &self.why, MOST_REASON));
        let new = self.instead.as_ref().and_then(|instead| {
            let mut of_id = Check::default();
            random_id(&mut of_id, instead.id);
            let at_instead = |mut error: FieldError| {
                error.pointer = "/instead/id".to_owned();
                error
            };
            check.extend(of_id.into_errors().into_iter().map(at_instead));
            words(&mut check, "/instead", &instead.what, instead.place.as_deref())
        });
        check.done(reason.map(|reason| (reason, new)))
    }

    /// All of it in one form.
    pub(super) fn content(&self, id: Uuid, reason: &Line) -> String {
        let instead = self.instead.as_ref().map(|to| (to.id, to.what.trim(), to.place.as_deref().map(str::trim), to.from, to.to));
        serde_json::json!([id, reason.as_str(), instead]).to_string()
    }
}

/// What became of the hours of a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = VolunteerHoursEntered)]
pub struct HoursAnswer {
    /// In the order in which they were sent.
    pub items: Vec<HoursEntered>,
}

/// What became of the hours of one volunteer.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = VolunteerHoursItem)]
pub struct HoursEntered {
    pub id: Uuid,
    /// Whose they are.
    #[schema(value_type = Uuid)]
    pub volunteer: VolunteerId,
    pub outcome: Entered,
    /// Another chapter has entered the same person for that time as well: ask them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub also_elsewhere: bool,
}

/// Hours that somebody worked.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = VolunteerHoursOut)]
pub struct HoursOut {
    pub id: Uuid,
    /// Code of the chapter that entered them.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Whose they are.
    #[schema(value_type = Uuid)]
    pub volunteer: VolunteerId,
    /// Absent where the data are kept and may not be used, or were erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Lan")]
    pub name: Option<String>,
    /// What they did; absent likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// When they began.
    pub from: DateTime<Utc>,
    /// When they ended.
    pub to: DateTime<Utc>,
    /// From the beginning to the end.
    pub minutes: i64,
    /// What they were part of, where they did not come by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "CALL_OUT:0c1d2e3f-4a5b-4c6d-8e7f-90a1b2c3d4e5")]
    pub occasion: Option<String>,
    /// Another chapter has entered the same person for that time as well: ask them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub also_elsewhere: bool,
    /// Whether they count; those that were corrected do not.
    pub stands: bool,
    /// Those in whose place they stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrects: Option<Uuid>,
    /// Why they do not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300)]
    pub why: Option<String>,
    /// When they were entered.
    pub entered_at: DateTime<Utc>,
}
