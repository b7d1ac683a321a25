//! What a second person decides of a day of giving: that it was as the file and the settlements say.

use serde_json::json;
use uuid::Uuid;

use super::model::FileState;
use super::store::{self, FileRow};
use super::work::CARRY_OVER;
use crate::authz::{Approve, Denied, Granted, KeepBlood, Right, Visit};
use crate::basics::{Line, hex};
use crate::decisions::{self, Actions, Approval, Content, Matter, New, State, Verdict};
use crate::donors::Fault;
use crate::drives::{self, Drive};
use crate::identity::store as identity;
use crate::jobs::{self, NewJob};

/// Đối chiếu ngày hiến máu.
pub const RECONCILED: &decisions::Kind = &decisions::Kind {
    name: "DRIVE_RECONCILIATION",
    vi: "Kết quả đối chiếu ngày hiến máu",
    en: "The result of a blood drive",
    shown_at: "/api/v1/reconciliations/{id}",
    decided_at: "",
    actions: Actions {
        asked: "DRIVE_RECONCILIATION_REQUESTED",
        approved: "DRIVE_RECONCILIATION_APPROVED",
        refused: "DRIVE_RECONCILIATION_REFUSED",
        withdrawn: "DRIVE_RECONCILIATION_WITHDRAWN",
    },
};

/// Asks a second person. Neither who sent the file nor who settled a difference decides.
pub fn ask(v: &mut Visit<'_>, by: &Granted<KeepBlood>, drive: &Drive, file: &FileRow, note: Option<&Line>) -> Result<(), Fault> {
    let mut not_by = vec![identity::officer_of(v.conn, file.uploaded_by)?];
    for account in store::settlers(v.conn, file.id)? {
        not_by.push(identity::officer_of(v.conn, account)?);
    }
    not_by.sort_unstable();
    not_by.dedup();
    let asked = New {
        kind: RECONCILED,
        id: file.id,
        subject: file.id,
        about: Some(&drive.code),
        amount_vnd: None,
        not_by: &not_by,
        with: None,
    };
    decisions::ask(v, by, &asked, Content { text: &hex(&file.content_hash), note })?;
    Ok(())
}

struct Agreed(FileRow);

impl Matter for Agreed {
    type Asks = KeepBlood;
    type Fault = Fault;

    fn kind(&self) -> &'static decisions::Kind {
        RECONCILED
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        let file = &self.0;
        if !file.is(FileState::Asked) {
            return Err(Fault::conflict("Tệp này không còn chờ nữa.", "This file does not wait any more."));
        }
        store::set_state(v.conn, file.id, FileState::Accepted, Some((by.grant.account(), v.now)))?;
        let drive = drives::store::find(v.conn, file.drive_id)?.ok_or(Fault::Unknown)?;
        let job = NewJob {
            id: file.id,
            kind: &CARRY_OVER,
            content: json!({}),
            total: Some(file.row_count.into()),
            due_at: v.now,
            url: Some(format!("/api/v1/drives/{}/reconciliation", drive.code)),
        };
        jobs::enqueue(v.conn, &by.grant, v.now, &job)?;
        Ok(())
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, _: State) -> Result<(), Fault> {
        store::set_state(v.conn, self.0.id, FileState::Refused, Some((by.account(), v.now)))?;
        Ok(store::forget_rows(v.conn, self.0.id)?)
    }
}

/// Decides. Deciding again the same way answers as the first time; a job that came to nothing goes on in the name of who approves again
/// and keeps the chapter's donors.
pub fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<FileRow, Fault> {
    let row = store::hold_file(v.conn, id)?.ok_or(Fault::Unknown)?;
    if verdict == Verdict::Approve && row.is(FileState::Accepted) {
        go_on(v, &row)?;
        return Ok(row);
    }
    decisions::decide(v, &Agreed(row), id, verdict)?;
    store::file(v.conn, id)?.ok_or(Fault::Unknown)
}

fn go_on(v: &mut Visit<'_>, row: &FileRow) -> Result<(), Fault> {
    let drive = drives::store::find(v.conn, row.drive_id)?.ok_or(Fault::Unknown)?;
    let chapter = drives::today(v.conn, &drive)?;
    match v.at::<KeepBlood>(chapter) {
        Ok(grant) => {
            if jobs::take_over(v.conn, &grant, v.now, row.id)? {
                v.note(&grant, "DRIVE_FILE_TAKEN_OVER", row.id)?;
            }
            Ok(())
        }
        Err(denied @ Denied::Db(_)) => Err(denied.into()),
        // Who approved may only decide: for them it is what it was.
        Err(Denied::Refused(_)) => Ok(v.at::<Approve>(chapter).map(drop)?),
    }
}
