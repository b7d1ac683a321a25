//! Until when a post needs its holder.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::db::schema::post_holder;
use crate::house::persons::{Candidate, Needed};

/// See the module.
pub(super) fn needed(conn: &mut PgConnection, periods: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
    use post_holder as h;
    let persons: Vec<Uuid> = of.iter().map(|one| one.person).collect();
    let rows: Vec<(Uuid, Option<NaiveDate>)> =
        h::table.filter(h::person_id.eq_any(persons)).select((h::person_id, h::held_until)).load(conn)?;
    let needed = |(person, until): (Uuid, Option<NaiveDate>)| Needed {
        person,
        record: "POST",
        until: until.and_then(|until| periods.until("POST", until)),
    };
    Ok(rows.into_iter().map(needed).collect())
}
