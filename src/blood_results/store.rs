//! SQL of results as they were stated.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::fold::{Groups, Told};
use super::kinds::Dimension;
use crate::authz::{Granted, Right};
use crate::db::DbError;
use crate::db::schema::{blood_result, blood_result_count};
use crate::db::shown;
use crate::drives::Drive;
use crate::tree;

/// A result as stored. Readable by the public role.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = blood_result, check_for_backend(diesel::pg::Pg))]
pub struct Row {
    pub statement: String,
    pub drive_id: i64,
    pub drive_code: String,
    /// Code of the blood centre.
    pub centre: String,
    pub chapter_id: Uuid,
    pub day: NaiveDate,
    pub version: i16,
    pub registered: i32,
    pub came: Option<i32>,
    pub gave: i32,
    pub deferred: Option<i32>,
    pub units: i32,
    pub ml: Option<i64>,
    pub replaced_by: Option<String>,
}

/// Persons of kinds that are counted together, as stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = blood_result_count, check_for_backend(diesel::pg::Pg))]
pub struct CountRow {
    pub statement: String,
    pub dimension: String,
    pub kinds: Vec<String>,
    pub persons: i32,
}

fn whole(many: i32) -> u64 {
    u64::try_from(many).unwrap_or(0)
}

fn small(many: u64) -> i32 {
    i32::try_from(many).unwrap_or(i32::MAX)
}

/// The result of a drive that stands. Allowed to the public role.
pub fn standing(conn: &mut PgConnection, drive: i64) -> Result<Option<Row>, DbError> {
    use blood_result as r;
    let query = r::table.filter(r::drive_id.eq(drive)).filter(r::replaced_by.is_null());
    Ok(query.select(Row::as_select()).first(conn).optional()?)
}

/// Every result that the drive of a code had, the newest first. Allowed to the public role.
pub fn of_drive(conn: &mut PgConnection, code: &str) -> Result<Vec<Row>, DbError> {
    use blood_result as r;
    Ok(r::table.filter(r::drive_code.eq(code)).order(r::version.desc()).select(Row::as_select()).load(conn)?)
}

/// Persons of results. Allowed to the public role.
pub fn counts(conn: &mut PgConnection, statements: &[&str]) -> Result<HashMap<String, Vec<CountRow>>, DbError> {
    use blood_result_count as c;
    let query = c::table.filter(c::statement.eq_any(statements)).order((c::statement, c::dimension, c::kinds));
    let mut all: HashMap<String, Vec<CountRow>> = HashMap::new();
    for row in query.select(CountRow::as_select()).load(conn)? {
        all.entry(row.statement.clone()).or_default().push(row);
    }
    Ok(all)
}

/// What a result told: its kinds without a row have nobody.
pub fn told(row: &Row, counts: &[CountRow]) -> Told {
    let mut persons: BTreeMap<Dimension, Groups> = BTreeMap::new();
    for dimension in Dimension::ALL {
        if dimension == Dimension::Reason && row.deferred.is_none() {
            continue;
        }
        let mut left: Vec<bool> = dimension.kinds().iter().map(|_| true).collect();
        let mut groups: Groups = Vec::new();
        for count in counts.iter().filter(|count| count.dimension == dimension.name()) {
            let mut places: Vec<usize> = count.kinds.iter().filter_map(|kind| dimension.place(kind)).collect();
            places.sort_unstable();
            places.iter().for_each(|place| left.iter_mut().skip(*place).take(1).for_each(|left| *left = false));
            groups.push((places, whole(count.persons)));
        }
        groups.extend(left.iter().enumerate().filter(|(_, left)| **left).map(|(place, _)| (vec![place], 0)));
        groups.sort_unstable();
        persons.insert(dimension, groups);
    }
    Told {
        registered: whole(row.registered),
        came: row.came.map(whole),
        gave: whole(row.gave),
        deferred: row.deferred.map(whole),
        units: whole(row.units),
        ml: row.ml.and_then(|ml| u64::try_from(ml).ok()),
        persons,
    }
}

/// Whose result is written, and when it was stated.
pub struct New<'a> {
    pub statement: &'a str,
    pub drive: &'a Drive,
    /// Code of the blood centre.
    pub centre: &'a str,
    pub now: DateTime<Utc>,
}

/// Writes a result in the place of the one before; fails on `blood_result_standing_key` or `blood_result_version_key` where somebody else
/// writes one at the same moment.
pub fn insert<R: Right>(
    conn: &mut PgConnection,
    _: &Granted<R>,
    new: &New<'_>,
    told: &Told,
    before: Option<&Row>,
) -> Result<(), DbError> {
    use blood_result as r;
    shown::alters(conn);
    if let Some(before) = before {
        let standing = r::table.find(&before.statement).filter(r::replaced_by.is_null());
        diesel::update(standing).set(r::replaced_by.eq(Some(new.statement))).execute(conn)?;
    }
    diesel::insert_into(r::table)
        .values((
            (
                r::statement.eq(new.statement),
                r::drive_id.eq(new.drive.id),
                r::drive_code.eq(&new.drive.code),
                r::centre.eq(new.centre),
            ),
            (r::chapter_id.eq(new.drive.chapter_id), r::day.eq(new.drive.day)),
            (r::version.eq(before.map_or(1, |before| before.version.saturating_add(1))), r::stated_at.eq(new.now)),
            r::came.eq(told.came.map(small)),
            (r::registered.eq(small(told.registered)), r::gave.eq(small(told.gave)), r::deferred.eq(told.deferred.map(small))),
            (r::units.eq(small(told.units)), r::ml.eq(told.ml.and_then(|ml| i64::try_from(ml).ok()))),
        ))
        .execute(conn)?;
    let rows: Vec<CountRow> = told
        .persons
        .iter()
        .flat_map(|(dimension, groups)| {
            let kinds = dimension.kinds();
            let named = move |places: &[usize]| {
                places.iter().filter_map(|place| kinds.get(*place)).map(|kind| (*kind).to_owned()).collect()
            };
            groups.iter().filter(|(places, many)| *many > 0 || places.len() > 1).map(move |(places, many)| CountRow {
                statement: new.statement.to_owned(),
                dimension: dimension.name().to_owned(),
                kinds: named(places),
                persons: small(*many),
            })
        })
        .collect();
    diesel::insert_into(blood_result_count::table).values(&rows).execute(conn)?;
    Ok(())
}

/// Results of a chapter and of those below it in a time, the newest drives first. Allowed to the public role.
pub fn list(
    conn: &mut PgConnection,
    above: Uuid,
    (from, to): (NaiveDate, NaiveDate),
    after: Option<(NaiveDate, i64)>,
    limit: i64,
) -> Result<Vec<Row>, DbError> {
    use blood_result as r;
    let mut query = r::table
        .filter(r::chapter_id.eq_any(tree::at_and_below(above)))
        .filter(r::replaced_by.is_null())
        .filter(r::day.between(from, to))
        .order((r::day.desc(), r::drive_id.desc()))
        .limit(limit)
        .select(Row::as_select())
        .into_boxed();
    if let Some((day, drive)) = after {
        query = query.filter(r::day.lt(day).or(r::day.eq(day).and(r::drive_id.lt(drive))));
    }
    Ok(query.load(conn)?)
}

/// Results in the order of their statements, after one of them: what an audit walks.
pub fn after(conn: &mut PgConnection, after: &str, limit: i64) -> Result<Vec<Row>, DbError> {
    use blood_result as r;
    Ok(r::table.filter(r::statement.gt(after)).order(r::statement).limit(limit).select(Row::as_select()).load(conn)?)
}
