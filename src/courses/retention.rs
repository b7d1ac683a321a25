//! Until when certificates, and places in courses, need their person.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::basics::clock::vietnam_date;
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::db::schema::{certificate, course_enrolment};
use crate::house::persons::{Candidate, Needed};

/// See the module. A certificate without an end stands for good.
pub(super) fn needed(conn: &mut PgConnection, periods: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
    use {certificate as c, course_enrolment as e};
    let persons: Vec<Uuid> = of.iter().map(|one| one.person).collect();
    let given: Vec<(Uuid, Option<NaiveDate>)> = c::table
        .filter(c::person_id.eq_any(&persons))
        .filter(c::state.ne("ERASED"))
        .select((c::person_id, c::valid_until))
        .load(conn)?;
    let places: Vec<(Uuid, DateTime<Utc>)> =
        e::table.filter(e::person_id.eq_any(&persons)).select((e::person_id, e::enrolled_at)).load(conn)?;
    let of_certificate = |(person, until): (Uuid, Option<NaiveDate>)| Needed {
        person,
        record: "CERTIFICATE",
        until: until.and_then(|until| periods.until("CERTIFICATE", until)),
    };
    let of_place = |(person, at): (Uuid, DateTime<Utc>)| Needed {
        person,
        record: "CERTIFICATE",
        until: periods.until("CERTIFICATE", vietnam_date(at)),
    };
    Ok(given.into_iter().map(of_certificate).chain(places.into_iter().map(of_place)).collect())
}
