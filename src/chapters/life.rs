//! A chapter's life: founded by the level above, renamed and made provisional or regular by its decisions, its office
//! and legal data kept by the chapter itself.
//!
//! ORGANISE at the parent founds, renames and decides on the committee's standing (a committee does not make itself);
//! ORGANISE at the chapter keeps contact and legal data. Every change is a version with who, when and by which decision.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::feed;
use super::life_store::{self as store, FormerName, Known, Row, Version};
use super::model::{Change, Contact, Decision, Details, Kind, Legal, Level, NewChapter, code, code_prefix, may_found};
use crate::authz::{Denied, Organise, Read, Refusal, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::http::etag::Expected;
use crate::http::{self, Check, FieldError, Problem, Say};
use crate::tree::{self, ChapterId, Related};

/// A chapter and the branches founded with it.
#[derive(Debug, Clone)]
pub struct Founding {
    /// Code of the chapter above.
    pub parent: String,
    pub chapter: NewChapter,
    pub branches: Vec<NewChapter>,
}

/// What is known of a chapter, for those who may read its books.
#[derive(Debug, Clone)]
pub struct Seen {
    pub known: Known,
    /// Code of the chapter above.
    pub parent: Option<String>,
    pub former_names: Vec<FormerName>,
    /// What it went up in, and what went up in it.
    pub successors: Vec<Related>,
    pub predecessors: Vec<Related>,
    /// (id, code, name) of branches founded together with it; only in the answer to founding.
    pub branches: Vec<(Uuid, String, String)>,
}

fn seen(conn: &mut PgConnection, row: Row) -> Result<Seen, DbError> {
    let parent = match row.parent_id {
        Some(id) => Some(tree::code_of(conn, ChapterId(id))?),
        None => None,
    };
    let former_names = store::former_names(conn, row.id)?;
    let (successors, predecessors) = (tree::went_up_in(conn, row.id)?, tree::came_from(conn, row.id)?);
    Ok(Seen { known: store::known(conn, row)?, parent, former_names, successors, predecessors, branches: Vec::new() })
}

/// Founds a chapter and its branches. Sent again, the same founding answers as the first time.
pub fn found(v: &mut Visit<'_>, new: &Founding) -> Result<(Seen, bool), Problem> {
    let (grant, place) = v.at_code::<Organise>(&new.parent).map_err(|denied| denied.of_chapter("/parent"))?;
    // Foundings below one chapter come one after the other: a twin of this request waits here and then finds it done.
    let parent = store::hold(v.conn, &new.parent)?.ok_or_else(|| Denied::from(Refusal::Unreadable).of_chapter("/parent"))?;
    let hash = v.vault.hash("chapter.founding", content(new).as_bytes());
    if let Some((chapter, known)) = store::request(v.conn, new.chapter.id)? {
        return if known == hash { Ok((founded(v.conn, new, chapter)?, false)) } else { Err(Problem::new(http::Kind::IdTaken)) };
    }
    fits(new, &parent)?;
    let province = place.province().map_or(place.code.as_str(), |step| step.code.as_str());
    let prefix = code_prefix(new.chapter.level, new.chapter.kind, province, &parent.code);
    let own = code(new.chapter.level, &prefix, store::next_number(v.conn, &prefix)?);
    store::insert(v.conn, &grant, v.now, None, &own, &new.chapter).map_err(|error| refused(error, "/name"))?;
    store::note_request(v.conn, &grant, new.chapter.id, new.chapter.id, &hash).map_err(|error| refused(error, "/name"))?;
    v.note(&grant, "CHAPTER_FOUNDED", new.chapter.id)?;
    feed::changed(v.conn, new.chapter.id, Some(parent.id), &own)?;
    for (n, branch) in new.branches.iter().enumerate() {
        let prefix = code_prefix(branch.level, branch.kind, province, &own);
        let number = store::next_number(v.conn, &prefix)?;
        let below = Some(ChapterId(new.chapter.id));
        let pointer = format!("/branches/{n}/name");
        let its = code(branch.level, &prefix, number);
        store::insert(v.conn, &grant, v.now, below, &its, branch).map_err(|error| refused(error, &pointer))?;
        v.note(&grant, "CHAPTER_FOUNDED", branch.id)?;
        feed::changed(v.conn, branch.id, Some(new.chapter.id), &its)?;
    }
    Ok((founded(v.conn, new, new.chapter.id)?, true))
}

fn founded(conn: &mut PgConnection, new: &Founding, id: Uuid) -> Result<Seen, Problem> {
    let ids: Vec<Uuid> = std::iter::once(id).chain(new.branches.iter().map(|b| b.id)).collect();
    let labels: HashMap<Uuid, tree::Label> = tree::labels(conn, &ids)?;
    let own = labels.get(&id).ok_or_else(Problem::not_found)?;
    let row = store::find(conn, &own.code)?.ok_or_else(Problem::not_found)?;
    let branches = new.branches.iter().filter_map(|b| labels.get(&b.id).map(|l| (b.id, l.code.clone(), l.name.clone())));
    Ok(Seen { branches: branches.collect(), ..seen(conn, row)? })
}

/// Whether the new chapters may hang where they are to hang.
fn fits(new: &Founding, parent: &Row) -> Result<(), Problem> {
    if !["ACTIVE", "PROVISIONAL"].contains(&parent.status.as_str()) {
        return Err(Problem::field(
            "/parent",
            "BOOKS_CLOSED",
            "Đơn vị cấp trên đang hoặc đã sáp nhập, giải thể: hãy lập ở đơn vị kế tục.",
            "The chapter above is merging, has merged or is dissolved: found it under its successor.",
        ));
    }
    let seat = |level: &str, kind: &str| Level::parse(level).zip(Kind::parse(kind));
    let above = seat(&parent.level, &parent.kind).ok_or_else(|| Problem::internal("a chapter has an unknown level or kind"))?;
    let own = (new.chapter.level, new.chapter.kind);
    let mut check = Check::default();
    if !may_found(own.0, own.1, above) {
        check.add(does_not_hang("/level", own, above));
    }
    for (n, branch) in new.branches.iter().enumerate() {
        let below = (branch.level, branch.kind);
        if !may_found(below.0, below.1, own) {
            check.add(does_not_hang(&format!("/branches/{n}/kind"), below, own));
        }
    }
    check.done(Some(())).map_err(Problem::invalid)
}

fn does_not_hang(pointer: &str, what: (Level, Kind), under: (Level, Kind)) -> FieldError {
    let name = |seat: (Level, Kind)| format!("{} {}", seat.0.name(), seat.1.name());
    FieldError::new(
        pointer,
        "NOT_UNDER_THIS",
        Say::new(
            format!("Không lập được {} dưới {}.", name(what), name(under)),
            format!("{} is not founded under {}.", name(what), name(under)),
        ),
    )
}

/// What the database refuses, said in words.
fn refused(error: DbError, pointer: &str) -> Problem {
    match error.constraint() {
        Some("chapter_sibling_name_key") => name_taken(pointer),
        Some("chapter_pk" | "chapter_request_pk") => Problem::new(http::Kind::IdTaken),
        _ => error.into(),
    }
}

fn name_taken(pointer: &str) -> Problem {
    Problem::field(
        pointer,
        "NAME_TAKEN",
        "Cấp trên này đã có đơn vị trùng tên (không kể dấu, hoa thường): hãy thêm chữ để phân biệt.",
        "The chapter above has one of this name already (marks and case aside): add a word that tells them apart.",
    )
}

/// One canonical text of all that was sent.
fn content(new: &Founding) -> String {
    let chapter = |c: &NewChapter| {
        let Details { contact, legal } = &c.details;
        json!([
            c.id,
            c.level,
            c.kind,
            c.name,
            c.short_name,
            c.founded_on,
            c.provisional,
            c.decision.no,
            c.decision.on,
            contact,
            legal
        ])
    };
    json!([new.parent, chapter(&new.chapter), new.branches.iter().map(chapter).collect::<Vec<_>>()]).to_string()
}

/// One chapter, for those who may read its books.
pub fn show(v: &mut Visit<'_>, code: &str) -> Result<Seen, Problem> {
    let row = readable(v, code)?;
    Ok(seen(v.conn, row)?)
}

/// Every version of a chapter, oldest first.
pub fn history(v: &mut Visit<'_>, code: &str) -> Result<Vec<Version>, Problem> {
    let row = readable(v, code)?;
    Ok(store::versions(v.conn, &row)?)
}

fn readable(v: &mut Visit<'_>, code: &str) -> Result<Row, Problem> {
    let row = store::find(v.conn, code)?.ok_or_else(Problem::not_found)?;
    v.see::<Read>(ChapterId(row.id))?;
    Ok(row)
}

/// Changes contact and legal data. A version that the client did not expect is a conflict.
pub fn change_details(
    v: &mut Visit<'_>,
    code: &str,
    expected: &Expected,
    change: impl FnOnce(Contact, Legal) -> Result<Details, Problem>,
) -> Result<Seen, Problem> {
    let row = store::hold(v.conn, code)?.ok_or_else(Problem::not_found)?;
    let grant = v.at::<Organise>(ChapterId(row.id))?;
    if !expected.has(row.version) {
        return Err(Problem::say(
            http::Kind::Conflict,
            "Đơn vị đã thay đổi sau khi bạn đọc: hãy đọc lại rồi sửa.",
            "The chapter has changed since you read it: read it again, then change it.",
        ));
    }
    let last = newest(v.conn, &row)?;
    let old = last.details();
    let details = change(old.contact.clone(), old.legal.clone())?;
    if details != old {
        still_lives(&row)?;
        let next = Version {
            change: "DETAILS_CHANGED".to_owned(),
            effective_on: vietnam_date(v.now),
            decision_no: None,
            decision_on: None,
            ..last
        };
        store::next_version(v.conn, &grant, v.now, &row, next.with_details(&details))?;
        v.note(&grant, "CHAPTER_DETAILS_CHANGED", row.id)?;
        feed::changed(v.conn, row.id, None, code)?;
    }
    let row = store::find(v.conn, code)?.ok_or_else(Problem::not_found)?;
    Ok(seen(v.conn, row)?)
}

fn newest(conn: &mut PgConnection, row: &Row) -> Result<Version, Problem> {
    let last = store::versions(conn, row)?.pop().ok_or_else(|| Problem::internal("a chapter without a version"))?;
    // The row is the truth; a status set by the operator leaves no version.
    Ok(Version { name: row.name.clone(), short_name: row.short_name.clone(), status: row.status.clone(), ..last })
}

/// A decision on a chapter.
#[derive(Debug, Clone)]
pub struct Decided {
    pub id: Uuid,
    pub decision: Decision,
    /// The day from which it holds.
    pub effective_on: NaiveDate,
    pub change: Change,
}

/// Carries out a decision of the level above. Sent again, it answers as the first time.
pub fn decide(v: &mut Visit<'_>, code: &str, decided: &Decided) -> Result<(Seen, bool), Problem> {
    let row = store::hold(v.conn, code)?.ok_or_else(Problem::not_found)?;
    // Who may not even read the chapter learns nothing; who may, must be of the level above (of the centre: itself).
    v.see::<Read>(ChapterId(row.id))?;
    let grant = v.at::<Organise>(ChapterId(row.parent_id.unwrap_or(row.id))).map_err(|denied| match denied {
        Denied::Refused(Refusal::Unreadable) => above_decides(),
        denied => denied.into(),
    })?;
    let what = match &decided.change {
        Change::Rename { name, short_name } => json!(["RENAME", name, short_name]),
        Change::MakeProvisional => json!(["MAKE_PROVISIONAL"]),
        Change::MakeRegular => json!(["MAKE_REGULAR"]),
    };
    let content = json!([code, decided.decision.no, decided.decision.on, decided.effective_on, what]).to_string();
    let hash = v.vault.hash("chapter.decision", content.as_bytes());
    if let Some((chapter, known)) = store::request(v.conn, decided.id)? {
        return if chapter == row.id && known == hash {
            Ok((seen(v.conn, row)?, false))
        } else {
            Err(Problem::new(http::Kind::IdTaken))
        };
    }
    still_lives(&row)?;
    let next = after(&row, newest(v.conn, &row)?, decided)?;
    in_order(v.conn, &row, &next)?;
    if next.name != row.name && store::is_called(v.conn, &row, &next.name)? {
        return Err(name_taken("/name"));
    }
    let action = match decided.change {
        Change::Rename { .. } => "CHAPTER_RENAMED",
        Change::MakeProvisional => "CHAPTER_MADE_PROVISIONAL",
        Change::MakeRegular => "CHAPTER_MADE_REGULAR",
    };
    store::note_request(v.conn, &grant, decided.id, row.id, &hash).map_err(|error| refused(error, "/name"))?;
    store::next_version(v.conn, &grant, v.now, &row, next).map_err(|error| refused(error, "/name"))?;
    v.note(&grant, action, row.id)?;
    feed::changed(v.conn, row.id, row.parent_id, code)?;
    let row = store::find(v.conn, code)?.ok_or_else(Problem::not_found)?;
    Ok((seen(v.conn, row)?, true))
}

fn above_decides() -> Problem {
    Problem::say(
        http::Kind::Forbidden,
        "Tên gọi và ban chấp hành của một đơn vị do cấp trên trực tiếp quyết định.",
        "A chapter's name and committee are decided by the chapter above it.",
    )
}

fn still_lives(row: &Row) -> Result<(), Problem> {
    if ["MERGED", "DISSOLVED"].contains(&row.status.as_str()) {
        return Err(Problem::say(
            http::Kind::Conflict,
            "Đơn vị đã sáp nhập hoặc giải thể, không sửa được nữa.",
            "The chapter has merged or is dissolved and is not changed any more.",
        ));
    }
    Ok(())
}

/// The state a decision leads to.
fn after(row: &Row, last: Version, decided: &Decided) -> Result<Version, Problem> {
    let next = Version {
        effective_on: decided.effective_on,
        decision_no: Some(decided.decision.no.clone()),
        decision_on: decided.decision.on,
        ..last
    };
    let standing = |change: &str, from: &str, to: &str| {
        if row.status == from {
            Ok(Version { change: change.to_owned(), status: to.to_owned(), ..next.clone() })
        } else {
            Err(Problem::say(
                http::Kind::Conflict,
                format!("Đơn vị đang ở trạng thái {}, không phải {from}.", row.status),
                format!("The chapter is {}, not {from}.", row.status),
            ))
        }
    };
    match &decided.change {
        Change::MakeProvisional => standing("MADE_PROVISIONAL", "ACTIVE", "PROVISIONAL"),
        Change::MakeRegular => standing("MADE_REGULAR", "PROVISIONAL", "ACTIVE"),
        Change::Rename { name, .. } if *name == row.name => {
            Err(Problem::field("/name", "SAME_NAME", "Đây đã là tên hiện nay.", "This is its name already."))
        }
        Change::Rename { name, short_name } => {
            Ok(Version { change: "RENAMED".to_owned(), name: name.clone(), short_name: short_name.clone(), ..next })
        }
    }
}

/// What happened later cannot hold earlier: names and standings follow each other in time.
fn in_order(conn: &mut PgConnection, row: &Row, next: &Version) -> Result<(), Problem> {
    let last = store::versions(conn, row)?.into_iter().rev().find(|v| v.change != "DETAILS_CHANGED");
    match last {
        Some(last) if next.effective_on < last.effective_on => Err(Problem::field(
            "/effective_on",
            "BEFORE_THE_LAST",
            format!("Không trước quyết định gần nhất ({}).", last.effective_on),
            format!("Not before the last decision ({}).", last.effective_on),
        )),
        _ => Ok(()),
    }
}
