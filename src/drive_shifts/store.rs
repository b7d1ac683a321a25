//! SQL of shifts and of those who help in them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{Minutes, Planned};
use crate::authz::{Granted, KeepBlood, KeepPeople};
use crate::db::DbError;
use crate::db::schema::{drive_shift, drive_shift_helper};
use crate::drives::words::time;

/// A shift as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = drive_shift, check_for_backend(diesel::pg::Pg))]
pub struct Shift {
    pub id: Uuid,
    pub drive_id: i64,
    pub what: String,
    pub from_minute: i16,
    pub until_minute: i16,
    pub needed: i16,
    pub ended_at: Option<DateTime<Utc>>,
    pub hours_at: Option<DateTime<Utc>>,
    pub version: i32,
    pub request_hash: Vec<u8>,
}

impl Shift {
    pub fn minutes(&self) -> Minutes {
        (self.from_minute, self.until_minute)
    }

    /// When it is, as it is said.
    pub fn said(&self) -> (String, String) {
        (time(self.from_minute), time(self.until_minute))
    }
}

/// Somebody who helps in a shift, as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = drive_shift_helper, check_for_backend(diesel::pg::Pg))]
pub struct Helper {
    pub shift_id: Uuid,
    pub volunteer_id: Uuid,
    pub entered_at: DateTime<Utc>,
    pub came: Option<bool>,
}

/// One shift of a drive.
pub fn find(conn: &mut PgConnection, drive: i64, id: Uuid) -> Result<Option<Shift>, DbError> {
    use drive_shift as s;
    Ok(s::table.find(id).filter(s::drive_id.eq(drive)).select(Shift::as_select()).first(conn).optional()?)
}

/// The shift that was sent with an id, of whatever drive.
pub fn sent(conn: &mut PgConnection, id: Uuid) -> Result<Option<Shift>, DbError> {
    Ok(drive_shift::table.find(id).select(Shift::as_select()).first(conn).optional()?)
}

/// The shifts of a drive that are wanted, by their time.
pub fn of_drive(conn: &mut PgConnection, drive: i64) -> Result<Vec<Shift>, DbError> {
    use drive_shift as s;
    let wanted = s::table.filter(s::drive_id.eq(drive)).filter(s::ended_at.is_null());
    Ok(wanted.order((s::from_minute, s::until_minute, s::id)).select(Shift::as_select()).load(conn)?)
}

/// Those of these ids, of whatever drive.
pub fn by_ids(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Shift>, DbError> {
    let rows: Vec<Shift> = drive_shift::table.filter(drive_shift::id.eq_any(ids)).select(Shift::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Plans a shift.
pub fn insert(
    conn: &mut PgConnection,
    by: &Granted<KeepBlood>,
    at: DateTime<Utc>,
    (id, drive, hash): (Uuid, i64, &[u8]),
    new: &Planned,
) -> Result<(), DbError> {
    use drive_shift as s;
    diesel::insert_into(s::table)
        .values((
            (s::id.eq(id), s::drive_id.eq(drive), s::what.eq(&new.what), s::needed.eq(new.needed)),
            (s::from_minute.eq(new.minutes.0), s::until_minute.eq(new.minutes.1), s::version.eq(1)),
            (s::request_hash.eq(hash), s::made_by.eq(by.account()), s::made_at.eq(at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Changes a shift.
pub fn change(conn: &mut PgConnection, _: &Granted<KeepBlood>, id: Uuid, to: &Planned) -> Result<(), DbError> {
    use drive_shift as s;
    diesel::update(s::table.find(id))
        .set((
            (s::what.eq(&to.what), s::needed.eq(to.needed), s::version.eq(s::version + 1)),
            (s::from_minute.eq(to.minutes.0), s::until_minute.eq(to.minutes.1)),
        ))
        .execute(conn)?;
    Ok(())
}

/// A shift is not wanted any more.
pub fn end(conn: &mut PgConnection, _: &Granted<KeepBlood>, id: Uuid, at: DateTime<Utc>) -> Result<(), DbError> {
    use drive_shift as s;
    diesel::update(s::table.find(id)).set((s::ended_at.eq(Some(at)), s::version.eq(s::version + 1))).execute(conn)?;
    Ok(())
}

/// Who helps in these shifts, in the order in which they were entered.
pub fn helpers(conn: &mut PgConnection, shifts: &[Uuid]) -> Result<Vec<Helper>, DbError> {
    use drive_shift_helper as h;
    let query = h::table.filter(h::shift_id.eq_any(shifts)).order((h::shift_id, h::entered_at, h::volunteer_id));
    Ok(query.select(Helper::as_select()).load(conn)?)
}

/// In which shifts these volunteers help, or helped.
pub fn of_volunteers(conn: &mut PgConnection, volunteers: &[Uuid]) -> Result<Vec<Helper>, DbError> {
    use drive_shift_helper as h;
    let query = h::table.filter(h::volunteer_id.eq_any(volunteers)).order((h::entered_at, h::shift_id));
    Ok(query.select(Helper::as_select()).load(conn)?)
}

/// These help in a shift; who does already, does.
pub fn enter(
    conn: &mut PgConnection,
    by: &Granted<KeepPeople>,
    at: DateTime<Utc>,
    shift: Uuid,
    volunteers: &[Uuid],
) -> Result<usize, DbError> {
    use drive_shift_helper as h;
    let row = |volunteer: &Uuid| {
        (h::shift_id.eq(shift), h::volunteer_id.eq(*volunteer), h::entered_by.eq(by.account()), h::entered_at.eq(at))
    };
    let rows: Vec<_> = volunteers.iter().map(row).collect();
    Ok(diesel::insert_into(h::table).values(rows).on_conflict_do_nothing().execute(conn)?)
}

/// Somebody does not help in a shift after all; whether they did.
pub fn leave(conn: &mut PgConnection, _: &Granted<KeepPeople>, shift: Uuid, volunteer: Uuid) -> Result<bool, DbError> {
    use drive_shift_helper as h;
    Ok(diesel::delete(h::table.find((shift, volunteer))).execute(conn)? == 1)
}

/// The hours of a shift are entered: who came.
pub fn close(
    conn: &mut PgConnection,
    by: &Granted<KeepPeople>,
    at: DateTime<Utc>,
    shift: Uuid,
    came: &[Uuid],
) -> Result<(), DbError> {
    use {drive_shift as s, drive_shift_helper as h};
    let all = h::table.filter(h::shift_id.eq(shift));
    diesel::update(all).set(h::came.eq(Some(false))).execute(conn)?;
    diesel::update(all.filter(h::volunteer_id.eq_any(came))).set(h::came.eq(Some(true))).execute(conn)?;
    let entered = (s::hours_by.eq(Some(by.account())), s::hours_at.eq(Some(at)), s::version.eq(s::version + 1));
    diesel::update(s::table.find(shift)).set(entered).execute(conn)?;
    Ok(())
}

/// These do not help after all: by shift and volunteer.
pub fn leave_all(conn: &mut PgConnection, of: &[(Uuid, Uuid)]) -> Result<(), DbError> {
    use drive_shift_helper as h;
    for (shift, volunteer) in of {
        diesel::delete(h::table.find((shift, volunteer))).execute(conn)?;
    }
    Ok(())
}
