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

/// A column with a value sealed by this key, as `table.column`. Every column of bytes is looked through, so that a new
/// table cannot be forgotten; among hashes, chance may show one that is none, which does no harm.
pub fn needed_by(conn: &mut PgConnection, kid: &str) -> Result<Option<String>, DbError> {
    use diesel::sql_types::{Bool, Bytea, Text};
    #[derive(QueryableByName)]
    struct Column {
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Text)]
        question: String,
    }
    #[derive(QueryableByName)]
    struct Answer {
        #[diesel(sql_type = Bool)]
        found: bool,
    }
    // A whole table may have to be read; nobody waits for it but whoever asked.
    diesel::sql_query("SET LOCAL statement_timeout = 0").execute(conn)?;
    let columns: Vec<Column> = diesel::sql_query(
        "SELECT c.relname || '.' || a.attname AS name,
                format('SELECT EXISTS (SELECT FROM %I WHERE substring(%I FROM 1 FOR 4) = $1) AS found', c.relname, a.attname) AS question
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.atttypid = 'bytea'::regtype ORDER BY 1",
    )
    .load(conn)?;
    for Column { name, question } in columns {
        let answer: Answer = diesel::sql_query(question).bind::<Bytea, _>(kid.as_bytes()).get_result(conn)?;
        if answer.found {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// The database does not rely on this seal key any more.
pub fn forget(conn: &mut PgConnection, kid: &str) -> Result<(), DbError> {
    diesel::delete(key_in_use::table.find(("SEAL", kid))).execute(conn)?;
    Ok(())
}
