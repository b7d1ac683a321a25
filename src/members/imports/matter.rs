//! What a second person decides of a list: one decision for all its people.

use serde_json::json;
use uuid::Uuid;

use super::super::carry;
use super::super::fault::Fault;
use super::store::{self, ImportRow, SealedPart};
use super::wire::ListState;
use super::work::ADMIT_MEMBER_LIST;
use crate::authz::{Approve, Denied, Granted, KeepPeople, Right, Visit};
use crate::basics::hex;
use crate::db::DbError;
use crate::decisions::{self, Actions, Approval, Content, Matter, New, State, Verdict};
use crate::jobs::{self, NewJob};
use crate::tree::ChapterId;

/// Kết nạp theo danh sách.
pub const LIST: &decisions::Kind = &decisions::Kind {
    name: "MEMBER_LIST",
    vi: "Kết nạp hội viên theo danh sách",
    en: "Admit the members of a list",
    shown_at: "/api/v1/member-imports/{id}",
    decided_at: "",
    actions: Actions {
        asked: "MEMBER_LIST_REQUESTED",
        approved: "MEMBER_LIST_APPROVED",
        refused: "MEMBER_LIST_REFUSED",
        withdrawn: "MEMBER_LIST_WITHDRAWN",
    },
};

/// Keeps a list and asks a second person for it, unless the same one is there; says which it is, and whether it is new.
pub fn ask(
    v: &mut Visit<'_>,
    by: &Granted<KeepPeople>,
    new: &ImportRow,
    parts: &[SealedPart],
) -> Result<(ImportRow, bool), Fault> {
    if let Some(same) = store::find_same(v.conn, by.chapter(), &new.content_hash)? {
        return Ok((same, false));
    }
    if !store::insert(v.conn, by, new, parts)? {
        // Somebody else was faster with it.
        let same = store::find_same(v.conn, by.chapter(), &new.content_hash)?;
        return Ok((same.ok_or_else(|| Fault::broken("a list that is there is not there"))?, false));
    }
    let asked =
        New { kind: LIST, id: new.id, subject: new.id, about: Some(&new.decision_no), amount_vnd: None, not_by: &[], with: None };
    decisions::ask(v, by, &asked, Content { text: &hex(&new.content_hash), note: None })?;
    Ok((new.clone(), true))
}

struct OfList(ImportRow);

impl Matter for OfList {
    type Asks = KeepPeople;
    type Fault = Fault;

    fn kind(&self) -> &'static decisions::Kind {
        LIST
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        let list = &self.0;
        if !store::decide(v.conn, list.id, ListState::Accepted, by.grant.account(), v.now)? {
            return Err(Fault::NotPossible);
        }
        let job = NewJob {
            id: list.id,
            kind: &ADMIT_MEMBER_LIST,
            content: json!({}),
            total: Some(list.row_count.into()),
            due_at: v.now,
            url: Some(format!("/api/v1/member-imports/{}", list.id)),
        };
        jobs::enqueue(v.conn, &by.grant, v.now, &job)?;
        Ok(())
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Fault> {
        let to = if state == State::Withdrawn { ListState::Withdrawn } else { ListState::Refused };
        store::decide(v.conn, self.0.id, to, by.account(), v.now)?;
        Ok(())
    }
}

/// Decides on a list. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<ImportRow, Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    decisions::decide(v, &OfList(row), id, verdict)?;
    store::find(v.conn, id)?.ok_or(Fault::Unknown)
}

/// Accepts a list as the second person; one whose job came to nothing goes on, in the name of whoever accepts it now and keeps the
/// people of the chapter.
pub fn accept(v: &mut Visit<'_>, id: Uuid) -> Result<ImportRow, Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    if !row.is(ListState::Accepted) && !row.is(ListState::Done) {
        return decide(v, id, Verdict::Approve);
    }
    let chapter = ChapterId(carry::today(v, row.chapter_id)?);
    match v.at::<KeepPeople>(chapter) {
        Ok(grant) => {
            if jobs::take_over(v.conn, &grant, v.now, id)? {
                v.note(&grant, "MEMBER_LIST_TAKEN_OVER", id)?;
            }
        }
        Err(denied @ Denied::Db(_)) => return Err(denied.into()),
        // Who accepted it may only decide: for them it is what it was.
        Err(Denied::Refused(_)) => drop(v.at::<Approve>(chapter)?),
    }
    Ok(row)
}

/// Whether the visitor may decide on a list that waits.
pub fn decides(v: &mut Visit<'_>, row: &ImportRow) -> Result<bool, DbError> {
    if !row.is(ListState::Ready) {
        return Ok(false);
    }
    match decisions::approvers(v.conn, LIST, &[row.id])?.remove(&row.id) {
        Some(approver) => decisions::decides_at(v, ChapterId(approver)),
        None => Ok(false),
    }
}
