//! A list of more people than are entered at once: kept, sealed in parts, for a job to enter.

use serde_json::json;
use uuid::Uuid;

use super::super::fault::Fault;
use super::check::File;
use super::form::Listed;
use super::lapse;
use super::store::{self, ImportRow, SealedPart};
use super::wire::ListState;
use super::work::ENTER_VOLUNTEER_LIST;
use crate::authz::{Granted, KeepPeople, Visit};
use crate::jobs::{self, NewJob};
use crate::vault::Vault;

/// Everybody of a file in parts, sealed. Off the database.
pub fn parts(vault: &Vault, file: &File) -> Result<Vec<SealedPart>, Fault> {
    let people: Vec<Listed> = file.people.iter().map(|one| Listed { row: one.row, entry: Some(one.clone()) }).collect();
    store::sealed_parts(vault, &people)
}

/// The same list, where it was sent before. One whose job came to nothing goes on, where it is `enter`ed, in the name of whoever sends it now.
pub fn again(v: &mut Visit<'_>, by: &Granted<KeepPeople>, file: &File, enter: bool) -> Result<Option<ImportRow>, Fault> {
    let same = store::find_same(v.conn, by.chapter(), &file.content_hash)?;
    if let Some(row) = same.as_ref().filter(|row| enter && !row.is_done())
        && jobs::take_over(v.conn, by, v.now, row.id)?
    {
        v.note(by, "VOLUNTEER_LIST_TAKEN_OVER", row.id)?;
    }
    Ok(same)
}

/// Keeps a list and has a job enter it; says which it is, and whether it is new.
pub fn keep(
    v: &mut Visit<'_>,
    by: &Granted<KeepPeople>,
    (file, verified): (&File, bool),
    parts: &[SealedPart],
) -> Result<(ImportRow, bool), Fault> {
    let row = ImportRow {
        id: Uuid::new_v4(),
        chapter_id: by.chapter().0,
        content_hash: file.content_hash.to_vec(),
        state: ListState::Accepted.name().to_owned(),
        verified,
        row_count: i32::try_from(file.people.len()).unwrap_or(i32::MAX),
        uploaded_by: by.account(),
        uploaded_at: v.now,
    };
    if !store::insert(v.conn, by, &row, parts)? {
        // Somebody else was faster with it.
        let same = again(v, by, file, true)?.ok_or_else(|| Fault::broken("a list that is there is not there"))?;
        return Ok((same, false));
    }
    let job = NewJob {
        id: row.id,
        kind: &ENTER_VOLUNTEER_LIST,
        content: json!({}),
        total: Some(row.row_count.into()),
        due_at: v.now,
        url: Some(format!("/api/v1/volunteer-imports/{}", row.id)),
    };
    jobs::enqueue(v.conn, by, v.now, &job)?;
    lapse::expect(v, &row)?;
    v.note_with(by, "VOLUNTEER_LIST_ACCEPTED", row.id, &json!({"volunteers": row.row_count, "verified": verified}))?;
    Ok((row, true))
}
