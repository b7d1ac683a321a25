//! Targets as everybody may know them: what holds, and the statement that says so.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::store;
use crate::db::DbError;

/// What a chapter is to reach in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Units of blood.
    pub units: i64,
    /// Code of the statement.
    pub statement: String,
}

/// What a chapter hands on to those below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOn {
    /// Their sum.
    pub units: i64,
    /// Code of the statement.
    pub statement: String,
}

/// What each chapter at and below one is to reach in a year, in one statement. Allowed to the public role.
pub fn below(conn: &mut PgConnection, above: Uuid, year: i16) -> Result<HashMap<Uuid, Target>, DbError> {
    let rows = store::below(conn, above, year)?;
    Ok(rows.into_iter().map(|(chapter, units, statement)| (chapter, Target { units: i64::from(units), statement })).collect())
}

/// What a chapter is to reach in a year. Allowed to the public role.
pub fn of(conn: &mut PgConnection, chapter: Uuid, year: i16) -> Result<Option<Target>, DbError> {
    let found = store::of_chapter(conn, chapter, year)?;
    Ok(found.map(|(_, units, _, statement)| Target { units: i64::from(units), statement }))
}

/// What a chapter hands on in a year. Allowed to the public role.
pub fn handed_on(conn: &mut PgConnection, chapter: Uuid, year: i16) -> Result<Option<HandedOn>, DbError> {
    let found = store::handed_on(conn, chapter, year)?;
    Ok(found.and_then(|(statement, units)| Some(HandedOn { units, statement: statement? })))
}
