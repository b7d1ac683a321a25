//! What is sent about those who were asked, and when it is over, with the checks that need no database.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Scanned, ScannedHow};
use crate::basics::Line;
use crate::calling::model::{Agreed, CallAnswer};
use crate::http::{Check, FieldError, one_line};

/// The longest note, in characters.
const MOST_NOTE: usize = 2_000;
/// Most things that are seen in one request.
const MOST_SCANS: usize = 500;
/// People arrive at most so far ahead.
const AHEAD: Duration = Duration::days(366);
/// A telephone's clock is wrong by so much.
const CLOCKS_DIFFER: Duration = Duration::minutes(10);

/// What somebody said by telephone.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallOutAnswerIn {
    /// What they said.
    answer: CallAnswer,
    /// When they arrive; of who comes.
    #[serde(default)]
    arrives_at: Option<DateTime<Utc>>,
    /// The part of the call-out that they come to; as it was unless given.
    #[serde(default)]
    shift: Option<Uuid>,
}

/// An answer, right in itself.
#[derive(Debug, Clone, Copy)]
pub struct Heard {
    pub answer: CallAnswer,
    pub arrives_at: Option<DateTime<Utc>>,
    pub shift: Option<Uuid>,
}

impl Heard {
    /// One text of all that was sent.
    pub fn content(&self) -> String {
        json!([self.answer, self.arrives_at, self.shift]).to_string()
    }
}

impl CallOutAnswerIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, now: DateTime<Utc>) -> Result<Heard, Vec<FieldError>> {
        let mut check = Check::default();
        if self.answer != CallAnswer::Yes && (self.arrives_at.is_some() || self.shift.is_some()) {
            check.wrong("/arrives_at", "NOT_TOGETHER", "Chỉ ghi giờ đến và ca khi trả lời có.", "Only of who comes.");
        }
        if self.arrives_at.is_some_and(|at| at > now + AHEAD || at < now - Duration::days(1)) {
            check.wrong("/arrives_at", "OUT_OF_RANGE", "Trong vòng một năm tới.", "Within a year from now.");
        }
        check.done(Some(Heard { answer: self.answer, arrives_at: self.arrives_at, shift: self.shift }))
    }
}

/// What was seen at the place: people coming and leaving, in any order, as often as one likes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallOutAttendanceIn {
    /// 1 to 500 of them.
    #[schema(min_items = 1, max_items = 500)]
    scans: Vec<CallOutScanIn>,
}

/// Somebody came or left.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallOutScanIn {
    /// Made by the telephone, once, at random; sent again it is known.
    pub id: Uuid,
    /// What their code says. One of the two.
    #[serde(default)]
    #[schema(example = "7K2QM3XT", max_length = 20)]
    pub code: Option<String>,
    /// Or whom the list names (`asked` of the call-out).
    #[serde(default)]
    pub asked: Option<Uuid>,
    /// Whether they came or left.
    pub what: Scanned,
    /// By what it was seen.
    pub how: ScannedHow,
    /// When it was seen, by the telephone's clock.
    pub at: DateTime<Utc>,
}

impl CallOutAttendanceIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, now: DateTime<Utc>) -> Result<Vec<CallOutScanIn>, Vec<FieldError>> {
        let mut check = Check::default();
        if self.scans.is_empty() || self.scans.len() > MOST_SCANS {
            check.wrong("/scans", "OUT_OF_RANGE", "Từ 1 đến 500 lượt.", "1 to 500 of them.");
        }
        for (n, scan) in self.scans.iter().enumerate().take(MOST_SCANS) {
            let own = "id phải là UUID của riêng lượt này.";
            check.own_id(format!("/scans/{n}/id"), scan.id, own, "The id must be a UUID of its own.");
            if scan.code.is_some() == scan.asked.is_some() {
                check.wrong(
                    format!("/scans/{n}/code"),
                    "ONE_OF_TWO",
                    "Ghi mã, hoặc người trong danh sách.",
                    "A code, or somebody of the list.",
                );
            }
            if scan.at > now + CLOCKS_DIFFER {
                check.wrong(
                    format!("/scans/{n}/at"),
                    "IN_THE_FUTURE",
                    "Chưa đến giờ ấy: hãy xem lại đồng hồ.",
                    "Not yet: look at the clock.",
                );
            }
        }
        check.done(Some(self.scans))
    }
}

/// Into which part of a call-out somebody is put.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallOutShiftOfIn {
    /// Absent: into none.
    #[serde(default)]
    pub shift: Option<Uuid>,
}

/// That somebody who had stopped agreed to be asked again.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallOutConsentIn {
    /// The day on which they said so: not before the day on which they stopped.
    #[schema(example = "2026-11-22")]
    pub agreed_on: NaiveDate,
    /// How they said so: `IN_PERSON`, `PHONE` or `WRITING`. By their link they do it themselves.
    pub how: Agreed,
}

impl CallOutConsentIn {
    /// Checks every field.
    pub fn check(self, today: NaiveDate) -> Result<Self, Vec<FieldError>> {
        let mut check = Check::default();
        if self.agreed_on > today {
            check.wrong("/agreed_on", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
        }
        if self.how == Agreed::Link {
            check.wrong(
                "/how",
                "NOT_A_CHOICE",
                "Qua liên kết thì người ấy tự làm: chọn gặp trực tiếp, điện thoại hoặc văn bản.",
                "By their link they do it themselves: IN_PERSON, PHONE or WRITING.",
            );
        }
        check.done(Some(self))
    }
}

/// How a call-out is closed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallOutClosingIn {
    /// What there is to say afterwards; it is sealed, and shown to those who see the chapter's people.
    #[serde(default)]
    #[schema(max_length = 2000)]
    note: Option<String>,
}

impl CallOutClosingIn {
    /// Checks every field.
    pub fn check(self) -> Result<Option<Line>, Vec<FieldError>> {
        let mut check = Check::default();
        let note = self.note.as_deref().and_then(|text| check.read(one_line("/note", text, MOST_NOTE)));
        check.done(Some(note))
    }
}
