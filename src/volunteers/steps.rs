//! What was done about volunteers, step by step: only added to. Why is sealed.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{VolunteerId, VolunteerStepKind};
use super::out::StepOut;
use crate::authz::{Granted, KeepPeople, Visit};
use crate::basics::Line;
use crate::db::DbError;
use crate::db::schema::volunteer_step;
use crate::house::errand::Errand;
use crate::vault::{Vault, place};

/// Something to be done about a volunteer.
pub struct Step<'a> {
    pub id: Uuid,
    pub kind: VolunteerStepKind,
    pub reason: Option<&'a Line>,
}

fn hash(vault: &Vault, volunteer: VolunteerId, step: &Step<'_>) -> Vec<u8> {
    let said = format!("{}\0{}\0{}", volunteer.0, step.kind, step.reason.map_or("", Line::as_str));
    vault.hash("volunteer_step.request", said.as_bytes()).to_vec()
}

/// Whether a step of this id was done, and is this one; `None`: it is new.
pub fn is_known(v: &mut Visit<'_>, volunteer: VolunteerId, step: &Step<'_>) -> Result<Option<bool>, Fault> {
    use volunteer_step as s;
    let known: Option<Vec<u8>> = s::table.find(step.id).select(s::request_hash).first(v.conn).optional()?;
    Ok(known.map(|known| known == hash(v.vault, volunteer, step)))
}

pub fn insert(v: &mut Visit<'_>, by: &Granted<KeepPeople>, volunteer: VolunteerId, step: &Step<'_>) -> Result<(), Fault> {
    use volunteer_step as s;
    let seal = |line: &Line| v.vault.seal(place("volunteer_step", "reason", &step.id), line.as_str().as_bytes());
    let row = (
        s::id.eq(step.id),
        s::volunteer_id.eq(volunteer.0),
        s::kind.eq(step.kind.name()),
        s::reason.eq(step.reason.map(seal).transpose()?),
        s::request_hash.eq(hash(v.vault, volunteer, step)),
        s::entered_by.eq(by.account()),
        s::entered_at.eq(v.now),
    );
    let written: Result<usize, DbError> = diesel::insert_into(s::table).values(row).execute(v.conn).map_err(DbError::from);
    written.map_err(|error| match error.constraint() {
        Some("volunteer_step_pk") => Fault::IdTaken,
        _ => error.into(),
    })?;
    Ok(())
}

/// Notes of volunteers about whom nothing was done yet that they were verified.
pub fn verify_all(errand: &mut Errand<'_>, by: &Granted<KeepPeople>, volunteers: &[VolunteerId]) -> Result<(), Fault> {
    use volunteer_step as s;
    let row = |volunteer: &VolunteerId| {
        let step = Step { id: Uuid::new_v4(), kind: VolunteerStepKind::Verify, reason: None };
        (
            (s::id.eq(step.id), s::volunteer_id.eq(volunteer.0), s::kind.eq(step.kind.name())),
            s::request_hash.eq(hash(errand.vault, *volunteer, &step)),
            (s::entered_by.eq(by.account()), s::entered_at.eq(errand.now)),
        )
    };
    let rows: Vec<_> = volunteers.iter().map(row).collect();
    diesel::insert_into(s::table).values(rows).execute(errand.conn)?;
    Ok(())
}

/// The steps of a volunteer, the oldest first. `with_reasons`: of somebody whose data may be used.
pub fn of(v: &mut Visit<'_>, volunteer: VolunteerId, with_reasons: bool) -> Result<Vec<StepOut>, Fault> {
    use volunteer_step as s;
    type Row = (Uuid, String, Option<Vec<u8>>, chrono::DateTime<chrono::Utc>);
    let query = s::table.filter(s::volunteer_id.eq(volunteer.0)).order((s::entered_at, s::id));
    let rows: Vec<Row> = query.select((s::id, s::kind, s::reason, s::entered_at)).load(v.conn)?;
    let mut steps = Vec::with_capacity(rows.len());
    for (id, kind, reason, entered_at) in rows {
        let reason = match reason.filter(|_| with_reasons) {
            Some(sealed) => Some(v.vault.open_text(place("volunteer_step", "reason", &id), &sealed)?),
            None => None,
        };
        steps.push(StepOut { id, kind, why: reason, entered_at });
    }
    Ok(steps)
}

/// Of these volunteers nobody says any more why something was done.
pub fn forget(conn: &mut PgConnection, vault: &Vault, volunteers: &[Uuid]) -> Result<(), DbError> {
    use volunteer_step as s;
    let ids: Vec<Uuid> = s::table.filter(s::volunteer_id.eq_any(volunteers)).select(s::id).load(conn)?;
    for id in ids {
        let hash = vault.hash("volunteer_step.erased", id.as_bytes()).to_vec();
        diesel::update(s::table.find(id)).set((s::reason.eq(None::<Vec<u8>>), s::request_hash.eq(hash))).execute(conn)?;
    }
    Ok(())
}
