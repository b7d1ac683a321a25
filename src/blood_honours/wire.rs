//! What is sent about honours, with the checks that need no database.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::BloodHonourOf;
use crate::basics::Line;
use crate::http::{Check, FieldError, note, one_line};

/// The longest number of a decision, in characters.
const MOST_DECISION: usize = 100;
/// The longest title of an honour, in characters.
const MOST_TITLE: usize = 200;

/// A province's own rule: from how many donations on somebody is honoured there.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BloodHonourThresholdIn {
    /// Made by the client, once; sending it again enters nothing.
    id: Uuid,
    /// Code of the chapter of the province.
    #[schema(example = "68", max_length = 40)]
    chapter: String,
    /// Whom it honours.
    of: BloodHonourOf,
    /// From so many donations on.
    #[schema(minimum = 1, maximum = 500, example = 5)]
    times: i16,
    /// What they are honoured with, in Vietnamese.
    #[schema(example = "Giấy khen của Ban Chỉ đạo tỉnh", max_length = 200)]
    vi: String,
    /// The same in English.
    #[schema(example = "Letter of praise of the provincial committee", max_length = 200)]
    en: String,
    /// The first day of the rule.
    valid_from: NaiveDate,
    /// Number of the decision that says so.
    #[schema(example = "566/QĐ-UBND", max_length = 100)]
    decision_no: String,
}

/// A rule that is right in itself.
#[derive(Debug, Clone)]
pub struct NewThreshold {
    pub id: Uuid,
    pub chapter: String,
    pub of: BloodHonourOf,
    pub times: i16,
    pub vi: Line,
    pub en: Line,
    pub valid_from: NaiveDate,
    pub decision_no: Line,
}

impl NewThreshold {
    /// One text of all that was sent.
    pub fn content(&self) -> String {
        let words = [self.vi.as_str(), self.en.as_str(), self.decision_no.as_str()];
        json!(["THRESHOLD", self.chapter, self.of, self.times, words, self.valid_from]).to_string()
    }
}

impl BloodHonourThresholdIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self) -> Result<NewThreshold, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng quy định này.", "The id must be a UUID of its own.");
        if !(1..=500).contains(&self.times) {
            check.wrong("/times", "OUT_OF_RANGE", "Từ 1 đến 500 lần.", "1 to 500 times.");
        }
        let vi = check.read(one_line("/vi", &self.vi, MOST_TITLE));
        let en = check.read(one_line("/en", &self.en, MOST_TITLE));
        let decision_no = check.read(one_line("/decision_no", &self.decision_no, MOST_DECISION));
        check.done(vi.zip(en).zip(decision_no).map(|((vi, en), decision_no)| NewThreshold {
            id: self.id,
            chapter: self.chapter,
            of: self.of,
            times: self.times,
            vi,
            en,
            valid_from: self.valid_from,
            decision_no,
        }))
    }
}

/// Everybody of a chapter who has reached a threshold and was not proposed for it, to be honoured.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BloodHonoursIn {
    /// Made by the client, once; sending it again proposes nobody.
    id: Uuid,
    /// Code of the chapter that proposes its donors or families.
    #[schema(example = "23095", max_length = 40)]
    chapter: String,
    /// Which threshold (`GET /blood-honour-thresholds`).
    threshold: Uuid,
    /// What was given by this day is counted; not after today.
    until: NaiveDate,
    /// Number of the proposal as it is drafted.
    #[schema(example = "12/TTr-HCTĐ", max_length = 100)]
    decision_no: String,
    /// For whoever decides; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// A list to be proposed, right in itself.
#[derive(Debug, Clone)]
pub struct NewList {
    pub id: Uuid,
    pub chapter: String,
    pub threshold: Uuid,
    pub until: NaiveDate,
    pub decision_no: Line,
    pub note: Option<Line>,
}

impl NewList {
    /// One text of all that was sent, but the note.
    pub fn content(&self) -> String {
        json!([self.chapter, self.threshold, self.until, self.decision_no.as_str()]).to_string()
    }
}

impl BloodHonoursIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<NewList, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng đề nghị này.", "The id must be a UUID of its own.");
        if self.until > today {
            check.wrong("/until", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
        }
        let decision_no = check.read(one_line("/decision_no", &self.decision_no, MOST_DECISION));
        let note = check.read(note(self.note.as_deref())).flatten();
        check.done(decision_no.map(|decision_no| NewList {
            id: self.id,
            chapter: self.chapter,
            threshold: self.threshold,
            until: self.until,
            decision_no,
            note,
        }))
    }
}

/// Consent of a donor who was honoured to be named in public.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BloodHonourNameIn {
    /// Made by the client, once; sending it again records nothing.
    pub id: Uuid,
    /// Version of the text of `SHOW_NAME_OF_DONOR` that they agreed to.
    #[schema(minimum = 1, example = 1)]
    pub text_version: i16,
    /// The day on which they agreed.
    pub given_on: NaiveDate,
}

impl BloodHonourNameIn {
    /// One text of all that was sent.
    pub fn content(&self, honour: Uuid) -> String {
        json!(["NAME", honour, self.text_version, self.given_on]).to_string()
    }

    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Self, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng lần ghi này.", "The id must be a UUID of its own.");
        if self.given_on > today {
            check.wrong("/given_on", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
        }
        check.done(Some(self))
    }
}
