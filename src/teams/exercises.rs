//! What a team exercised, and who came.

use std::collections::HashSet;

use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::keep::held;
use super::out::TeamExerciseOut;
use super::request;
use super::store::{self, ExerciseRow};
use super::wire::NewExercise;
use crate::authz::{Denied, Read, Refusal, SeePeople, Visit};
use crate::http::Span;
use crate::tree::ChapterId;
use crate::vault::{Vault, VaultError, place};

/// Records an exercise. The same sent again answers as the first time: whether it is new.
pub fn record(v: &mut Visit<'_>, team: Uuid, new: &NewExercise) -> Result<bool, Fault> {
    let (row, grant) = held(v, team)?;
    if !request::is_new(v, new.id, &new.content(team))? {
        return Ok(false);
    }
    if new.held_on < row.founded_on {
        return Err(Fault::field("/held_on", "BEFORE_THE_START", "Không trước ngày lập đội.", "Not before it was founded."));
    }
    let in_it: HashSet<Uuid> = store::members_of(v.conn, &[team])?
        .iter()
        .filter(|member| member.time().holds_on(new.held_on))
        .map(|member| member.id)
        .collect();
    if !new.came.iter().all(|member| in_it.contains(member)) {
        return Err(Fault::field(
            "/came",
            "NO_SUCH_MEMBER",
            "Có người không ở trong đội vào ngày ấy.",
            "Somebody was not in the team on that day.",
        ));
    }
    let note = new.note.as_ref().map(|note| v.vault.seal(place("team_exercise", "note", &new.id), note.as_str().as_bytes()));
    let exercise = ExerciseRow {
        id: new.id,
        team_id: team,
        held_on: new.held_on,
        what: new.what.as_str().to_owned(),
        note: note.transpose()?,
        recorded_by: grant.account(),
        recorded_at: v.now,
    };
    store::insert_exercise(v.conn, &grant, &exercise, &new.came)?;
    v.note_with(&grant, "TEAM_EXERCISED", new.id, &json!({"team": team, "on": new.held_on, "came": new.came.len()}))?;
    Ok(true)
}

/// Whether who looks sees the people of a chapter.
fn sees_people(v: &mut Visit<'_>, chapter: ChapterId) -> Result<bool, Fault> {
    match v.see::<SeePeople>(chapter) {
        Ok(_) => Ok(true),
        Err(Denied::Refused(Refusal::NotAllowed | Refusal::Unreadable)) => Ok(false),
        Err(denied) => Err(denied.into()),
    }
}

/// The team's exercises, for those who may read its chapter.
pub fn list(v: &mut Visit<'_>, team: Uuid, span: &Span<(chrono::NaiveDate, Uuid)>) -> Result<Vec<ExerciseRow>, Fault> {
    let row = store::find(v.conn, team)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(row.chapter())?;
    Ok(store::exercises(v.conn, team, span)?)
}

/// Exercises of one team as they are shown: who came, and the note, to those who see the chapter's people.
pub fn shown(v: &mut Visit<'_>, rows: Vec<ExerciseRow>) -> Result<Vec<TeamExerciseOut>, Fault> {
    let Some(first) = rows.first() else { return Ok(Vec::new()) };
    let team = store::find(v.conn, first.team_id)?.ok_or(Fault::Broken("an exercise of no team"))?;
    let sees = sees_people(v, team.chapter())?;
    if sees {
        v.note_at(Some(team.chapter()), "TEAM_EXERCISES_READ", Some(team.id), Some(&json!({"rows": rows.len()})))?;
    }
    let mut came = store::came(v.conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    rows.into_iter()
        .map(|row| {
            let note = if sees { opened(v.vault, &row)? } else { None };
            let came = came.remove(&row.id).unwrap_or_default();
            Ok(TeamExerciseOut {
                id: row.id,
                team: row.team_id,
                held_on: row.held_on,
                what: row.what,
                people: i64::try_from(came.len()).unwrap_or_default(),
                came: sees.then_some(came),
                note,
                recorded_at: row.recorded_at,
            })
        })
        .collect()
}

/// One exercise.
pub fn one(v: &mut Visit<'_>, id: Uuid) -> Result<TeamExerciseOut, Fault> {
    let row = store::exercise(v.conn, id)?.ok_or(Fault::Unknown)?;
    shown(v, vec![row])?.pop().ok_or(Fault::Unknown)
}

fn opened(vault: &Vault, row: &ExerciseRow) -> Result<Option<String>, VaultError> {
    row.note.as_ref().map(|sealed| vault.open_text(place("team_exercise", "note", &row.id), sealed)).transpose()
}
