//! Territorial chapters that a plan makes: those of units that a merger or a division has made, out of chapters there were.
//!
//! They are asked for with the plan and founded in the moment in which it is carried out. Those of schools, agencies, hospitals and
//! enterprises, and branches, are founded before it ([`super::life`]).

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::feed;
use super::life_store::{self as store, Row};
use super::model::{Decision, Details, Kind, Level, NewChapter, folded_name, short_name};
use crate::authz::{self, AuditEvent};
use crate::db::DbError;
use crate::db::schema::chapter;
use crate::http::{Check, FieldError, Say, one_name};
use crate::tree::{ChapterId, Place, Step};

/// A territorial chapter to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChapterToBeMade)]
pub struct ToBeMade {
    /// Made by the client, once: the chapter's own.
    pub id: Uuid,
    /// That of its unit: two digits of a province, five of a commune. No chapter has it, whatever became of that one.
    #[schema(example = "23096", max_length = 40)]
    pub code: String,
    /// Code of the chapter above: a province, or of a province the central one.
    #[schema(example = "68", max_length = 40)]
    pub parent: String,
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm", max_length = 200)]
    pub name: String,
    /// The name without "Hội Chữ thập đỏ" unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Hàm Liêm", max_length = 100)]
    pub short_name: Option<String>,
    /// Whether its committee is provisional (lâm thời) until the first congress.
    #[serde(default)]
    pub provisional: bool,
}

impl ToBeMade {
    /// Checks every field, and writes the names as they are kept.
    pub fn checked(self, at: &str, check: &mut Check) -> Self {
        check.own_id(format!("{at}/id"), self.id, "id phải là UUID của riêng đơn vị này.", "The id must be a UUID of its own.");
        if !matches!(self.code.len(), 2 | 5) || !self.code.bytes().all(|b| b.is_ascii_digit()) {
            let (vi, en) = ("Mã đơn vị hành chính: 2 hoặc 5 chữ số.", "The code of a unit has two or five digits.");
            check.wrong(format!("{at}/code"), "NOT_A_CODE", vi, en);
        }
        let mut line = |field: &str, text: &str, most: usize| {
            let at = format!("{at}/{field}");
            let line = check.read(one_name(&at, text, most)).map(|line| line.as_str().to_owned()).unwrap_or_default();
            if !line.is_empty() && folded_name(&line).is_empty() {
                check.wrong(at, "NOT_A_NAME", "Tên phải có chữ.", "A name has letters in it.");
            }
            line
        };
        let name = line("name", &self.name, 200);
        let short = self.short_name.as_deref().map(|text| line("short_name", text, 100));
        Self { name, short_name: short, ..self }
    }

    /// What it is called in short.
    pub fn in_short(&self) -> String {
        self.short_name.clone().unwrap_or_else(|| short_name(&self.name))
    }

    /// Where it will stand.
    pub fn place(&self, parent: &Place) -> Place {
        let (id, code, short_name) = (ChapterId(self.id), self.code.clone(), self.in_short());
        let step = Step { id, code: code.clone(), short_name: short_name.clone() };
        let path = parent.path.iter().cloned().chain([step]).collect();
        Place { id, code, short_name, path, accepts_entries: true }
    }
}

/// What stands below a chapter of this level as a territorial one.
pub fn level_below(above: Level) -> Option<Level> {
    match above {
        Level::Central => Some(Level::Province),
        Level::Province => Some(Level::Commune),
        _ => None,
    }
}

/// What is wrong with one as things stand, by its fields. The names of chapters that go up by the same plan are free.
pub fn look(conn: &mut PgConnection, new: &ToBeMade, going: &[Uuid]) -> Result<Vec<FieldError>, DbError> {
    let mut wrong = Vec::new();
    let mut say = |field: &str, code: &'static str, vi: Cow<'static, str>, en: Cow<'static, str>| {
        wrong.push(FieldError::new(field, code, Say::new(vi, en)));
    };
    let known: Vec<(Uuid, String)> = chapter::table
        .filter(chapter::id.eq(new.id).or(chapter::code.eq(&new.code)))
        .select((chapter::id, chapter::code))
        .load(conn)?;
    if known.iter().any(|(_, code)| *code == new.code) {
        say(
            "/code",
            "CODE_TAKEN",
            format!("Mã {} là của một đơn vị đã có: mã không dùng lại. Hãy nhập vào đơn vị ấy rồi đổi tên.", new.code).into(),
            format!("{} is the code of another chapter, and codes are never reused: merge into it and rename it.", new.code)
                .into(),
        );
    }
    if known.iter().any(|(id, code)| *id == new.id && *code != new.code) {
        say("/id", "NOT_UNIQUE", "id phải là UUID của riêng đơn vị này.".into(), "The id must be a UUID of its own.".into());
    }
    let Some(parent) = store::find(conn, &new.parent)? else {
        say("/parent", "NO_SUCH_CHAPTER", "Không có đơn vị này.".into(), "There is no such chapter.".into());
        return Ok(wrong);
    };
    if !["ACTIVE", "PROVISIONAL"].contains(&parent.status.as_str()) {
        say(
            "/parent",
            "BOOKS_CLOSED",
            "Đơn vị cấp trên đang hoặc đã sáp nhập, giải thể: hãy lập ở đơn vị kế tục.".into(),
            "The chapter above is merging, has merged or is dissolved: found it under its successor.".into(),
        );
    }
    match level(&parent) {
        None => say(
            "/parent",
            "NOT_UNDER_THIS",
            "Hội cấp xã đặt dưới Hội cấp tỉnh, Hội cấp tỉnh dưới Trung ương Hội.".into(),
            "A commune's chapter stands under a province's, that of a province under the central one.".into(),
        ),
        Some(level) if new.code.len() != digits(level) => say(
            "/code",
            "NOT_AT_THIS_LEVEL",
            "Mã tỉnh có 2 chữ số, mã xã có 5 chữ số.".into(),
            "The code of a province has two digits, that of a commune five.".into(),
        ),
        Some(_) => {}
    }
    if is_called(conn, parent.id, &new.name, going)? {
        say(
            "/name",
            "NAME_TAKEN",
            "Cấp trên này đã có đơn vị trùng tên: hãy thêm chữ để phân biệt.".into(),
            "The chapter above has one of this name already: add a word that tells them apart.".into(),
        );
    }
    Ok(wrong)
}

/// The level of what stands below a chapter.
fn level(parent: &Row) -> Option<Level> {
    Level::parse(&parent.level).and_then(level_below)
}

fn digits(level: Level) -> usize {
    if level == Level::Province { 2 } else { 5 }
}

fn is_called(conn: &mut PgConnection, parent: Uuid, name: &str, going: &[Uuid]) -> Result<bool, DbError> {
    let same = chapter::table
        .filter(chapter::parent_id.eq(parent))
        .filter(chapter::name.eq(name))
        .filter(chapter::id.ne_all(going))
        .filter(chapter::status.ne_all(["MERGED", "DISSOLVED"]));
    Ok(diesel::select(diesel::dsl::exists(same)).get_result(conn)?)
}

/// By whom and by what they are made, and from which day on they are there.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    pub account: Uuid,
    pub decision_no: &'a str,
    pub since: NaiveDate,
}

/// Makes one by the decision of a plan that several persons approved. What stands against it comes back, and nothing is made then. The
/// chapter above is held: what is founded below it comes one after the other.
pub fn make(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    new: &ToBeMade,
    going: &[Uuid],
    by: By<'_>,
) -> Result<Vec<FieldError>, DbError> {
    let parent = store::hold(conn, &new.parent)?;
    let wrong = look(conn, new, going)?;
    let Some((parent, level)) =
        parent.and_then(|parent| level(&parent).map(|level| (parent, level))).filter(|_| wrong.is_empty())
    else {
        return Ok(wrong);
    };
    let made = NewChapter {
        id: new.id,
        level,
        kind: Kind::Territorial,
        name: new.name.clone(),
        short_name: new.in_short(),
        founded_on: by.since,
        provisional: new.provisional,
        decision: Decision { no: by.decision_no.to_owned(), on: None },
        details: Details::default(),
    };
    store::insert_territorial(conn, by.account, now, ChapterId(parent.id), &new.code, &made)?;
    let event =
        AuditEvent { account: Some(by.account), action: "CHAPTER_FOUNDED", subject: Some(new.id), chapter: Some(parent.id) };
    authz::audit(conn, now, &[event])?;
    feed::changed(conn, new.id, Some(parent.id), &new.code)?;
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(code: &str, name: &str) -> ToBeMade {
        let (code, name) = (code.to_owned(), name.to_owned());
        ToBeMade { id: Uuid::from_u128(7), code, parent: "68".to_owned(), name, short_name: None, provisional: false }
    }

    #[test]
    fn names_and_codes_are_those_of_units() {
        let mut check = Check::default();
        let kept = new("23096", "  Hội  Chữ thập đỏ xã Hàm Liêm ").checked("/new_chapters/0", &mut check);
        assert_eq!((kept.in_short().as_str(), check.is_clean()), ("xã Hàm Liêm", true));
        for (code, name) in [("230", "Hội"), ("68-TH-0001", "Hội"), ("２３０９６", "Hội"), ("23096", "…")] {
            let mut check = Check::default();
            new(code, name).checked("/new_chapters/0", &mut check);
            assert_eq!(check.into_errors().len(), 1, "{code} {name}");
        }
    }
}
