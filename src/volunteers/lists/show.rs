//! A list that a job enters, as those see it who see the chapter's people. It names nobody.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::super::fault::Fault;
use super::store::{self, ImportRow, Refused};
use super::wire::{ImportOut, ListState};
use super::work::{self, NOT_ALLOWED};
use crate::authz::{SeePeople, Visit};
use crate::http::listed::{ImportFault, ImportTrouble};
use crate::http::{Lang, Say};
use crate::jobs;
use crate::tree::{self, ChapterId};

/// A list.
pub fn one(v: &mut Visit<'_>, id: Uuid, lang: Lang) -> Result<ImportOut, Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let chapter = work::today(v.conn, row.chapter_id)?;
    v.see::<SeePeople>(chapter)?;
    out(v.conn, row, lang)
}

/// A list with what became of it so far.
pub fn out(conn: &mut PgConnection, row: ImportRow, lang: Lang) -> Result<ImportOut, Fault> {
    let (entered, refused) = store::progress(conn, row.id)?;
    let fault = |refused: Refused| ImportFault {
        row: Some(refused.row),
        column: refused.column,
        code: refused.code,
        detail: if lang == Lang::En { refused.en } else { refused.vi },
    };
    let trouble = if row.is_done() { None } else { jobs::troubles(conn, &[row.id])?.remove(&row.id) };
    Ok(ImportOut {
        id: row.id,
        chapter: tree::code_of(conn, ChapterId(row.chapter_id))?,
        state: if row.is_done() { ListState::Done } else { ListState::Accepted },
        rows: row.row_count.into(),
        entered,
        refused: refused.into_iter().map(fault).collect(),
        uploaded_at: row.uploaded_at,
        job: row.id,
        trouble: trouble.map(|code| in_words(code, lang)),
    })
}

/// Why the job came to nothing.
fn in_words(code: String, lang: Lang) -> ImportTrouble {
    let say = if code == NOT_ALLOWED {
        Say::fixed(
            "Người gửi danh sách không còn quyền quản lý con người ở đơn vị này, nên việc nhập đã dừng. Người có quyền hãy gửi lại đúng danh sách ấy: các dòng còn lại được nhập tiếp.",
            "Who sent the list may not keep the chapter's people any more, so entering stopped. Somebody who may sends the very same list again, and what is left is gone on with.",
        )
    } else {
        Say::fixed(
            "Việc nhập danh sách đã dừng sau nhiều lần thử. Hãy gửi lại đúng danh sách ấy để nhập tiếp các dòng còn lại; nếu vẫn dừng, hãy báo người quản trị.",
            "Entering the list stopped after many attempts. Send the very same list again to go on with what is left; if it stops again, tell the administrator.",
        )
    };
    ImportTrouble { code, detail: say.in_lang(lang).to_owned() }
}
