//! A role that comes with a post: given by whoever gives roles, ended with the post.

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::hold::committee_of;
use super::request;
use super::store;
use super::wire::RoleWithPost;
use crate::authz::Visit;
use crate::basics::clock::vietnam_date;
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
