//! SQL of donors.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{CONFIRMED, DonorId, DonorState};
use crate::db::DbError;
use crate::db::schema::donor;
use crate::persons::PersonId;

/// A donor as they are stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = donor, check_for_backend(diesel::pg::Pg))]
pub struct Row {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub person_id: Uuid,
    pub state: String,
    pub abo: Option<String>,
    pub rh: Option<String>,
    pub group_times: i16,
    pub group_on: Option<NaiveDate>,
    pub willing: Option<bool>,
    pub willing_on: Option<NaiveDate>,
    pub deferred_until: Option<NaiveDate>,
    pub donations: i32,
    pub last_component: Option<String>,
    pub last_on: Option<NaiveDate>,
    pub request_hash: Vec<u8>,
    pub version: i32,
    pub recorded_by: Uuid,
    pub recorded_at: DateTime<Utc>,
}

impl Row {
    pub fn donor(&self) -> DonorId {
        DonorId(self.id)
    }

    pub fn person(&self) -> PersonId {
        PersonId(self.person_id)
    }

    pub fn state(&self) -> Option<DonorState> {
        DonorState::parse(&self.state)
    }

    /// ABO and Rh, once the tests of two days agree.
    pub fn group(&self) -> Option<(&str, &str)> {
        if self.group_times < CONFIRMED {
            return None;
        }
        self.abo.as_deref().zip(self.rh.as_deref())
    }
}

/// One donor, whatever chapter's: for rooms that have asked for the right to what they show.
pub fn find(conn: &mut PgConnection, id: DonorId) -> Result<Option<Row>, DbError> {
    Ok(donor::table.find(id.0).select(Row::as_select()).first(conn).optional()?)
}

/// [`find`] for many.
pub fn find_all(conn: &mut PgConnection, ids: &[DonorId]) -> Result<HashMap<DonorId, Row>, DbError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<Row> = donor::table.filter(donor::id.eq_any(ids)).select(Row::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.donor(), row)).collect())
}

/// The donors that these persons are.
pub fn of_persons(conn: &mut PgConnection, persons: &[PersonId]) -> Result<Vec<Row>, DbError> {
    let ids: Vec<Uuid> = persons.iter().map(|id| id.0).collect();
    Ok(donor::table.filter(donor::person_id.eq_any(ids)).order(donor::id).select(Row::as_select()).load(conn)?)
}
