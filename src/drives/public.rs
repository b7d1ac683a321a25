//! What everybody may read of drives. Everything here is allowed to the public role.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{DriveState, Slot};
use super::store::{self, BloodCentre};
use crate::basics::PublicCode;
use crate::chapters::things::Thing;
use crate::db::DbError;
use crate::db::schema::{drive, public_booking};
use crate::http::Span;
use crate::tree;

/// A drive as everybody sees it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = drive, check_for_backend(diesel::pg::Pg))]
pub struct ListedRow {
    pub id: i64,
    pub chapter_id: Uuid,
    pub code: String,
    pub centre_id: i64,
    pub title: String,
    pub site: String,
    pub day: NaiveDate,
    pub state: String,
    pub version: i32,
    pub changed_at: DateTime<Utc>,
}

/// A drive with its slots and who collects.
#[derive(Debug, Clone)]
pub struct Listed {
    pub row: ListedRow,
    pub centre: Option<BloodCentre>,
    pub slots: Vec<Slot>,
}

impl Listed {
    pub fn state(&self) -> Option<DriveState> {
        DriveState::parse(&self.row.state)
    }
}

fn with_slots(conn: &mut PgConnection, rows: Vec<ListedRow>) -> Result<Vec<Listed>, DbError> {
    let mut slots = store::slots(conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let centres: HashMap<i64, BloodCentre> = store::centres(conn)?.into_iter().map(|centre| (centre.id, centre)).collect();
    let listed = |row: ListedRow| Listed {
        centre: centres.get(&row.centre_id).cloned(),
        slots: slots.remove(&row.id).unwrap_or_default(),
        row,
    };
    Ok(rows.into_iter().map(listed).collect())
}

/// Where a page ended.
pub type At = (NaiveDate, i64);

/// Which drives: on which days, and of which chapters.
#[derive(Debug, Clone, Copy)]
pub struct Of {
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
    /// A chapter and all that stands below it.
    pub below: Option<Uuid>,
}

/// Drives that are open or going on, the first to begin first.
pub fn open(conn: &mut PgConnection, of: &Of, span: &Span<At>) -> Result<Vec<Listed>, DbError> {
    use drive as d;
    let mut query = d::table
        .filter(d::listed)
        .filter(d::state.eq_any([DriveState::Open.name(), DriveState::Running.name()]))
        .filter(d::day.ge(of.from))
        .order((d::day, d::id))
        .limit(span.rows)
        .select(ListedRow::as_select())
        .into_boxed();
    if let Some(until) = of.until {
        query = query.filter(d::day.le(until));
    }
    if let Some(below) = of.below {
        query = query.filter(d::chapter_id.eq_any(tree::at_and_below(below)));
    }
    if let Some((day, id)) = span.after {
        query = query.filter(d::day.ge(day)).filter(d::day.gt(day).or(d::id.gt(id)));
    }
    let rows = query.load(conn)?;
    with_slots(conn, rows)
}

/// For calendars: what was open, is open or was called off, and not before a day. What was called off stays for who has it.
pub fn for_calendars(conn: &mut PgConnection, since: NaiveDate, most: i64) -> Result<Vec<Listed>, DbError> {
    use drive as d;
    let query = d::table
        .filter(d::listed)
        .filter(d::state.ne(DriveState::Planned.name()))
        .filter(d::day.ge(since))
        .order((d::day, d::id))
        .limit(most);
    let rows = query.select(ListedRow::as_select()).load(conn)?;
    with_slots(conn, rows)
}

/// One drive by its code, however it is typed; also one that no list shows. What is still being planned is nobody's.
pub fn one(conn: &mut PgConnection, typed: &str) -> Result<Option<Listed>, DbError> {
    let Some(code) = Thing::Drive.read(typed) else { return Ok(None) };
    let query = drive::table.filter(drive::code.eq(code)).filter(drive::state.ne(DriveState::Planned.name()));
    let row: Option<ListedRow> = query.select(ListedRow::as_select()).first(conn).optional()?;
    Ok(with_slots(conn, row.into_iter().collect())?.pop())
}

/// Drives by their codes, the first to begin first. What is still being planned is nobody's.
pub fn by_codes(conn: &mut PgConnection, codes: &[String]) -> Result<Vec<ListedRow>, DbError> {
    use drive as d;
    let query = d::table.filter(d::code.eq_any(codes)).filter(d::state.ne(DriveState::Planned.name())).order((d::day, d::id));
    Ok(query.select(ListedRow::as_select()).load(conn)?)
}

/// The drive to which a code on paper leads; it tells nobody who has booked.
pub fn of_booking(conn: &mut PgConnection, code: &PublicCode) -> Result<Option<String>, DbError> {
    let of: Option<i64> = public_booking::table.find(code.as_str()).select(public_booking::drive_id).first(conn).optional()?;
    let Some(of) = of else { return Ok(None) };
    Ok(drive::table.find(of).select(drive::code).first(conn).optional()?)
}
