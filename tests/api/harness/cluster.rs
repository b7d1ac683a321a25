//! One private PostgreSQL for all tests of a run (without fsync), a migrated template in it, a clone for every test.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use so_nhan_ai::basics::Clock;
use so_nhan_ai::db::private::{PrivateOptions, PrivatePostgres, lock_data_dir};
use so_nhan_ai::db::{Db, migrations};
use so_nhan_ai::documents::Archive;
use so_nhan_ai::documents::model::Limits;
use so_nhan_ai::log::folder::LogFolder;
use so_nhan_ai::log::guard::Guard;
use so_nhan_ai::log::keys::LogKeys;
use so_nhan_ai::log::publisher::LogSettings;
use so_nhan_ai::upkeep::steps;
use so_nhan_ai::vault::{Vault, VaultKeys};

use super::eventually;
use super::scratch::scratch;

const TEMPLATE: &str = "template_of_tests";

struct Cluster {
    postgres: PrivatePostgres,
}

fn data_dir() -> PathBuf {
    scratch().join(format!("sna-test-{}", std::process::id()))
}

/// Started by the first test that needs it. A static is never dropped, so a small shell waits for this process to end
/// (its pipe closes, however the process dies), stops PostgreSQL and removes the folder.
fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let dir = data_dir();
        let lock = lock_data_dir(&dir).unwrap();
        let script = r#"cat >/dev/null; pid=$(head -n 1 "$0/postgres/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid" 2>/dev/null
            while [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; do sleep 0.1; done; rm -rf "$0""#;
        let watcher = Command::new("setsid").args(["sh", "-c", script]).arg(&dir).stdin(Stdio::piped()).spawn().unwrap();
        // Kept open until the process ends.
        std::mem::forget(watcher);
        let postgres = PrivatePostgres::start(PrivateOptions { data_dir: dir, pg_bin: None, durable: false }, lock).unwrap();
        execute(&postgres.url("postgres"), &format!("CREATE DATABASE {TEMPLATE}"));
        let url = postgres.url(TEMPLATE);
        migrations::run(&url).unwrap();
        {
            let db = Db::connect(&url, None, 1);
            so_nhan_ai::cli::load_reference(&db).unwrap();
            let keys = Vault::new(&VaultKeys::generate().unwrap()).unwrap();
            steps::run(&url, &keys, &Clock::System, &mut |_, _, _| Ok(())).unwrap();
        }
        // A template must have no connections: the pool's own closes in the background.
        let left = format!("SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = '{TEMPLATE}'");
        let mut conn = PgConnection::establish(&postgres.url("postgres")).unwrap();
        eventually(&left, || holds(&mut conn, &left).unwrap());
        eprintln!("test database ready");
        Cluster { postgres }
    })
}

/// On the server itself: databases are made and dropped by the thousand, on few connections.
fn on_server(sql: &str) {
    static KEPT: Kept = Kept(Mutex::new(Vec::new()));
    let server = || PgConnection::establish(&cluster().postgres.url("postgres")).unwrap();
    KEPT.ask(server, |conn| conn.batch_execute(sql));
}

/// Connections that wait for the next question.
struct Kept(Mutex<Vec<PgConnection>>);

impl Kept {
    /// Asks on a kept connection; on a new one if there is none, or if it was cut off meanwhile.
    fn ask<T>(&self, connect: impl Fn() -> PgConnection, question: impl Fn(&mut PgConnection) -> QueryResult<T>) -> T {
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = kept().pop();
        let (conn, answer) = match waiting.map(|mut conn| (question(&mut conn), conn)) {
            Some((Ok(answer), conn)) => (conn, answer),
            _ => {
                let mut conn = connect();
                let answer = question(&mut conn).unwrap_or_else(|error| panic!("{error}"));
                (conn, answer)
            }
        };
        kept().push(conn);
        answer
    }
}

fn execute(url: &str, sql: &str) {
    PgConnection::establish(url).unwrap().batch_execute(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
}

fn holds(conn: &mut PgConnection, question: &str) -> QueryResult<bool> {
    diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>(&format!("({question})"))).get_result(conn)
}

/// Nobody is connected to a database any more, and nobody gets in.
fn close(name: &str) {
    on_server(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
    on_server(&format!("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'"));
}

/// The log's key in tests.
pub const LOG_SECRET: [u8; 32] = [7; 32];

/// A database of one test, dropped with it.
pub struct Database {
    name: String,
    /// Only the first handle drops it.
    owned: bool,
    kept: Kept,
}

impl Database {
    /// A clone of the migrated template.
    pub fn fresh() -> Self {
        Self::create(TEMPLATE)
    }

    /// An empty database, not even migrated.
    pub fn empty() -> Self {
        Self::create("template0")
    }

    fn create(template: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        // Cloning needs the template for itself: one test at a time.
        static ONE: Mutex<()> = Mutex::new(());
        let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        // By copying files: page by page through the buffers and the log of changes takes four times as long.
        on_server(&format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"));
        Self::called(name, true)
    }

    fn called(name: String, owned: bool) -> Self {
        Self { name, owned, kept: Kept(Mutex::default()) }
    }

    /// A copy of it as it stands: what a backup would hold. Its servers must have stopped; their pools are cut off.
    pub fn copy(&self) -> Self {
        let name = &self.name;
        close(name);
        let copy = Self::create(name);
        on_server(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
        copy
    }

    /// Puts another database in the place of this one, beneath the servers that run on it.
    pub fn becomes(&self, mut other: Self) {
        other.owned = false;
        let (name, other) = (&self.name, &other.name);
        close(name);
        close(other);
        on_server(&format!("DROP DATABASE {name}"));
        on_server(&format!("ALTER DATABASE {other} RENAME TO {name}"));
        on_server(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
    }

    /// A folder that no other test uses, removed after the last of them.
    pub fn folder() -> PathBuf {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        data_dir().join(format!("folder-{}", COUNT.fetch_add(1, Ordering::Relaxed)))
    }

    /// The same database for a second server; it lives as long as the first handle.
    pub fn share(&self) -> Self {
        Self::called(self.name.clone(), false)
    }

    /// The same database for a server that goes on where this one stopped; from now on it lives as long as that one.
    pub fn take_over(&mut self) -> Self {
        Self::called(self.name.clone(), std::mem::take(&mut self.owned))
    }

    pub fn url(&self) -> String {
        cluster().postgres.url(&self.name)
    }

    /// A folder of documents that goes with the database. No reserve: the tests' disk may be a small one.
    pub fn archive(&self) -> Archive {
        Archive::new(self.documents(), Limits { reserve: 0, ..Limits::default() })
    }

    fn documents(&self) -> std::path::PathBuf {
        self.folder_of("documents")
    }

    fn folder_of(&self, what: &str) -> std::path::PathBuf {
        data_dir().join(what).join(&self.name)
    }

    /// A log that goes with the database: all servers on it have one key, one guard and one folder.
    pub fn log(&self) -> LogSettings {
        Self::log_in(&self.folder_of("log"))
    }

    /// The same log on a new machine: the key was kept, guard and folder are empty.
    pub fn log_elsewhere() -> LogSettings {
        Self::log_in(&Self::folder())
    }

    fn log_in(folder: &Path) -> LogSettings {
        std::fs::create_dir_all(folder).unwrap();
        LogSettings {
            origin: None,
            default_origin: "so.example.org/log".to_owned(),
            keys: LogKeys::of_secret(LOG_SECRET),
            guard: Guard::new(&folder.join("log.signed")),
            folder: LogFolder::new(&folder.join("public")),
        }
    }

    pub fn connect(&self) -> PgConnection {
        PgConnection::establish(&self.url()).unwrap()
    }

    /// Runs SQL that must succeed.
    pub fn execute(&self, sql: &str) {
        execute(&self.url(), sql);
    }

    /// Runs SQL that the database must refuse; returns its message, constraint name included.
    pub fn refuses(&self, sql: &str) -> String {
        let mut conn = self.connect();
        match conn.batch_execute(sql) {
            Ok(()) => panic!("the database accepted: {sql}"),
            Err(diesel::result::Error::DatabaseError(_, info)) => {
                format!("{} [{}]", info.message(), info.constraint_name().unwrap_or_default())
            }
            Err(other) => other.to_string(),
        }
    }

    /// The one number a query answers.
    pub fn number(&self, sql: &str) -> i64 {
        let sql = format!("({sql})::bigint");
        self.kept
            .ask(|| self.connect(), |conn| diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(&sql)).get_result(conn))
    }

    /// The one text a query answers.
    pub fn text(&self, sql: &str) -> String {
        let sql = format!("({sql})::text");
        self.kept
            .ask(|| self.connect(), |conn| diesel::select(diesel::dsl::sql::<diesel::sql_types::Text>(&sql)).get_result(conn))
    }

    /// Waits until a question is answered with true.
    pub fn wait_until(&self, question: &str) {
        eventually(question, || self.kept.ask(|| self.connect(), |conn| holds(conn, question)));
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.owned {
            drop(std::fs::remove_dir_all(self.documents()));
            drop(std::fs::remove_dir_all(self.folder_of("log")));
            on_server(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        }
    }
}
