//! What is shown of volunteers.

use super::enter::today_of;
use super::fault::Fault;
use super::model::{Days, Means, Parts, VolunteerId};
use super::out::{SkillOut, VolunteerFound, VolunteerOut};
use super::skills::{self, SkillRow};
use super::store::{self, Row};
use super::{steps, sums, titles};
use crate::authz::{SeePeople, Visit};
use crate::basics::clock::vietnam_date;
use crate::persons::{self, PersonId};
use crate::tree::{self, ChapterId};

/// One volunteer, for those who see the chapter's people; each reading is noted, and so is each that is refused.
pub fn volunteer(v: &mut Visit<'_>, id: VolunteerId) -> Result<Result<(VolunteerOut, i32), Fault>, Fault> {
    let Some(row) = store::find(v.conn, id)? else { return Ok(Err(Fault::Unknown)) };
    let chapter = today_of(v, row.chapter_id)?;
    let here = match v.see::<SeePeople>(chapter) {
        Ok(here) => here,
        Err(denied) => {
            v.note_at(Some(chapter), "PERSON_READ_REFUSED", Some(id.0), None)?;
            return Ok(Err(denied.into()));
        }
    };
    v.note_seen(&here, "VOLUNTEER_READ", id.0)?;
    out(v, row).map(Ok)
}

/// A volunteer as they are shown, with the version.
pub fn out(v: &mut Visit<'_>, row: Row) -> Result<(VolunteerOut, i32), Fault> {
    let (id, person, today) = (row.volunteer(), row.person(), vietnam_date(v.now));
    let known = persons::names(v.conn, v.vault, &[person])?.remove(&person);
    let version = row.version;
    let skills = skills::of(v.conn, &[id])?.remove(&id).unwrap_or_default();
    let skill = |one: SkillRow| SkillOut {
        counts: one.counts_on(today),
        skill: one.skill,
        level: one.level,
        proof: one.proof,
        certificate: one.certificate,
        valid_until: one.expires_on.and_then(|end| end.pred_opt()),
    };
    let (name, phone) = known.map_or((None, None), |known| (Some(known.name), known.phone));
    let out = VolunteerOut {
        id,
        chapter: tree::code_of(v.conn, ChapterId(row.chapter_id))?,
        person,
        steps: steps::of(v, id, name.is_some())?,
        name,
        phone,
        kind: row.kind,
        state: row.state,
        since: row.since,
        weekdays: Days(row.weekdays).each(),
        day_parts: Parts(row.day_parts).each(),
        languages: row.languages,
        means: row.means.iter().filter_map(|means| Means::parse(means)).collect(),
        insured_until: row.insured_until,
        willing: row.willing,
        willing_on: row.willing_on,
        skills: skills.into_iter().map(skill).collect(),
        titles: titles::of(v.conn, id)?,
        worked: sums::of_volunteer(v.conn, id)?,
        recorded_at: row.recorded_at,
    };
    Ok((out, version))
}

/// Volunteers in a list, in their order; a fixed number of statements.
pub fn found(v: &mut Visit<'_>, rows: Vec<Row>) -> Result<Vec<VolunteerFound>, Fault> {
    let today = vietnam_date(v.now);
    let ids: Vec<PersonId> = rows.iter().map(Row::person).collect();
    let known = persons::names(v.conn, v.vault, &ids)?;
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id))?;
    let mut skills = skills::of(v.conn, &rows.iter().map(Row::volunteer).collect::<Vec<_>>())?;
    let mut out = |row: Row| VolunteerFound {
        id: row.volunteer(),
        chapter: codes.get(&row.chapter_id).cloned().unwrap_or_default(),
        person: row.person(),
        name: known.get(&row.person()).map(|person| person.name.clone()),
        skills: skills
            .remove(&row.volunteer())
            .into_iter()
            .flatten()
            .filter(|skill| skill.counts_on(today))
            .map(|skill| skill.skill)
            .collect(),
        kind: row.kind,
        state: row.state,
        willing: row.willing,
        since: row.since,
    };
    Ok(rows.into_iter().map(&mut out).collect())
}
