//! What is sent about commendations and models, with the checks that need no database.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::basics::Line;
use crate::documents::model::ContentHash;
use crate::http::{Check, FieldError, note, one_line, one_name};
use crate::persons::PersonId;

/// The longest number of a decision, in characters.
const MOST_DECISION: usize = 100;
/// The longest name of a collective, and of a model, in characters.
const MOST_NAME: usize = 200;
/// The longest text, in characters.
const MOST_TEXT: usize = 2_000;
/// Most commendations of a form a year.
const MOST_QUOTA: i32 = 1_000_000;

/// Somebody to commend.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommendationIn {
    /// Made by the client, once, at random (UUIDv4): ids of persons' records carry no time.
    pub id: Uuid,
    /// Code of the chapter that proposes.
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// With what (`GET /commendation-forms`).
    #[schema(example = "GOOD_PEOPLE_GOOD_DEEDS", max_length = 40)]
    pub form: String,
    /// For which year.
    #[schema(minimum = 2000, maximum = 2200, example = 2026)]
    pub year: i16,
    /// Code of the chapter that awards: the proposing one unless given, or one above it.
    #[serde(default)]
    #[schema(example = "68", max_length = 40)]
    pub awarded_by: Option<String>,
    /// A person of the chapter (`GET /persons`); this or `collective`.
    #[serde(default)]
    pub person: Option<PersonId>,
    /// The name of a team, a club, an organisation; this or `person`.
    #[serde(default)]
    #[schema(example = "Đội thanh niên tình nguyện xã Hàm Liêm", max_length = 200)]
    pub collective: Option<String>,
    /// For what: seen by those who decide, never public.
    #[schema(example = "Mười năm sơ cấp cứu tại bến đò", max_length = 2000)]
    pub citation: String,
    /// Number of the decision as it is drafted.
    #[schema(example = "45/QĐ-HCTĐ", max_length = 100)]
    pub decision_no: String,
    /// SHA-256 of its file, uploaded for `COMMENDATION`, hexadecimal.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    pub document: Option<String>,
    /// For whoever decides; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// A proposal that is right in itself, with its note.
#[derive(Debug, Clone)]
pub struct Proposal {
    pub of: CommendationIn,
    pub note: Option<Line>,
}

fn text(check: &mut Check, pointer: &str, text: &str, most: usize) -> String {
    check.read(one_line(pointer, text, most)).map(|line| line.as_str().to_owned()).unwrap_or_default()
}

fn name(check: &mut Check, pointer: &str, text: &str) -> String {
    check.read(one_name(pointer, text, MOST_NAME)).map(|line| line.as_str().to_owned()).unwrap_or_default()
}

fn hash(check: &mut Check, document: Option<&str>) -> Option<String> {
    let parsed = ContentHash::parse(document?);
    if parsed.is_none() {
        check.wrong("/document", "NOT_A_HASH", "SHA-256 gồm 64 chữ số thập lục phân.", "A SHA-256 has 64 hexadecimal digits.");
    }
    parsed.map(|hash| hash.as_str().to_owned())
}

fn year(check: &mut Check, year: i16, today: NaiveDate) {
    if !(2000..=today.year() + 1).contains(&i32::from(year)) {
        check.wrong("/year", "OUT_OF_RANGE", "Từ năm 2000 đến sang năm.", "From 2000 to next year.");
    }
}

impl CommendationIn {
    /// One text of all that was sent, but the note.
    pub fn content(&self) -> String {
        json!([
            self.chapter,
            self.form,
            self.year,
            self.awarded_by,
            self.person.map(|person| person.0),
            self.collective,
            self.citation,
            self.decision_no,
            self.document
        ])
        .to_string()
    }

    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Proposal, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng đề nghị này.", "The id must be a UUID of its own.");
        if self.id.get_version_num() != 4 {
            check.wrong(
                "/id",
                "NOT_RANDOM",
                "id phải là UUID ngẫu nhiên (phiên bản 4).",
                "The id must be a random UUID (version 4).",
            );
        }
        year(&mut check, self.year, today);
        if self.person.is_some() == self.collective.is_some() {
            check.wrong(
                "/person",
                "ONE_OF_TWO",
                "Ghi một người hoặc một tập thể, không cả hai.",
                "Either a person or a collective, not both.",
            );
        }
        let collective = self.collective.as_deref().map(|collective| name(&mut check, "/collective", collective));
        let citation = text(&mut check, "/citation", &self.citation, MOST_TEXT);
        let decision_no = text(&mut check, "/decision_no", &self.decision_no, MOST_DECISION);
        let document = hash(&mut check, self.document.as_deref());
        let note = check.read(note(self.note.as_deref())).flatten();
        let of = Self { collective, citation, decision_no, document, ..self };
        check.done(Some(Proposal { of, note }))
    }
}

/// How many of a form a chapter awards in a year.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommendationQuotaIn {
    /// Made by the client, once; sending it again sets nothing.
    pub id: Uuid,
    /// Code of the chapter that awards.
    #[schema(example = "68", max_length = 40)]
    pub chapter: String,
    /// With what (`GET /commendation-forms`).
    #[schema(example = "GOOD_PEOPLE_GOOD_DEEDS", max_length = 40)]
    pub form: String,
    #[schema(minimum = 2000, maximum = 2200, example = 2026)]
    pub year: i16,
    /// How many; not fewer than were awarded.
    #[schema(minimum = 0, maximum = 1000000, example = 50)]
    pub quota: i32,
    /// Number of the decision that says so.
    #[schema(example = "09/KH-HCTĐ", max_length = 100)]
    pub decision_no: String,
}

impl CommendationQuotaIn {
    /// One text of all that was sent.
    pub fn content(&self) -> String {
        json!(["QUOTA", self]).to_string()
    }

    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Self, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng chỉ tiêu này.", "The id must be a UUID of its own.");
        year(&mut check, self.year, today);
        if !(0..=MOST_QUOTA).contains(&self.quota) {
            check.wrong("/quota", "OUT_OF_RANGE", "Từ 0 đến 1.000.000.", "0 to 1,000,000.");
        }
        let decision_no = text(&mut check, "/decision_no", &self.decision_no, MOST_DECISION);
        check.done(Some(Self { decision_no, ..self }))
    }
}

/// Consent of somebody commended to be named in public.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommendationNameIn {
    /// Made by the client, once; sending it again records nothing.
    pub id: Uuid,
    /// Version of the text of `SHOW_NAME_OF_COMMENDED` that they agreed to.
    #[schema(minimum = 1, example = 1)]
    pub text_version: i16,
    /// The day on which they agreed.
    pub given_on: NaiveDate,
    /// SHA-256 of the signed paper, uploaded for `COMMENDATION`, hexadecimal.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    pub document: Option<String>,
}

impl CommendationNameIn {
    /// One text of all that was sent.
    pub fn content(&self, commendation: Uuid) -> String {
        json!(["NAME", commendation, self]).to_string()
    }

    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Self, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng lần ghi này.", "The id must be a UUID of its own.");
        if self.given_on > today {
            check.wrong("/given_on", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
        }
        let document = hash(&mut check, self.document.as_deref());
        check.done(Some(Self { document, ..self }))
    }
}

/// A model of good practice to write down: a draft.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PracticeModelIn {
    /// Made by the client, once; sending it again writes nothing.
    pub id: Uuid,
    /// Code of the chapter whose model it is.
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// Which of the areas of the law (`GET /activity-areas`).
    #[schema(example = "FIRST_AID", max_length = 40)]
    pub area: String,
    /// The movement it belongs to (`GET /movements`).
    #[serde(default)]
    #[schema(example = "SKILFUL_MASS_MOBILISATION", max_length = 40)]
    pub movement: Option<String>,
    #[schema(example = "Góc sơ cấp cứu trong trường học", max_length = 200)]
    pub title: String,
    /// What is done, how, and what came of it. It names nobody.
    #[schema(max_length = 2000)]
    pub about: String,
}

impl PracticeModelIn {
    /// One text of all that was sent.
    pub fn content(&self) -> String {
        json!(["MODEL", self]).to_string()
    }

    /// Checks every field; all mistakes at once.
    pub fn check(self) -> Result<Self, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng mô hình này.", "The id must be a UUID of its own.");
        let title = name(&mut check, "/title", &self.title);
        let about = text(&mut check, "/about", &self.about, MOST_TEXT);
        check.done(Some(Self { title, about, ..self }))
    }
}
