//! Places of a course: given up, and given to who waits, whoever does it. The caller holds the course's row, so one comes after the other,
//! and the database refuses one place more than there is.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::enrolments::{self, EnrolmentRow};
use super::model::{CourseEnrolmentCancelled, CourseEnrolmentState, CourseState, move_up};
use super::notices::{Notice, tell};
use super::store::{self, CourseRow};
use crate::db::DbError;

/// Somebody gives up their place, or waits no more; who waits moves up. Whether there was anything to give up.
pub fn give_up(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    course: &mut CourseRow,
    row: &EnrolmentRow,
    how: CourseEnrolmentCancelled,
) -> Result<bool, DbError> {
    let had_place = match row.state() {
        Some(CourseEnrolmentState::Enrolled) => true,
        Some(CourseEnrolmentState::Waiting) => false,
        _ => return Ok(false),
    };
    enrolments::cancel(conn, &[row.id], how, now)?;
    if had_place {
        course.taken -= 1;
        store::write_taken(conn, course.id, course.taken)?;
    }
    if how != CourseEnrolmentCancelled::Erased {
        tell(conn, now, course, Notice::Standing(row.id))?;
    }
    fill(conn, now, course)?;
    Ok(true)
}

/// Who waits moves up into the places that are free, in their order, and is told.
pub fn fill(conn: &mut PgConnection, now: DateTime<Utc>, course: &mut CourseRow) -> Result<(), DbError> {
    if !course.is(CourseState::Open) || course.taken >= course.places {
        return Ok(());
    }
    let next = enrolments::first_waiting(conn, course.id, i64::from(course.places - course.taken))?;
    let up: Vec<Uuid> = next.iter().copied().take(move_up(course.places, course.taken, next.len())).collect();
    if up.is_empty() {
        return Ok(());
    }
    enrolments::move_up(conn, &up, now)?;
    course.taken += i16::try_from(up.len()).unwrap_or(0);
    store::write_taken(conn, course.id, course.taken)?;
    for id in up {
        tell(conn, now, course, Notice::Standing(id))?;
    }
    Ok(())
}
