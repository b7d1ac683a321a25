//! Schema changes, embedded in the binary and applied under a lock, so that servers started together do not collide.

use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::DbError;

pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// Any constant: names our advisory lock.
const LOCK: i64 = 0x534e_415f_4d49_4752;

/// What a migration run may fail with.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error("cannot connect to the database: {0}")]
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

/// Versions of all migrations this program knows, oldest first.
pub fn known() -> Result<Vec<String>, DbError> {
    use diesel::migration::{Migration, MigrationSource};
    let all: Vec<Box<dyn Migration<diesel::pg::Pg>>> =
        MIGRATIONS.migrations().map_err(diesel::result::Error::QueryBuilderError)?;
    let mut versions: Vec<String> = all.iter().map(|migration| migration.name().version().to_string()).collect();
    versions.sort();
    Ok(versions)
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

/// Versions of the migrations that have run, oldest first; none where there is no schema at all.
pub fn applied(conn: &mut PgConnection) -> Result<Vec<String>, DbError> {
    let there: Vec<Applied> = diesel::sql_query(
        "SELECT relname::text AS version FROM pg_class WHERE oid = to_regclass('public.__diesel_schema_migrations')",
    )
    .load(conn)?;
    if there.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Applied> =
        diesel::sql_query("SELECT version::text AS version FROM __diesel_schema_migrations ORDER BY 1").load(conn)?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

/// What a migration does that finds stored totals other than the sums of their postings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Totals {
    /// Refuses: somebody should look first.
    MustBeRight,
    /// Goes on with the sums of the postings.
    Rebuild,
}

/// Brings the database at `url` to the newest schema. Safe to call from several processes at once.
/// Returns the names of the migrations that ran.
pub fn run(url: &str) -> Result<Vec<String>, MigrateError> {
    run_with(url, Totals::MustBeRight)
}

/// [`run`], with what is to happen to totals that are wrong.
pub fn run_with(url: &str, totals: Totals) -> Result<Vec<String>, MigrateError> {
    let mut conn = connect_alone(url)?;
    if totals == Totals::Rebuild {
        diesel::sql_query("SELECT set_config('so_nhan_ai.rebuild_totals', 'on', false)")
            .execute(&mut conn)
            .map_err(|error| MigrateError::Run(error.to_string()))?;
    }
    let ran = conn.run_pending_migrations(MIGRATIONS).map_err(|error| MigrateError::Run(error.to_string()))?;
    Ok(ran.iter().map(ToString::to_string).collect())
}

/// A connection that holds the lock of the migrations: of several processes one has it, the others wait here. It closes
/// when it is dropped, which frees the lock on every path.
pub fn connect_alone(url: &str) -> Result<PgConnection, MigrateError> {
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
    diesel::sql_query("SELECT set_config('TimeZone', 'UTC', false), set_config('jit', 'off', false)")
        .execute(&mut conn)
        .map_err(failed)?;
    Ok(conn)
}
