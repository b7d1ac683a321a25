//! The persons in notes to those who decide: free text of officers, which no record leads to. It is found by the name alone.

use diesel::prelude::*;
use uuid::Uuid;

use super::ask::note_row;
use crate::db::schema::decision;
use crate::house::errand::Errand;
use crate::house::persons::{HoldsPersons, Kept, Mentioned, PersonsError, Processing};
use crate::vault::Place;

/// See the module.
pub struct Notes;

impl HoldsPersons for Notes {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: ("Ghi chú cho người duyệt, có thể nhắc tên người", "Notes for who decides, which may name somebody"),
            purpose: ("Người duyệt hiểu việc được đề nghị", "For who decides to understand the request"),
            grounds: ("Việc quản lý nội bộ theo thẩm quyền", "Internal control by competence"),
            readers: ("Người đề nghị và người duyệt", "Who asks and who decides"),
            period: (
                "Cùng thời hạn với việc được duyệt, hoặc xóa theo yêu cầu",
                "As long as what was decided, or erased on request",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["decision.note", "decision.request_hash", "decision.bare_hash"]
    }

    /// The request is still known when it comes again: by all of it but the note.
    fn erase_mentions(&self, errand: &mut Errand<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        use decision as d;
        let rows: Vec<(String, Uuid, Option<Vec<u8>>)> = d::table
            .filter(d::chapter_id.eq_any(&of.chapters))
            .filter(d::note.is_not_null())
            .order((d::matter, d::id))
            .select((d::matter, d::id, d::note))
            .load(errand.conn)?;
        for (matter, id, sealed) in rows {
            let Some(sealed) = sealed else { continue };
            let row = note_row(&matter, id);
            let note = errand.vault.open_text(Place { table: "decision", column: "note", row: &row }, &sealed)?;
            if of.called.is_in(&note) {
                diesel::update(d::table.find((&matter, id)))
                    .set((d::note.eq(None::<Vec<u8>>), d::request_hash.eq(d::bare_hash)))
                    .execute(errand.conn)?;
            }
        }
        Ok(Vec::new())
    }
}
