//! SQL of enrolments, attendance and corrections.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{CourseCorrectionState, CourseEnrolmentCancelled, CourseEnrolmentState, CourseResult};
use crate::db::DbError;
use crate::db::schema::{course, course_attendance, course_correction, course_enrolment};
use crate::http::Span;

/// Somebody's place, as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = course_enrolment, check_for_backend(diesel::pg::Pg))]
pub struct EnrolmentRow {
    pub id: Uuid,
    pub course_id: Uuid,
    pub person_id: Uuid,
    pub state: String,
    pub turn: i32,
    pub enrolled_by: Uuid,
    pub enrolled_at: DateTime<Utc>,
    pub moved_up_at: Option<DateTime<Utc>>,
    pub cancelled_at: Option<DateTime<Utc>>,
    pub cancelled_how: Option<String>,
    pub result: Option<String>,
    pub officer: bool,
}

impl EnrolmentRow {
    pub fn state(&self) -> Option<CourseEnrolmentState> {
        CourseEnrolmentState::parse(&self.state)
    }

    pub fn is(&self, state: CourseEnrolmentState) -> bool {
        self.state() == Some(state)
    }

    pub fn result(&self) -> Option<CourseResult> {
        self.result.as_deref().and_then(CourseResult::parse)
    }
}

/// A correction of a result, as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = course_correction, check_for_backend(diesel::pg::Pg))]
pub struct CorrectionRow {
    pub id: Uuid,
    pub enrolment_id: Uuid,
    pub chapter_id: Uuid,
    pub from_result: String,
    pub to_result: String,
    pub reason: String,
    pub state: String,
    pub asked_by: Uuid,
    pub asked_at: DateTime<Utc>,
    pub decided_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<EnrolmentRow>, DbError> {
    Ok(course_enrolment::table.find(id).select(EnrolmentRow::as_select()).first(conn).optional()?)
}

/// All of a course, in the order in which they came.
pub fn of_course(conn: &mut PgConnection, course: Uuid) -> Result<Vec<EnrolmentRow>, DbError> {
    use course_enrolment as e;
    let query = e::table.filter(e::course_id.eq(course)).order(e::turn);
    Ok(query.select(EnrolmentRow::as_select()).load(conn)?)
}

/// A page of them.
pub fn list(
    conn: &mut PgConnection,
    course: Uuid,
    state: Option<CourseEnrolmentState>,
    span: &Span<i32>,
) -> Result<Vec<EnrolmentRow>, DbError> {
    use course_enrolment as e;
    let query = e::table.filter(e::course_id.eq(course)).order(e::turn).limit(span.rows);
    let mut query = query.select(EnrolmentRow::as_select()).into_boxed();
    if let Some(state) = state {
        query = query.filter(e::state.eq(state.name()));
    }
    if let Some(turn) = span.after {
        query = query.filter(e::turn.gt(turn));
    }
    Ok(query.load(conn)?)
}

/// Those of these persons, in the order of their courses.
pub fn of_persons(conn: &mut PgConnection, persons: &[Uuid]) -> Result<Vec<EnrolmentRow>, DbError> {
    use course_enrolment as e;
    let query = e::table.filter(e::person_id.eq_any(persons)).order((e::course_id, e::turn));
    Ok(query.select(EnrolmentRow::as_select()).load(conn)?)
}

/// Whether one of these persons has a place or waits for one.
pub fn has_any(conn: &mut PgConnection, course: Uuid, persons: &[Uuid]) -> Result<bool, DbError> {
    use course_enrolment as e;
    let standing = e::table.filter(e::course_id.eq(course)).filter(e::person_id.eq_any(persons));
    let standing = standing.filter(e::state.ne(CourseEnrolmentState::Cancelled.name()));
    Ok(diesel::select(diesel::dsl::exists(standing)).get_result(conn)?)
}

/// How many wait, and the turn of whoever comes next.
pub fn line(conn: &mut PgConnection, course: Uuid) -> Result<(i64, i32), DbError> {
    use course_enrolment as e;
    let of = || e::table.filter(e::course_id.eq(course));
    let last: Option<i32> = of().select(diesel::dsl::max(e::turn)).first(conn)?;
    let waiting = of().filter(e::state.eq(CourseEnrolmentState::Waiting.name())).count().get_result(conn)?;
    Ok((waiting, last.unwrap_or(0) + 1))
}

/// How many wait for each of these courses.
pub fn waiting(conn: &mut PgConnection, courses: &[Uuid]) -> Result<HashMap<Uuid, i64>, DbError> {
    use course_enrolment as e;
    let query = e::table.filter(e::course_id.eq_any(courses)).filter(e::state.eq(CourseEnrolmentState::Waiting.name()));
    let rows: Vec<(Uuid, i64)> = query.group_by(e::course_id).select((e::course_id, diesel::dsl::count_star())).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The codes of the courses of these enrolments.
pub fn course_codes(conn: &mut PgConnection, of: &[Uuid]) -> Result<HashMap<Uuid, String>, DbError> {
    use course_enrolment as e;
    let query = e::table.inner_join(course::table.on(course::id.eq(e::course_id))).filter(e::id.eq_any(of));
    Ok(query.select((e::id, course::code)).load::<(Uuid, String)>(conn)?.into_iter().collect())
}

pub fn insert(conn: &mut PgConnection, row: &EnrolmentRow) -> Result<(), DbError> {
    diesel::insert_into(course_enrolment::table).values(row).execute(conn)?;
    Ok(())
}

/// The first who wait, so many; the caller holds the course.
pub fn first_waiting(conn: &mut PgConnection, course: Uuid, most: i64) -> Result<Vec<Uuid>, DbError> {
    use course_enrolment as e;
    let query = e::table.filter(e::course_id.eq(course)).filter(e::state.eq(CourseEnrolmentState::Waiting.name()));
    Ok(query.order(e::turn).limit(most).select(e::id).load(conn)?)
}

/// They have places now.
pub fn move_up(conn: &mut PgConnection, ids: &[Uuid], at: DateTime<Utc>) -> Result<(), DbError> {
    use course_enrolment as e;
    diesel::update(e::table.filter(e::id.eq_any(ids)))
        .set((e::state.eq(CourseEnrolmentState::Enrolled.name()), e::moved_up_at.eq(at)))
        .execute(conn)?;
    Ok(())
}

/// They have neither a place nor wait for one any more.
pub fn cancel(conn: &mut PgConnection, ids: &[Uuid], how: CourseEnrolmentCancelled, at: DateTime<Utc>) -> Result<(), DbError> {
    use course_enrolment as e;
    diesel::update(e::table.filter(e::id.eq_any(ids)))
        .set((e::state.eq(CourseEnrolmentState::Cancelled.name()), e::cancelled_at.eq(at), e::cancelled_how.eq(how.name())))
        .execute(conn)?;
    Ok(())
}

/// What came of it for these.
pub fn write_result(conn: &mut PgConnection, ids: &[Uuid], result: CourseResult) -> Result<(), DbError> {
    use course_enrolment as e;
    diesel::update(e::table.filter(e::id.eq_any(ids))).set(e::result.eq(result.name())).execute(conn)?;
    Ok(())
}

/// These held a post of the society.
pub fn note_officers(conn: &mut PgConnection, ids: &[Uuid]) -> Result<(), DbError> {
    use course_enrolment as e;
    diesel::update(e::table.filter(e::id.eq_any(ids))).set(e::officer.eq(true)).execute(conn)?;
    Ok(())
}

/// Who was there at which session, of a course.
pub fn attendance(conn: &mut PgConnection, course: Uuid) -> Result<HashMap<Uuid, Vec<i16>>, DbError> {
    use course_attendance as a;
    let query = a::table.filter(a::course_id.eq(course)).order((a::enrolment_id, a::n));
    let rows: Vec<(Uuid, i16)> = query.select((a::enrolment_id, a::n)).load(conn)?;
    let mut all: HashMap<Uuid, Vec<i16>> = HashMap::new();
    for (enrolment, n) in rows {
        all.entry(enrolment).or_default().push(n);
    }
    Ok(all)
}

/// These were there at a session, and nobody else.
pub fn write_attendance(conn: &mut PgConnection, course: Uuid, n: i16, present: &HashSet<Uuid>) -> Result<(), DbError> {
    use course_attendance as a;
    diesel::delete(a::table.filter(a::course_id.eq(course)).filter(a::n.eq(n))).execute(conn)?;
    if present.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = present.iter().map(|id| (a::enrolment_id.eq(*id), a::course_id.eq(course), a::n.eq(n))).collect();
    diesel::insert_into(a::table).values(rows).execute(conn)?;
    Ok(())
}

/// Whether anybody was noted for a session after this one.
pub fn attended_after(conn: &mut PgConnection, course: Uuid, n: i16) -> Result<bool, DbError> {
    use course_attendance as a;
    let query = a::table.filter(a::course_id.eq(course)).filter(a::n.gt(n));
    Ok(diesel::select(diesel::dsl::exists(query)).get_result(conn)?)
}

/// When these were there is forgotten.
pub fn forget_attendance(conn: &mut PgConnection, enrolments: &[Uuid]) -> Result<(), DbError> {
    diesel::delete(course_attendance::table.filter(course_attendance::enrolment_id.eq_any(enrolments))).execute(conn)?;
    Ok(())
}

pub fn correction(conn: &mut PgConnection, id: Uuid) -> Result<Option<CorrectionRow>, DbError> {
    Ok(course_correction::table.find(id).select(CorrectionRow::as_select()).first(conn).optional()?)
}

/// Those of an enrolment, oldest first.
pub fn corrections(conn: &mut PgConnection, enrolment: Uuid) -> Result<Vec<CorrectionRow>, DbError> {
    use course_correction as c;
    let query = c::table.filter(c::enrolment_id.eq(enrolment)).order((c::asked_at, c::id));
    Ok(query.select(CorrectionRow::as_select()).load(conn)?)
}

pub fn insert_correction(conn: &mut PgConnection, row: &CorrectionRow) -> Result<(), DbError> {
    diesel::insert_into(course_correction::table).values(row).execute(conn)?;
    Ok(())
}

/// Notes what became of a correction.
pub fn settle(
    conn: &mut PgConnection,
    id: Uuid,
    state: CourseCorrectionState,
    by: Uuid,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    use course_correction as c;
    diesel::update(c::table.find(id))
        .set((c::state.eq(state.name()), c::decided_by.eq(by), c::decided_at.eq(at)))
        .execute(conn)?;
    Ok(())
}
