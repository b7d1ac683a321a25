//! What is sent about campaigns, editions and programmes, with the checks that need no database.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::may_be;
use crate::chapters::things::Thing;
use crate::documents::model::ContentHash;
use crate::http::{Check, FieldError, Patch, one_line, one_name};

/// The longest title, in characters.
pub const MOST_TITLE: usize = 200;
/// The longest text, in characters.
const MOST_TEXT: usize = 2_000;
/// Most appeals of one campaign.
const MOST_APPEALS: usize = 50;
/// Most blood drives of one campaign.
const MOST_DRIVES: usize = 200;
/// Most parties of one programme, besides the chapter.
const MOST_PARTIES: usize = 20;
/// Most tasks that come with a programme.
const MOST_TASKS: usize = 50;

/// A campaign to begin: a draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignIn {
    /// Made by the client, once; sending it again makes nothing.
    id: Uuid,
    /// Code of the chapter that leads it.
    #[schema(example = "68", max_length = 40)]
    pub chapter: String,
    /// The movement it belongs to (`GET /movements`).
    #[serde(default)]
    #[schema(example = "TET_NHAN_AI", max_length = 40)]
    movement: Option<String>,
    #[schema(example = "Tết Nhân ái Bính Ngọ 2026", max_length = 200)]
    title: String,
    /// The title in English.
    #[serde(default)]
    #[schema(example = "Compassionate New Year 2026", max_length = 200)]
    title_en: Option<String>,
    /// What it is for, as the public reads it.
    #[schema(max_length = 2000)]
    about: String,
    /// The same in English.
    #[serde(default)]
    #[schema(max_length = 2000)]
    about_en: Option<String>,
    /// Its first day.
    starts_on: NaiveDate,
    /// The last day, where it is known.
    #[serde(default)]
    ends_on: Option<NaiveDate>,
    /// Codes of the appeals that it groups: of the chapter and of those below it, no drafts.
    #[serde(default)]
    #[schema(max_items = 50)]
    appeals: Vec<String>,
    /// Codes of the blood drives that it groups: of the chapter and of those below it, open or later.
    #[serde(default)]
    #[schema(max_items = 200, example = json!(["68-HM-0001"]))]
    drives: Vec<String>,
    /// The programme agreed with partners that it is part of: of the chapter, or of one above it.
    #[serde(default)]
    programme: Option<Uuid>,
}

/// Changes to a campaign: a field left out stays, `null` clears one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignPatch {
    /// The movement it belongs to (`GET /movements`).
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 40)]
    movement: Patch<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    title: Patch<String>,
    /// The title in English.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    title_en: Patch<String>,
    /// What it is for, as the public reads it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    about: Patch<String>,
    /// The same in English.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    about_en: Patch<String>,
    /// Its first day.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    starts_on: Patch<NaiveDate>,
    /// The last day, where it is known.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    ends_on: Patch<NaiveDate>,
    /// All appeals that it groups from now on, by code.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 50)]
    appeals: Patch<Vec<String>>,
    /// All blood drives that it groups from now on, by code.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 200)]
    drives: Patch<Vec<String>>,
    /// The programme that it is part of.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    programme: Patch<Uuid>,
}

/// What a campaign says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    pub movement: Option<String>,
    pub title: String,
    pub title_en: Option<String>,
    pub about: String,
    pub about_en: Option<String>,
    pub starts_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
    /// Codes, sorted.
    pub appeals: Vec<String>,
    /// Codes, sorted; what names none is what it was before there were any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drives: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub programme: Option<Uuid>,
}

pub fn own_id(check: &mut Check, id: Uuid) {
    check.own_id("/id", id, "id phải là UUID của riêng yêu cầu này.", "The id must be a UUID of its own.");
}

/// A day that is none too far away.
pub fn day(check: &mut Check, pointer: &str, day: NaiveDate, today: NaiveDate) {
    if !may_be(day, today) {
        check.wrong(
            pointer,
            "OUT_OF_RANGE",
            "Từ ngày thành lập Hội 23/11/1946 đến sáu năm tới: hãy xem lại năm.",
            "Between the founding of the society, 23/11/1946, and six years from now: look at the year again.",
        );
    }
}

/// The last day is not before the first.
pub fn not_before(check: &mut Check, pointer: &str, start: NaiveDate, end: Option<NaiveDate>) {
    if end.is_some_and(|end| end < start) {
        check.wrong(
            pointer,
            "BEFORE_THE_START",
            "Ngày kết thúc không trước ngày bắt đầu.",
            "The last day is not before the first.",
        );
    }
}

/// A text on one line; an empty one where it is wrong, which stands among the faults.
pub fn text(check: &mut Check, pointer: &str, text: &str, most: usize) -> String {
    check.read(one_line(pointer, text, most)).map(|line| line.as_str().to_owned()).unwrap_or_default()
}

fn name(check: &mut Check, pointer: &str, text: &str) -> String {
    check.read(one_name(pointer, text, MOST_TITLE)).map(|line| line.as_str().to_owned()).unwrap_or_default()
}

impl Told {
    /// Checks what a campaign says; all mistakes at once.
    fn check(self, check: &mut Check, today: NaiveDate) -> Self {
        let title = name(check, "/title", &self.title);
        let title_en = self.title_en.as_deref().map(|text| name(check, "/title_en", text));
        let about = text(check, "/about", &self.about, MOST_TEXT);
        let about_en = self.about_en.as_deref().map(|other| text(check, "/about_en", other, MOST_TEXT));
        day(check, "/starts_on", self.starts_on, today);
        if let Some(end) = self.ends_on {
            day(check, "/ends_on", end, today);
        }
        not_before(check, "/ends_on", self.starts_on, self.ends_on);
        let mut appeals = self.appeals;
        if appeals.len() > MOST_APPEALS {
            check.wrong("/appeals", "OUT_OF_RANGE", "Tối đa 50 đợt vận động.", "At most 50 appeals.");
        }
        appeals.sort();
        appeals.dedup();
        let code = |typed: String| Thing::Drive.read(&typed).unwrap_or(typed);
        let mut drives: Vec<String> = self.drives.into_iter().map(code).collect();
        if drives.len() > MOST_DRIVES {
            check.wrong("/drives", "OUT_OF_RANGE", "Tối đa 200 ngày hiến máu.", "At most 200 blood drives.");
        }
        drives.sort();
        drives.dedup();
        Self { title, title_en, about, about_en, appeals, drives, ..self }
    }
}

/// A campaign that is right in itself.
#[derive(Debug, Clone)]
pub struct NewCampaign {
    pub id: Uuid,
    pub chapter: String,
    pub told: Told,
}

impl NewCampaign {
    /// One text of all that was sent.
    pub fn content(&self) -> String {
        json!(["CAMPAIGN", self.chapter, self.told]).to_string()
    }
}

impl CampaignIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<NewCampaign, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        let told = Told {
            movement: self.movement,
            title: self.title,
            title_en: self.title_en,
            about: self.about,
            about_en: self.about_en,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            appeals: self.appeals,
            drives: self.drives,
            programme: self.programme,
        };
        let told = told.check(&mut check, today);
        check.done(Some(NewCampaign { id: self.id, chapter: self.chapter, told }))
    }
}

impl CampaignPatch {
    /// What the campaign says afterwards.
    pub fn over(self, old: Told, today: NaiveDate) -> Result<Told, Vec<FieldError>> {
        let mut check = Check::default();
        let told = Told {
            movement: self.movement.over(old.movement),
            title: self.title.over_required("/title", old.title, &mut check),
            title_en: self.title_en.over(old.title_en),
            about: self.about.over_required("/about", old.about, &mut check),
            about_en: self.about_en.over(old.about_en),
            starts_on: self.starts_on.over_required("/starts_on", old.starts_on, &mut check),
            ends_on: self.ends_on.over(old.ends_on),
            appeals: self.appeals.over(Some(old.appeals)).unwrap_or_default(),
            drives: self.drives.over(Some(old.drives)).unwrap_or_default(),
            programme: self.programme.over(old.programme),
        };
        let told = told.check(&mut check, today);
        check.done(Some(told))
    }
}

/// A task of a programme.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgrammeTaskIn {
    /// Made by the client, once; sending it again makes nothing.
    pub id: Uuid,
    /// What was agreed to be done.
    #[schema(example = "Diễn tập phòng chống thiên tai cấp xã", max_length = 500)]
    pub task: String,
    /// The day by which it is to be done.
    pub due_on: NaiveDate,
}

impl ProgrammeTaskIn {
    fn checked(self, check: &mut Check, at: &str, today: NaiveDate) -> Self {
        check.own_id(format!("{at}/id"), self.id, "id phải là UUID của riêng nhiệm vụ này.", "The id must be a UUID of its own.");
        let task = text(check, &format!("{at}/task"), &self.task, 500);
        day(check, &format!("{at}/due_on"), self.due_on, today);
        Self { task, ..self }
    }

    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Self, Vec<FieldError>> {
        let mut check = Check::default();
        let task = self.checked(&mut check, "", today);
        check.done(Some(task))
    }
}

/// A programme agreed with partners.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgrammeIn {
    /// Made by the client, once; sending it again makes nothing.
    pub id: Uuid,
    /// Code of the chapter that signed it.
    #[schema(example = "68", max_length = 40)]
    pub chapter: String,
    #[schema(example = "Chương trình phối hợp công tác nhân đạo 2026–2031", max_length = 200)]
    pub title: String,
    #[schema(max_length = 2000)]
    pub purpose: String,
    /// The other parties: organisations and authorities.
    #[schema(min_items = 1, max_items = 20, example = json!(["Ủy ban MTTQ Việt Nam tỉnh Lâm Đồng"]))]
    pub parties: Vec<String>,
    /// Number of the signed paper.
    #[serde(default)]
    #[schema(example = "05/CTPH-MTTQ-HCTĐ", max_length = 100)]
    pub number: Option<String>,
    /// The day on which it was signed.
    pub signed_on: NaiveDate,
    pub valid_from: NaiveDate,
    /// Its last day.
    pub valid_until: NaiveDate,
    /// SHA-256 of the signed paper, uploaded for `PROGRAMME`, hexadecimal.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    pub document: Option<String>,
    /// What was agreed to be done.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub tasks: Vec<ProgrammeTaskIn>,
}

impl ProgrammeIn {
    /// One text of all that was sent.
    pub fn content(&self) -> String {
        json!(["PROGRAMME", self]).to_string()
    }

    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Self, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        let title = name(&mut check, "/title", &self.title);
        let purpose = text(&mut check, "/purpose", &self.purpose, MOST_TEXT);
        if self.parties.is_empty() || self.parties.len() > MOST_PARTIES {
            check.wrong("/parties", "OUT_OF_RANGE", "Từ 1 đến 20 bên phối hợp.", "1 to 20 other parties.");
        }
        let parties: Vec<String> =
            self.parties.iter().enumerate().map(|(n, party)| name(&mut check, &format!("/parties/{n}"), party)).collect();
        for (n, party) in parties.iter().enumerate() {
            if !party.is_empty() && parties.iter().take(n).any(|other| other == party) {
                check.wrong(format!("/parties/{n}"), "TWICE", "Bên này đã ghi ở trên.", "This party stands above already.");
            }
        }
        let number = self.number.as_deref().map(|number| text(&mut check, "/number", number, 100));
        if self.signed_on > today {
            check.wrong("/signed_on", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
        }
        for (pointer, one) in
            [("/signed_on", self.signed_on), ("/valid_from", self.valid_from), ("/valid_until", self.valid_until)]
        {
            day(&mut check, pointer, one, today);
        }
        not_before(&mut check, "/valid_until", self.valid_from, Some(self.valid_until));
        let document = self.document.as_deref().and_then(|document| {
            let parsed = ContentHash::parse(document);
            if parsed.is_none() {
                check.wrong(
                    "/document",
                    "NOT_A_HASH",
                    "SHA-256 gồm 64 chữ số thập lục phân.",
                    "A SHA-256 has 64 hexadecimal digits.",
                );
            }
            parsed.map(|hash| hash.as_str().to_owned())
        });
        if self.tasks.len() > MOST_TASKS {
            check.wrong("/tasks", "OUT_OF_RANGE", "Tối đa 50 nhiệm vụ.", "At most 50 tasks.");
        }
        let tasks: Vec<ProgrammeTaskIn> =
            self.tasks.into_iter().enumerate().map(|(n, task)| task.checked(&mut check, &format!("/tasks/{n}"), today)).collect();
        for (n, task) in tasks.iter().enumerate() {
            if tasks.iter().take(n).any(|other| other.id == task.id) {
                check.wrong(format!("/tasks/{n}/id"), "TWICE", "id này đã dùng ở trên.", "This id stands above already.");
            }
        }
        check.done(Some(Self { title, purpose, parties, number, document, tasks, ..self }))
    }
}

/// Changes to a programme: a field left out stays, `null` takes the result away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgrammePatch {
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    title: Patch<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    purpose: Patch<String>,
    /// Its last day.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    valid_until: Patch<NaiveDate>,
    /// What came of all of it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    result: Patch<String>,
}

/// What may change of a programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgrammeTold {
    pub title: String,
    pub purpose: String,
    pub valid_from: NaiveDate,
    pub valid_until: NaiveDate,
    pub result: Option<String>,
}

impl ProgrammePatch {
    /// What the programme says afterwards.
    pub fn over(self, old: ProgrammeTold, today: NaiveDate) -> Result<ProgrammeTold, Vec<FieldError>> {
        let mut check = Check::default();
        let title = self.title.over_required("/title", old.title, &mut check);
        let purpose = self.purpose.over_required("/purpose", old.purpose, &mut check);
        let valid_until = self.valid_until.over_required("/valid_until", old.valid_until, &mut check);
        let told = ProgrammeTold {
            title: name(&mut check, "/title", &title),
            purpose: text(&mut check, "/purpose", &purpose, MOST_TEXT),
            valid_from: old.valid_from,
            valid_until,
            result: self.result.over(old.result).map(|result| text(&mut check, "/result", &result, MOST_TEXT)),
        };
        day(&mut check, "/valid_until", valid_until, today);
        not_before(&mut check, "/valid_until", told.valid_from, Some(valid_until));
        check.done(Some(told))
    }
}

/// What came of a task.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskResultIn {
    /// The day on which it was done.
    pub done_on: NaiveDate,
    /// What came of it, in words.
    #[schema(example = "Diễn tập tại hai thôn, 120 người", max_length = 2000)]
    pub result: String,
}

impl TaskResultIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Self, Vec<FieldError>> {
        let mut check = Check::default();
        if self.done_on > today {
            check.wrong("/done_on", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
        }
        day(&mut check, "/done_on", self.done_on, today);
        let result = text(&mut check, "/result", &self.result, MOST_TEXT);
        check.done(Some(Self { result, ..self }))
    }
}
