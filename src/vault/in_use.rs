//! Which keys a database relies on: start refuses when one of them is missing.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;

use super::Vault;
use crate::db::DbError;
use crate::db::schema::key_in_use;

/// Notes the keys that seal and hash from now on. `Err((purpose, kid))` inside when a key the database uses is missing.
pub fn register(conn: &mut PgConnection, vault: &Vault, now: DateTime<Utc>) -> Result<Result<(), (String, String)>, DbError> {
    let present = vault.key_ids();
    if let Some(missing) = missing(conn, vault)?.into_iter().next() {
        return Ok(Err(missing));
    }
    for purpose in ["SEAL", "HASH"] {
        let Some((_, kid)) = present.iter().find(|(p, _)| *p == purpose) else { continue };
        diesel::insert_into(key_in_use::table)
            .values((key_in_use::purpose.eq(purpose), key_in_use::kid.eq(kid), key_in_use::first_used.eq(now)))
            .on_conflict_do_nothing()
            .execute(conn)?;
    }
    Ok(Ok(()))
}

/// (purpose, kid) of keys the database uses that this vault does not have.
pub fn missing(conn: &mut PgConnection, vault: &Vault) -> Result<Vec<(String, String)>, DbError> {
    Ok(lacking(vault, used(conn)?))
}

/// Those of `used` that this vault does not have.
pub fn lacking(vault: &Vault, used: Vec<(String, String)>) -> Vec<(String, String)> {
    let present = vault.key_ids();
    used.into_iter().filter(|(purpose, kid)| !present.iter().any(|(p, k)| p == purpose && k == kid)).collect()
}

/// (purpose, kid) of every key used so far.
pub fn used(conn: &mut PgConnection) -> Result<Vec<(String, String)>, DbError> {
    Ok(key_in_use::table.select((key_in_use::purpose, key_in_use::kid)).load(conn)?)
}
