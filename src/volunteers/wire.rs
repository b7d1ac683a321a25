//! What is sent about volunteers, with the checks that need no database.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Day, Days, Means, Part, Parts, SkillLevel, SkillProof, VolunteerKind, VolunteerStepKind};
use crate::basics::Line;
use crate::http::{Check, FieldError, Patch, one_line};
use crate::persons::model::is_by_chance;

/// Most languages somebody speaks.
const MOST_LANGUAGES: usize = 20;
/// Most skills somebody has: there are not many more.
const MOST_SKILLS: usize = 60;
/// The longest reason, in characters.
const MOST_REASON: usize = 300;
/// The longest number of a decision, in characters.
const MOST_NO: usize = 60;
/// The longest code of a chapter.
pub(super) const MOST_CODE: usize = 40;

/// A person of the chapter who is to be a volunteer.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VolunteerIn {
    /// Made by the client, once, by chance alone (UUIDv4); sending it again with it enters them once.
    #[schema(example = "5c9a7e10-3f0b-4d2e-8a61-b7d40e2f9c33")]
    pub id: Uuid,
    /// A person of the chapter. What else is known of them stands there.
    #[schema(example = "7d0f2a53-9b0e-4c64-8f0e-3c1d5b7a9e21")]
    pub person: Uuid,
    /// As what.
    pub kind: VolunteerKind,
    /// Days of the week on which they have time.
    #[serde(default)]
    #[schema(max_items = 7)]
    pub weekdays: Vec<Day>,
    /// Parts of these days.
    #[serde(default)]
    #[schema(max_items = 4)]
    pub day_parts: Vec<Part>,
    /// Languages besides Vietnamese, as ISO 639 codes.
    #[serde(default)]
    #[schema(example = json!(["en", "khm"]), max_items = 20)]
    pub languages: Vec<String>,
    /// What they bring along.
    #[serde(default)]
    #[schema(max_items = 8)]
    pub means: Vec<Means>,
    /// The last day of their insurance.
    #[serde(default)]
    pub insured_until: Option<NaiveDate>,
    /// Whether they come when they are called out; left out: nobody has asked.
    #[serde(default)]
    pub willing: Option<bool>,
    /// What they can do (`GET /skills`).
    #[serde(default)]
    #[schema(max_items = 60)]
    pub skills: Vec<SkillIn>,
}

/// Something somebody can do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VolunteerSkillIn)]
pub struct SkillIn {
    /// What (`GET /skills`).
    #[schema(example = "FIRST_AID", max_length = 40)]
    pub skill: String,
    /// How well.
    pub level: SkillLevel,
    /// What shows it: not `CERTIFICATE`, which a course gives.
    pub proof: SkillProof,
    /// The last day on which it counts.
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
}

/// What changes of a volunteer: a field left out stays, a list is written anew, `null` takes away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VolunteerPatch {
    #[serde(default)]
    #[schema(value_type = Option<VolunteerKind>)]
    pub kind: Patch<VolunteerKind>,
    /// Days of the week on which they have time.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Day>>)]
    pub weekdays: Patch<Vec<Day>>,
    /// Parts of these days.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Part>>)]
    pub day_parts: Patch<Vec<Part>>,
    /// Languages besides Vietnamese, as ISO 639 codes.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    pub languages: Patch<Vec<String>>,
    /// What they bring along.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Means>>)]
    pub means: Patch<Vec<Means>>,
    /// The last day of their insurance.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    pub insured_until: Patch<NaiveDate>,
    /// Whether they come when they are called out, as they say today.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub willing: Patch<bool>,
    /// What they can do; what a certificate shows stays.
    #[serde(default)]
    #[schema(value_type = Option<Vec<SkillIn>>)]
    pub skills: Patch<Vec<SkillIn>>,
}

/// Something done about a volunteer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VolunteerStepIn)]
pub struct StepIn {
    /// Made by the client, once.
    pub id: Uuid,
    /// What is done.
    pub kind: VolunteerStepKind,
    /// Why; required to refuse somebody.
    #[serde(default)]
    #[schema(max_length = 300)]
    pub why: Option<String>,
}

impl StepIn {
    /// The reason, if what was sent is right in itself.
    pub fn check(&self) -> Result<Option<Line>, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        let reason = self.why.as_deref().and_then(|text| check.read(one_line("/why", text, MOST_REASON)));
        if self.why.is_none() && self.kind == VolunteerStepKind::Refuse {
            check.wrong("/why", "MISSING", "Cần lý do.", "This takes a reason.");
        }
        check.done(Some(reason))
    }
}

/// A title that was given.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VolunteerTitleIn)]
pub struct TitleIn {
    /// Made by the client, once.
    pub id: Uuid,
    /// Which (`GET /volunteer-titles`).
    #[schema(example = "SILVER", max_length = 40)]
    pub title: String,
    /// Number of the decision.
    #[schema(example = "41/QĐ-HCTĐ", max_length = 60)]
    pub decision_no: String,
    pub decision_on: NaiveDate,
}

/// The decision by which a title is taken back.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VolunteerTitleEndIn)]
pub struct TitleEndIn {
    /// Number of the decision.
    #[schema(example = "52/QĐ-HCTĐ", max_length = 60)]
    pub decision_no: String,
}

/// Reads the number of a decision.
pub(super) fn decision_no(text: &str) -> Result<Line, FieldError> {
    one_line("/decision_no", text, MOST_NO)
}

pub(super) fn own_id(check: &mut Check, id: Uuid) {
    check.own_id("/id", id, "id phải là UUID riêng của việc này.", "id must be a UUID of its own.");
}

/// [`own_id`] for what names a person's record.
pub(super) fn random_id(check: &mut Check, id: Uuid) {
    own_id(check, id);
    if !is_by_chance(id) {
        check.wrong(
            "/id",
            "NOT_RANDOM",
            "id của hồ sơ tình nguyện viên phải là UUID ngẫu nhiên (phiên bản 4), không mang thời điểm.",
            "The id of a volunteer's record is a random UUID (version 4), which carries no time.",
        );
    }
}

/// What somebody offers, right in itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offer {
    pub weekdays: Days,
    pub day_parts: Parts,
    pub languages: Vec<String>,
    pub means: Vec<Means>,
    pub insured_until: Option<NaiveDate>,
}

impl VolunteerIn {
    /// Checks everything that needs no database.
    pub(super) fn check(&self, today: NaiveDate) -> Result<Offer, Vec<FieldError>> {
        let mut check = Check::default();
        random_id(&mut check, self.id);
        let offer = Offer {
            weekdays: self.weekdays.iter().copied().collect(),
            day_parts: self.day_parts.iter().copied().collect(),
            languages: languages(&mut check, &self.languages),
            means: each_once(&self.means),
            insured_until: self.insured_until,
        };
        insured(&mut check, self.insured_until, today);
        skills(&mut check, &self.skills);
        check.done(Some(offer))
    }
}

impl VolunteerPatch {
    /// What is offered afterwards.
    pub(super) fn over(&self, old: Offer, today: NaiveDate) -> Result<Offer, Vec<FieldError>> {
        let mut check = Check::default();
        let list = |patch: &Patch<Vec<String>>, old: Vec<String>| patch.clone().over(Some(old)).unwrap_or_default();
        let offer = Offer {
            weekdays: self.weekdays.clone().over(Some(old.weekdays.each())).unwrap_or_default().into_iter().collect(),
            day_parts: self.day_parts.clone().over(Some(old.day_parts.each())).unwrap_or_default().into_iter().collect(),
            languages: languages(&mut check, &list(&self.languages, old.languages)),
            means: each_once(&self.means.clone().over(Some(old.means)).unwrap_or_default()),
            insured_until: self.insured_until.over(old.insured_until),
        };
        if let Patch::Value(until) = self.insured_until {
            insured(&mut check, Some(until), today);
        }
        if let Patch::Value(all) = &self.skills {
            skills(&mut check, all);
        }
        check.done(Some(offer))
    }
}

fn each_once(means: &[Means]) -> Vec<Means> {
    Means::ALL.into_iter().filter(|one| means.contains(one)).collect()
}

fn languages(check: &mut Check, all: &[String]) -> Vec<String> {
    let codes: BTreeSet<String> = all.iter().map(|code| code.trim().to_ascii_lowercase()).collect();
    let is_code = |code: &String| (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase());
    if codes.len() > MOST_LANGUAGES || !codes.iter().all(is_code) {
        check.wrong(
            "/languages",
            "NOT_A_CODE",
            "Mã ngôn ngữ ISO 639 gồm 2–3 chữ cái (en, fr, km), tối đa 20 mã.",
            "ISO 639 codes of 2 or 3 letters (en, fr, km), at most 20.",
        );
    }
    codes.into_iter().collect()
}

/// Further ahead is a typing error in the year.
fn insured(check: &mut Check, until: Option<NaiveDate>, today: NaiveDate) {
    if until.is_some_and(|until| until > today + chrono::Days::new(366 * 10) || until < today - chrono::Days::new(366 * 10)) {
        check.wrong("/insured_until", "OUT_OF_RANGE", "Trong vòng 10 năm trước và sau hôm nay.", "Within ten years from today.");
    }
}

fn skills(check: &mut Check, all: &[SkillIn]) {
    if all.len() > MOST_SKILLS {
        check.wrong("/skills", "TOO_MANY_ROWS", "Tối đa 60 kỹ năng.", "At most 60 skills.");
        return;
    }
    let mut seen = BTreeSet::new();
    for (n, one) in all.iter().enumerate() {
        if !seen.insert(one.skill.as_str()) {
            check.wrong(format!("/skills/{n}/skill"), "TWICE", "Kỹ năng này đã ghi ở trên.", "This skill stands above already.");
        }
        if one.proof == SkillProof::Certificate {
            check.wrong(
                format!("/skills/{n}/proof"),
                "NOT_FOR_THIS",
                "Chứng nhận do khóa học cấp: ở đây ghi SAID, SEEN hoặc PAPER.",
                "Certificates are given by courses: write SAID, SEEN or PAPER here.",
            );
        }
    }
}
