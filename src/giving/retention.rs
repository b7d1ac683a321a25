//! Givers as what retention and the law's limits ask about them: a gift's giver stands in vouchers, which are kept.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use uuid::Uuid;

use crate::basics::clock::vietnam_date;
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::db::schema::gift;
use crate::house::persons::{Candidate, Needed};

/// How many parties gave through an account.
pub(super) fn gave_by_bank(conn: &mut PgConnection) -> Result<i64, DbError> {
    use gift as g;
    let by_bank = g::table.filter(g::channel.eq_any(["BANK_TRANSFER", "E_WALLET"])).filter(g::party_id.is_not_null());
    Ok(by_bank.select(diesel::dsl::sql::<BigInt>("count(DISTINCT party_id)")).first(conn)?)
}

/// See the module: of those who gave at the chapter as well.
pub(super) fn needed(conn: &mut PgConnection, periods: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
    use gift as g;
    let parties: Vec<Uuid> = of.iter().map(|one| one.party).collect();
    let rows: Vec<(Option<Uuid>, Uuid, Option<DateTime<Utc>>)> = g::table
        .filter(g::party_id.eq_any(parties))
        .group_by((g::party_id, g::chapter_id))
        .select((g::party_id, g::chapter_id, diesel::dsl::max(g::recorded_at)))
        .load(conn)?;
    let last: HashMap<(Uuid, Uuid), DateTime<Utc>> =
        rows.into_iter().filter_map(|(party, chapter, at)| Some(((party?, chapter), at?))).collect();
    let needed = |one: &Candidate| {
        let at = last.get(&(one.party, one.chapter))?;
        Some(Needed { person: one.person, record: "VOUCHER", until: Some(periods.of_voucher(vietnam_date(*at))) })
    };
    Ok(of.iter().filter_map(needed).collect())
}
