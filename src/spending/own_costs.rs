//! Own costs that were paid from gifts with the givers' recorded consent: for everybody to see, and to be added up.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::DbError;
use crate::db::schema::own_cost;
use crate::db::shown;
use crate::ledger::store as ledger;

/// Says in public that an entry is one, with the hash of the paper in which the givers agreed.
pub fn say(conn: &mut PgConnection, entries: &[Uuid], consent: &[u8]) -> Result<(), DbError> {
    shown::adds(conn);
    let codes = ledger::codes(conn, entries)?;
    let rows: Vec<_> = codes.values().map(|code| (own_cost::code.eq(code), own_cost::consent.eq(consent))).collect();
    diesel::insert_into(own_cost::table).values(rows).execute(conn)?;
    Ok(())
}

/// The consent behind each of these entries, by public code; entries that are none are absent. For the public as well.
pub fn consents(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, Vec<u8>>, DbError> {
    let rows = own_cost::table.filter(own_cost::code.eq_any(codes)).select((own_cost::code, own_cost::consent));
    Ok(rows.load::<(String, Vec<u8>)>(conn)?.into_iter().collect())
}
