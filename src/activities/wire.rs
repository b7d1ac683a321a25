//! What is sent about activities, with the checks that need no database.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{ActivityNumbers, PhotoGround};
use crate::campaigns::model::may_be;
use crate::documents::model::ContentHash;
use crate::http::{Check, FieldError, Patch, one_line, one_name};
use crate::persons::PersonId;

/// The longest title, in characters.
const MOST_TITLE: usize = 200;
/// The longest text, in characters.
const MOST_TEXT: usize = 2_000;
/// The longest reason, in characters.
const MOST_REASON: usize = 500;
/// Most partners, and most chapters that deliver.
const MOST_NAMED: usize = 20;
/// An activity lasts no longer than a year.
const LONGEST: Days = Days::new(366);

/// An activity to write down: a plan, or with its result something done.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityIn {
    /// Made by the client, once; sending it again writes nothing.
    id: Uuid,
    /// Code of the chapter that leads it.
    #[schema(example = "23095", max_length = 40)]
    chapter: String,
    /// Which of the areas of the law (`GET /activity-areas`).
    #[schema(example = "FIRST_AID", max_length = 40)]
    area: String,
    /// The movement it belongs to (`GET /movements`).
    #[serde(default)]
    #[schema(example = "TET_NHAN_AI", max_length = 40)]
    movement: Option<String>,
    /// The campaign it is part of: of the chapter or of one above it.
    #[serde(default)]
    campaign: Option<Uuid>,
    /// The programme it is part of: of the chapter or of one above it.
    #[serde(default)]
    programme: Option<Uuid>,
    #[schema(example = "Ngày hội sơ cấp cứu Trường THCS Hàm Liêm", max_length = 200)]
    title: String,
    /// What is planned.
    #[serde(default)]
    #[schema(max_length = 2000)]
    plan: Option<String>,
    /// Where it is; no address of a person.
    #[schema(example = "Sân Trường THCS Hàm Liêm", max_length = 200)]
    place: String,
    /// Its first day.
    starts_on: NaiveDate,
    /// Its last day; the first unless given.
    #[serde(default)]
    ends_on: Option<NaiveDate>,
    /// Organisations that take part, by name.
    #[serde(default)]
    #[schema(max_items = 20, example = json!(["Trạm Y tế xã Hàm Liêm"]))]
    partners: Vec<String>,
    /// Codes of the chapters that deliver it, besides the one that leads.
    #[serde(default)]
    #[schema(max_items = 20)]
    delivered_by: Vec<String>,
    /// Whether everybody may see it, in lists and in the calendar.
    #[serde(default = "yes")]
    public: bool,
    /// Where it is done already.
    #[serde(default)]
    result: Option<ActivityResultIn>,
}

fn yes() -> bool {
    true
}

/// What came of an activity.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityResultIn {
    /// In words.
    #[schema(example = "120 học sinh thực hành băng bó, hồi sức tim phổi", max_length = 2000)]
    pub result: String,
    /// How many it reached, and what it was worth.
    pub numbers: ActivityNumbers,
    /// Codes of all chapters that delivered it, where others did than were planned.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub delivered_by: Option<Vec<String>>,
}

/// What is right of something done, with the reason why it was written otherwise.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityCorrectionIn {
    /// Made by the client, once; sending it again writes nothing.
    pub id: Uuid,
    /// Why. It stays beside the activity.
    #[schema(example = "Một lớp đã tính hai lần", max_length = 500)]
    pub why: String,
    /// The numbers that are right, all of them.
    pub numbers: ActivityNumbers,
    /// The result in words, where it is another.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub result: Option<String>,
}

/// Why an activity is called off, or taken back.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityCancellationIn {
    /// Everybody may read it where the activity is public.
    #[schema(example = "Mưa lũ, dời sang tháng sau", max_length = 500)]
    pub why: String,
}

/// What makes it right to show a picture of an activity.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityPhotoConsentIn {
    /// Made by the client, once, at random (UUIDv4); sending it again writes nothing.
    #[schema(example = "7d0f2a53-9b0e-4c64-8f0e-3c1d5b7aa041")]
    pub id: Uuid,
    /// The picture: `id` of a document that is linked to the activity.
    pub document: Uuid,
    /// What makes it right to show the picture.
    pub ground: PhotoGround,
    /// Of `PERSON`: who agreed (`GET /persons`).
    #[serde(default)]
    pub person: Option<PersonId>,
    /// Version of the text of `SHOW_PICTURE` that they agreed to; of `NOBODY` none.
    #[serde(default)]
    #[schema(minimum = 1, example = 1)]
    pub text_version: Option<i16>,
    /// The day on which they agreed, or somebody looked.
    pub given_on: NaiveDate,
    /// SHA-256 of the signed paper, uploaded for `ACTIVITY`, hexadecimal: always of `PAPER`, and of a person who may be a minor.
    #[serde(default)]
    #[schema(min_length = 64, max_length = 64)]
    pub paper: Option<String>,
}

impl ActivityPhotoConsentIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Self, Vec<FieldError>> {
        let mut check = Check::default();
        if self.id.get_version_num() != 4 {
            check.wrong(
                "/id",
                "NOT_RANDOM",
                "id phải là UUID ngẫu nhiên (phiên bản 4).",
                "The id must be a random UUID (version 4).",
            );
        }
        let (of_person, of_nobody) = (self.ground == PhotoGround::Person, self.ground == PhotoGround::Nobody);
        let wanted = [
            ("/person", self.person.is_some(), of_person, !of_person),
            ("/text_version", self.text_version.is_some(), !of_nobody, of_nobody),
            ("/paper", self.paper.is_some(), self.ground == PhotoGround::Paper, of_nobody),
        ];
        for (pointer, is_there, is_needed, is_none) in wanted {
            if is_needed && !is_there {
                check.wrong(pointer, "MISSING", "Cần ghi, theo căn cứ (ground).", "Needed with this ground.");
            }
            if is_none && is_there {
                check.wrong(pointer, "NOT_FOR_THIS", "Không dùng với căn cứ này (ground).", "Not with this ground.");
            }
        }
        if self.given_on > today {
            check.wrong("/given_on", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
        }
        let paper = self.paper.as_deref().map(ContentHash::parse);
        if paper == Some(None) {
            check.wrong("/paper", "NOT_A_HASH", "SHA-256 gồm 64 chữ số thập lục phân.", "A SHA-256 has 64 hexadecimal digits.");
        }
        let paper = paper.flatten().map(|hash| hash.as_str().to_owned());
        check.done(Some(Self { paper, ..self }))
    }
}

/// Changes to a plan: a field left out stays, `null` clears one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityPatch {
    /// Which of the areas of the law.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 40)]
    area: Patch<String>,
    /// The movement it belongs to.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 40)]
    movement: Patch<String>,
    /// The campaign it is part of.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    campaign: Patch<Uuid>,
    /// The programme it is part of.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    programme: Patch<Uuid>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    title: Patch<String>,
    /// What is planned.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    plan: Patch<String>,
    /// Where it is.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    place: Patch<String>,
    /// Its first day.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    starts_on: Patch<NaiveDate>,
    /// Its last day.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    ends_on: Patch<NaiveDate>,
    /// All organisations that take part.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 20)]
    partners: Patch<Vec<String>>,
    /// Codes of all chapters that deliver it.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 20)]
    delivered_by: Patch<Vec<String>>,
    /// Whether everybody may see it.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    public: Patch<bool>,
}

/// What an activity says besides its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    pub area: String,
    pub movement: Option<String>,
    pub campaign: Option<Uuid>,
    pub programme: Option<Uuid>,
    pub title: String,
    pub plan: Option<String>,
    pub place: String,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub partners: Vec<String>,
    /// Codes, sorted.
    pub delivered_by: Vec<String>,
    pub public: bool,
}

fn text(check: &mut Check, pointer: &str, text: &str, most: usize) -> String {
    check.read(one_line(pointer, text, most)).map(|line| line.as_str().to_owned()).unwrap_or_default()
}

fn name(check: &mut Check, pointer: &str, text: &str) -> String {
    check.read(one_name(pointer, text, MOST_TITLE)).map(|line| line.as_str().to_owned()).unwrap_or_default()
}

/// Codes of chapters, each once, in order.
fn chapters(check: &mut Check, pointer: &str, mut codes: Vec<String>) -> Vec<String> {
    if codes.len() > MOST_NAMED {
        check.wrong(pointer, "OUT_OF_RANGE", "Tối đa 20 đơn vị.", "At most 20 chapters.");
    }
    codes.sort();
    codes.dedup();
    codes
}

impl Told {
    fn check(self, check: &mut Check, today: NaiveDate) -> Self {
        let title = name(check, "/title", &self.title);
        let plan = self.plan.as_deref().map(|plan| text(check, "/plan", plan, MOST_TEXT));
        let place = name(check, "/place", &self.place);
        if !may_be(self.starts_on, today) {
            check.wrong(
                "/starts_on",
                "OUT_OF_RANGE",
                "Từ ngày thành lập Hội 23/11/1946 đến sáu năm tới: hãy xem lại năm.",
                "Between the founding of the society, 23/11/1946, and six years from now: look at the year again.",
            );
        }
        if self.ends_on < self.starts_on {
            check.wrong(
                "/ends_on",
                "BEFORE_THE_START",
                "Ngày kết thúc không trước ngày bắt đầu.",
                "The last day is not before the first.",
            );
        } else if self.ends_on > self.starts_on + LONGEST {
            check.wrong("/ends_on", "TOO_LONG", "Không quá một năm.", "No longer than a year.");
        }
        if self.partners.len() > MOST_NAMED {
            check.wrong("/partners", "OUT_OF_RANGE", "Tối đa 20 đơn vị phối hợp.", "At most 20 partners.");
        }
        let partners =
            self.partners.iter().enumerate().map(|(n, partner)| name(check, &format!("/partners/{n}"), partner)).collect();
        let delivered_by = chapters(check, "/delivered_by", self.delivered_by);
        Self { title, plan, place, partners, delivered_by, ..self }
    }
}

/// An activity that is right in itself.
#[derive(Debug, Clone)]
pub struct NewActivity {
    pub id: Uuid,
    pub chapter: String,
    pub told: Told,
    pub result: Option<ActivityResultIn>,
}

impl NewActivity {
    /// One text of all that was sent.
    pub fn content(&self) -> String {
        json!(["ACTIVITY", self.chapter, self.told, self.result]).to_string()
    }
}

/// What was not yet is not done.
pub fn has_begun(check: &mut Check, starts_on: NaiveDate, today: NaiveDate) {
    if starts_on > today {
        check.wrong(
            "/result",
            "TOO_EARLY",
            "Hoạt động chưa diễn ra: ghi kết quả từ ngày bắt đầu.",
            "It has not begun: its result is written from its first day on.",
        );
    }
}

impl ActivityIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<NewActivity, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng hoạt động này.", "The id must be a UUID of its own.");
        let told = Told {
            area: self.area,
            movement: self.movement,
            campaign: self.campaign,
            programme: self.programme,
            title: self.title,
            plan: self.plan,
            place: self.place,
            starts_on: self.starts_on,
            ends_on: self.ends_on.unwrap_or(self.starts_on),
            partners: self.partners,
            delivered_by: self.delivered_by,
            public: self.public,
        };
        let told = told.check(&mut check, today);
        let result = self.result.map(|result| {
            has_begun(&mut check, told.starts_on, today);
            result.checked(&mut check, "/result")
        });
        check.done(Some(NewActivity { id: self.id, chapter: self.chapter, told, result }))
    }
}

impl ActivityResultIn {
    fn checked(self, check: &mut Check, at: &str) -> Self {
        let result = text(check, &format!("{at}/result"), &self.result, MOST_TEXT);
        self.numbers.check(check, &format!("{at}/numbers"));
        let delivered_by = self.delivered_by.map(|codes| chapters(check, &format!("{at}/delivered_by"), codes));
        Self { result, delivered_by, ..self }
    }

    /// Checks every field; all mistakes at once.
    pub fn check(self) -> Result<Self, Vec<FieldError>> {
        let mut check = Check::default();
        let result = self.checked(&mut check, "");
        check.done(Some(result))
    }
}

impl ActivityCorrectionIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self) -> Result<Self, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng lần đính chính này.", "The id must be a UUID of its own.");
        let why = text(&mut check, "/why", &self.why, MOST_REASON);
        self.numbers.check(&mut check, "/numbers");
        let result = self.result.as_deref().map(|result| text(&mut check, "/result", result, MOST_TEXT));
        check.done(Some(Self { why, result, ..self }))
    }
}

impl ActivityCancellationIn {
    /// The reason as it is stored.
    pub fn check(self) -> Result<String, FieldError> {
        Ok(one_line("/why", &self.why, MOST_REASON)?.as_str().to_owned())
    }
}

impl ActivityPatch {
    /// What the plan says afterwards.
    pub fn over(self, old: Told, today: NaiveDate) -> Result<Told, Vec<FieldError>> {
        let mut check = Check::default();
        // A plan that moves keeps how long it lasts, unless its end is said too.
        let lasts = old.ends_on - old.starts_on;
        let starts_on = self.starts_on.over_required("/starts_on", old.starts_on, &mut check);
        let told = Told {
            area: self.area.over_required("/area", old.area, &mut check),
            movement: self.movement.over(old.movement),
            campaign: self.campaign.over(old.campaign),
            programme: self.programme.over(old.programme),
            title: self.title.over_required("/title", old.title, &mut check),
            plan: self.plan.over(old.plan),
            place: self.place.over_required("/place", old.place, &mut check),
            starts_on,
            ends_on: self.ends_on.over_required("/ends_on", starts_on + lasts, &mut check),
            partners: self.partners.over(Some(old.partners)).unwrap_or_default(),
            delivered_by: self.delivered_by.over(Some(old.delivered_by)).unwrap_or_default(),
            public: self.public.over_required("/public", old.public, &mut check),
        };
        let told = told.check(&mut check, today);
        check.done(Some(told))
    }
}
