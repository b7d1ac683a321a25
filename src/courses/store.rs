//! SQL of courses, their sessions, trainers and kinds.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{CourseState, Session};
use crate::authz::{Granted, KeepPeople, Read, Seen};
use crate::db::schema::{course, course_kind, course_kind_rule, course_request, course_session, course_trainer};
use crate::db::{DbError, shown};
use crate::http::Span;
use crate::tree::{self, ChapterId};

/// A course as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = course, check_for_backend(diesel::pg::Pg))]
pub struct CourseRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub code: String,
    pub kind: String,
    pub title: String,
    pub place: String,
    pub places: i16,
    pub taken: i16,
    pub listed: bool,
    pub state: String,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    pub cancelled_why: Option<String>,
    pub version: i32,
    pub recorded_by: Uuid,
    pub recorded_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    pub closed_by: Option<Uuid>,
    pub closed_on: Option<NaiveDate>,
}

impl CourseRow {
    pub fn state(&self) -> Option<CourseState> {
        CourseState::parse(&self.state)
    }

    pub fn is(&self, state: CourseState) -> bool {
        self.state() == Some(state)
    }
}

/// A kind of course.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = course_kind, check_for_backend(diesel::pg::Pg))]
pub struct KindRow {
    pub code: String,
    pub vi: String,
    pub en: String,
    pub area: Option<String>,
    pub renews: Option<String>,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub skill: Option<String>,
    pub skill_level: Option<String>,
}

impl KindRow {
    pub fn in_use_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day < to)
    }

    /// The kind that a certificate of such a course is of.
    pub fn certifies(&self) -> &str {
        self.renews.as_deref().unwrap_or(&self.code)
    }
}

/// The chapter that goes on with what this one had.
pub fn today(conn: &mut PgConnection, chapter: Uuid) -> Result<ChapterId, DbError> {
    Ok(tree::successor(conn, ChapterId(chapter))?.unwrap_or(ChapterId(chapter)))
}

/// Every kind there ever was, in their order.
pub fn kinds(conn: &mut PgConnection) -> Result<Vec<KindRow>, DbError> {
    use course_kind as k;
    Ok(k::table.order((k::rank, k::code)).select(KindRow::as_select()).load(conn)?)
}

/// For how many months certificates of each kind are good that are given on a day.
pub fn months(conn: &mut PgConnection, day: NaiveDate) -> Result<HashMap<String, Option<i16>>, DbError> {
    use course_kind_rule as r;
    let rows: Vec<(String, Option<i16>)> = r::table
        .filter(r::valid_from.le(day))
        .filter(r::valid_to.is_null().or(r::valid_to.gt(day)))
        .select((r::kind, r::validity_months))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<CourseRow>, DbError> {
    Ok(course::table.find(id).select(CourseRow::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction: everything about places goes through here, one after the other.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<CourseRow>, DbError> {
    Ok(course::table.find(id).select(CourseRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Several, held in the order of their ids.
pub fn hold_all(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<CourseRow>, DbError> {
    let query = course::table.filter(course::id.eq_any(ids)).order(course::id);
    Ok(query.select(CourseRow::as_select()).for_no_key_update().load(conn)?)
}

/// Courses by id.
pub fn by_ids(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, CourseRow>, DbError> {
    let rows: Vec<CourseRow> = course::table.filter(course::id.eq_any(ids)).select(CourseRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Those of a chapter and of those it goes on for, in the order in which they were entered.
pub fn list(
    conn: &mut PgConnection,
    here: &Seen<Read>,
    state: Option<CourseState>,
    span: &Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<CourseRow>, DbError> {
    use course as c;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let query = c::table.filter(c::chapter_id.eq(chapter)).order((c::recorded_at, c::id)).limit(span.rows);
        let mut query = query.select(CourseRow::as_select()).into_boxed();
        if let Some(state) = state {
            query = query.filter(c::state.eq(state.name()));
        }
        if let Some((at, id)) = span.after {
            query = query.filter(c::recorded_at.ge(at)).filter(c::recorded_at.gt(at).or(c::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &CourseRow| (row.recorded_at, row.id))
}

/// Writes a course and what was sent, unless its id is taken; whether it was written.
pub fn insert(conn: &mut PgConnection, _: &Granted<KeepPeople>, row: &CourseRow, hash: &[u8]) -> Result<bool, DbError> {
    use course_request as r;
    shown::adds(conn);
    if diesel::insert_into(course::table).values(row).on_conflict(course::id).do_nothing().execute(conn)? == 0 {
        return Ok(false);
    }
    diesel::insert_into(r::table).values((r::course_id.eq(row.id), r::request_hash.eq(hash))).execute(conn)?;
    Ok(true)
}

/// What was sent when a course was planned, as its hash.
pub fn request(conn: &mut PgConnection, id: Uuid) -> Result<Option<Vec<u8>>, DbError> {
    use course_request as r;
    Ok(r::table.find(id).select(r::request_hash).first(conn).optional()?)
}

/// What a course says from now on, which the caller holds.
pub fn write(conn: &mut PgConnection, row: &CourseRow) -> Result<(), DbError> {
    use course as c;
    shown::alters(conn);
    diesel::update(c::table.find(row.id))
        .set((
            (c::title.eq(&row.title), c::place.eq(&row.place), c::places.eq(row.places), c::taken.eq(row.taken)),
            (c::listed.eq(row.listed), c::state.eq(&row.state), c::first_day.eq(row.first_day), c::last_day.eq(row.last_day)),
            (c::cancelled_why.eq(&row.cancelled_why), c::version.eq(row.version), c::changed_at.eq(row.changed_at)),
            (c::closed_by.eq(row.closed_by), c::closed_on.eq(row.closed_on)),
        ))
        .execute(conn)?;
    Ok(())
}

/// How many places are taken, of a course that the caller holds.
pub fn write_taken(conn: &mut PgConnection, id: Uuid, taken: i16) -> Result<(), DbError> {
    shown::alters(conn);
    diesel::update(course::table.find(id)).set(course::taken.eq(taken)).execute(conn)?;
    Ok(())
}

type SessionRow = (Uuid, i16, NaiveDate, i16, i16);

/// The sessions of courses, in their order. Allowed to the public role.
pub fn sessions(conn: &mut PgConnection, of: &[Uuid]) -> Result<HashMap<Uuid, Vec<(i16, Session)>>, DbError> {
    use course_session as s;
    let rows: Vec<SessionRow> = s::table
        .filter(s::course_id.eq_any(of))
        .order((s::course_id, s::n))
        .select((s::course_id, s::n, s::day, s::from_minute, s::until_minute))
        .load(conn)?;
    let mut all: HashMap<Uuid, Vec<(i16, Session)>> = HashMap::new();
    for (course, n, day, from, until) in rows {
        all.entry(course).or_default().push((n, Session { day, from, until }));
    }
    Ok(all)
}

/// The sessions of a course are these from now on.
pub fn write_sessions(conn: &mut PgConnection, of: Uuid, sessions: &[Session]) -> Result<(), DbError> {
    use course_session as s;
    shown::alters(conn);
    let most = i16::try_from(sessions.len()).unwrap_or(i16::MAX);
    diesel::delete(s::table.filter(s::course_id.eq(of)).filter(s::n.gt(most))).execute(conn)?;
    for (n, session) in (1_i16..).zip(sessions) {
        let what = (s::day.eq(session.day), s::from_minute.eq(session.from), s::until_minute.eq(session.until));
        diesel::insert_into(s::table)
            .values((s::course_id.eq(of), s::n.eq(n), what))
            .on_conflict((s::course_id, s::n))
            .do_update()
            .set(what)
            .execute(conn)?;
    }
    Ok(())
}

/// Who teaches a course.
pub fn trainers(conn: &mut PgConnection, of: Uuid) -> Result<Vec<Uuid>, DbError> {
    use course_trainer as t;
    Ok(t::table.filter(t::course_id.eq(of)).order(t::person_id).select(t::person_id).load(conn)?)
}

/// These teach it from now on.
pub fn write_trainers(conn: &mut PgConnection, of: Uuid, persons: &[Uuid]) -> Result<(), DbError> {
    use course_trainer as t;
    diesel::delete(t::table.filter(t::course_id.eq(of))).execute(conn)?;
    if persons.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = persons.iter().map(|person| (t::course_id.eq(of), t::person_id.eq(*person))).collect();
    diesel::insert_into(t::table).values(rows).on_conflict_do_nothing().execute(conn)?;
    Ok(())
}

/// The courses that these persons teach.
pub fn taught_by(conn: &mut PgConnection, persons: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    use course_trainer as t;
    Ok(t::table.filter(t::person_id.eq_any(persons)).order(t::course_id).select(t::course_id).load(conn)?)
}

/// These persons teach nothing any more, as far as is on record.
pub fn forget_trainers(conn: &mut PgConnection, persons: &[Uuid]) -> Result<(), DbError> {
    diesel::delete(course_trainer::table.filter(course_trainer::person_id.eq_any(persons))).execute(conn)?;
    Ok(())
}
