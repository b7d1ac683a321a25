//! The one door to PostgreSQL.
//!
//! [`Db::tx`], [`Db::read`] and [`Db::read_public`] each run a whole unit of work on one connection, on a blocking
//! thread, inside one transaction. There is no other way to a connection, so there is no multi-step write without a
//! transaction and no request that holds two connections. Waiting happens on a semaphore as large as the pool, which
//! costs no thread; the public's reads have their own, so that a rush of searches never stands in an officer's way.
//! Nothing slow that is not SQL (hashing, mail, network) belongs inside a closure.
//!
//! [`Db::tx_blocking`] and [`Db::read_blocking`] are the same door for the few threads of our own (intake writer,
//! sequencer, search index); the pool keeps spare connections for them ([`worker`]), so requests cannot starve them.

mod connections;
pub mod findings;
mod joins;
pub mod migrations;
pub mod private;
pub mod schema;
pub mod shown;
pub mod statement;
pub mod together;
pub mod worker;

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::r2d2::{CustomizeConnection, Pool};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use tokio::sync::Semaphore;

use self::connections::{Held, Keeper};
use self::shown::Editions;
use self::worker::Declared;

/// The role that public reads run under: it can SELECT public rows and nothing else.
pub const PUBLIC_ROLE: &str = "so_nhan_ai_public";

/// For start-up work and commands, which hold no permit.
const START_UP: u32 = 1;

/// How long a request waits for a permit or a connection before it is told to come back.
const MAX_WAIT: Duration = Duration::from_secs(3);

/// What can go wrong at the door or behind it.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// PostgreSQL is stopped, starting, or the connection broke: nothing is known to be committed; retry.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// All connections stayed busy for longer than a request may wait.
    #[error("all database connections are busy")]
    Busy,
    /// Two transactions waited for each other and this one gave way: doing it again settles it.
    #[error("two transactions waited for each other")]
    Deadlock,
    /// A statement took longer than its class of request may take.
    #[error("the query took too long")]
    TimedOut,
    /// Everything else, constraint violations included.
    #[error(transparent)]
    Query(DieselError),
}

impl From<DieselError> for DbError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, info) => {
                DbError::Unavailable(info.message().to_owned())
            }
            DieselError::DatabaseError(DatabaseErrorKind::Unknown, info) if is_outage(info.message()) => {
                DbError::Unavailable(info.message().to_owned())
            }
            DieselError::DatabaseError(_, info) if info.message().contains("deadlock detected") => DbError::Deadlock,
            DieselError::DatabaseError(_, info) if info.message().contains("statement timeout") => DbError::TimedOut,
            DieselError::DatabaseError(
                DatabaseErrorKind::ReadOnlyTransaction | DatabaseErrorKind::SerializationFailure,
                info,
            ) => DbError::Unavailable(info.message().to_owned()),
            DieselError::BrokenTransactionManager => DbError::Unavailable("the connection broke inside a transaction".to_owned()),
            DieselError::RollbackErrorOnCommit { .. } => DbError::Unavailable("the connection broke at commit".to_owned()),
            _ => DbError::Query(error),
        }
    }
}

/// Conditions that pass by themselves or by the operator's hand; libpq reports them as plain text without a class.
fn is_outage(message: &str) -> bool {
    [
        "server closed the connection",
        "terminating connection",
        "connection to server",
        "the database system is",
        "no connection to the server",
        "could not receive data",
        "could not send data",
        "SSL connection has been closed",
        "could not extend file",
        "No space left on device",
    ]
    .iter()
    .any(|sign| message.contains(sign))
}

impl DbError {
    /// The name of the constraint that refused a row, if one did.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            DbError::Query(DieselError::DatabaseError(_, info)) => info.constraint_name(),
            _ => None,
        }
    }

    /// Whether a row, not the database's health, was the reason: then a smaller batch without that row would pass.
    pub fn is_about_a_row(&self) -> bool {
        matches!(
            self,
            DbError::Query(DieselError::DatabaseError(
                DatabaseErrorKind::UniqueViolation
                    | DatabaseErrorKind::ForeignKeyViolation
                    | DatabaseErrorKind::CheckViolation
                    | DatabaseErrorKind::NotNullViolation
                    | DatabaseErrorKind::Unknown,
                _
            ))
        )
    }
}

/// The pools and their permits. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    work: Door,
    /// Where the public is read from: a streaming replica if there is one, else the same server.
    public: Door,
    editions: Editions,
}

/// Connections of one kind, and as many permits as there are requests that may hold one at the same time.
#[derive(Clone)]
struct Door {
    pool: Pool<Keeper>,
    permits: Arc<Semaphore>,
}

/// What a pool's connections are for decides how PostgreSQL plans on them.
#[derive(Debug, Clone, Copy)]
enum SessionSettings {
    /// A fixed set of statements over short arrays: planned once, then only executed. Left to itself PostgreSQL plans
    /// each of them again every time, because a plan for the array at hand always looks a little cheaper.
    Work,
    /// Searches: the plan should fit the words and amounts at hand.
    PublicReads,
}

impl CustomizeConnection<Held, diesel::r2d2::Error> for SessionSettings {
    fn on_acquire(&self, conn: &mut Held) -> Result<(), diesel::r2d2::Error> {
        let plans = match self {
            SessionSettings::Work => "force_generic_plan",
            SessionSettings::PublicReads => "auto",
        };
        diesel::RunQueryDsl::execute(
            diesel::sql_query(format!(
                "SELECT set_config('TimeZone', 'UTC', false), set_config('statement_timeout', '20s', false), \
                 set_config('idle_in_transaction_session_timeout', '60s', false), set_config('jit', 'off', false), \
                 set_config('plan_cache_mode', '{plans}', false)"
            )),
            &mut **conn,
        )
        .map(|_| ())
        .map_err(diesel::r2d2::Error::QueryError)
    }
}

impl Db {
    /// Opens a pool for `requests` concurrent units of work, and one for public reads, from the replica if there is
    /// one. Does not wait for the servers to be reachable. For commands: a server has workers besides.
    pub fn connect(url: &str, replica: Option<&str>, requests: u32) -> Self {
        Self::connect_with(url, replica, requests, std::iter::empty())
    }

    /// [`Db::connect`], with the connections that these workers declare beyond those of requests.
    pub fn connect_with(
        url: &str,
        replica: Option<&str>,
        requests: u32,
        workers: impl Iterator<Item = &'static Declared>,
    ) -> Self {
        let spare = START_UP + workers.map(|worker| worker.connections).sum::<u32>();
        let door = |pool| Door { pool, permits: Arc::new(Semaphore::new(requests as usize)) };
        Self {
            work: door(pool(url, requests + spare, SessionSettings::Work)),
            public: door(pool(replica.unwrap_or(url), requests, SessionSettings::PublicReads)),
            editions: Editions::default(),
        }
    }

    /// A read-write unit of work. An error rolls everything back.
    pub async fn tx<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut PgConnection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + From<DieselError> + Send + 'static,
    {
        let editions = self.editions.clone();
        self.work.run(move |conn| transaction(&editions, conn, work)).await
    }

    /// A read-only unit of work that sees one moment.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut PgConnection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + From<DieselError> + Send + 'static,
    {
        self.work.run(move |conn| conn.build_transaction().read_only().repeatable_read().run(work)).await
    }

    /// A read-only unit of work under the public role, with a short time limit.
    pub async fn read_public<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut PgConnection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + From<DieselError> + Send + 'static,
    {
        self.public
            .run(move |conn| {
                conn.build_transaction().read_only().repeatable_read().run(|conn| {
                    diesel::connection::SimpleConnection::batch_execute(
                        conn,
                        "SET LOCAL ROLE so_nhan_ai_public; SET LOCAL statement_timeout = '4s'",
                    )?;
                    work(conn)
                })
            })
            .await
    }

    /// [`Db::tx`] for a thread of our own.
    pub fn tx_blocking<T, E>(&self, work: impl FnOnce(&mut PgConnection) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DbError> + From<DieselError>,
    {
        let mut conn = self.work.pool.get().map_err(|error| DbError::Unavailable(error.to_string()))?;
        let done = transaction(&self.editions, &mut conn, work);
        conn.after(done)
    }

    /// [`Db::read`] for a thread of our own.
    pub fn read_blocking<T, E>(&self, work: impl FnOnce(&mut PgConnection) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DbError> + From<DieselError>,
    {
        let mut conn = self.work.pool.get().map_err(|error| DbError::Unavailable(error.to_string()))?;
        let done = conn.build_transaction().read_only().repeatable_read().run(work);
        conn.after(done)
    }

    /// One long look at one moment, for commands that read the whole database: read-only, without time limits, with
    /// plans that fit big sets.
    pub fn survey<T, E>(&self, work: impl FnOnce(&mut PgConnection) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DbError> + From<DieselError>,
    {
        let mut conn = self.work.pool.get().map_err(|error| DbError::Unavailable(error.to_string()))?;
        conn.build_transaction().read_only().repeatable_read().run(|conn| {
            diesel::connection::SimpleConnection::batch_execute(
                conn,
                "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL work_mem = '64MB'; \
                 SET LOCAL plan_cache_mode = 'auto'",
            )?;
            work(conn)
        })
    }

    /// Work on a blocking thread that opens its own transactions, one after the other, with [`Db::tx_blocking`].
    /// Takes a permit like every request, so it never holds more than one connection.
    pub async fn blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&Db) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let permit = self.work.permit().await?;
        let (db, span) = (self.clone(), tracing::Span::current());
        web::block(move || {
            let _permit = permit;
            span.in_scope(|| work(&db))
        })
        .await
        .unwrap_or_else(|_| Err(DbError::Busy.into()))
    }

    /// The editions of what the public sees, as transactions through this door begin them.
    pub fn editions(&self) -> Editions {
        self.editions.clone()
    }

    /// The pools by name, with how many connections are open and how many of those are idle.
    pub fn connections(&self) -> [(&'static str, u32, u32); 2] {
        [("work", &self.work), ("public", &self.public)].map(|(name, door)| {
            let state = door.pool.state();
            (name, state.connections, state.idle_connections)
        })
    }
}

impl Door {
    async fn permit(&self) -> Result<tokio::sync::OwnedSemaphorePermit, DbError> {
        match tokio::time::timeout(MAX_WAIT, self.permits.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(DbError::Busy),
        }
    }

    async fn run<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut PgConnection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + From<DieselError> + Send + 'static,
    {
        let permit = self.permit().await?;
        let pool = self.pool.clone();
        let span = tracing::Span::current();
        web::block(move || {
            let _permit = permit;
            span.in_scope(|| {
                let mut conn = pool.get().map_err(|error| DbError::Unavailable(error.to_string()))?;
                let done = work(&mut conn);
                conn.after(done)
            })
        })
        .await
        .unwrap_or_else(|_| Err(DbError::Busy.into()))
    }
}

fn pool(url: &str, size: u32, settings: SessionSettings) -> Pool<Keeper> {
    Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .connection_timeout(MAX_WAIT)
        .connection_customizer(Box::new(settings))
        .error_handler(Box::new(QuietErrors))
        .build_unchecked(Keeper::new(url))
}

fn transaction<T, E>(
    editions: &Editions,
    conn: &mut PgConnection,
    work: impl FnOnce(&mut PgConnection) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<DieselError>,
{
    editions.over(|| conn.transaction(work))
}

/// The pool retries in the background while PostgreSQL is away; one warning a try is enough.
#[derive(Debug)]
struct QuietErrors;

impl diesel::r2d2::HandleError<diesel::r2d2::Error> for QuietErrors {
    fn handle_error(&self, error: diesel::r2d2::Error) {
        tracing::warn!(%error, "database connection");
    }
}
