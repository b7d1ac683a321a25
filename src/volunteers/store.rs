//! SQL of volunteers, and what other rooms ask of them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{VolunteerId, VolunteerKind, VolunteerState};
use crate::authz::{Granted, KeepPeople};
use crate::db::DbError;
use crate::db::schema::{volunteer, volunteer_rule};
use crate::persons::PersonId;
use crate::tree;

/// A volunteer as they are stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = volunteer, check_for_backend(diesel::pg::Pg))]
pub struct Row {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub person_id: Uuid,
    pub kind: String,
    pub state: String,
    pub willing: Option<bool>,
    pub willing_on: Option<NaiveDate>,
    pub weekdays: i16,
    pub day_parts: i16,
    pub languages: Vec<String>,
    pub means: Vec<String>,
    pub insured_until: Option<NaiveDate>,
    pub since: Option<NaiveDate>,
    pub request_hash: Vec<u8>,
    pub version: i32,
    pub recorded_by: Uuid,
    pub recorded_at: DateTime<Utc>,
}

impl Row {
    pub fn volunteer(&self) -> VolunteerId {
        VolunteerId(self.id)
    }

    pub fn person(&self) -> PersonId {
        PersonId(self.person_id)
    }

    pub fn kind(&self) -> Option<VolunteerKind> {
        VolunteerKind::parse(&self.kind)
    }

    pub fn state(&self) -> Option<VolunteerState> {
        VolunteerState::parse(&self.state)
    }

    /// Whether they were verified, and nobody erased them: they may be entered in what volunteers do.
    pub fn is_one(&self) -> bool {
        self.since.is_some() && self.state() != Some(VolunteerState::Erased)
    }
}

/// One volunteer, whatever chapter's: for rooms that have asked for the right to what they show.
pub fn find(conn: &mut PgConnection, id: VolunteerId) -> Result<Option<Row>, DbError> {
    Ok(volunteer::table.find(id.0).select(Row::as_select()).first(conn).optional()?)
}

/// [`find`] for many.
pub fn find_all(conn: &mut PgConnection, ids: &[VolunteerId]) -> Result<HashMap<VolunteerId, Row>, DbError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<Row> = volunteer::table.filter(volunteer::id.eq_any(ids)).select(Row::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.volunteer(), row)).collect())
}

/// A volunteer of the chapter of a grant (or of one that it goes on for), held until the end of the transaction. `None` where the
/// chapter has none of this id, and where they were erased.
pub fn hold(conn: &mut PgConnection, by: &Granted<KeepPeople>, id: VolunteerId) -> Result<Option<Row>, DbError> {
    let Some(row) = held(conn, id)? else { return Ok(None) };
    let is_here = tree::with_succeeded(conn, by.chapter())?.contains(&row.chapter_id);
    Ok(Some(row).filter(|row| is_here && row.state() != Some(VolunteerState::Erased)))
}

/// [`find`], held until the end of the transaction: steps come one after the other.
pub(super) fn held(conn: &mut PgConnection, id: VolunteerId) -> Result<Option<Row>, DbError> {
    Ok(volunteer::table.find(id.0).select(Row::as_select()).for_no_key_update().first(conn).optional()?)
}

/// The volunteers that these persons are or were, the one that stands first.
pub fn of_persons(conn: &mut PgConnection, persons: &[PersonId]) -> Result<Vec<Row>, DbError> {
    let ids: Vec<Uuid> = persons.iter().map(|id| id.0).collect();
    let mut rows: Vec<Row> =
        volunteer::table.filter(volunteer::person_id.eq_any(ids)).order(volunteer::id).select(Row::as_select()).load(conn)?;
    rows.sort_by_key(|row| !row.state().is_some_and(VolunteerState::is_counted));
    Ok(rows)
}

/// A number that the society may set anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub value: i32,
    pub source: String,
}

/// The rule of a name that holds on a day.
pub(super) fn rule(conn: &mut PgConnection, name: &str, day: NaiveDate) -> Result<Option<Rule>, DbError> {
    use volunteer_rule as r;
    let row: Option<(i32, String)> = r::table
        .filter(r::name.eq(name))
        .filter(r::valid_from.le(day))
        .filter(r::valid_to.is_null().or(r::valid_to.gt(day)))
        .select((r::value, r::source))
        .first(conn)
        .optional()?;
    Ok(row.map(|(value, source)| Rule { value, source }))
}
