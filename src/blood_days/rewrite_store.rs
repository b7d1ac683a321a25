//! SQL of rows and check-ins that a correction writes anew.

use std::collections::HashMap;

use diesel::dsl::max;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::Outcome;
use super::store::RowRow;
use crate::db::DbError;
use crate::db::schema::drive_row;

/// The rows of a file in which those who booked are counted as who gave, or was put off: by booking.
pub fn of_bookings(conn: &mut PgConnection, file: Uuid, bookings: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, DbError> {
    use drive_row as r;
    let counted = r::table.filter(r::file_id.eq(file)).filter(r::counts).filter(r::booking_id.eq_any(bookings));
    Ok(counted.select((r::booking_id.assume_not_null(), r::id)).load(conn)?.into_iter().collect())
}

/// Rows of a file that are counted as put off, by their numbers in it.
pub fn put_off(conn: &mut PgConnection, file: Uuid, numbers: &[i32]) -> Result<HashMap<i32, Uuid>, DbError> {
    use drive_row as r;
    let counted = r::table.filter(r::file_id.eq(file)).filter(r::counts).filter(r::outcome.eq(Outcome::Deferred.name()));
    let rows: Vec<(i32, Uuid)> =
        counted.filter(r::correction_id.is_null()).filter(r::row_no.eq_any(numbers)).select((r::row_no, r::id)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// These rows are counted no more.
pub fn count_no_more(conn: &mut PgConnection, ids: &[Uuid]) -> Result<(), DbError> {
    use drive_row as r;
    diesel::update(r::table.filter(r::id.eq_any(ids))).set(r::counts.eq(false)).execute(conn)?;
    Ok(())
}

/// The place behind the last row of a file.
pub fn next_n(conn: &mut PgConnection, file: Uuid) -> Result<i32, DbError> {
    use drive_row as r;
    let last: Option<i32> = r::table.filter(r::file_id.eq(file)).select(max(r::n)).first(conn)?;
    Ok(last.map_or(0, |n| n.saturating_add(1)))
}

/// Writes rows.
pub fn insert(conn: &mut PgConnection, rows: &[RowRow]) -> Result<(), DbError> {
    diesel::insert_into(drive_row::table).values(rows).execute(conn)?;
    Ok(())
}
