//! What volunteers can do: the words for it, and what courses attest.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{SkillLevel, SkillProof, VolunteerId};
use crate::authz::{Granted, KeepPeople, Right};
use crate::db::DbError;
use crate::db::schema::{skill, volunteer_skill};

/// A skill as it is called.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Skill {
    pub code: String,
    pub vi: String,
    pub en: String,
}

/// The skills that are in use on a day, in their order.
pub fn on(conn: &mut PgConnection, day: NaiveDate) -> Result<Vec<Skill>, DbError> {
    use skill as s;
    let query = s::table.filter(s::valid_from.le(day)).filter(s::valid_to.is_null().or(s::valid_to.gt(day)));
    Ok(query.order((s::place, s::code)).select((s::code, s::vi, s::en)).load(conn)?)
}

/// What somebody can do, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = volunteer_skill, check_for_backend(diesel::pg::Pg))]
pub struct SkillRow {
    pub volunteer_id: Uuid,
    pub skill: String,
    pub level: String,
    pub proof: String,
    pub certificate: Option<String>,
    pub expires_on: Option<NaiveDate>,
    pub recorded_by: Uuid,
    pub recorded_at: DateTime<Utc>,
}

impl SkillRow {
    /// Whether it counts on a day.
    pub fn counts_on(&self, day: NaiveDate) -> bool {
        self.expires_on.is_none_or(|end| end > day)
    }
}

/// What these volunteers can do, by volunteer.
pub fn of(conn: &mut PgConnection, volunteers: &[VolunteerId]) -> Result<HashMap<VolunteerId, Vec<SkillRow>>, DbError> {
    use volunteer_skill as s;
    let ids: Vec<Uuid> = volunteers.iter().map(|id| id.0).collect();
    let rows: Vec<SkillRow> = s::table
        .filter(s::volunteer_id.eq_any(ids))
        .order((s::volunteer_id, s::skill))
        .select(SkillRow::as_select())
        .load(conn)?;
    let mut all: HashMap<VolunteerId, Vec<SkillRow>> = HashMap::new();
    for row in rows {
        all.entry(VolunteerId(row.volunteer_id)).or_default().push(row);
    }
    Ok(all)
}

/// What a course attests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attested {
    pub skill: String,
    pub level: SkillLevel,
    /// The public code of the certificate.
    pub certificate: String,
    pub expires_on: Option<NaiveDate>,
}

/// Writes down what a certificate says of a volunteer whose row the caller holds, in the place of what was said of that skill before.
pub fn attest(
    conn: &mut PgConnection,
    by: &Granted<KeepPeople>,
    now: DateTime<Utc>,
    volunteer: VolunteerId,
    what: &Attested,
) -> Result<(), DbError> {
    let row = SkillRow {
        volunteer_id: volunteer.0,
        skill: what.skill.clone(),
        level: what.level.name().to_owned(),
        proof: SkillProof::Certificate.name().to_owned(),
        certificate: Some(what.certificate.clone()),
        expires_on: what.expires_on,
        recorded_by: by.account(),
        recorded_at: now,
    };
    take_away(conn, volunteer, &what.skill)?;
    diesel::insert_into(volunteer_skill::table).values(&row).execute(conn)?;
    Ok(())
}

/// A certificate that was withdrawn shows nothing any more.
pub fn revoke<R: Right>(conn: &mut PgConnection, _: &Granted<R>, certificate: &str) -> Result<(), DbError> {
    use volunteer_skill as s;
    diesel::delete(s::table.filter(s::certificate.eq(certificate))).execute(conn)?;
    Ok(())
}

fn take_away(conn: &mut PgConnection, volunteer: VolunteerId, skill: &str) -> Result<(), DbError> {
    use volunteer_skill as s;
    diesel::delete(s::table.find((volunteer.0, skill))).execute(conn)?;
    Ok(())
}

/// Writes what a volunteer can do anew: all of it. What a certificate shows stays as it is.
pub(super) fn put(conn: &mut PgConnection, volunteer: VolunteerId, rows: &[SkillRow]) -> Result<(), DbError> {
    use volunteer_skill as s;
    let said = s::table.filter(s::volunteer_id.eq(volunteer.0)).filter(s::proof.ne(SkillProof::Certificate.name()));
    diesel::delete(said).execute(conn)?;
    diesel::insert_into(s::table).values(rows).execute(conn)?;
    Ok(())
}

/// Writes what volunteers can do of whom nothing is written yet.
pub(super) fn insert_all(conn: &mut PgConnection, rows: &[SkillRow]) -> Result<(), DbError> {
    // A statement has so many places and no more.
    for some in rows.chunks(5_000) {
        diesel::insert_into(volunteer_skill::table).values(some).execute(conn)?;
    }
    Ok(())
}

/// Of these volunteers nobody says any more what they can do.
pub(super) fn forget(conn: &mut PgConnection, volunteers: &[Uuid]) -> Result<(), DbError> {
    use volunteer_skill as s;
    diesel::delete(s::table.filter(s::volunteer_id.eq_any(volunteers))).execute(conn)?;
    Ok(())
}
