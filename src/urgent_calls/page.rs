//! What the page of a link shows; how it looks is the portal's. Looking changes nothing.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use super::store::{self, CallRow};
use super::words;
use crate::calling::model::{CallAnswer, first_name};
use crate::calling::page::Shown;
use crate::persons::{self, PersonId};
use crate::tree;
use crate::vault::Vault;

/// What a link opens; `None` of one that is good for nothing any more: taken back, or the call has ended.
pub fn look(conn: &mut PgConnection, vault: &Vault, now: DateTime<Utc>, asked: Uuid) -> Result<Option<Shown>, Fault> {
    let Some(asked) = store::asked(conn, asked)?.filter(|asked| asked.revoked_at.is_none()) else { return Ok(None) };
    let goes_on = |row: &CallRow| row.is_open() && now < row.until_at;
    let Some(row) = store::find(conn, asked.urgent_call_id)?.filter(goes_on) else { return Ok(None) };
    let person = PersonId(asked.person_id);
    // Of somebody whose data may not be used nothing is said.
    let Some(known) = persons::names(conn, vault, &[person])?.remove(&person) else { return Ok(None) };
    let chapter = tree::labels(conn, &[row.chapter_id])?.remove(&row.chapter_id).map(|label| label.name);
    let answer = asked.answer();
    Ok(Some(Shown {
        first_name: first_name(&known.name).to_owned(),
        chapter: chapter.unwrap_or_default(),
        event: format!("Cần {}", words::wanted(&row)),
        called_for: None,
        place: row.hospital,
        why: row.reason,
        from: row.made_at,
        until: row.until_at,
        answer,
        arrives_at: asked.arrives_at,
        enough: row.enough_at.is_some(),
        code: Some(asked.code).filter(|_| answer == Some(CallAnswer::Yes)),
    }))
}
