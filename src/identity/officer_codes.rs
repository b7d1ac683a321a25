//! What the public calls an officer: `CB-` (cán bộ) and eight random signs, one for a person whatever accounts they use.
//!
//! A code is given with the first reversal a person asks for or approves, by the database itself, and says nothing of who
//! it is: it is drawn, not derived. The public's role cannot read this table, so nothing leads from a code to a person.

use std::collections::{BTreeSet, HashMap};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::DbError;
use crate::db::schema::{account, officer_code};

/// The code of an officer, if they were given one.
pub fn of(conn: &mut PgConnection, officer: Uuid) -> Result<Option<String>, DbError> {
    Ok(officer_code::table.find(officer).select(officer_code::code).first(conn).optional()?)
}

/// The codes by account, of everybody who was given one: what an audit compares counts with.
pub fn by_account(conn: &mut PgConnection) -> Result<HashMap<Uuid, String>, DbError> {
    let rows = account::table
        .inner_join(officer_code::table.on(officer_code::officer_id.eq(account::officer_id)))
        .select((account::id, officer_code::code));
    Ok(rows.load::<(Uuid, String)>(conn)?.into_iter().collect())
}

/// The codes of officers; whoever has none is given one. In order of officer, so that two transactions that give the
/// same persons a code do not wait for each other in a circle.
pub fn give(conn: &mut PgConnection, officers: &[Uuid]) -> Result<HashMap<Uuid, String>, DbError> {
    let known = |conn: &mut PgConnection| -> Result<HashMap<Uuid, String>, DbError> {
        let rows = officer_code::table.filter(officer_code::officer_id.eq_any(officers));
        Ok(rows.load::<(Uuid, String)>(conn)?.into_iter().collect())
    };
    let codes = known(conn)?;
    let without: BTreeSet<Uuid> = officers.iter().filter(|officer| !codes.contains_key(officer)).copied().collect();
    if without.is_empty() {
        return Ok(codes);
    }
    let new: Vec<_> = without.into_iter().map(|officer| officer_code::officer_id.eq(officer)).collect();
    diesel::insert_into(officer_code::table).values(new).on_conflict(officer_code::officer_id).do_nothing().execute(conn)?;
    known(conn)
}
