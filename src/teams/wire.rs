//! What is sent about teams, with the checks that need no database.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{TeamKind, TeamRole, may_be_founded, may_end};
use crate::basics::Line;
use crate::http::{Check, FieldError, Patch, one_line};
use crate::persons::PersonId;

/// The longest name of a team or a thing, in characters.
const MOST_NAME: usize = 120;
/// The longest number of a decision, in characters.
const MOST_DECISION: usize = 100;
/// The longest text of what was exercised, in characters.
const MOST_WHAT: usize = 300;
/// The longest note, in characters.
const MOST_NOTE: usize = 1_000;
/// Most lines of equipment, and most people in an exercise.
const MOST_ITEMS: usize = 200;

/// A team to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamIn {
    /// Made by the client, once; sending it again makes nothing.
    id: Uuid,
    /// Code of the chapter.
    #[schema(example = "23095", max_length = 40)]
    chapter: String,
    kind: TeamKind,
    #[schema(example = "Đội ứng phó xã Hàm Liêm", max_length = 120)]
    name: String,
    /// Where it meets.
    #[serde(default)]
    #[schema(example = "Nhà văn hóa thôn 3", max_length = 120)]
    place: Option<String>,
    /// Its first day; today unless given.
    #[serde(default)]
    founded_on: Option<NaiveDate>,
    /// Number of the decision that founds it.
    #[serde(default)]
    #[schema(example = "08/QĐ-HCTĐ", max_length = 100)]
    decision_no: Option<String>,
}

/// A team that is right in itself.
#[derive(Debug, Clone)]
pub struct NewTeam {
    pub id: Uuid,
    pub chapter: String,
    pub kind: TeamKind,
    pub name: Line,
    pub place: Option<Line>,
    pub founded_on: NaiveDate,
    pub decision_no: Option<Line>,
    said_day: Option<NaiveDate>,
}

fn own_id(check: &mut Check, id: Uuid) {
    check.own_id("/id", id, "id phải là UUID của riêng yêu cầu này.", "The id must be a UUID of its own.");
}

/// An id of a record about a person carries no time.
fn random_id(check: &mut Check, id: Uuid) {
    own_id(check, id);
    if id.get_version_num() != 4 {
        check.wrong(
            "/id",
            "NOT_RANDOM",
            "id của bản ghi về một người phải là UUID ngẫu nhiên (phiên bản 4), không mang thời điểm.",
            "The id of a person's record is a random UUID (version 4), which carries no time.",
        );
    }
}

fn line(check: &mut Check, pointer: &str, text: Option<&str>, most: usize) -> Option<Line> {
    text.and_then(|text| check.read(one_line(pointer, text, most)))
}

impl NewTeam {
    /// One text of all that was sent.
    pub fn content(&self) -> String {
        let text = |line: &Option<Line>| line.as_ref().map(|line| line.as_str().to_owned());
        json!(["TEAM", self.chapter, self.kind, self.name.as_str(), text(&self.place), self.said_day, text(&self.decision_no)])
            .to_string()
    }
}

impl TeamIn {
    /// As its client called it.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<NewTeam, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        let name = check.read(one_line("/name", &self.name, MOST_NAME));
        let place = line(&mut check, "/place", self.place.as_deref(), MOST_NAME);
        let decision_no = line(&mut check, "/decision_no", self.decision_no.as_deref(), MOST_DECISION);
        let founded_on = self.founded_on.unwrap_or(today);
        if !may_be_founded(founded_on, today) {
            check.wrong(
                "/founded_on",
                "OUT_OF_RANGE",
                "Từ ngày thành lập Hội 23/11/1946 đến hôm nay.",
                "Between the founding of the society, 23/11/1946, and today.",
            );
        }
        check.done(name.map(|name| NewTeam {
            id: self.id,
            chapter: self.chapter,
            kind: self.kind,
            name,
            place,
            founded_on,
            decision_no,
            said_day: self.founded_on,
        }))
    }
}

/// Changes to a team: a field left out stays, `null` takes it away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamPatch {
    #[serde(default)]
    #[schema(value_type = Option<TeamKind>)]
    pub kind: Patch<TeamKind>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 120)]
    pub name: Patch<String>,
    /// Where it meets.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 120)]
    pub place: Patch<String>,
}

/// A team as it is to be.
pub struct Patched {
    pub kind: TeamKind,
    pub name: Line,
    pub place: Option<Line>,
}

impl TeamPatch {
    /// What is said of the team afterwards.
    pub fn over(self, kind: TeamKind, name: &str, place: Option<&str>) -> Result<Patched, Vec<FieldError>> {
        let mut check = Check::default();
        let kind = self.kind.over_required("/kind", kind, &mut check);
        let name = self.name.over_required("/name", name.to_owned(), &mut check);
        let place = self.place.over(place.map(str::to_owned));
        let name = check.read(one_line("/name", &name, MOST_NAME));
        let place = line(&mut check, "/place", place.as_deref(), MOST_NAME);
        check.done(name.map(|name| Patched { kind, name, place }))
    }
}

/// How a team, or somebody's time in it or at its head, ends.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamEndingIn {
    /// The first day on which it holds no longer: today unless given, or a day of the past year.
    #[serde(default)]
    until: Option<NaiveDate>,
    /// Number of the decision, where there is one; kept of a team.
    #[serde(default)]
    #[schema(example = "20/QĐ-HCTĐ", max_length = 100)]
    decision_no: Option<String>,
}

/// An ending that is right in itself.
#[derive(Debug, Clone)]
pub struct Ended {
    pub until: NaiveDate,
    pub decision_no: Option<Line>,
}

impl TeamEndingIn {
    /// Checks every field.
    pub fn check(self, today: NaiveDate) -> Result<Ended, Vec<FieldError>> {
        let mut check = Check::default();
        let until = self.until.unwrap_or(today);
        if !may_end(until, today) {
            check.wrong(
                "/until",
                "OUT_OF_RANGE",
                "Trong một năm qua, không sau hôm nay.",
                "Within the past year, not after today.",
            );
        }
        let decision_no = line(&mut check, "/decision_no", self.decision_no.as_deref(), MOST_DECISION);
        check.done(Some(Ended { until, decision_no }))
    }
}

impl Ended {
    /// One text of all that was sent.
    pub fn content(&self) -> String {
        format!("{}\0{}", self.until, self.decision_no.as_ref().map_or("", |line| line.as_str()))
    }
}

/// Somebody to be entered in a team.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamMemberIn {
    /// Made by the client, once, at random (UUIDv4): ids of persons' records carry no time.
    id: Uuid,
    /// A person of the chapter (`GET /persons`).
    person: PersonId,
    /// The first day; today unless given.
    #[serde(default)]
    from: Option<NaiveDate>,
}

/// Somebody's time in a team, right in itself.
#[derive(Debug, Clone)]
pub struct NewMember {
    pub id: Uuid,
    pub person: PersonId,
    pub from: Option<NaiveDate>,
}

impl NewMember {
    /// One text of all that was sent.
    pub fn content(&self, team: Uuid) -> String {
        json!(["MEMBER", team, self.person.0, self.from]).to_string()
    }
}

fn begun(check: &mut Check, from: Option<NaiveDate>, today: NaiveDate) {
    if from.is_some_and(|from| !may_be_founded(from, today)) {
        check.wrong("/from", "OUT_OF_RANGE", "Không sau hôm nay.", "Not after today.");
    }
}

impl TeamMemberIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<NewMember, Vec<FieldError>> {
        let mut check = Check::default();
        random_id(&mut check, self.id);
        begun(&mut check, self.from, today);
        check.done(Some(NewMember { id: self.id, person: self.person, from: self.from }))
    }
}

/// Who is to lead a team.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamLeaderIn {
    /// Made by the client, once, at random (UUIDv4).
    id: Uuid,
    /// Their time in the team (`members` of the team).
    member: Uuid,
    role: TeamRole,
    /// The first day; today unless given.
    #[serde(default)]
    from: Option<NaiveDate>,
}

/// Somebody's time at the head of a team, right in itself.
#[derive(Debug, Clone)]
pub struct NewLead {
    pub id: Uuid,
    pub member: Uuid,
    pub role: TeamRole,
    pub from: Option<NaiveDate>,
}

impl NewLead {
    /// One text of all that was sent.
    pub fn content(&self, team: Uuid) -> String {
        json!(["LEADER", team, self.member, self.role, self.from]).to_string()
    }
}

impl TeamLeaderIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<NewLead, Vec<FieldError>> {
        let mut check = Check::default();
        random_id(&mut check, self.id);
        begun(&mut check, self.from, today);
        check.done(Some(NewLead { id: self.id, member: self.member, role: self.role, from: self.from }))
    }
}

/// All that a team has.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamEquipmentIn {
    /// The whole list, in its order: what is left out is gone.
    #[schema(max_items = 200)]
    items: Vec<TeamItem>,
}

/// A thing that a team has, so many of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamItem {
    /// What it is.
    #[schema(example = "Áo phao", max_length = 120)]
    pub item: String,
    /// How many there are.
    #[schema(minimum = 0, maximum = 1000000, example = 12)]
    pub quantity: i32,
    /// Where it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Kho xã", max_length = 120)]
    pub place: Option<String>,
    /// When somebody last saw that it is there and in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_on: Option<NaiveDate>,
}

impl TeamEquipmentIn {
    /// Checks every line; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Vec<TeamItem>, Vec<FieldError>> {
        let mut check = Check::default();
        if self.items.len() > MOST_ITEMS {
            check.wrong("/items", "OUT_OF_RANGE", "Tối đa 200 dòng.", "At most 200 lines.");
        }
        let mut lines = Vec::new();
        for (n, item) in self.items.into_iter().take(MOST_ITEMS).enumerate() {
            let name = check.read(one_line(&format!("/items/{n}/item"), &item.item, MOST_NAME));
            let place = line(&mut check, &format!("/items/{n}/place"), item.place.as_deref(), MOST_NAME);
            if !(0..=1_000_000).contains(&item.quantity) {
                check.wrong(format!("/items/{n}/quantity"), "OUT_OF_RANGE", "Từ 0 đến 1.000.000.", "0 to 1,000,000.");
            }
            if item.checked_on.is_some_and(|day| day > today) {
                check.wrong(format!("/items/{n}/checked_on"), "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
            }
            let text = |line: Line| line.as_str().to_owned();
            lines.extend(name.map(|name| TeamItem { item: text(name), place: place.map(text), ..item }));
        }
        check.done(Some(lines))
    }
}

/// An exercise that was held.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamExerciseIn {
    /// Made by the client, once; sending it again records nothing.
    id: Uuid,
    /// The day on which it was held.
    held_on: NaiveDate,
    /// What was exercised.
    #[schema(example = "Diễn tập cứu hộ lũ cùng Ban Chỉ huy xã", max_length = 300)]
    what: String,
    /// Those who came: their times in the team (`members` of the team).
    #[schema(max_items = 200)]
    came: Vec<Uuid>,
    /// For the officers of the chapter; it is sealed.
    #[serde(default)]
    #[schema(max_length = 1000)]
    note: Option<String>,
}

/// An exercise, right in itself.
#[derive(Debug, Clone)]
pub struct NewExercise {
    pub id: Uuid,
    pub held_on: NaiveDate,
    pub what: Line,
    pub came: Vec<Uuid>,
    pub note: Option<Line>,
}

impl NewExercise {
    /// One text of all that was sent.
    pub fn content(&self, team: Uuid) -> String {
        let note = self.note.as_ref().map(|line| line.as_str());
        json!(["EXERCISE", team, self.held_on, self.what.as_str(), self.came, note]).to_string()
    }
}

impl TeamExerciseIn {
    /// Checks every field; all mistakes at once.
    pub fn check(mut self, today: NaiveDate) -> Result<NewExercise, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        let what = check.read(one_line("/what", &self.what, MOST_WHAT));
        let note = line(&mut check, "/note", self.note.as_deref(), MOST_NOTE);
        if self.held_on > today {
            check.wrong("/held_on", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
        }
        if self.came.len() > MOST_ITEMS {
            check.wrong("/came", "OUT_OF_RANGE", "Tối đa 200 người.", "At most 200 people.");
        }
        self.came.sort_unstable();
        self.came.dedup();
        check.done(what.map(|what| NewExercise { id: self.id, held_on: self.held_on, what, came: self.came, note }))
    }
}
