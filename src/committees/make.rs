//! Making a committee: by the chapter above, with the decision that made it. The old one of its kind ends that day.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::end;
use super::fault::Fault;
use super::model::{CommitteeKind, EndedHow};
use super::request;
use super::store::{self, CommitteeRow, Ending, NewCommittee};
use super::who::{above, no_such_paper, paper_is_kept};
use super::wire::NewTerm;
use crate::authz::{Read, Visit};
use crate::db::DbError;
use crate::http::Check;
use crate::identity::in_post;
use crate::tree::ChapterId;

/// Enters a committee. The same sent again answers as the first time: (its id, whether it is new).
pub fn committee(v: &mut Visit<'_>, new: &NewTerm) -> Result<(Uuid, bool), Fault> {
    // What ends with the old committee may be somebody's role.
    in_post::hold(v)?;
    let (here, place) = v.see_code::<Read>(&new.chapter).map_err(Fault::NoSuchChapter)?;
    let grant = above(v, here.chapter())?;
    if !request::is_new(v, new.id, &new.content())? {
        return Ok((new.id, false));
    }
    let mut check = Check::default();
    if !place.accepts_entries {
        check.wrong("/chapter", "CHAPTER_CLOSED", "Đơn vị đã sáp nhập hoặc giải thể.", "The chapter has merged or dissolved.");
    }
    if !paper_is_kept(v.conn, here.chapter(), new.document.as_deref())? {
        no_such_paper(&mut check);
    }
    titles(v.conn, new, &mut check)?;
    check.done(Some(())).map_err(Fault::Fields)?;
    let ending = Ending {
        until: new.valid_from,
        how: EndedHow::Replaced,
        decision_no: new.decision_no.as_str(),
        by: grant.account(),
        at: v.now,
    };
    let old = replaced(v.conn, here.chapter(), new.kind, new.valid_from)?;
    end::with_everybody(v, &old, &ending)?;
    let row = NewCommittee {
        id: new.id,
        kind: new.kind,
        made_by: new.made_by.name(),
        provisional: new.provisional,
        congress: new.congress.as_ref().map(|line| line.as_str()),
        decision_no: new.decision_no.as_str(),
        decision_on: new.decision_on,
        document: new.document.as_deref(),
        valid_from: new.valid_from,
        term_until: new.term_until,
    };
    store::insert_committee(v.conn, &grant, &here, v.now, &row).map_err(two_at_once)?;
    let posts: Vec<(Uuid, &str, i16)> = new.posts.iter().map(|(title, seats)| (Uuid::now_v7(), title.as_str(), *seats)).collect();
    store::insert_posts(v.conn, &grant, new.id, &posts)?;
    let detail = json!({"kind": new.kind, "decision": new.decision_no.as_str(), "from": new.valid_from,
        "replaces": old.iter().map(|row| row.id).collect::<Vec<_>>()});
    v.note_at(Some(here.chapter()), "COMMITTEE_MADE", Some(new.id), Some(&detail))?;
    Ok((new.id, true))
}

/// What ends when the new one begins, held.
fn replaced(
    conn: &mut PgConnection,
    chapter: ChapterId,
    kind: CommitteeKind,
    from: NaiveDate,
) -> Result<Vec<CommitteeRow>, Fault> {
    let mut old = store::going_on(conn, chapter, kind.ends(), from)?;
    // A standing committee that begins with the new executive one, or after it, is of the new term.
    old.retain(|row| row.valid_from < from || row.kind == kind.name());
    if old.iter().any(|row| row.valid_from >= from) {
        return Err(Fault::conflict(
            "Đã có ban cùng loại bắt đầu từ ngày này hoặc muộn hơn: hãy xem lại ngày, hoặc chấm dứt ban ấy trước.",
            "A committee of this kind begins on this day or later already: look at the day again, or end that one first.",
        ));
    }
    Ok(old)
}

fn two_at_once(error: DbError) -> Fault {
    match error.constraint() {
        Some("committee_one_executive" | "committee_one_standing" | "committee_one_inspection") => Fault::conflict(
            "Có người vừa ghi một ban cùng loại cho thời gian này: hãy đọc lại.",
            "Somebody has just entered a committee of this kind for this time: read again.",
        ),
        Some("committee_pk") => Fault::IdTaken,
        _ => error.into(),
    }
}

/// Posts are known, of this kind of committee, and one where there can be one.
fn titles(conn: &mut PgConnection, new: &NewTerm, check: &mut Check) -> Result<(), DbError> {
    let known = store::titles(conn)?;
    for (n, (title, seats)) in new.posts.iter().enumerate() {
        let in_use = known.get(title).filter(|row| {
            row.committee_kind == new.kind.name()
                && row.valid_from <= new.valid_from
                && row.valid_to.is_none_or(|to| new.valid_from < to)
        });
        match in_use {
            None => check.wrong(
                format!("/posts/{n}/title"),
                "NOT_FOR_THIS",
                "Ban này không có chức danh ấy: hãy chọn trong danh mục chức danh.",
                "There is no such post in a committee of this kind (GET /post-titles).",
            ),
            Some(row) if row.single && *seats != 1 => check.wrong(
                format!("/posts/{n}/seats"),
                "OUT_OF_RANGE",
                "Chức danh này chỉ có một người.",
                "There is one of this post.",
            ),
            Some(_) => {}
        }
    }
    Ok(())
}
