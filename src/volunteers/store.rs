//! SQL of volunteers, and what other rooms ask of them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{Days, Means, Parts, VolunteerId, VolunteerKind, VolunteerState};
use super::wire::Offer;
use crate::authz::{Granted, KeepPeople, SeePeople, Seen};
use crate::db::DbError;
use crate::db::schema::{volunteer, volunteer_rule, volunteer_skill};
use crate::http::Span;
use crate::persons::PersonId;
use crate::tree;

/// A volunteer as they are stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = volunteer, check_for_backend(diesel::pg::Pg))]
pub struct Row {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub person_id: Uuid,
    pub kind: String,
    pub state: String,
    pub willing: Option<bool>,
    pub willing_on: Option<NaiveDate>,
    pub weekdays: i16,
    pub day_parts: i16,
    pub languages: Vec<String>,
    pub means: Vec<String>,
    pub insured_until: Option<NaiveDate>,
    pub since: Option<NaiveDate>,
    pub request_hash: Vec<u8>,
    pub version: i32,
    pub recorded_by: Uuid,
    pub recorded_at: DateTime<Utc>,
}

impl Row {
    pub fn volunteer(&self) -> VolunteerId {
        VolunteerId(self.id)
    }

    pub fn person(&self) -> PersonId {
        PersonId(self.person_id)
    }

    pub fn kind(&self) -> Option<VolunteerKind> {
        VolunteerKind::parse(&self.kind)
    }

    pub fn state(&self) -> Option<VolunteerState> {
        VolunteerState::parse(&self.state)
    }

    /// What they offer.
    pub(super) fn offer(&self) -> Offer {
        Offer {
            weekdays: Days(self.weekdays),
            day_parts: Parts(self.day_parts),
            languages: self.languages.clone(),
            means: self.means.iter().filter_map(|means| Means::parse(means)).collect(),
            insured_until: self.insured_until,
        }
    }

    /// The same volunteer with another offer.
    pub(super) fn with(self, offer: &Offer) -> Self {
        Self {
            weekdays: offer.weekdays.0,
            day_parts: offer.day_parts.0,
            languages: offer.languages.clone(),
            means: offer.means.iter().map(|means| means.name().to_owned()).collect(),
            insured_until: offer.insured_until,
            ..self
        }
    }

    /// Whether they are a volunteer or wait to be verified: a person is one once (`volunteer_standing_key`).
    pub(super) fn stands(&self) -> bool {
        matches!(self.state(), Some(VolunteerState::Applied | VolunteerState::Verified | VolunteerState::Paused))
    }

    /// Whether they were verified, and nobody erased them: they may be entered in what volunteers do.
    pub fn is_one(&self) -> bool {
        self.since.is_some() && self.state() != Some(VolunteerState::Erased)
    }
}

/// One volunteer, whatever chapter's: for rooms that have asked for the right to what they show.
pub fn find(conn: &mut PgConnection, id: VolunteerId) -> Result<Option<Row>, DbError> {
    Ok(volunteer::table.find(id.0).select(Row::as_select()).first(conn).optional()?)
}

/// [`find`] for many.
pub fn find_all(conn: &mut PgConnection, ids: &[VolunteerId]) -> Result<HashMap<VolunteerId, Row>, DbError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<Row> = volunteer::table.filter(volunteer::id.eq_any(ids)).select(Row::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.volunteer(), row)).collect())
}

/// [`find_all`], held until the end of the transaction, one after the other in the order of their ids.
pub(super) fn hold_all(conn: &mut PgConnection, ids: &[VolunteerId]) -> Result<HashMap<VolunteerId, Row>, DbError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let query = volunteer::table.filter(volunteer::id.eq_any(ids)).order(volunteer::id).select(Row::as_select());
    let rows: Vec<Row> = query.for_no_key_update().load(conn)?;
    Ok(rows.into_iter().map(|row| (row.volunteer(), row)).collect())
}

/// A volunteer of the chapter of a grant (or of one that it goes on for), held until the end of the transaction. `None` where the
/// chapter has none of this id, and where they were erased.
pub fn hold(conn: &mut PgConnection, by: &Granted<KeepPeople>, id: VolunteerId) -> Result<Option<Row>, DbError> {
    let Some(row) = held(conn, id)? else { return Ok(None) };
    let is_here = tree::with_succeeded(conn, by.chapter())?.contains(&row.chapter_id);
    Ok(Some(row).filter(|row| is_here && row.state() != Some(VolunteerState::Erased)))
}

/// [`find`], held until the end of the transaction: steps come one after the other.
pub(super) fn held(conn: &mut PgConnection, id: VolunteerId) -> Result<Option<Row>, DbError> {
    Ok(volunteer::table.find(id.0).select(Row::as_select()).for_no_key_update().first(conn).optional()?)
}

/// The volunteers that these persons are or were, the one that stands first.
pub fn of_persons(conn: &mut PgConnection, persons: &[PersonId]) -> Result<Vec<Row>, DbError> {
    let ids: Vec<Uuid> = persons.iter().map(|id| id.0).collect();
    let mut rows: Vec<Row> =
        volunteer::table.filter(volunteer::person_id.eq_any(ids)).order(volunteer::id).select(Row::as_select()).load(conn)?;
    rows.sort_by_key(|row| !row.state().is_some_and(VolunteerState::is_counted));
    Ok(rows)
}

pub(super) fn insert(conn: &mut PgConnection, row: &Row) -> Result<(), DbError> {
    diesel::insert_into(volunteer::table).values(row).execute(conn)?;
    Ok(())
}

/// [`insert`] of many.
pub(super) fn insert_all(conn: &mut PgConnection, rows: &[&Row]) -> Result<(), DbError> {
    diesel::insert_into(volunteer::table).values(rows.to_vec()).execute(conn)?;
    Ok(())
}

/// Writes a held row anew: what they offer, where they stand.
pub(super) fn write(conn: &mut PgConnection, row: &Row) -> Result<(), DbError> {
    use volunteer as v;
    diesel::update(v::table.find(row.id))
        .set((
            (v::kind.eq(&row.kind), v::state.eq(&row.state), v::willing.eq(row.willing), v::willing_on.eq(row.willing_on)),
            (v::weekdays.eq(row.weekdays), v::day_parts.eq(row.day_parts), v::languages.eq(&row.languages)),
            (v::means.eq(&row.means), v::insured_until.eq(row.insured_until), v::since.eq(row.since)),
            (v::version.eq(row.version), v::request_hash.eq(&row.request_hash)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Which volunteers a list shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    pub state: Option<VolunteerState>,
    pub kind: Option<VolunteerKind>,
    pub skill: Option<String>,
}

/// Those of a chapter and of those it goes on for, in the order in which they were entered.
pub(super) fn list(
    conn: &mut PgConnection,
    here: &Seen<SeePeople>,
    wanted: &Wanted,
    span: &Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<Row>, DbError> {
    use volunteer as v;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let query = v::table.filter(v::chapter_id.eq(chapter)).order((v::recorded_at, v::id)).limit(span.rows);
        let mut query = query.select(Row::as_select()).into_boxed();
        if let Some(state) = wanted.state {
            query = query.filter(v::state.eq(state.name()));
        }
        if let Some(kind) = wanted.kind {
            query = query.filter(v::kind.eq(kind.name()));
        }
        if let Some(skill) = &wanted.skill {
            use volunteer_skill as s;
            query = query.filter(v::id.eq_any(s::table.filter(s::skill.eq(skill)).select(s::volunteer_id)));
        }
        if let Some((at, id)) = span.after {
            query = query.filter(v::recorded_at.ge(at)).filter(v::recorded_at.gt(at).or(v::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &Row| (row.recorded_at, row.id))
}

/// How many those are.
pub(super) fn count(conn: &mut PgConnection, here: &Seen<SeePeople>, state: Option<VolunteerState>) -> Result<i64, DbError> {
    use volunteer as v;
    let mut query = v::table.filter(v::chapter_id.eq_any(tree::with_succeeded(conn, here.chapter())?)).into_boxed();
    if let Some(state) = state {
        query = query.filter(v::state.eq(state.name()));
    }
    Ok(query.count().get_result(conn)?)
}

/// The volunteers that these persons are or were, held until the end of the transaction.
pub(super) fn held_of_persons(conn: &mut PgConnection, persons: &[PersonId]) -> Result<Vec<Row>, DbError> {
    let ids: Vec<Uuid> = persons.iter().map(|id| id.0).collect();
    let query = volunteer::table.filter(volunteer::person_id.eq_any(ids)).order(volunteer::id).select(Row::as_select());
    Ok(query.for_no_key_update().load(conn)?)
}

/// A number that the society may set anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub value: i32,
    pub source: String,
}

/// The rule of a name that holds on a day.
pub(super) fn rule(conn: &mut PgConnection, name: &str, day: NaiveDate) -> Result<Option<Rule>, DbError> {
    use volunteer_rule as r;
    let row: Option<(i32, String)> = r::table
        .filter(r::name.eq(name))
        .filter(r::valid_from.le(day))
        .filter(r::valid_to.is_null().or(r::valid_to.gt(day)))
        .select((r::value, r::source))
        .first(conn)
        .optional()?;
    Ok(row.map(|(value, source)| Rule { value, source }))
}
