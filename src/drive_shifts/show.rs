//! Shifts as they are shown: numbers to who reads the chapter's records, people to who sees its people.

use std::collections::HashMap;

use uuid::Uuid;

use super::hours::Outcomes;
use super::out::{DriveHelperOut, DriveShiftHelpersOut, DriveShiftOut};
use super::store::{self, Helper, Shift};
use crate::authz::{Read, SeePeople, Visit};
use crate::drives::fault::Fault;
use crate::drives::{self, Drive};
use crate::persons::{self, Known, PersonId};
use crate::volunteers::{self, VolunteerId};

fn of(shift: &Shift, helpers: &[Helper]) -> DriveShiftOut {
    let here = || helpers.iter().filter(|helper| helper.shift_id == shift.id);
    let (from, until) = shift.said();
    DriveShiftOut {
        id: shift.id,
        what: shift.what.clone(),
        from,
        until,
        needed: shift.needed,
        helpers: here().count(),
        came: shift.hours_at.map(|_| here().filter(|helper| helper.came == Some(true)).count()),
        hours_at: shift.hours_at,
        ended_at: shift.ended_at,
    }
}

/// The shifts of a drive that are wanted, by their time, for those who read its chapter.
pub fn list(v: &mut Visit<'_>, code: &str) -> Result<Vec<DriveShiftOut>, Fault> {
    let drive = drives::by_code(v.conn, code)?.ok_or(Fault::Unknown)?;
    let chapter = drives::today(v.conn, &drive)?;
    v.see::<Read>(chapter)?;
    let shifts = store::of_drive(v.conn, drive.id)?;
    let helpers = store::helpers(v.conn, &shifts.iter().map(|shift| shift.id).collect::<Vec<_>>())?;
    Ok(shifts.iter().map(|shift| of(shift, &helpers)).collect())
}

fn found(v: &mut Visit<'_>, code: &str, id: Uuid) -> Result<(Drive, Shift), Fault> {
    let drive = drives::by_code(v.conn, code)?.ok_or(Fault::Unknown)?;
    let shift = store::find(v.conn, drive.id, id)?.ok_or(Fault::Unknown)?;
    Ok((drive, shift))
}

/// A shift that was just written, with its version.
pub fn one(v: &mut Visit<'_>, code: &str, id: Uuid) -> Result<(DriveShiftOut, i32), Fault> {
    let (_, shift) = found(v, code, id)?;
    let helpers = store::helpers(v.conn, &[id])?;
    Ok((of(&shift, &helpers), shift.version))
}

/// A shift with those who help in it, for those who see the people of the drive's chapter; noted.
pub fn people(v: &mut Visit<'_>, code: &str, id: Uuid) -> Result<DriveShiftHelpersOut, Fault> {
    let drive = drives::by_code(v.conn, code)?.ok_or(Fault::Unknown)?;
    let chapter = drives::today(v.conn, &drive)?;
    let here = v.see::<SeePeople>(chapter)?;
    let shown = helpers(v, code, id, &Outcomes::new())?;
    v.note_seen(&here, "DRIVE_HELPERS_READ", id)?;
    Ok(shown)
}

/// A shift with those who help in it, for whoever has just written it.
pub fn helpers(v: &mut Visit<'_>, code: &str, id: Uuid, outcomes: &Outcomes) -> Result<DriveShiftHelpersOut, Fault> {
    let (_, shift) = found(v, code, id)?;
    let rows = store::helpers(v.conn, &[id])?;
    let known = names(v, &rows)?;
    let out = |row: &Helper| {
        let person = known.get(&row.volunteer_id);
        DriveHelperOut {
            volunteer: VolunteerId(row.volunteer_id),
            name: person.map(|person| person.name.clone()),
            phone: person.and_then(|person| person.phone.clone()),
            came: row.came,
            outcome: outcomes.get(&row.volunteer_id).copied(),
        }
    };
    Ok(DriveShiftHelpersOut { shift: of(&shift, &rows), people: rows.iter().map(out).collect() })
}

/// The persons that helpers are, as far as their data may be used.
fn names(v: &mut Visit<'_>, rows: &[Helper]) -> Result<HashMap<Uuid, Known>, Fault> {
    let ids: Vec<VolunteerId> = rows.iter().map(|row| VolunteerId(row.volunteer_id)).collect();
    let found = volunteers::find_all(v.conn, &ids)?;
    let persons: Vec<PersonId> = found.values().map(volunteers::VolunteerRow::person).collect();
    let known = persons::names(v.conn, v.vault, &persons).map_err(volunteers::Fault::from)?;
    Ok(found.into_values().filter_map(|row| Some((row.id, known.get(&row.person())?.clone()))).collect())
}
