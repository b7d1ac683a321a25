//! How many people are held, and of how many sensitive data, against the law's limits (Law 116/2025/QH15): counted once a day behind the
//! requests, as every room counts what it has, and told to whoever runs the server and to the administrators of the whole house.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::fault::Fault;
use super::proposals;
use crate::authz::{Inspect, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::{persons_held, persons_limit};
use crate::house::Rooms;
use crate::house::persons::{Dossier, HowMany};
use crate::tree;

/// What was counted last: the day, and of each room that holds anybody how many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    pub day: Option<NaiveDate>,
    pub rooms: Vec<(String, HowMany)>,
}

impl Counted {
    /// Over all rooms.
    pub fn all(&self) -> HowMany {
        let persons = self.rooms.iter().map(|(_, many)| many.persons).sum();
        let sensitive = self.rooms.iter().map(|(_, many)| many.sensitive).sum();
        HowMany { persons, sensitive }
    }
}

/// A limit of the law in force on a day.
#[derive(Debug, Clone, Queryable)]
pub struct Limit {
    what: String,
    pub persons: i64,
    warn_percent: i16,
    pub source: String,
}

/// The limits in force: of all persons, and of those with sensitive data.
#[derive(Debug, Clone, Default)]
pub struct Limits(Vec<Limit>);

impl Limits {
    pub fn on(conn: &mut PgConnection, day: NaiveDate) -> Result<Self, DbError> {
        use persons_limit as l;
        let limits = l::table.filter(l::valid_from.le(day)).filter(l::valid_to.is_null().or(l::valid_to.gt(day)));
        Ok(Self(limits.order(l::what).select((l::what, l::persons, l::warn_percent, l::source)).load(conn)?))
    }

    fn of(&self, what: &str) -> Option<&Limit> {
        self.0.iter().find(|limit| limit.what == what)
    }

    /// The limits that so many people are near to, or have passed.
    pub fn near(&self, many: HowMany) -> Vec<&Limit> {
        let held = |limit: &Limit| if limit.what == "SENSITIVE" { many.sensitive } else { many.persons };
        self.0.iter().filter(|limit| held(limit).saturating_mul(100) >= limit.persons * i64::from(limit.warn_percent)).collect()
    }
}

/// Counts, unless that was done today; says whether it was now.
pub fn count(conn: &mut PgConnection, now: DateTime<Utc>, rooms: Rooms) -> Result<bool, DbError> {
    use persons_held as h;
    let day = vietnam_date(now);
    if diesel::select(diesel::dsl::exists(h::table.filter(h::day.eq(day)))).get_result(conn)? {
        return Ok(false);
    }
    let mut rows = Vec::new();
    for room in rooms.0.iter().filter(|room| !room.persons.is_empty()) {
        let mut many = HowMany::default();
        for holder in room.persons {
            let more = holder.how_many(conn)?;
            many = HowMany { persons: many.persons + more.persons, sensitive: many.sensitive + more.sensitive };
        }
        let row = (h::day.eq(day), h::room.eq(room.name), h::persons.eq(many.persons), h::sensitive.eq(many.sensitive));
        rows.push((row, h::counted_at.eq(now)));
    }
    diesel::insert_into(h::table).values(rows).on_conflict_do_nothing().execute(conn)?;
    Ok(true)
}

/// What was counted last. A handful of rows.
pub fn latest(conn: &mut PgConnection) -> Result<Counted, DbError> {
    use persons_held as h;
    let day: Option<NaiveDate> = h::table.select(diesel::dsl::max(h::day)).first(conn)?;
    let Some(last) = day else { return Ok(Counted::default()) };
    let rows: Vec<(String, i64, i64)> =
        h::table.filter(h::day.eq(last)).order(h::room).select((h::room, h::persons, h::sensitive)).load(conn)?;
    let rooms = rows.into_iter().map(|(room, persons, sensitive)| (room, HowMany { persons, sensitive })).collect();
    Ok(Counted { day, rooms })
}

/// What a server says when it starts: near a limit it warns until an approved dossier is configured.
pub fn said(conn: &mut PgConnection, now: DateTime<Utc>, dossier: Option<&Dossier>) -> Result<Option<String>, DbError> {
    let (many, limits) = (latest(conn)?.all(), Limits::on(conn, vietnam_date(now))?);
    Ok(warning(many, &limits, dossier))
}

/// See [`said`]. Pure.
fn warning(many: HowMany, limits: &Limits, dossier: Option<&Dossier>) -> Option<String> {
    let near: Vec<String> =
        limits.near(many).iter().map(|limit| format!("{} {}", limit.persons, limit.what.to_lowercase())).collect();
    if near.is_empty() || dossier.is_some() {
        return None;
    }
    Some(format!(
        "data of {} persons are held, sensitive ones of {}: near or over the limits of Law 116/2025/QH15 ({}), from which on a security \
         dossier of level 3 is approved before operation; set its number and day (SNA_SECURITY_DOSSIER_NO, SNA_SECURITY_DOSSIER_DATE)",
        many.persons,
        many.sensitive,
        near.join(", ")
    ))
}

/// How many people are held, beside the limits of the law.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonsHeldOut {
    /// The day on which it was counted last; absent before the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted_on: Option<NaiveDate>,
    /// People of whom something is held, wherever.
    #[schema(example = 81204)]
    pub persons: i64,
    /// Of how many of them sensitive data are held. Somebody whom two rooms hold is in it twice.
    #[schema(example = 2310)]
    pub sensitive: i64,
    /// From so many people on the law asks for an approved dossier of level 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 100000)]
    pub limit: Option<i64>,
    /// From so many people with sensitive data on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 10000)]
    pub sensitive_limit: Option<i64>,
    /// Where the limits stand.
    pub sources: Vec<String>,
    /// A limit is near or passed, and no approved dossier is configured.
    pub dossier_missing: bool,
    /// The approved dossier, as whoever runs the server has configured it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dossier: Option<DossierOut>,
    /// Room by room.
    pub rooms: Vec<RoomHolds>,
    /// Persons whom nothing needs any more, waiting at their chapters for somebody to decide.
    pub retention_waits: i64,
}

/// A security dossier that was approved.
#[derive(Debug, Serialize, ToSchema)]
pub struct DossierOut {
    /// Its number.
    #[schema(example = "12/HS-ATTT")]
    pub number: String,
    /// The day on which it was approved.
    pub approved_on: NaiveDate,
}

/// What one part of the program holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomHolds {
    /// As the register of processing calls it.
    #[schema(example = "parties")]
    pub room: String,
    /// People whom no room below it counts.
    pub persons: i64,
    /// People of whom it holds sensitive data.
    pub sensitive: i64,
}

/// For whoever inspects the whole house.
pub fn shown(v: &mut Visit<'_>, dossier: Option<&Dossier>) -> Result<PersonsHeldOut, Fault> {
    let centre = tree::centre(v.conn)?;
    v.see::<Inspect>(centre)?;
    let (counted, limits) = (latest(v.conn)?, Limits::on(v.conn, vietnam_date(v.now))?);
    let many = counted.all();
    let room = |(room, many): (String, HowMany)| RoomHolds { room, persons: many.persons, sensitive: many.sensitive };
    Ok(PersonsHeldOut {
        counted_on: counted.day,
        persons: many.persons,
        sensitive: many.sensitive,
        limit: limits.of("PERSONS").map(|limit| limit.persons),
        sensitive_limit: limits.of("SENSITIVE").map(|limit| limit.persons),
        sources: limits.0.iter().map(|limit| limit.source.clone()).collect(),
        dossier_missing: dossier.is_none() && !limits.near(many).is_empty(),
        dossier: dossier.map(|one| DossierOut { number: one.number.clone(), approved_on: one.approved_on }),
        rooms: counted.rooms.into_iter().map(room).collect(),
        retention_waits: proposals::waiting(v.conn)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        let limit = |what: &str, persons| Limit { what: what.to_owned(), persons, warn_percent: 80, source: String::new() };
        Limits(vec![limit("PERSONS", 100_000), limit("SENSITIVE", 10_000)])
    }

    #[test]
    fn it_warns_from_eighty_percent_on_until_a_dossier_is_configured() {
        let dossier = Dossier { number: "12/HS".to_owned(), approved_on: NaiveDate::from_ymd_opt(2026, 11, 1).unwrap() };
        for (persons, sensitive, near) in [
            (79_999, 7_999, false),
            (80_000, 0, true),
            (0, 8_000, true),
            (100_000, 0, true),
            (2_000_000, 900_000, true),
            (0, 0, false),
        ] {
            let many = HowMany { persons, sensitive };
            assert_eq!(warning(many, &limits(), None).is_some(), near, "{many:?}");
            assert_eq!(warning(many, &limits(), Some(&dossier)), None);
        }
        assert_eq!(warning(HowMany { persons: i64::MAX / 200, sensitive: 0 }, &Limits::default(), None), None);
    }
}
