//! The persons in notes beside what was confirmed and what came back: free text of officers, which no record of a giver leads to. It
//! is found by the name alone. (Notes of requests are kept with the decision.)

use diesel::prelude::*;
use uuid::Uuid;

use crate::db::schema::{transfer, transfer_part};
use crate::house::errand::Errand;
use crate::house::persons::{HoldsPersons, Kept, Mentioned, PersonsError, Processing};
use crate::vault::place;

/// See the module.
pub struct Notes;

impl HoldsPersons for Notes {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Ghi chú khi xác nhận tiền, hàng chuyển giữa các đơn vị",
                "Notes of confirmations of transfers between chapters",
            ),
            purpose: ("Đối chiếu giữa hai đơn vị", "For the two chapters to reconcile"),
            grounds: ("Luật Kế toán", "Accounting law"),
            readers: ("Cán bộ, kế toán của hai đơn vị", "Officers and accountants of both chapters"),
            period: ("Theo thời hạn lưu tài liệu kế toán", "As long as accounting documents are kept"),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["transfer_part.note", "transfer_part.request_hash", "transfer_part.bare_hash"]
    }

    /// What was sent is still known when it comes again: by all of it but the note.
    fn erase_mentions(&self, errand: &mut Errand<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        use transfer as t;
        use transfer_part as p;
        let rows: Vec<(Uuid, Option<Vec<u8>>)> = p::table
            .inner_join(t::table.on(t::id.eq(p::transfer_id)))
            .filter(t::chapter_id.eq_any(&of.chapters).or(t::to_chapter_id.eq_any(&of.chapters)))
            .filter(p::note.is_not_null())
            .select((p::id, p::note))
            .load(errand.conn)?;
        for (id, sealed) in rows {
            let Some(sealed) = sealed else { continue };
            if of.called.is_in(&errand.vault.open_text(place("transfer_part", "note", &id), &sealed)?) {
                diesel::update(p::table.find(id))
                    .set((p::note.eq(None::<Vec<u8>>), p::request_hash.eq(p::bare_hash)))
                    .execute(errand.conn)?;
            }
        }
        Ok(Vec::new())
    }
}
