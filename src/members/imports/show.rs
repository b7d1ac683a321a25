//! A list as those see it who see the chapter's people, and those who decide on it.

use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::super::carry;
use super::super::fault::Fault;
use super::form::Listed;
use super::store::{self, ImportRow, Refused};
use super::wire::{ImportOut, ListFault, ListState, ListedOut, TroubleOut};
use super::work::NOT_ALLOWED;
use super::{matter, wire};
use crate::authz::{SeePeople, Visit};
use crate::http::{Lang, Say};
use crate::jobs;
use crate::tree::{self, ChapterId};

/// A list; with the people of one of its parts, from 0, where that was asked for. Each reading is noted.
pub fn one(v: &mut Visit<'_>, id: Uuid, part: Option<i16>, lang: Lang) -> Result<ImportOut, Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let chapter = ChapterId(carry::today(v, row.chapter_id)?);
    if !matter::decides(v, &row)? {
        v.see::<SeePeople>(chapter)?;
    }
    let people = match part {
        Some(n) => Some(store::people(v.conn, v.vault, id, n)?.into_iter().map(listed).collect::<Vec<_>>()),
        None => None,
    };
    let detail = json!({"part": part, "shown": people.as_ref().map_or(0, Vec::len)});
    v.note_at(Some(chapter), "MEMBER_LIST_READ", Some(id), Some(&detail))?;
    Ok(ImportOut { people, ..out(v.conn, row, lang)? })
}

fn listed(one: Listed) -> ListedOut {
    let Listed { row, entry } = one;
    match entry {
        Some(entry) => ListedOut {
            row,
            name: Some(entry.name),
            birth: entry.birth,
            kind: Some(entry.kind),
            team: entry.team,
            guardian: entry.guardian,
        },
        None => ListedOut { row, name: None, birth: None, kind: None, team: None, guardian: None },
    }
}

/// A list with what became of it so far.
pub fn out(conn: &mut PgConnection, row: ImportRow, lang: Lang) -> Result<ImportOut, Fault> {
    let (admitted, checked, refused) = store::progress(conn, row.id)?;
    let fault = |refused: Refused| wire::ListFault {
        row: Some(refused.row),
        column: refused.column,
        code: refused.code,
        detail: if lang == Lang::En { refused.en } else { refused.vi },
    };
    let is_begun = row.is(ListState::Accepted) || row.is(ListState::Done);
    let trouble = if row.is(ListState::Accepted) { jobs::troubles(conn, &[row.id])?.remove(&row.id) } else { None };
    Ok(ImportOut {
        id: row.id,
        chapter: tree::code_of(conn, ChapterId(row.chapter_id))?,
        rows: row.row_count.into(),
        parts: store::parts(conn, row.id)?,
        admitted,
        checked,
        refused: refused.into_iter().map(fault).collect::<Vec<ListFault>>(),
        uploaded_at: row.uploaded_at,
        decided_at: row.decided_at,
        job: is_begun.then_some(row.id),
        trouble: trouble.map(|code| in_words(code, lang)),
        people: None,
        state: row.state,
        decision_no: row.decision_no,
    })
}

/// Why the job came to nothing.
fn in_words(code: String, lang: Lang) -> TroubleOut {
    let say = if code == NOT_ALLOWED {
        Say::fixed(
            "Người gửi và người chấp nhận danh sách không còn quyền quản lý hội viên ở đơn vị này, nên việc kết nạp đã dừng. Người có quyền hãy chấp nhận lại: các dòng còn lại được làm tiếp.",
            "Neither who sent nor who accepted the list may keep the chapter's people any more, so admitting stopped. Somebody who may accepts it again, and what is left is gone on with.",
        )
    } else {
        Say::fixed(
            "Việc kết nạp theo danh sách đã dừng sau nhiều lần thử. Hãy chấp nhận lại để làm tiếp các dòng còn lại; nếu vẫn dừng, hãy báo người quản trị.",
            "Admitting the list stopped after many attempts. Accept it again to go on with what is left; if it stops again, tell the administrator.",
        )
    };
    TroubleOut { code, detail: say.in_lang(lang).to_owned() }
}
