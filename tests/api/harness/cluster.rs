//! One private PostgreSQL for all tests of a run (without fsync), a migrated template in it, a clone for every test.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

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

const TEMPLATE: &str = "template_of_tests";

struct Cluster {
    postgres: PrivatePostgres,
}

fn data_dir() -> PathBuf {
    std::env::temp_dir().join(format!("sna-test-{}", std::process::id()))
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
        wait_until(&postgres.url("postgres"), &format!("SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = '{TEMPLATE}'"));
        eprintln!("test database ready");
        Cluster { postgres }
    })
}

fn execute(url: &str, sql: &str) {
    PgConnection::establish(url).unwrap().batch_execute(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
}

fn wait_until(url: &str, question: &str) {
    let mut conn = PgConnection::establish(url).unwrap();
    eventually(question, || {
        diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>(&format!("({question})"))).get_result(&mut conn).unwrap()
    });
}

/// The log's key in tests.
pub const LOG_SECRET: [u8; 32] = [7; 32];

/// A database of one test, dropped with it.
pub struct Database {
    name: String,
    /// Only the first handle drops it.
    owned: bool,
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
        static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let _one = ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        execute(&cluster().postgres.url("postgres"), &format!("CREATE DATABASE {name} TEMPLATE {template}"));
        Self { name, owned: true }
    }

    /// A copy of it as it stands: what a backup would hold. Its servers must have stopped; their pools are cut off.
    pub fn copy(&self) -> Self {
        let server = cluster().postgres.url("postgres");
        let name = &self.name;
        execute(&server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
        execute(&server, &format!("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'"));
        let copy = Self::create(name);
        execute(&server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
        copy
    }

    /// Puts another database in the place of this one, beneath the servers that run on it.
    pub fn becomes(&self, mut other: Self) {
        let server = cluster().postgres.url("postgres");
        other.owned = false;
        let (name, other) = (&self.name, &other.name);
        for name in [name, other] {
            execute(&server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
            execute(&server, &format!("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'"));
        }
        execute(&server, &format!("DROP DATABASE {name}; "));
        execute(&server, &format!("ALTER DATABASE {other} RENAME TO {name}"));
        execute(&server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
    }

    /// A folder that no other test uses, removed after the last of them.
    pub fn folder() -> PathBuf {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        data_dir().join(format!("folder-{}", COUNT.fetch_add(1, Ordering::Relaxed)))
    }

    /// The same database for a second server; it lives as long as the first handle.
    pub fn share(&self) -> Self {
        Self { name: self.name.clone(), owned: false }
    }

    /// The same database for a server that goes on where this one stopped; from now on it lives as long as that one.
    pub fn take_over(&mut self) -> Self {
        Self { name: self.name.clone(), owned: std::mem::take(&mut self.owned) }
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
        std::env::temp_dir().join(format!("sna-test-{}", std::process::id())).join(what).join(&self.name)
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
        diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(&format!("({sql})::bigint")))
            .get_result(&mut self.connect())
            .unwrap()
    }

    /// The one text a query answers.
    pub fn text(&self, sql: &str) -> String {
        diesel::select(diesel::dsl::sql::<diesel::sql_types::Text>(&format!("({sql})::text")))
            .get_result(&mut self.connect())
            .unwrap()
    }

    /// Waits (at most 20 s) until a question is answered with true.
    pub fn wait_until(&self, question: &str) {
        wait_until(&self.url(), question);
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.owned {
            drop(std::fs::remove_dir_all(self.documents()));
            drop(std::fs::remove_dir_all(self.folder_of("log")));
            execute(&cluster().postgres.url("postgres"), &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        }
    }
}
