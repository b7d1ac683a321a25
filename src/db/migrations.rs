//! Schema changes, embedded in the binary and applied under a lock, so that servers started together do not collide.

use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Any constant: names our advisory lock.
const LOCK: i64 = 0x534e_415f_4d49_4752;

/// What a migration run may fail with.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error("can not connect to the database: {0}")]
    Connect(#[from] diesel::ConnectionError),
    #[error("a migration failed: {0}")]
    Run(String),
    #[error("this installation needs PostgreSQL 15 or newer; the server is version {0}")]
    TooOld(i32),
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    version: i32,
}

/// Brings the database at `url` to the newest schema. Safe to call from several processes at once.
/// Returns the names of the migrations that ran.
pub fn run(url: &str) -> Result<Vec<String>, MigrateError> {
    let mut conn = PgConnection::establish(url)?;
    let failed = |error: diesel::result::Error| MigrateError::Run(error.to_string());
    let version: Version = diesel::sql_query("SELECT current_setting('server_version_num')::int AS version")
        .get_result(&mut conn)
        .map_err(failed)?;
    if version.version < 150_000 {
        return Err(MigrateError::TooOld(version.version / 10_000));
    }
    diesel::sql_query("SELECT pg_advisory_lock($1)")
        .bind::<diesel::sql_types::BigInt, _>(LOCK)
        .execute(&mut conn)
        .map_err(failed)?;
    // The connection is ours alone and closes here, which frees the lock on every path.
    let ran = conn.run_pending_migrations(MIGRATIONS).map_err(|error| MigrateError::Run(error.to_string()))?;
    Ok(ran.iter().map(ToString::to_string).collect())
}
