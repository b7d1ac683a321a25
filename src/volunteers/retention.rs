//! Until when a volunteer, or an application that came to nothing, needs its person.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::VolunteerState;
use crate::basics::clock::vietnam_date;
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::db::statement::statement;
use crate::house::persons::{Candidate, Needed};

/// A volunteer: of whom, where they stand, the last day on which they counted, when something was last done about them, when they were
/// entered.
type Ended = (Uuid, String, Option<NaiveDate>, Option<DateTime<Utc>>, DateTime<Utc>);

statement! {
    struct Volunteers { persons: Vec<Uuid> => Array<SqlUuid> }
        -> (SqlUuid, Text, Nullable<Date>, Nullable<Timestamptz>, Timestamptz),
    "SELECT v.person_id, v.state, (SELECT max(s.to_day) FROM volunteer_span s WHERE s.volunteer_id = v.id),
         (SELECT max(t.entered_at) FROM volunteer_step t WHERE t.volunteer_id = v.id), v.recorded_at
     FROM volunteer v WHERE v.person_id = ANY (?)"
}

/// See the module.
pub(super) fn needed(conn: &mut PgConnection, periods: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
    let persons = of.iter().map(|one| one.person).collect();
    let rows: Vec<Ended> = Volunteers { persons: &persons }.load(conn)?;
    let needed = |(person, state, counted, done, recorded): Ended| {
        let last = counted.unwrap_or_else(|| vietnam_date(done.unwrap_or(recorded)));
        let (record, until) = match VolunteerState::parse(&state)? {
            VolunteerState::Erased => return None,
            VolunteerState::Applied | VolunteerState::Verified | VolunteerState::Paused => ("VOLUNTEER", None),
            VolunteerState::Refused => ("APPLICATION", periods.until("APPLICATION", last)),
            VolunteerState::Ended => ("VOLUNTEER", periods.until("VOLUNTEER", last)),
        };
        Some(Needed { person, record, until })
    };
    Ok(rows.into_iter().filter_map(needed).collect())
}
