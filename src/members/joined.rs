//! Two persons of a chapter who turned out to be one are one member: of their memberships one is counted, from the day on which they
//! were joined. Each membership stays what it is, so that parting them brings both back; and days that are over stay as they were counted.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::MemberState;
use super::spans;
use super::store::{self, Row};
use crate::db::DbError;
use crate::persons::{self, PersonId};

/// Sees that of the memberships of one person, whatever rows they are, one is counted from a day on. The one that is counted goes on being
/// counted, first that of the person who goes on; where none is, the next is again as what it was counted last. Nobody is counted here who
/// went on to another chapter by one of them.
pub(super) fn settle(conn: &mut PgConnection, person: PersonId, day: NaiveDate) -> Result<(), DbError> {
    let all: Vec<Uuid> = persons::all_of(conn, person)?.into_iter().map(|id| id.0).collect();
    let mut rows = store::of_persons(conn, &all)?;
    rows.sort_by_key(|row| (all.iter().position(|id| *id == row.person_id), row.since, row.id));
    let (standing, others): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.state() == Some(MemberState::Admitted));
    let counted = spans::counted_among(conn, &ids(&standing))?;
    let first = standing.iter().find(|row| counted.contains(&row.id));
    let goes_on = match first {
        Some(row) => Some(row.id),
        None if is_elsewhere(conn, &standing, &others)? => None,
        None => standing.first().map(|row| row.id),
    };
    for row in &standing {
        match (Some(row.id) == goes_on, counted.contains(&row.id)) {
            (true, false) => spans::again(conn, row.id, day)?,
            (false, true) => spans::end(conn, row.id, day)?,
            _ => {}
        }
    }
    Ok(())
}

/// [`settle`] for whoever of these was joined to somebody, which nearly nobody is.
pub(super) fn settle_among(conn: &mut PgConnection, among: &[Uuid], day: NaiveDate) -> Result<(), DbError> {
    for person in persons::joined_among(conn, among)? {
        settle(conn, PersonId(person), day)?;
    }
    Ok(())
}

fn ids(rows: &[Row]) -> Vec<Uuid> {
    rows.iter().map(|row| row.id).collect()
}

/// Whether a membership that ended here goes on at another chapter, and is counted there.
fn is_elsewhere(conn: &mut PgConnection, standing: &[Row], others: &[Row]) -> Result<bool, DbError> {
    let here = ids(standing);
    let mut went = ids(others);
    let mut seen = went.clone();
    while !went.is_empty() {
        let next = store::came_from_any(conn, &went)?;
        went = next.into_iter().filter(|id| !seen.contains(id) && !here.contains(id)).collect();
        if !spans::counted_among(conn, &went)?.is_empty() {
            return Ok(true);
        }
        seen.extend(&went);
    }
    Ok(false)
}
