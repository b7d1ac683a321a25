//! Until when a place in a course, or a certificate, needs its person.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Date, Nullable, Uuid as SqlUuid};
use uuid::Uuid;

use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::db::statement::statement;
use crate::house::persons::{Candidate, Needed};

/// The rule for courses and certificates.
const RECORD: &str = "CERTIFICATE";

statement! {
    struct Last { places: Vec<Uuid> => Array<SqlUuid>, taught: Vec<Uuid> => Array<SqlUuid>, given: Vec<Uuid> => Array<SqlUuid> }
        -> (SqlUuid, Bool, Nullable<Date>),
    "SELECT e.person_id, c.state IN ('PLANNED', 'OPEN') AND e.state <> 'CANCELLED', c.last_day
     FROM course_enrolment e JOIN course c ON c.id = e.course_id WHERE e.person_id = ANY (?)
     UNION ALL SELECT t.person_id, c.state IN ('PLANNED', 'OPEN'), c.last_day
     FROM course_trainer t JOIN course c ON c.id = t.course_id WHERE t.person_id = ANY (?)
     UNION ALL SELECT d.person_id, d.valid_until IS NULL, d.valid_until
     FROM certificate d WHERE d.person_id = ANY (?) AND d.state = 'STANDS'"
}

/// A course that goes on and a certificate that is good for good need their person; the rest does so for some years after its last day.
pub(super) fn needed(conn: &mut PgConnection, periods: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
    let persons: Vec<Uuid> = of.iter().map(|one| one.person).collect();
    let rows: Vec<(Uuid, bool, Option<NaiveDate>)> = Last { places: &persons, taught: &persons, given: &persons }.load(conn)?;
    let needed = |(person, stands, last): (Uuid, bool, Option<NaiveDate>)| {
        let until = last.filter(|_| !stands).and_then(|last| periods.until(RECORD, last));
        Needed { person, record: RECORD, until }
    };
    Ok(rows.into_iter().map(needed).collect())
}
