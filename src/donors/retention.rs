//! Until when a donor needs their person.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::DonorState;
use crate::basics::clock::vietnam_date;
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::db::schema::donor;
use crate::house::persons::{Candidate, Needed};

type Row = (Uuid, Option<NaiveDate>, Option<NaiveDate>, DateTime<Utc>);

/// See the module: so long after the last donation, and while the centre puts them off.
pub(super) fn needed(conn: &mut PgConnection, periods: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
    use donor as d;
    let persons: Vec<Uuid> = of.iter().map(|one| one.person).collect();
    let rows = d::table.filter(d::person_id.eq_any(persons)).filter(d::state.ne(DonorState::Erased.name()));
    let rows: Vec<Row> = rows.select((d::person_id, d::last_on, d::deferred_until, d::recorded_at)).load(conn)?;
    let needed = |(person, last, deferred, recorded): Row| {
        let last = last.into_iter().chain(deferred).max().unwrap_or(vietnam_date(recorded));
        Needed { person, record: "DONOR", until: periods.until("DONOR", last) }
    };
    Ok(rows.into_iter().map(needed).collect())
}
