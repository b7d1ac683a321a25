//! A person as the table has them.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::model::PersonKind;
use crate::db::schema::person;

/// A person as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = person, check_for_backend(diesel::pg::Pg))]
pub struct Row {
    pub id: Uuid,
    pub chapter_id: Uuid,
    /// `None` of who was erased, as with all that follows.
    pub party_id: Option<Uuid>,
    pub name: Option<Vec<u8>>,
    pub phone: Option<Vec<u8>>,
    pub phone_confirmed_on: Option<NaiveDate>,
    pub particulars: Option<Vec<u8>>,
    pub words: Vec<i64>,
    pub request_hash: Vec<u8>,
    pub version: i32,
    pub recorded_by: Uuid,
    pub recorded_at: DateTime<Utc>,
    pub erased_on: Option<NaiveDate>,
    pub kind: String,
}

impl Row {
    pub fn kind(&self) -> PersonKind {
        PersonKind::parse(&self.kind).unwrap_or_default()
    }
}
