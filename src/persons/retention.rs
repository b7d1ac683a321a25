//! Persons of whom something may be due, and until when a row that nothing hangs on is kept.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::JoinState;
use crate::basics::clock::vietnam_date;
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::db::schema::{person, person_join};
use crate::house::persons::{Candidate, Needed};

/// Persons who are written down since before a moment, in order of id, after one of them.
pub fn older(conn: &mut PgConnection, than: DateTime<Utc>, after: Uuid, most: i64) -> Result<Vec<Candidate>, DbError> {
    use person as p;
    let rows = p::table
        .filter(p::id.gt(after))
        .filter(p::erased_on.is_null())
        .filter(p::recorded_at.lt(than))
        .order(p::id)
        .limit(most)
        .select((p::id, p::party_id.assume_not_null(), p::chapter_id));
    Ok(rows.load(conn)?.into_iter().map(candidate).collect())
}

/// Whether anybody is written down since before a moment.
pub fn is_any_older(conn: &mut PgConnection, than: DateTime<Utc>) -> Result<bool, DbError> {
    use person as p;
    let older = p::table.filter(p::erased_on.is_null()).filter(p::recorded_at.lt(than));
    Ok(diesel::select(diesel::dsl::exists(older)).get_result(conn)?)
}

/// Persons who are one person with these, as another row of their chapter: by whom they go with.
pub fn joined_with(conn: &mut PgConnection, of: &[Uuid]) -> Result<HashMap<Uuid, Vec<Candidate>>, DbError> {
    use person_join as j;
    let standing =
        j::table.filter(j::state.eq(JoinState::Joined.name())).filter(j::kept_id.eq_any(of).or(j::joined_id.eq_any(of)));
    let kept: Vec<Uuid> = standing.select(j::kept_id).distinct().load(conn)?;
    let stars = j::table.filter(j::state.eq(JoinState::Joined.name())).filter(j::kept_id.eq_any(&kept));
    let pairs: Vec<(Uuid, Uuid)> = stars.select((j::kept_id, j::joined_id)).load(conn)?;
    let all: Vec<Uuid> = pairs.iter().flat_map(|(kept, joined)| [*kept, *joined]).collect();
    let rows = these(conn, &all)?;
    let by_id: HashMap<Uuid, Candidate> = rows.into_iter().map(|row| (row.person, row)).collect();
    let mut stars: HashMap<Uuid, Vec<Uuid>> = kept.into_iter().map(|kept| (kept, vec![kept])).collect();
    for (kept, joined) in pairs {
        stars.entry(kept).or_default().push(joined);
    }
    let with = |star: &Vec<Uuid>| star.iter().filter_map(|id| by_id.get(id).copied()).collect::<Vec<_>>();
    Ok(stars.values().flat_map(|star| star.iter().map(move |id| (*id, with(star)))).collect())
}

/// These persons, without those who were erased.
pub fn these(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Candidate>, DbError> {
    use person as p;
    let rows = p::table.filter(p::id.eq_any(ids)).filter(p::erased_on.is_null());
    let rows = rows.select((p::id, p::party_id.assume_not_null(), p::chapter_id));
    Ok(rows.load(conn)?.into_iter().map(candidate).collect())
}

fn candidate((person, party, chapter): (Uuid, Uuid, Uuid)) -> Candidate {
    Candidate { person, party, chapter }
}

/// See the module.
pub(super) fn needed(conn: &mut PgConnection, periods: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
    use person as p;
    let persons: Vec<Uuid> = of.iter().map(|one| one.person).collect();
    let rows: Vec<(Uuid, DateTime<Utc>)> = p::table.filter(p::id.eq_any(persons)).select((p::id, p::recorded_at)).load(conn)?;
    let needed = |(person, at)| Needed { person, record: "PERSON", until: periods.until("PERSON", vietnam_date(at)) };
    Ok(rows.into_iter().map(needed).collect())
}
