//! Until when a membership, or an application that came to nothing, needs its person.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::MemberState;
use crate::basics::clock::vietnam_date;
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::db::statement::statement;
use crate::house::persons::{Candidate, Needed};

/// A membership: of whom, what it is, the last day on which it counted, when something was last decided, when it was entered.
type Ended = (Uuid, String, Option<NaiveDate>, Option<DateTime<Utc>>, DateTime<Utc>);

statement! {
    struct Memberships { persons: Vec<Uuid> => Array<SqlUuid> }
        -> (SqlUuid, Text, Nullable<Date>, Nullable<Timestamptz>, Timestamptz),
    "SELECT m.person_id, m.state, (SELECT max(s.to_day) FROM member_span s WHERE s.member_id = m.id),
         (SELECT max(t.decided_at) FROM member_step t WHERE t.member_id = m.id), m.recorded_at
     FROM member m WHERE m.person_id = ANY (?)"
}

/// See the module.
pub(super) fn needed(conn: &mut PgConnection, periods: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
    let persons = of.iter().map(|one| one.person).collect();
    let rows: Vec<Ended> = Memberships { persons: &persons }.load(conn)?;
    let needed = |(person, state, counted, decided, recorded): Ended| {
        let last = counted.unwrap_or_else(|| vietnam_date(decided.unwrap_or(recorded)));
        let (record, until) = match MemberState::parse(&state)? {
            MemberState::Erased => return None,
            MemberState::Applied | MemberState::Checked | MemberState::Admitted => ("MEMBER", None),
            MemberState::Refused | MemberState::Withdrawn => ("APPLICATION", periods.until("APPLICATION", last)),
            MemberState::Left | MemberState::StruckOff | MemberState::Expelled | MemberState::Died | MemberState::Transferred => {
                ("MEMBER", periods.until("MEMBER", last))
            }
        };
        Some(Needed { person, record, until })
    };
    Ok(rows.into_iter().filter_map(needed).collect())
}
