//! Until when a commendation needs its person.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::basics::clock::vietnam_date;
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::db::schema::commendation;
use crate::house::persons::{Candidate, Needed};

/// See the module. One that is proposed stands.
pub(super) fn needed(conn: &mut PgConnection, periods: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
    use commendation as c;
    let persons: Vec<Uuid> = of.iter().map(|one| one.person).collect();
    let rows: Vec<(Option<Uuid>, Option<DateTime<Utc>>)> =
        c::table.filter(c::person_id.eq_any(persons)).select((c::person_id, c::decided_at)).load(conn)?;
    let needed = |(person, decided): (Option<Uuid>, Option<DateTime<Utc>>)| {
        let until = decided.and_then(|at| periods.until("COMMENDATION", vietnam_date(at)));
        Some(Needed { person: person?, record: "COMMENDATION", until })
    };
    Ok(rows.into_iter().filter_map(needed).collect())
}
