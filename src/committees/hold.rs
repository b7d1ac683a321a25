//! Entering who holds a post: by those who keep the chapter's people. That gives no right.

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{Tenure, free_seat};
use super::request;
use super::store::{self, CommitteeRow, NewHolder, PostRow};
use super::who::{no_such_paper, paper_is_kept};
use super::wire::NewInPost;
use crate::authz::{KeepPeople, Read, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::http::{Check, FieldError, Say};
use crate::persons;

/// The committee of a post, held, for those who may read its chapter.
pub fn committee_of(v: &mut Visit<'_>, post: Uuid) -> Result<(CommitteeRow, PostRow), Fault> {
    let post = store::post(v.conn, post)?.ok_or(Fault::Unknown)?;
    let committee = store::committee(v.conn, post.committee_id)?.ok_or(Fault::Broken("a post of no committee"))?;
    v.see::<Read>(committee.chapter())?;
    let held = store::hold_committee(v.conn, committee.id)?.ok_or(Fault::Broken("a committee is gone"))?;
    Ok((held, post))
}

/// Enters somebody in a seat. The same sent again answers as the first time: whether it is new.
pub fn enter(v: &mut Visit<'_>, post: Uuid, new: &NewInPost) -> Result<bool, Fault> {
    let (committee, post) = committee_of(v, post)?;
    let grant = v.at::<KeepPeople>(committee.chapter())?;
    if !request::is_new(v, new.id, &new.content(post.id))? {
        return Ok(false);
    }
    let person = persons::hold(v.conn, v.vault, &grant, new.person)?.ok_or_else(no_such_person)?;
    let wanted = within(&committee, &post, new, vietnam_date(v.now))?;
    let mut check = Check::default();
    if !paper_is_kept(v.conn, committee.chapter(), new.document.as_deref())? {
        no_such_paper(&mut check);
    }
    check.done(Some(())).map_err(Fault::Fields)?;
    let taken: Vec<(i16, Tenure)> = store::holders_of(v.conn, &[post.id])?.iter().map(|row| (row.seat, row.tenure())).collect();
    let seat = free_seat(post.seats, &taken, wanted).ok_or_else(seats_taken)?;
    let row = NewHolder {
        id: new.id,
        post: post.id,
        seat,
        person: person.id.0,
        tenure: wanted,
        manner: new.manner,
        acting: new.acting,
        decision_no: new.decision_no.as_str(),
        decision_on: new.decision_on,
        document: new.document.as_deref(),
    };
    store::insert_holder(v.conn, &grant, v.now, &row).map_err(refused)?;
    let detail = json!({"post": post.id, "title": post.title, "decision": new.decision_no.as_str(), "from": wanted.from, "until": wanted.until});
    v.note_with(&grant, "POST_HELD", new.id, &detail)?;
    Ok(true)
}

/// When it is held: within the committee's time and the post's, from the first day unless said.
fn within(committee: &CommitteeRow, post: &PostRow, new: &NewInPost, today: chrono::NaiveDate) -> Result<Tenure, Fault> {
    let first = post.added_on.unwrap_or(committee.valid_from);
    let from = new.from.unwrap_or(first);
    let until = match (new.until, committee.valid_until) {
        (Some(own), Some(end)) => Some(own.min(end)),
        (own, end) => own.or(end),
    };
    if from < first {
        return Err(Fault::field(
            "/from",
            "BEFORE_THE_START",
            "Không trước ngày ban bắt đầu nhiệm kỳ, hoặc ngày chức danh này được bổ sung.",
            "Not before the committee begins, or before the post was added.",
        ));
    }
    if !super::model::may_begin(from, today) {
        return Err(Fault::field("/from", "OUT_OF_RANGE", "Trong vòng một năm tới.", "Within a year from now."));
    }
    if until.is_some_and(|until| until <= from) {
        return Err(Fault::conflict(
            "Ban này đã kết thúc vào ngày ấy: hãy ghi vào ban đang hoạt động.",
            "The committee had ended by then: enter it in the one in office.",
        ));
    }
    Ok(Tenure { from, until })
}

fn no_such_person() -> Fault {
    Fault::NotThere(FieldError::new(
        "/person",
        "NO_SUCH_PERSON",
        Say::fixed(
            "Đơn vị không có người này, hoặc dữ liệu của người này không được dùng.",
            "The chapter knows no such person, or their data may not be used.",
        ),
    ))
}

fn seats_taken() -> Fault {
    Fault::conflict(
        "Chức danh này đã đủ người trong thời gian ấy: hãy chấm dứt người đang giữ trước.",
        "Every seat of this post is held at that time: end somebody's time in it first.",
    )
}

/// What the database refuses, said in words.
fn refused(error: DbError) -> Fault {
    match error.constraint() {
        Some("post_holder_one_a_seat") => seats_taken(),
        Some("post_holder_one_seat_each") => Fault::conflict(
            "Người này đã giữ chức danh ấy trong thời gian này.",
            "This person holds this very post at that time already.",
        ),
        Some("post_holder_pk") => Fault::IdTaken,
        _ => error.into(),
    }
}
