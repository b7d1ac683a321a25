//! Programmes with partners: entering them, changing them, what came of their tasks, and showing them to officers.

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::change::closed;
use super::fault::Fault;
use super::out::{ProgrammeOut, ProgrammeTaskOut};
use super::papers;
use super::request;
use super::store::{self, ProgrammeRow, TaskRow};
use super::wire::{ProgrammeIn, ProgrammePatch, ProgrammeTaskIn, ProgrammeTold, TaskResultIn};
use crate::authz::{Attempt, Granted, Read, RunActivities, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::documents::store as documents;
use crate::http::Check;
use crate::http::etag::Expected;
use crate::tree::{self, ChapterId};

/// Enters a programme. The same sent again answers as the first time: whether it is new.
pub fn enter(v: &mut Visit<'_>, new: &ProgrammeIn) -> Result<bool, Fault> {
    let (_, place) = v.see_code::<Read>(&new.chapter).map_err(Fault::NoSuchChapter)?;
    let grant = v.at::<RunActivities>(place.id)?;
    if !request::is_new(v, new.id, &new.content())? {
        return Ok(false);
    }
    let mut check = Check::default();
    if !place.accepts_entries {
        closed(&mut check);
    }
    if let Some(hash) = &new.document
        && !documents::is_kept(v.conn, place.id, &papers::OF_PROGRAMMES, hash)?
    {
        check.wrong(
            "/document",
            "NO_SUCH_DOCUMENT",
            "Đơn vị chưa tải lên giấy tờ nào có SHA-256 này cho chương trình phối hợp (PROGRAMME).",
            "The chapter has uploaded no document with this SHA-256 for a programme (PROGRAMME).",
        );
    }
    check.done(Some(())).map_err(Fault::Fields)?;
    store::insert_programme(v.conn, &grant, v.now, new).map_err(taken)?;
    store::insert_tasks(v.conn, &grant, new.id, &new.tasks).map_err(taken)?;
    v.note(&grant, "PROGRAMME_ENTERED", new.id)?;
    Ok(true)
}

fn taken(error: DbError) -> Fault {
    match error.constraint() {
        Some("programme_pk" | "programme_task_pk") => Fault::IdTaken,
        _ => error.into(),
    }
}

fn held(v: &mut Visit<'_>, id: Uuid) -> Result<(ProgrammeRow, Granted<RunActivities>), Fault> {
    let row = store::hold_programme(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(ChapterId(row.chapter_id))?;
    let grant = v.at::<RunActivities>(ChapterId(row.chapter_id))?;
    Ok((row, grant))
}

/// Changes a programme as the client read it. What changes nothing makes no version.
pub fn change(v: &mut Visit<'_>, id: Uuid, expected: &Expected, patch: ProgrammePatch) -> Result<(), Fault> {
    let (row, grant) = held(v, id)?;
    if !expected.has(row.version) {
        return Err(Fault::Stale);
    }
    let old = ProgrammeTold {
        title: row.title.clone(),
        purpose: row.purpose.clone(),
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        result: row.result.clone(),
    };
    let new = patch.over(old.clone(), vietnam_date(v.now)).map_err(Fault::Fields)?;
    if new != old {
        store::change_programme(v.conn, &grant, &row, &new)?;
        v.note(&grant, "PROGRAMME_CHANGED", id)?;
    }
    Ok(())
}

/// Adds a task. The same sent again answers as the first time: whether it is new.
pub fn add_task(v: &mut Visit<'_>, id: Uuid, new: &ProgrammeTaskIn) -> Result<bool, Fault> {
    let (_, grant) = held(v, id)?;
    if !request::is_new(v, new.id, &json!(["TASK", id, new]).to_string())? {
        return Ok(false);
    }
    store::insert_tasks(v.conn, &grant, id, std::slice::from_ref(new)).map_err(taken)?;
    v.note_with(&grant, "PROGRAMME_TASK_ADDED", id, &json!({"task": new.id}))?;
    Ok(true)
}

/// Writes what came of a task, once. The same once more is the same.
pub fn finish_task(v: &mut Visit<'_>, id: Uuid, task: Uuid, done: &TaskResultIn) -> Result<(), Fault> {
    let (_, grant) = held(v, id)?;
    let row = store::tasks_of(v.conn, &[id])?.into_iter().find(|row| row.id == task).ok_or(Fault::Unknown)?;
    if v.attempt() == Attempt::Replay {
        return Ok(());
    }
    if row.done_on.is_some() {
        let same = row.done_on == Some(done.done_on) && row.result.as_deref() == Some(done.result.as_str());
        return if same {
            Ok(())
        } else {
            Err(Fault::conflict(
                "Kết quả của nhiệm vụ này đã được ghi; điều ghi thêm thuộc về kết quả của chương trình.",
                "What came of this task is written already; what is to be added belongs in the result of the programme.",
            ))
        };
    }
    store::finish_task(v.conn, &grant, task, done)?;
    v.note_with(&grant, "PROGRAMME_TASK_DONE", id, &json!({"task": task}))?;
    Ok(())
}

/// Programmes as officers see them; a fixed number of statements.
pub fn shown(v: &mut Visit<'_>, rows: Vec<ProgrammeRow>) -> Result<Vec<ProgrammeOut>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut parties = store::parties_of(v.conn, &ids)?;
    let tasks = store::tasks_of(v.conn, &ids)?;
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id).collect::<Vec<_>>())?;
    let today = vietnam_date(v.now);
    let out = |row: ProgrammeRow| ProgrammeOut {
        id: row.id,
        chapter: codes.get(&row.chapter_id).cloned().unwrap_or_default(),
        title: row.title,
        purpose: row.purpose,
        parties: parties.remove(&row.id).unwrap_or_default(),
        number: row.number,
        signed_on: row.signed_on,
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        document: row.document,
        tasks: tasks.iter().filter(|task| task.programme_id == row.id).map(|one| task(one, today)).collect(),
        result: row.result,
        version: row.version,
    };
    Ok(rows.into_iter().map(out).collect())
}

fn task(row: &TaskRow, today: NaiveDate) -> ProgrammeTaskOut {
    ProgrammeTaskOut {
        id: row.id,
        task: row.task.clone(),
        due_on: row.due_on,
        overdue: row.done_on.is_none() && row.due_on < today,
        done_on: row.done_on,
        result: row.result.clone(),
    }
}

/// One programme, for those who may read its chapter.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<ProgrammeOut, Fault> {
    let row = store::programme(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(ChapterId(row.chapter_id))?;
    shown(v, vec![row])?.pop().ok_or(Fault::Unknown)
}
