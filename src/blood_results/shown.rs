//! Results and progress put together for everybody: by commune, province, year and drive. Allowed to the public role.

use chrono::{Datelike, NaiveDate};
use diesel::pg::PgConnection;

use super::kinds::Dimension;
use super::out::{
    BloodCounts, BloodMonth, BloodPersons, BloodProgress, BloodResultOut, BloodResultRow, BloodResultsOut, BloodValue,
};
use super::store::{self, CountRow, Row};
use super::sums::{self, ProgressRow, Times};

pub use super::sums::times;
use crate::basics::codes::codes;
use crate::blood_targets::shown as targets;
use crate::db::DbError;
use crate::tree::{self, Level, Place};

fn href(statement: &str) -> String {
    format!("/api/v1/public/statements/{statement}")
}

/// Persons of a dimension, in the order of its kinds.
fn sorted(dimension: Dimension, mut all: Vec<BloodPersons>) -> Vec<BloodPersons> {
    let place = |persons: &BloodPersons| persons.kinds.first().and_then(|kind| dimension.place(kind));
    all.sort_by_key(|persons| (persons.kinds.len() > 1, place(persons)));
    all
}

/// Persons of every dimension, by what `of` has of each.
fn counts(mut of: impl FnMut(Dimension) -> Vec<BloodPersons>) -> BloodCounts {
    let mut one = |dimension: Dimension| {
        let all = of(dimension).into_iter().filter(|persons| persons.persons > 0).collect();
        sorted(dimension, all)
    };
    BloodCounts {
        by_sex: one(Dimension::Sex),
        by_age: one(Dimension::Age),
        by_group: one(Dimension::Group),
        by_volume: one(Dimension::Volume),
        by_reason: one(Dimension::Reason),
    }
}

/// The result of the drive of a code that stands, with the statements whose place it took.
pub fn of_drive(conn: &mut PgConnection, code: &str) -> Result<Option<BloodResultOut>, DbError> {
    let rows = store::of_drive(conn, code)?;
    let (standing, replaced): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.replaced_by.is_none());
    let Some(row) = standing.into_iter().next() else { return Ok(None) };
    let persons = store::counts(conn, &[row.statement.as_str()])?.remove(&row.statement).unwrap_or_default();
    let label = tree::labels(conn, &[row.chapter_id])?.remove(&row.chapter_id);
    let of = |dimension: Dimension| {
        let of_it = persons.iter().filter(|count: &&CountRow| count.dimension == dimension.name());
        of_it.map(|count| BloodPersons { kinds: count.kinds.clone(), persons: i64::from(count.persons) }).collect()
    };
    let deferred = row.deferred.map(i64::from);
    Ok(Some(BloodResultOut {
        chapter: label.as_ref().map(|label| label.code.clone()).unwrap_or_default(),
        chapter_name: label.map(|label| label.name).unwrap_or_default(),
        registered: i64::from(row.registered),
        came: row.came.map(i64::from),
        gave: i64::from(row.gave),
        deferred,
        units: i64::from(row.units),
        ml: row.ml,
        href: href(&row.statement),
        replaces: replaced.into_iter().map(|row| row.statement).collect(),
        counts: counts(of),
        drive: row.drive_code,
        centre: row.centre,
        day: row.day,
        statement: row.statement,
    }))
}

/// A result and where it stands in the list: its day, and its drive.
pub type Placed = ((NaiveDate, i64), BloodResultRow);

/// Results of drives of a chapter and of those below it in a year, the newest first, after a day and a drive.
pub fn drives(
    conn: &mut PgConnection,
    above: &Place,
    year: i32,
    after: Option<(NaiveDate, i64)>,
    limit: i64,
) -> Result<Vec<Placed>, DbError> {
    let Some((from, to)) = NaiveDate::from_ymd_opt(year, 1, 1).zip(NaiveDate::from_ymd_opt(year, 12, 31)) else {
        return Ok(Vec::new());
    };
    let rows = store::list(conn, above.id.0, (from, to), after, limit)?;
    let labels = tree::labels(conn, &rows.iter().map(|row| row.chapter_id).collect::<Vec<_>>())?;
    let out = |row: Row| {
        let label = labels.get(&row.chapter_id);
        let out = BloodResultRow {
            drive: row.drive_code,
            chapter: label.map(|label| label.code.clone()).unwrap_or_default(),
            chapter_name: label.map(|label| label.name.clone()).unwrap_or_default(),
            day: row.day,
            registered: i64::from(row.registered),
            came: row.came.map(i64::from),
            gave: i64::from(row.gave),
            deferred: row.deferred.map(i64::from),
            units: i64::from(row.units),
            statement: row.statement,
            corrected: row.version > 1,
        };
        ((row.day, row.drive_id), out)
    };
    Ok(rows.into_iter().map(out).collect())
}

codes! {
    /// Which chapters have a row.
    #[derive(Hash)]
    pub wire enum BloodRows {
        /// Those directly below.
        Below = "BELOW",
        /// Every province.
        Province = "PROVINCE",
        /// Every commune.
        Commune = "COMMUNE",
        /// Every school, agency, hospital and enterprise with a chapter of its own.
        Grassroots = "GRASSROOTS",
        None = "NONE",
    }
}

/// Units of chapters beside their targets: in a fixed number of statements, however many there are.
pub fn progress(conn: &mut PgConnection, above: &Place, rows: BloodRows, times: &Times) -> Result<Vec<BloodProgress>, DbError> {
    let level = match rows {
        BloodRows::None => return Ok(Vec::new()),
        BloodRows::Below => None,
        BloodRows::Province => Some(Level::Province.name()),
        BloodRows::Commune => Some(Level::Commune.name()),
        BloodRows::Grassroots => Some(Level::Grassroots.name()),
    };
    let mut targets = targets::below(conn, above.id.0, year_of(times))?;
    let out = |(id, chapter, chapter_name, level, units, units_last_year, drives): ProgressRow| {
        let target = targets.remove(&id);
        Some(BloodProgress {
            chapter,
            chapter_name,
            level: Level::parse(&level)?,
            target_units: target.as_ref().map(|target| target.units),
            target_statement: target.map(|target| target.statement),
            units,
            units_last_year,
            drives,
        })
    };
    Ok(sums::progress(conn, above.id.0, level, times)?.into_iter().filter_map(out).collect())
}

fn year_of(times: &Times) -> i16 {
    i16::try_from(times.from.year()).unwrap_or(i16::MAX)
}

/// A chapter itself beside its target.
pub fn own(conn: &mut PgConnection, place: &Place, times: &Times) -> Result<BloodProgress, DbError> {
    let (target, total) = (targets::of(conn, place.id.0, year_of(times))?, sums::of_year(conn, place.id.0, year_of(times))?);
    let label = tree::labels(conn, &[place.id.0])?.remove(&place.id.0);
    Ok(BloodProgress {
        chapter: place.code.clone(),
        chapter_name: label.map(|label| label.name).unwrap_or_default(),
        level: tree::level(conn, place.id)?.ok_or(diesel::result::Error::NotFound)?,
        target_units: target.as_ref().map(|target| target.units),
        target_statement: target.map(|target| target.statement),
        units: total.units,
        units_last_year: sums::before(conn, place.id.0, times)?,
        drives: i64::from(total.drives),
    })
}

/// What a chapter with everything below it gave in a year; `None` for a year that no calendar has.
pub fn of_year(
    conn: &mut PgConnection,
    place: &Place,
    year: i32,
    rows: BloodRows,
    today: NaiveDate,
) -> Result<Option<BloodResultsOut>, DbError> {
    let Some(times) = sums::times(year, today) else { return Ok(None) };
    let of = year_of(&times);
    let total = sums::of_year(conn, place.id.0, of)?;
    let persons = sums::persons_of_year(conn, place.id.0, of)?;
    let handed = targets::handed_on(conn, place.id.0, of)?;
    let own = own(conn, place, &times)?;
    let kinds_of = |dimension: Dimension, kind: &str| match kind {
        "" => dimension.kinds().into_iter().map(str::to_owned).collect(),
        kind => vec![kind.to_owned()],
    };
    let of_dimension = |dimension: Dimension| {
        let of_it = persons.iter().filter(|(name, ..)| name == dimension.name());
        of_it.map(|(_, kind, many)| BloodPersons { kinds: kinds_of(dimension, kind), persons: *many }).collect()
    };
    Ok(Some(BloodResultsOut {
        year,
        until: times.to,
        handed_on_units: handed.as_ref().map(|handed| handed.units),
        handed_on_statement: handed.map(|handed| handed.statement),
        registered: total.registered,
        came: total.came,
        gave: total.gave,
        deferred: total.deferred,
        drives_not_telling: i64::from(total.untold),
        ml: total.ml,
        ml_units: total.ml_units,
        counts: counts(of_dimension),
        months: months(conn, place, &times)?,
        value: values(conn, place, &times)?,
        rows: progress(conn, place, rows, &times)?,
        own,
    }))
}

fn months(conn: &mut PgConnection, place: &Place, times: &Times) -> Result<Vec<BloodMonth>, DbError> {
    let mut all: Vec<BloodMonth> = (1..=12).map(|month| BloodMonth { month, units: 0, units_last_year: 0 }).collect();
    for (year, month, units) in sums::months(conn, place.id.0, times)? {
        let Some(of) = all.iter_mut().find(|of| of.month == month) else { continue };
        if year == year_of(times) { of.units = units } else { of.units_last_year = units }
    }
    Ok(all)
}

fn values(conn: &mut PgConnection, place: &Place, times: &Times) -> Result<Vec<BloodValue>, DbError> {
    let rows = sums::values(conn, place.id.0, times)?;
    let out = |(vnd_per_unit, valid_from, mark, source, units)| BloodValue {
        vnd_per_unit,
        valid_from,
        units,
        value_vnd: vnd_per_unit.saturating_mul(units),
        mark,
        source,
    };
    Ok(rows.into_iter().map(out).collect())
}
