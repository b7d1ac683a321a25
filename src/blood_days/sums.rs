//! SQL of what came of drives, in counts.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Uuid as SqlUuid};
use uuid::Uuid;

use crate::db::DbError;
use crate::db::schema::{drive_deferral, drive_total};
use crate::db::statement::statement;

/// What came of a drive, as two persons agreed on it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = drive_total, check_for_backend(diesel::pg::Pg))]
pub struct TotalRow {
    pub drive_id: i64,
    pub registered: i32,
    pub came: i32,
    pub gave: i32,
    pub deferred: i32,
    pub ml: i64,
    /// When it was agreed on for the first time.
    pub made_at: DateTime<Utc>,
    /// How often two persons agreed on it: 1, and one more with each correction.
    pub version: i16,
}

/// Those of these drives.
pub fn totals(conn: &mut PgConnection, drives: &[i64]) -> Result<HashMap<i64, TotalRow>, DbError> {
    let query = drive_total::table.filter(drive_total::drive_id.eq_any(drives)).select(TotalRow::as_select());
    Ok(query.load(conn)?.into_iter().map(|row: TotalRow| (row.drive_id, row)).collect())
}

/// How many were put off for which reason, of these drives: drive, word of the public list, persons.
pub fn deferrals(conn: &mut PgConnection, drives: &[i64]) -> Result<Vec<(i64, String, i32)>, DbError> {
    use drive_deferral as d;
    let query = d::table.filter(d::drive_id.eq_any(drives)).order((d::drive_id, d::reason));
    Ok(query.select((d::drive_id, d::reason, d::persons)).load(conn)?)
}

type Counted = (i32, i32, i32, i64);

statement! {
    struct Count {
        file: Uuid => SqlUuid,
        drive: i64 => BigInt,
    } -> (Integer, Integer, Integer, BigInt),
    "WITH r AS (SELECT * FROM drive_row WHERE file_id = ? AND counts),
          c AS (SELECT booking_id FROM drive_check_in WHERE drive_id = ? AND counts)
     SELECT ((SELECT count(*) FROM c) + (SELECT count(*) FROM r WHERE NOT EXISTS (SELECT FROM c WHERE c.booking_id = r.booking_id)))::integer,
            (SELECT count(*) FROM r WHERE outcome = 'GAVE')::integer, (SELECT count(*) FROM r WHERE outcome = 'DEFERRED')::integer,
            coalesce((SELECT sum(volume_ml) FROM r WHERE outcome = 'GAVE'), 0)::bigint"
}

/// Who came, gave and was put off by a file and the check-ins of its drive, and how many millilitres.
pub fn count(conn: &mut PgConnection, file: Uuid, drive: i64) -> Result<Counted, DbError> {
    Ok(Count { file: &file, drive: &drive }.get_result(conn)?)
}

statement! {
    struct Deferred { drive: i64 => BigInt, file: Uuid => SqlUuid } -> (),
    "INSERT INTO drive_deferral (drive_id, reason, persons)
     SELECT ?, reason, count(*) FROM drive_row WHERE file_id = ? AND counts AND outcome = 'DEFERRED' GROUP BY reason"
}

/// Writes down what came of a drive, as two persons agreed on it for the first time.
pub fn write_totals(conn: &mut PgConnection, file: Uuid, total: &TotalRow) -> Result<(), DbError> {
    use drive_total as t;
    let written = diesel::insert_into(t::table)
        .values((
            (t::drive_id.eq(total.drive_id), t::registered.eq(total.registered), t::came.eq(total.came)),
            (t::gave.eq(total.gave), t::deferred.eq(total.deferred), t::ml.eq(total.ml)),
            (t::made_at.eq(total.made_at), t::version.eq(total.version)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    if written == 1 {
        Deferred { drive: &total.drive_id, file: &file }.execute(conn)?;
    }
    Ok(())
}

/// Writes it anew, as two persons agreed on a correction.
pub fn rewrite_totals(conn: &mut PgConnection, file: Uuid, total: &TotalRow) -> Result<(), DbError> {
    use drive_total as t;
    diesel::update(t::table.find(total.drive_id))
        .set((
            (t::registered.eq(total.registered), t::came.eq(total.came), t::gave.eq(total.gave)),
            (t::deferred.eq(total.deferred), t::ml.eq(total.ml), t::version.eq(total.version)),
        ))
        .execute(conn)?;
    diesel::delete(drive_deferral::table.filter(drive_deferral::drive_id.eq(total.drive_id))).execute(conn)?;
    Deferred { drive: &total.drive_id, file: &file }.execute(conn)?;
    Ok(())
}
