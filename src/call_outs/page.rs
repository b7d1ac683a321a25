//! What the page of a link shows and does; how it looks is the portal's. Looking changes nothing.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use super::{occasion, store};
use crate::calling::model::{CallAnswer, first_name};
use crate::calling::page::Shown;
use crate::house::Rooms;
use crate::persons::{self, PersonId};
use crate::tree;
use crate::vault::Vault;

/// What a link opens; `None` of one that is good for nothing any more: taken back, or the call-out has ended.
pub fn look(conn: &mut PgConnection, vault: &Vault, rooms: Rooms, asked: Uuid) -> Result<Option<Shown>, Fault> {
    let Some(asked) = store::asked(conn, asked)?.filter(|asked| asked.revoked_at.is_none()) else { return Ok(None) };
    let Some(row) = store::find(conn, asked.call_out_id)?.filter(store::CallOutRow::is_open) else { return Ok(None) };
    let person = PersonId(asked.person_id);
    // Of somebody whose data may not be used nothing is said.
    let Some(known) = persons::names(conn, vault, &[person])?.remove(&person) else { return Ok(None) };
    let chapter = tree::labels(conn, &[row.chapter_id])?.remove(&row.chapter_id).map(|label| label.name);
    let answer = asked.answer();
    let called_for = occasion::of_row(conn, rooms, &row)?;
    Ok(Some(Shown {
        first_name: first_name(&known.name).to_owned(),
        chapter: chapter.unwrap_or_default(),
        called_for,
        event: row.event,
        place: row.place,
        why: row.why,
        from: row.from_at,
        until: row.until_at,
        answer,
        arrives_at: asked.arrives_at,
        enough: row.enough_at.is_some(),
        code: Some(asked.code).filter(|_| answer == Some(CallAnswer::Yes)),
    }))
}
