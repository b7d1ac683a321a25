//! The persons in the notes beside opening balances and their reversals: free text of officers, which no record of a giver
//! leads to. It is found by the name alone.

use diesel::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::{opening, reversal};
use crate::db::schema::{opening_balance, opening_balance_reversal};
use crate::house::errand::Errand;
use crate::house::persons::{HoldsPersons, Kept, Mentioned, PersonsError, Processing};
use crate::vault::place;

/// See the module.
pub struct Notes;

fn openings(errand: &mut Errand<'_>, of: &Mentioned) -> Result<(), PersonsError> {
    use opening_balance as o;
    let ids: Vec<(Uuid, Option<Vec<u8>>)> = o::table
        .filter(o::chapter_id.eq_any(&of.chapters))
        .filter(o::note.is_not_null())
        .select((o::id, o::note))
        .load(errand.conn)?;
    for (id, sealed) in ids {
        let Some(sealed) = sealed else { continue };
        if of.called.is_in(&errand.vault.open_text(place("opening_balance", "note", &id), &sealed)?) {
            let hash = opening::bare_hash_of(errand.conn, errand.vault, id)?;
            diesel::update(o::table.find(id))
                .set((o::note.eq(None::<Vec<u8>>), o::request_hash.eq(hash)))
                .execute(errand.conn)?;
        }
    }
    Ok(())
}

fn reversals(errand: &mut Errand<'_>, of: &Mentioned) -> Result<(), PersonsError> {
    use opening_balance_reversal as r;
    let rows: Vec<(Uuid, Uuid, String, Option<Vec<u8>>)> = r::table
        .inner_join(opening_balance::table.on(opening_balance::id.eq(r::opening_id)))
        .filter(opening_balance::chapter_id.eq_any(&of.chapters))
        .filter(r::note.is_not_null())
        .select((r::id, r::opening_id, r::reason, r::note))
        .load(errand.conn)?;
    for (id, opening, reason, sealed) in rows {
        let Some(sealed) = sealed else { continue };
        if of.called.is_in(&errand.vault.open_text(place("opening_balance_reversal", "note", &id), &sealed)?) {
            let hash = reversal::hash(errand.vault, &json!([opening, reason, null])).to_vec();
            diesel::update(r::table.find(id))
                .set((r::note.eq(None::<Vec<u8>>), r::request_hash.eq(hash)))
                .execute(errand.conn)?;
        }
    }
    Ok(())
}

impl HoldsPersons for Notes {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Ghi chú khi đề nghị số dư đầu kỳ, có thể nhắc tên người",
                "Notes of requests for opening balances, which may name somebody",
            ),
            purpose: ("Người duyệt hiểu việc được đề nghị", "For who decides to understand the request"),
            grounds: ("Luật Kế toán: lưu tài liệu kế toán", "Accounting law: accounting documents are kept"),
            readers: ("Người đề nghị và người duyệt", "Who asks and who decides"),
            period: ("Theo thời hạn lưu tài liệu kế toán", "As long as accounting documents are kept"),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "opening_balance.note",
            "opening_balance.request_hash",
            "opening_balance_reversal.note",
            "opening_balance_reversal.request_hash",
        ]
    }

    fn erase_mentions(&self, errand: &mut Errand<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        openings(errand, of)?;
        reversals(errand, of)?;
        Ok(Vec::new())
    }
}
