//! Administrative units over time: those of today with every version, those before 1/7/2025 with what became of them.
//! Everything here is public.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date, Nullable, Text};

use super::find::{Position, UnitKey, When, keyed, past};
use super::reference::mergers::complete_from;
use super::reference::reform_day;
use crate::db::DbError;
use crate::db::schema::{administrative_unit, chapter, former_unit, unit_merger};
use crate::db::statement::statement;

/// One version of a unit.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = administrative_unit, check_for_backend(diesel::pg::Pg))]
pub struct UnitRow {
    pub code: String,
    pub kind: String,
    pub full_name: String,
    pub parent_code: Option<String>,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub resolution: String,
}

/// A unit before the reform.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = former_unit, check_for_backend(diesel::pg::Pg))]
pub struct FormerRow {
    pub id: String,
    pub level: String,
    pub code: Option<String>,
    pub kind: String,
    pub full_name: String,
    pub district: Option<String>,
    pub province: String,
    pub valid_to: NaiveDate,
    /// Of a unit that ended before the reform.
    pub resolution: Option<String>,
}

/// Where a former unit went, or where a unit of today came from.
#[derive(Debug, Clone)]
pub struct MergerRow {
    pub former: FormerRow,
    pub new_code: String,
    /// `WHOLE` or `PARTIAL`.
    pub relation: String,
    pub note: String,
}

/// All versions of units, newest first.
pub fn versions(conn: &mut PgConnection, codes: &[String]) -> Result<Vec<UnitRow>, DbError> {
    Ok(administrative_unit::table
        .filter(administrative_unit::code.eq_any(codes))
        .order((administrative_unit::code, administrative_unit::valid_from.desc()))
        .select(UnitRow::as_select())
        .load(conn)?)
}

/// Units as they are on a day, by code.
pub fn on(conn: &mut PgConnection, codes: &[String], day: NaiveDate) -> Result<HashMap<String, UnitRow>, DbError> {
    let holds = |unit: &UnitRow| unit.valid_from <= day && unit.valid_to.is_none_or(|to| to > day);
    Ok(versions(conn, codes)?.into_iter().filter(holds).map(|unit| (unit.code.clone(), unit)).collect())
}

/// Former units by id, with where each went, in order of codes.
pub fn former(conn: &mut PgConnection, ids: &[String]) -> Result<HashMap<String, (FormerRow, Vec<MergerRow>)>, DbError> {
    let rows: Vec<FormerRow> =
        former_unit::table.filter(former_unit::id.eq_any(ids)).select(FormerRow::as_select()).load(conn)?;
    let mut found: HashMap<String, (FormerRow, Vec<MergerRow>)> =
        rows.into_iter().map(|row| (row.id.clone(), (row, Vec::new()))).collect();
    let mergers: Vec<(String, String, String, String)> = unit_merger::table
        .filter(unit_merger::former_id.eq_any(ids))
        .order((unit_merger::former_id, unit_merger::new_code))
        .select((unit_merger::former_id, unit_merger::new_code, unit_merger::relation, unit_merger::note))
        .load(conn)?;
    for (id, new_code, relation, note) in mergers {
        if let Some((former, to)) = found.get_mut(&id) {
            to.push(MergerRow { former: former.clone(), new_code, relation, note });
        }
    }
    Ok(found)
}

/// The former units a code stood for, the last one first: a province has two digits, a district three, a commune five.
pub fn former_ids(conn: &mut PgConnection, code: &str) -> Result<Vec<String>, DbError> {
    let of_code = former_unit::table.filter(former_unit::code.eq(code));
    Ok(of_code.order((former_unit::valid_to.desc(), former_unit::id)).select(former_unit::id).load(conn)?)
}

/// What was merged into a unit of today: provinces into a province, communes (and islands) into a commune.
pub fn merged_into(conn: &mut PgConnection, code: &str) -> Result<Vec<MergerRow>, DbError> {
    let rows: Vec<(FormerRow, String, String)> = unit_merger::table
        .inner_join(former_unit::table.on(former_unit::id.eq(unit_merger::former_id)))
        .filter(unit_merger::new_code.eq(code))
        // A district's part is told by its communes already, unless it had none.
        .filter(former_unit::level.ne("DISTRICT").or(unit_merger::note.like("Sắp xếp%")))
        .order(former_unit::id)
        .select((FormerRow::as_select(), unit_merger::relation, unit_merger::note))
        .load(conn)?;
    let row = |(former, relation, note)| MergerRow { former, new_code: code.to_owned(), relation, note };
    Ok(rows.into_iter().map(row).collect())
}

/// Code and name of the territorial chapter of each unit.
pub fn chapters_of(conn: &mut PgConnection, codes: &[String]) -> Result<HashMap<String, (String, String)>, DbError> {
    let rows: Vec<(Option<String>, String, String)> = chapter::table
        .filter(chapter::unit_code.eq_any(codes))
        .select((chapter::unit_code, chapter::code, chapter::name))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(unit, code, name)| unit.map(|unit| (unit, (code, name)))).collect())
}

statement! {
    struct ListUnits {
        parent: Option<String> => Nullable<Text>,
        day: Option<NaiveDate> => Nullable<Date>,
        former: bool => Bool,
        past: Option<NaiveDate> => Nullable<Date>,
        after: str => Text,
        limit: i64 => BigInt,
    } -> (BigInt, Text),
    "WITH q AS (SELECT ?::text AS parent, ?::date AS day, ?::bool AS former, ?::date AS past)
     SELECT 0::bigint, key FROM (
         SELECT CASE WHEN u.parent_code IS NULL THEN '0' ELSE '1' END || u.code AS key FROM administrative_unit u, q
         WHERE NOT q.former AND u.parent_code IS NOT DISTINCT FROM q.parent
           AND CASE WHEN q.day IS NULL THEN u.valid_to IS NULL ELSE u.valid_from <= q.day AND (u.valid_to IS NULL OR u.valid_to > q.day) END
         UNION ALL
         SELECT '2' || f.id FROM former_unit f, q
         WHERE q.former AND f.parent_code IS NOT DISTINCT FROM q.parent AND f.known_from <= q.past AND f.valid_to > q.past
     ) found WHERE key > ? ORDER BY key LIMIT ?"
}

/// The units directly below one (the provinces, if none is named), by code.
pub fn list(
    conn: &mut PgConnection,
    parent: Option<String>,
    when: When,
    after: Option<Position>,
    limit: i64,
) -> Result<Vec<(Position, UnitKey)>, DbError> {
    let day = if let When::On(day) = when { Some(day) } else { None };
    let after = after.map(|(_, key)| key).unwrap_or_default();
    let past = past(when);
    let listed = ListUnits { parent: &parent, day: &day, former: &past.is_some(), past: &past, after: &after, limit: &limit };
    Ok(keyed(listed.load(conn)?))
}

/// The first day of which all units are on record; of provinces that is an earlier one.
pub fn on_record_from(provinces: bool) -> Option<NaiveDate> {
    complete_from(provinces)
}

/// Which units a day means; without one, today's and the old names they go by.
pub fn when(on: Option<NaiveDate>) -> When {
    match on {
        None => When::Now,
        Some(day) if complete_from(false).is_some_and(|first| day < first) => When::Earlier(day),
        Some(day) if reform_day().is_some_and(|reform| day < reform) => When::Before,
        Some(day) => When::On(day),
    }
}
