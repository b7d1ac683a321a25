//! The persons in gifts: wish, memo and bank reference, the phone's clock, and the notes beside reversals.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::personal;
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::db::schema::{gift, reversal_request};
use crate::vault::persons::{Corrected, Desk, Holding, HoldsPersons, Kept, Mentioned, PersonsError, Record};
use crate::vault::place;

/// See the module.
pub struct Gifts;

/// A note beside a reversal, sealed.
type Note = (Uuid, Uuid, String, Option<Vec<u8>>, chrono::DateTime<chrono::Utc>);

impl HoldsPersons for Gifts {
    fn columns(&self) -> &'static [&'static str] {
        &[
            "gift.particulars",
            "gift.giver_name",
            "gift.captured_at",
            "gift.request_hash",
            "reversal_request.note",
            "reversal_request.request_hash",
        ]
    }

    /// A copy lists the gifts by themselves; these are the notes of their reversals.
    fn found(&self, desk: &mut Desk<'_>, of: &[Record]) -> Result<Vec<Holding>, PersonsError> {
        use reversal_request as r;
        let notes: Vec<Note> = r::table
            .filter(r::gift_id.eq_any(of.iter().map(|record| record.gift)))
            .filter(r::note.is_not_null())
            .order((r::requested_at, r::id))
            .select((r::id, r::gift_id, r::reason, r::note, r::requested_at))
            .load(desk.conn)?;
        let mut found = Vec::with_capacity(notes.len());
        for (id, gift, _, sealed, at) in notes {
            let Some(sealed) = sealed else { continue };
            found.push(Holding {
                what: "REVERSAL_NOTE".to_owned(),
                gift: Some(gift),
                text: desk.vault.open_text(place("reversal_request", "note", &id), &sealed)?,
                since: Some(at),
                kept_until: None,
            });
        }
        Ok(found)
    }

    /// The words in which a gift came stay as they came; whose it is and how it is shown is set with the leaf that says so.
    fn correct(&self, _: &mut Desk<'_>, _: &[Corrected]) -> Result<(), PersonsError> {
        Ok(())
    }

    fn erase(&self, desk: &mut Desk<'_>, of: &[Record]) -> Result<Vec<Kept>, PersonsError> {
        let gifts = personal::of_ids(desk.conn, &of.iter().map(|record| record.gift).collect::<Vec<_>>())?;
        personal::erase(desk.conn, desk.vault, &gifts)?;
        Ok(Vec::new())
    }

    /// Notes beside the reversals of other people's gifts.
    fn erase_mentions(&self, desk: &mut Desk<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        use reversal_request as r;
        let notes: Vec<Note> = r::table
            .inner_join(gift::table.on(gift::id.eq(r::gift_id)))
            .filter(gift::chapter_id.eq_any(&of.chapters))
            .filter(r::note.is_not_null())
            .select((r::id, r::gift_id, r::reason, r::note, r::requested_at))
            .load(desk.conn)?;
        let mut named = Vec::new();
        for (id, gift, reason, sealed, _) in notes {
            let Some(sealed) = sealed else { continue };
            if of.called.is_in(&desk.vault.open_text(place("reversal_request", "note", &id), &sealed)?) {
                named.push((id, gift, reason));
            }
        }
        personal::erase_notes(desk.conn, desk.vault, &named)?;
        Ok(Vec::new())
    }

    /// Whoever shows a gift asks whether its party is restricted at its chapter.
    fn restrict(&self, _: &mut Desk<'_>, _: &[Record], _: bool) -> Result<(), PersonsError> {
        Ok(())
    }

    fn audit(&self, conn: &mut PgConnection, findings: &mut Findings, erased: &[Record]) -> Result<(), DbError> {
        let codes: HashMap<Uuid, &str> = erased.iter().map(|record| (record.gift, record.code.as_str())).collect();
        let left: Vec<Uuid> = gift::table
            .filter(gift::id.eq_any(codes.keys()))
            .filter(
                gift::party_id
                    .is_not_null()
                    .or(gift::particulars.is_not_null())
                    .or(gift::captured_at.is_not_null())
                    .or(gift::display.ne("ANONYMOUS")),
            )
            .select(gift::id)
            .load(conn)?;
        for code in left.iter().filter_map(|id| codes.get(id)) {
            findings.found("erased", *code, "its giver was erased and the gift still says something of them");
        }
        let notes: Vec<Uuid> = reversal_request::table
            .filter(reversal_request::gift_id.eq_any(codes.keys()))
            .filter(reversal_request::note.is_not_null())
            .select(reversal_request::gift_id)
            .load(conn)?;
        for code in notes.iter().filter_map(|id| codes.get(id)) {
            findings.found("erased", *code, "its giver was erased and a note of its reversal is kept");
        }
        Ok(())
    }
}
