//! A list as it is shown, and accepted: from then on a job books it ([`super::booking`]).

use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::booking::{BOOK_GIFT_LIST, NOT_ALLOWED};
use super::store::{self, ImportRow, PartError, Refused};
use super::wire::{AcceptIn, ImportFault, ImportOut, ImportTrouble};
use crate::authz::{Read, Record, Visit};
use crate::http::{Kind, Lang, Problem, Say};
use crate::jobs::{self, JobOut, NewJob};
use crate::tree::{self, ChapterId};

impl From<PartError> for Problem {
    fn from(error: PartError) -> Self {
        match error {
            PartError::Db(error) => error.into(),
            other => Problem::internal(other),
        }
    }
}

/// A list as whoever may read its chapter sees it.
pub fn show(v: &mut Visit<'_>, id: Uuid, lang: Lang) -> Result<ImportOut, Problem> {
    let row = store::find(v.conn, id)?.ok_or_else(Problem::not_found)?;
    v.see::<Read>(ChapterId(row.chapter_id))?;
    shown(v.conn, row, lang)
}

/// A list with what became of it so far.
pub fn shown(conn: &mut PgConnection, row: ImportRow, lang: Lang) -> Result<ImportOut, Problem> {
    let (booked, asked, refused) = store::progress(conn, row.id)?;
    let fault = |refused: Refused| ImportFault {
        row: Some(refused.row),
        column: refused.column,
        code: refused.code,
        detail: if lang == Lang::En { refused.en } else { refused.vi },
    };
    let trouble = if row.state == "ACCEPTED" { jobs::troubles(conn, &[row.id])?.remove(&row.id) } else { None };
    Ok(ImportOut {
        id: row.id,
        chapter: tree::code_of(conn, ChapterId(row.chapter_id))?,
        state: row.state,
        rows: row.row_count.into(),
        amount_vnd: row.amount_vnd,
        unusual: row.unusual.into(),
        booked,
        asked,
        refused: refused.into_iter().map(fault).collect(),
        uploaded_at: row.uploaded_at,
        accepted_at: row.accepted_at,
        job: row.accepted_at.map(|_| row.id),
        trouble: trouble.map(|code| in_words(code, lang)),
    })
}

/// Why the job came to nothing.
fn in_words(code: String, lang: Lang) -> ImportTrouble {
    let say = if code == NOT_ALLOWED {
        Say::fixed(
            "Người chấp nhận danh sách không còn quyền ghi ở đơn vị này, nên việc ghi đã dừng. Người có quyền hãy chấp nhận lại: các dòng còn lại được ghi tiếp.",
            "Whoever accepted the list may no longer record at this chapter, so booking stopped. Somebody who may accepts it again, and what is left is booked.",
        )
    } else {
        Say::fixed(
            "Việc ghi danh sách đã dừng sau nhiều lần thử. Hãy chấp nhận lại để ghi tiếp các dòng còn lại; nếu vẫn dừng, hãy báo người quản trị.",
            "Booking the list stopped after many attempts. Accept it again to book what is left; if it stops again, tell the administrator.",
        )
    };
    ImportTrouble { code, detail: say.in_lang(lang).to_owned() }
}

/// Takes a list, which stays accepted whatever happens, and has a job book it; the job has the list's id. Accepted again it is the same
/// job; one that came to nothing begins again, in the name of whoever accepts it now.
pub fn take(v: &mut Visit<'_>, id: Uuid, said: AcceptIn) -> Result<JobOut, Problem> {
    let row = store::find(v.conn, id)?.ok_or_else(Problem::not_found)?;
    let grant = v.at::<Record>(ChapterId(row.chapter_id))?;
    if row.state == "READY" {
        if row.unusual > 0 && !said.confirmed {
            return Err(unconfirmed(row.unusual));
        }
        if store::take(v.conn, &grant, v.now, id, said.confirmed)? {
            v.note(&grant, "LIST_ACCEPTED", id)?;
        }
    } else if jobs::take_over(v.conn, &grant, v.now, id)? {
        v.note(&grant, "LIST_TAKEN_OVER", id)?;
    }
    let job = NewJob {
        id,
        kind: &BOOK_GIFT_LIST,
        content: json!({}),
        total: Some(row.row_count.into()),
        due_at: v.now,
        url: Some(format!("/api/v1/gift-imports/{id}")),
    };
    jobs::enqueue(v.conn, &grant, v.now, &job)?;
    jobs::of_id(v, id)
}

fn unconfirmed(rows: i32) -> Problem {
    Problem::say(
        Kind::Unusual,
        format!(
            "Danh sách có {rows} dòng với số tiền bất thường: hãy đếm lại số 0. Nếu đúng, hãy xác nhận danh sách rồi gửi lại."
        ),
        format!(
            "{rows} rows of the list have an unusual sum: count the zeros again. If they are right, confirm the list and send it again."
        ),
    )
}
