//! A post that comes to a committee in the middle of its term (bổ sung, kiện toàn), by a decision of the chapter above.

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::request;
use super::store::{self, NewPost};
use super::who::{above, no_such_paper, paper_is_kept};
use super::wire::Added;
use crate::authz::{Read, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::http::Check;

/// Adds a post. The same sent again answers as the first time: whether it is new.
pub fn post(v: &mut Visit<'_>, committee: Uuid, new: &Added) -> Result<bool, Fault> {
    let row = store::committee(v.conn, committee)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(row.chapter())?;
    let grant = above(v, row.chapter())?;
    let row = store::hold_committee(v.conn, committee)?.ok_or(Fault::Broken("a committee is gone"))?;
    if !request::is_new(v, new.id, &new.content(committee))? {
        return Ok(false);
    }
    let today = vietnam_date(v.now);
    let from = new.from.unwrap_or(today.max(row.valid_from));
    if row.tenure().is_over(today) || row.valid_until.is_some_and(|until| until <= from) {
        return Err(Fault::conflict(
            "Ban này đã kết thúc, hoặc kết thúc trước ngày ấy: hãy ghi vào ban đang hoạt động.",
            "The committee has ended, or ends before that day: enter it in the one in office.",
        ));
    }
    let mut check = Check::default();
    if from < row.valid_from {
        check.wrong("/from", "BEFORE_THE_START", "Không trước ngày ban bắt đầu nhiệm kỳ.", "Not before the committee begins.");
    }
    if !paper_is_kept(v.conn, row.chapter(), new.document.as_deref())? {
        no_such_paper(&mut check);
    }
    let titles = store::titles(v.conn)?;
    let title = titles.get(&new.title).filter(|title| {
        title.committee_kind == row.kind && title.valid_from <= from && title.valid_to.is_none_or(|to| from < to)
    });
    let posts = store::posts_of(v.conn, &[committee])?;
    match title {
        None => check.wrong(
            "/title",
            "NOT_FOR_THIS",
            "Ban này không có chức danh ấy: hãy chọn trong danh mục chức danh.",
            "There is no such post in a committee of this kind (GET /post-titles).",
        ),
        Some(title) if title.single && (new.seats != 1 || posts.iter().any(|post| post.title == new.title)) => {
            check.wrong("/title", "TWICE", "Chức danh này chỉ có một người.", "There is one of this post.");
        }
        Some(_) => {}
    }
    check.done(Some(())).map_err(Fault::Fields)?;
    let post = NewPost {
        id: Uuid::now_v7(),
        title: &new.title,
        seats: new.seats,
        from,
        decision_no: new.decision_no.as_str(),
        decision_on: new.decision_on,
        document: new.document.as_deref(),
    };
    store::add_post(v.conn, &grant, committee, &post).map_err(at_once)?;
    let detail =
        json!({"committee": committee, "title": new.title, "seats": new.seats, "decision": post.decision_no, "from": from});
    v.note_at(Some(row.chapter()), "POST_ADDED", Some(post.id), Some(&detail))?;
    Ok(true)
}

fn at_once(error: DbError) -> Fault {
    match error.constraint() {
        Some("committee_post_fits" | "committee_post_place_key") => Fault::conflict(
            "Có người vừa thêm chức danh vào ban này: hãy đọc lại.",
            "Somebody has just added a post to this committee: read again.",
        ),
        _ => error.into(),
    }
}
