//! Sums of what was told, and units beside targets: each in one statement.
//!
//! Sums are kept by year, and units by month as well ([`add`]), of every chapter with everything below it. Units up to a day are whole months
//! and the results of the days of one, so that every commune is told beside its last year without a look at what was given before.

use chrono::{Datelike, NaiveDate};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, Integer, SmallInt, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::fold::{self, Told};
use super::kinds::Dimension;
use crate::authz::{Granted, Right};
use crate::db::DbError;
use crate::db::schema::{blood_result_month, blood_result_year, blood_result_year_count};
use crate::db::shown;
use crate::db::statement::statement;

/// What results told, added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = blood_result_year, check_for_backend(diesel::pg::Pg))]
pub struct Totals {
    pub drives: i32,
    pub registered: i64,
    pub gave: i64,
    pub units: i64,
    /// Of the drives that tell it.
    pub came: i64,
    pub deferred: i64,
    /// Drives at which so few were deferred that they do not tell.
    pub untold: i32,
    /// Of the drives that tell it, and of how many units.
    pub ml: i64,
    pub ml_units: i64,
}

fn long(many: u64) -> i64 {
    i64::try_from(many).unwrap_or(i64::MAX)
}

impl Totals {
    fn of(told: &Told) -> Self {
        Self {
            drives: 1,
            registered: long(told.registered),
            gave: long(told.gave),
            units: long(told.units),
            came: told.came.map_or(0, long),
            deferred: told.deferred.map_or(0, long),
            untold: i32::from(told.deferred.is_none()),
            ml: told.ml.map_or(0, long),
            ml_units: told.ml.map_or(0, |_| long(told.units)),
        }
    }

    fn less(self, other: Self) -> Self {
        Self {
            drives: self.drives - other.drives,
            registered: self.registered - other.registered,
            gave: self.gave - other.gave,
            units: self.units - other.units,
            came: self.came - other.came,
            deferred: self.deferred - other.deferred,
            untold: self.untold - other.untold,
            ml: self.ml - other.ml,
            ml_units: self.ml_units - other.ml_units,
        }
    }
}

/// Persons by dimension and kind: a kind that is told alone, or none ('') for those who are counted under several.
fn persons(told: &Told) -> Vec<(Dimension, &'static str, i64)> {
    let mut all = Vec::new();
    for (dimension, groups) in &told.persons {
        let kinds = dimension.kinds();
        let (single, together) = fold::alone(groups);
        all.extend(single.into_iter().filter_map(|(place, many)| Some((*dimension, *kinds.get(place)?, long(many)))));
        all.push((*dimension, "", long(together)));
    }
    all.retain(|(_, _, many)| *many != 0);
    all
}

statement! {
    struct AddTotals {
        year: i16 => SmallInt,
        drives: i32 => Integer,
        registered: i64 => BigInt,
        gave: i64 => BigInt,
        units: i64 => BigInt,
        came: i64 => BigInt,
        deferred: i64 => BigInt,
        untold: i32 => Integer,
        ml: i64 => BigInt,
        ml_units: i64 => BigInt,
        chapter: Uuid => SqlUuid,
    } -> (),
    "INSERT INTO blood_result_year AS y (scope_id, year, drives, registered, gave, units, came, deferred, untold, ml, ml_units)
     SELECT a.ancestor_id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM chapter_ancestor a WHERE a.chapter_id = ? ORDER BY a.ancestor_id
     ON CONFLICT ON CONSTRAINT blood_result_year_pk DO UPDATE SET drives = y.drives + excluded.drives,
         registered = y.registered + excluded.registered, gave = y.gave + excluded.gave, units = y.units + excluded.units,
         came = y.came + excluded.came, deferred = y.deferred + excluded.deferred, untold = y.untold + excluded.untold, ml = y.ml + excluded.ml,
         ml_units = y.ml_units + excluded.ml_units"
}

statement! {
    struct AddPersons {
        year: i16 => SmallInt,
        dimensions: Vec<String> => Array<Text>,
        kinds: Vec<String> => Array<Text>,
        persons: Vec<i64> => Array<BigInt>,
        chapter: Uuid => SqlUuid,
    } -> (),
    "INSERT INTO blood_result_year_count AS y (scope_id, year, dimension, kind, persons)
     SELECT a.ancestor_id, ?, t.dimension, t.kind, sum(t.persons)::bigint
     FROM unnest(?, ?, ?) AS t (dimension, kind, persons) CROSS JOIN chapter_ancestor a
     WHERE a.chapter_id = ? GROUP BY 1, 3, 4 HAVING sum(t.persons) <> 0 ORDER BY 1, 3, 4
     ON CONFLICT ON CONSTRAINT blood_result_year_count_pk DO UPDATE SET persons = y.persons + excluded.persons"
}

statement! {
    struct AddMonth {
        year: i16 => SmallInt,
        month: i16 => SmallInt,
        units: i64 => BigInt,
        chapter: Uuid => SqlUuid,
    } -> (),
    "INSERT INTO blood_result_month AS m (scope_id, year, month, units)
     SELECT a.ancestor_id, ?, ?, ? FROM chapter_ancestor a WHERE a.chapter_id = ? ORDER BY a.ancestor_id
     ON CONFLICT ON CONSTRAINT blood_result_month_pk DO UPDATE SET units = m.units + excluded.units"
}

/// Adds what a drive told to the sums of its chapter and of those above, in the place of what it told before. Drives of one country wait
/// for each other here, from the centre's row on.
pub fn add<R: Right>(
    conn: &mut PgConnection,
    _: &Granted<R>,
    (chapter, day): (Uuid, NaiveDate),
    told: &Told,
    before: Option<&Told>,
) -> Result<(), DbError> {
    let year = i16::try_from(day.year()).unwrap_or(i16::MAX);
    let more = before.map_or(Totals::of(told), |before| Totals::of(told).less(Totals::of(before)));
    shown::alters(conn);
    AddTotals {
        year: &year,
        drives: &more.drives,
        registered: &more.registered,
        gave: &more.gave,
        units: &more.units,
        came: &more.came,
        deferred: &more.deferred,
        untold: &more.untold,
        ml: &more.ml,
        ml_units: &more.ml_units,
        chapter: &chapter,
    }
    .execute(conn)?;
    let month = i16::try_from(day.month()).unwrap_or(i16::MAX);
    AddMonth { year: &year, month: &month, units: &more.units, chapter: &chapter }.execute(conn)?;
    let gone = before.map(persons).unwrap_or_default().into_iter().map(|(dimension, kind, many)| (dimension, kind, -many));
    let mut dimensions = Vec::new();
    let mut kinds = Vec::new();
    let mut many = Vec::new();
    for (dimension, kind, persons) in persons(told).into_iter().chain(gone) {
        dimensions.push(dimension.name().to_owned());
        kinds.push(kind.to_owned());
        many.push(persons);
    }
    AddPersons { year: &year, dimensions: &dimensions, kinds: &kinds, persons: &many, chapter: &chapter }.execute(conn)?;
    Ok(())
}

/// The sums of a chapter with everything below it, of a year. Allowed to the public role.
pub fn of_year(conn: &mut PgConnection, scope: Uuid, year: i16) -> Result<Totals, DbError> {
    let query = blood_result_year::table.find((scope, year)).select(Totals::as_select());
    Ok(query.first(conn).optional()?.unwrap_or_default())
}

/// Persons of that: dimension, kind or '', how many. Allowed to the public role.
pub fn persons_of_year(conn: &mut PgConnection, scope: Uuid, year: i16) -> Result<Vec<(String, String, i64)>, DbError> {
    use blood_result_year_count as c;
    let query = c::table.filter(c::scope_id.eq(scope)).filter(c::year.eq(year)).filter(c::persons.ne(0));
    Ok(query.order((c::dimension, c::kind)).select((c::dimension, c::kind, c::persons)).load(conn)?)
}

/// A time and the one it is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    pub from: NaiveDate,
    /// The last day of it.
    pub to: NaiveDate,
    pub before_from: NaiveDate,
    pub before_to: NaiveDate,
}

impl Times {
    fn year(&self) -> i16 {
        i16::try_from(self.from.year()).unwrap_or(i16::MAX)
    }

    /// The whole months of the time before, as its year and the month in which it ends; and the first day of that month.
    fn before(&self) -> (i16, i16, NaiveDate) {
        let year = i16::try_from(self.before_to.year()).unwrap_or(i16::MAX);
        let month = i16::try_from(self.before_to.month()).unwrap_or(i16::MAX);
        (year, month, self.before_to.with_day(1).unwrap_or(self.before_to))
    }
}

/// A year up to today, or the whole of one that is over; and the one before up to the same day: 28 February beside the 29th. `None` for a
/// year that no calendar has.
pub fn times(year: i32, today: NaiveDate) -> Option<Times> {
    let first = |year| NaiveDate::from_ymd_opt(year, 1, 1);
    let last = NaiveDate::from_ymd_opt(year, 12, 31)?;
    let from = first(year)?;
    let to = today.min(last).max(from);
    let before_to = to.with_year(year - 1).or_else(|| NaiveDate::from_ymd_opt(year - 1, 2, 28))?;
    Some(Times { from, to, before_from: first(year - 1)?, before_to })
}

/// A chapter with what was given at it and below.
pub type ProgressRow = (Uuid, String, String, String, i64, i64, i64);

statement! {
    planned struct Progress {
        before_year: i16 => SmallInt,
        before_month: i16 => SmallInt,
        days_from: NaiveDate => Date,
        days_to: NaiveDate => Date,
        year: i16 => SmallInt,
        above: Uuid => SqlUuid,
        of_level: str => Text,
        directly: bool => Bool,
    } -> (SqlUuid, Text, Text, Text, BigInt, BigInt, BigInt),
    "WITH before AS (
         SELECT scope_id, sum(units)::bigint AS units FROM (
             SELECT scope_id, units FROM blood_result_month WHERE year = ? AND month < ?
             UNION ALL
             SELECT a.ancestor_id, r.units FROM blood_result r JOIN chapter_ancestor a ON a.chapter_id = r.chapter_id
             WHERE r.replaced_by IS NULL AND r.day BETWEEN ? AND ?) u GROUP BY 1)
     SELECT c.id, c.code, c.name, c.level, coalesce(y.units, 0), coalesce(b.units, 0), coalesce(y.drives, 0)::bigint
     FROM chapter_ancestor x JOIN chapter c ON c.id = x.chapter_id
     LEFT JOIN blood_result_year y ON y.scope_id = c.id AND y.year = ? LEFT JOIN before b ON b.scope_id = c.id
     WHERE x.ancestor_id = ? AND (c.level = ? OR (? AND x.depth = 1))
       AND (c.status IN ('ACTIVE', 'PROVISIONAL', 'MERGING') OR coalesce(y.units, 0) + coalesce(b.units, 0) > 0)
     ORDER BY c.code"
}

/// Units of every chapter of a level at and below one, or of those directly below it: id, code, name, level, units, units up to the same
/// day of the year before, drives. One that is not there any more has a row where it gave something. Allowed to the public role.
pub fn progress(conn: &mut PgConnection, above: Uuid, level: Option<&str>, times: &Times) -> Result<Vec<ProgressRow>, DbError> {
    let (before_year, before_month, days_from) = times.before();
    let of = Progress {
        before_year: &before_year,
        before_month: &before_month,
        days_from: &days_from,
        days_to: &times.before_to,
        year: &times.year(),
        above: &above,
        of_level: level.unwrap_or_default(),
        directly: &level.is_none(),
    };
    Ok(of.load(conn)?)
}

/// Units by month, of a year and of the one before whole: year, month, units. Allowed to the public role.
pub fn months(conn: &mut PgConnection, scope: Uuid, times: &Times) -> Result<Vec<(i16, i16, i64)>, DbError> {
    use blood_result_month as m;
    let query = m::table.filter(m::scope_id.eq(scope)).filter(m::year.eq_any([times.year() - 1, times.year()]));
    Ok(query.order((m::year, m::month)).select((m::year, m::month, m::units)).load(conn)?)
}

statement! {
    struct Before {
        scope: Uuid => SqlUuid,
        year: i16 => SmallInt,
        month: i16 => SmallInt,
        same: Uuid => SqlUuid,
        days_from: NaiveDate => Date,
        days_to: NaiveDate => Date,
    } -> (BigInt,),
    "SELECT ((SELECT coalesce(sum(units), 0) FROM blood_result_month WHERE scope_id = ? AND year = ? AND month < ?)
           + (SELECT coalesce(sum(r.units), 0) FROM blood_result r JOIN chapter_ancestor a ON a.chapter_id = r.chapter_id AND a.ancestor_id = ?
              WHERE r.replaced_by IS NULL AND r.day BETWEEN ? AND ?))::bigint"
}

/// Units of a chapter and everything below it in the time before. Allowed to the public role.
pub fn before(conn: &mut PgConnection, scope: Uuid, times: &Times) -> Result<i64, DbError> {
    let (year, month, days_from) = times.before();
    let of = Before { scope: &scope, year: &year, month: &month, same: &scope, days_from: &days_from, days_to: &times.before_to };
    let rows: Vec<(i64,)> = of.load(conn)?;
    Ok(rows.first().map_or(0, |(units,)| *units))
}

/// Units that count for so much: đồng a unit, since when, mark, source, how many.
pub type ValueRow = (i64, NaiveDate, String, String, i64);

statement! {
    struct Values {
        scope: Uuid => SqlUuid,
        year: i16 => SmallInt,
    } -> (BigInt, Date, Text, Text, BigInt),
    "SELECT v.vnd_per_unit, v.valid_from, v.mark, v.source, sum(m.units)::bigint
     FROM blood_result_month m JOIN blood_value v ON make_date(m.year, m.month, 1) >= v.valid_from
         AND (v.valid_to IS NULL OR make_date(m.year, m.month, 1) < v.valid_to)
     WHERE m.scope_id = ? AND m.year = ? AND m.units <> 0 GROUP BY v.valid_from ORDER BY v.valid_from"
}

/// What the units of a year count for, each by the rate of its month. Allowed to the public role.
pub fn values(conn: &mut PgConnection, scope: Uuid, times: &Times) -> Result<Vec<ValueRow>, DbError> {
    Ok(Values { scope: &scope, year: &times.year() }.load(conn)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_compared_with_the_same_day_of_the_year_before() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let of = |year, today: &str| {
            let times = times(year, day(today)).unwrap();
            (times.from, times.to, times.before_from, times.before_to)
        };
        assert_eq!(of(2026, "2026-11-22"), (day("2026-01-01"), day("2026-11-22"), day("2025-01-01"), day("2025-11-22")));
        assert_eq!(of(2025, "2026-11-22"), (day("2025-01-01"), day("2025-12-31"), day("2024-01-01"), day("2024-12-31")));
        assert_eq!(of(2028, "2028-02-29").3, day("2027-02-28"));
        assert_eq!(of(2027, "2026-11-22").1, day("2027-01-01"), "a year to come has its first day");
        assert_eq!(of(2026, "2026-12-31").3, day("2025-12-31"));
    }
}
