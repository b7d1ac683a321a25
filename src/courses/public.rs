//! What everybody may read of courses and certificates. Everything here is allowed to the public role.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::certificate_store;
use super::model::{CourseState, PublicCertificateState, Session, on_day};
use super::store;
use crate::basics::PublicCode;
use crate::db::DbError;
use crate::db::schema::{course, course_kind};
use crate::http::Span;
use crate::tree;

pub use super::told::years;

/// A course as everybody sees it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = course, check_for_backend(diesel::pg::Pg))]
pub struct ListedRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub code: String,
    pub kind: String,
    pub title: String,
    pub place: String,
    pub places: i16,
    pub taken: i16,
    pub state: String,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    pub version: i32,
    pub changed_at: DateTime<Utc>,
}

/// A course with its sessions.
#[derive(Debug, Clone)]
pub struct Listed {
    pub row: ListedRow,
    /// Vietnamese, English.
    pub kind: (String, String),
    /// Number, and when.
    pub sessions: Vec<(i16, Session)>,
}

fn with_sessions(conn: &mut PgConnection, rows: Vec<ListedRow>) -> Result<Vec<Listed>, DbError> {
    let mut sessions = store::sessions(conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let kinds = kind_names(conn)?;
    let name = |code: &str| kinds.iter().find(|(known, ..)| known == code).map(|(_, vi, en)| (vi.clone(), en.clone()));
    let listed = |row: ListedRow| Listed {
        kind: name(&row.kind).unwrap_or_default(),
        sessions: sessions.remove(&row.id).unwrap_or_default(),
        row,
    };
    Ok(rows.into_iter().map(listed).collect())
}

fn kind_names(conn: &mut PgConnection) -> Result<Vec<(String, String, String)>, DbError> {
    use course_kind as k;
    Ok(k::table.order(k::rank).select((k::code, k::vi, k::en)).load(conn)?)
}

/// Where a page ended.
pub type At = (NaiveDate, Uuid);

/// Courses that are open and not over, the first to begin first: of all chapters, or of one and those below it.
pub fn open(conn: &mut PgConnection, today: NaiveDate, of: Option<Uuid>, span: &Span<At>) -> Result<Vec<Listed>, DbError> {
    use course as c;
    let mut query = c::table
        .filter(c::listed)
        .filter(c::state.eq(CourseState::Open.name()))
        .filter(c::last_day.ge(today))
        .order((c::first_day, c::id))
        .limit(span.rows)
        .select(ListedRow::as_select())
        .into_boxed();
    if let Some(of) = of {
        query = query.filter(c::chapter_id.eq_any(tree::at_and_below(of)));
    }
    if let Some((day, id)) = span.after {
        query = query.filter(c::first_day.ge(day)).filter(c::first_day.gt(day).or(c::id.gt(id)));
    }
    let rows = query.load(conn)?;
    with_sessions(conn, rows)
}

/// For calendars: what was open, is open or was called off, and was not over before a day. What was called off stays for who has it.
pub fn for_calendars(conn: &mut PgConnection, since: NaiveDate, most: i64) -> Result<Vec<Listed>, DbError> {
    use course as c;
    let query = c::table
        .filter(c::listed)
        .filter(c::state.ne(CourseState::Planned.name()))
        .filter(c::last_day.ge(since))
        .order((c::first_day, c::id))
        .limit(most);
    let rows = query.select(ListedRow::as_select()).load(conn)?;
    with_sessions(conn, rows)
}

/// What everybody may learn of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicCertificate {
    pub state: PublicCertificateState,
    /// Code, Vietnamese, English.
    pub kind: Option<(String, String, String)>,
    /// Code of the course.
    pub course: Option<String>,
    pub chapter: Option<Uuid>,
    pub given_on: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    /// While its holder agrees.
    pub name: Option<String>,
}

/// A certificate by its code on a day.
pub fn certificate(conn: &mut PgConnection, code: &PublicCode, today: NaiveDate) -> Result<Option<PublicCertificate>, DbError> {
    let Some(row) = certificate_store::public(conn, code.as_str())? else { return Ok(None) };
    let Some(state) = PublicCertificateState::parse(&row.state) else { return Ok(None) };
    let kind = match &row.kind {
        Some(kind) => kind_names(conn)?.into_iter().find(|(code, ..)| code == kind),
        None => None,
    };
    let state = if state == PublicCertificateState::Valid { on_day(row.valid_until, today) } else { state };
    Ok(Some(PublicCertificate {
        state,
        kind,
        course: row.course,
        chapter: row.chapter_id,
        given_on: row.given_on,
        valid_until: row.valid_until,
        name: row.name,
    }))
}
