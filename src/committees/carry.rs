//! A role that comes with a post: given by whoever gives roles, ended with the post.

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::hold::committee_of;
use super::request;
use super::store;
use super::wire_roles::{RoleToCarry, RoleWithPost};
use crate::authz::{Role, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::identity::appointments::{NewAssignment, Period};
use crate::identity::in_post;
use crate::tree;

/// Gives a role with a post. The same sent again answers as the first time: whether it is new.
pub fn role(v: &mut Visit<'_>, post: Uuid, holder: Uuid, new: &RoleWithPost) -> Result<bool, Fault> {
    let (committee, post) = committee_of(v, post)?;
    let grant = v.at_to_give(committee.chapter(), new.role)?;
    let row = store::holder(v.conn, holder)?.filter(|row| row.post_id == post.id).ok_or(Fault::Unknown)?;
    if !request::is_new(v, new.id, &new.content(holder))? {
        return Ok(false);
    }
    if row.tenure().is_over(vietnam_date(v.now)) {
        return Err(Fault::conflict(
            "Người này không còn giữ chức danh ấy: không giao vai trò kèm theo được nữa.",
            "This post is held no longer: no role comes with it.",
        ));
    }
    let code = tree::code_of(v.conn, committee.chapter())?;
    let period = Period { from: row.held_from, to: row.held_until.and_then(|until| until.pred_opt()) };
    let assignment =
        NewAssignment { id: new.id, account: new.account, role: new.role, period, decision_no: new.decision_no.clone() };
    in_post::give(v, &code, &assignment)?;
    store::insert_role(v.conn, &grant, holder, new.id)?;
    v.note_with(&grant, "ROLE_GIVEN_WITH_POST", holder, &json!({"assignment": new.id, "role": new.role}))?;
    Ok(true)
}

/// Lets a post carry a role that somebody has already at its chapter: from now on it ends with the post. The same sent again answers as
/// the first time: whether it is new.
pub fn existing(v: &mut Visit<'_>, post: Uuid, holder: Uuid, new: &RoleToCarry) -> Result<bool, Fault> {
    // Where the post's last day is known, the role gets it now.
    in_post::hold(v)?;
    let (committee, post) = committee_of(v, post)?;
    let role = in_post::of_chapter(v, committee.chapter(), new.assignment)?;
    // Who gives no role here does not learn whether there is this one.
    let grant = v.at_to_give(committee.chapter(), role.map_or(Role::Officer, |(role, _)| role))?;
    let row = store::holder(v.conn, holder)?.filter(|row| row.post_id == post.id).ok_or(Fault::Unknown)?;
    if !request::is_new(v, new.id, &new.content(holder))? {
        return Ok(false);
    }
    let Some((role, stands)) = role else {
        return Err(Fault::field(
            "/assignment",
            "NOT_FOR_THIS_CHAPTER",
            "Đơn vị không có vai trò nào được giao mang id này.",
            "No role of this id was given at the chapter.",
        ));
    };
    if !stands || row.tenure().is_over(vietnam_date(v.now)) {
        return Err(Fault::conflict(
            "Vai trò này, hoặc chức danh này, đã kết thúc rồi.",
            "This role, or this time in the post, is over already.",
        ));
    }
    store::insert_role(v.conn, &grant, holder, new.assignment).map_err(carried)?;
    if let Some(until) = row.held_until {
        in_post::end(v, &[new.assignment], until, new.decision_no.as_str())?;
    }
    let detail = json!({"assignment": new.assignment, "role": role, "decision": new.decision_no.as_str()});
    v.note_with(&grant, "ROLE_CARRIED_BY_POST", holder, &detail)?;
    Ok(true)
}

fn carried(error: DbError) -> Fault {
    match error.constraint() {
        Some("post_holder_role_pk") => {
            Fault::conflict("Một chức danh đã kèm vai trò này rồi.", "A post carries this role already.")
        }
        _ => error.into(),
    }
}
