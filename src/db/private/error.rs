//! What can go wrong with the private PostgreSQL, told to the person who started the server: what happened, where, and
//! what to do now.

use std::io;
use std::path::{Path, PathBuf};

/// Why the private PostgreSQL could not be started or stopped.
#[derive(Debug, thiserror::Error)]
pub enum PrivateError {
    /// Neither a home folder nor an XDG data folder is known.
    #[error("no home folder is known to put the data in: give a folder with --data-dir (SNA_DATA_DIR)")]
    NoHome,
    /// Another server works on this folder.
    #[error(
        "another server ({holder}) is working on {}: stop it first, or give this one a folder of its own with \
         --data-dir (SNA_DATA_DIR)", dir.display()
    )]
    Held {
        /// The data folder.
        dir: PathBuf,
        /// "process 1234", or words when the pid could not be read.
        holder: String,
    },
    /// The lock that was handed in is of another folder.
    #[error("the lock is on {} and not on {}: this is a mistake in the program, please report it", locked.display(), wanted.display())]
    WrongLock {
        /// The folder of the lock.
        locked: PathBuf,
        /// The folder that was to be used.
        wanted: PathBuf,
    },
    /// No usable PostgreSQL on this machine.
    #[error(
        "no PostgreSQL 15 or newer found{found}: install it (Debian, Ubuntu: apt-get install postgresql; macOS: brew \
         install postgresql@16), name the folder of its programs with PG_BIN, or set DATABASE_URL to a database of your own"
    )]
    NotInstalled {
        /// " (only …)": what was found and why it would not do; may be empty.
        found: String,
    },
    /// No `pg_dump` that can read this server.
    #[error(
        "no pg_dump and pg_restore of PostgreSQL {needed} or newer found{found}: install them (Debian, Ubuntu: apt-get install \
         postgresql-client-{needed}; macOS: brew install postgresql@{needed}) or name their folder with PG_BIN"
    )]
    NoClient {
        /// The major version of the server.
        needed: u32,
        /// " (only …)"; may be empty.
        found: String,
    },
    /// The folder given explicitly does not serve.
    #[error("PG_BIN={} can't be used: {why}. It must be the folder with initdb, postgres, pg_ctl and psql of PostgreSQL 15 or newer", dir.display())]
    BadPgBin {
        /// The folder given.
        dir: PathBuf,
        /// What is missing there.
        why: String,
    },
    /// The cluster was made by another major version.
    #[error(
        "the database in {} was made by PostgreSQL {needed}, but only {found} was found: install PostgreSQL {needed} \
         (Debian, Ubuntu: apt-get install postgresql-{needed}; macOS: brew install postgresql@{needed}) or name the \
         folder of its programs with PG_BIN", cluster.display()
    )]
    NeedsVersion {
        /// The cluster folder.
        cluster: PathBuf,
        /// The major version in its PG_VERSION.
        needed: u32,
        /// The major versions found.
        found: String,
    },
    /// Root, and no other user to be.
    #[error(
        "PostgreSQL does not run as root, and neither a user \"postgres\" nor \"nobody\" exists here: create one (useradd \
         --system postgres) or start the server as an ordinary user"
    )]
    NoUnprivilegedUser,
    /// The user PostgreSQL runs as can't get to a folder.
    #[error(
        "PostgreSQL runs as user \"{user}\", who may not enter {}: choose a data folder that user can reach with \
         --data-dir (SNA_DATA_DIR), for example /var/lib/so-nhan-ai, or allow it with chmod o+x {}", folder.display(), folder.display()
    )]
    NotReachable {
        /// The first folder on the way that is closed.
        folder: PathBuf,
        /// The user PostgreSQL runs as.
        user: String,
    },
    /// The programs can't be run by the user PostgreSQL runs as.
    #[error("PostgreSQL runs as user \"{user}\", who may not run {}: name programs that user can run with PG_BIN", program.display())]
    NotRunnable {
        /// The program.
        program: PathBuf,
        /// The user PostgreSQL runs as.
        user: String,
    },
    /// The cluster belongs to someone else.
    #[error(
        "the database in {} belongs to user {owner}: start the server as that user or as root, or choose another \
         folder with --data-dir (SNA_DATA_DIR)", cluster.display()
    )]
    ForeignCluster {
        /// The cluster folder.
        cluster: PathBuf,
        /// Name or number of the owner.
        owner: String,
    },
    /// Something else lies where the cluster should be.
    #[error(
        "{} is not empty and not a PostgreSQL cluster: move it away, or choose another folder with --data-dir \
         (SNA_DATA_DIR)", path.display()
    )]
    NotACluster {
        /// Where the cluster should be.
        path: PathBuf,
    },
    /// The socket folder can't be trusted.
    #[error("the folder for the database socket, {}, can't be trusted: {why}. Find out who made it, remove it, and start again", path.display())]
    SocketFolder {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// `initdb` failed.
    #[error("PostgreSQL could not make its database in {}: {output}", path.display())]
    InitDb {
        /// Where it should have been made.
        path: PathBuf,
        /// The last lines of what it said.
        output: String,
    },
    /// The postmaster ended before it was ready.
    #[error("PostgreSQL did not start. The last lines of {}:\n{tail}", log.display())]
    Died {
        /// Its log.
        log: PathBuf,
        /// The end of it.
        tail: String,
    },
    /// It lives, but takes very long.
    #[error(
        "PostgreSQL is still not ready after {seconds} seconds, perhaps because it is recovering from a crash; it goes \
         on with that. Read {} and start the server again in a while: it will go on from there", log.display()
    )]
    NotReady {
        /// How long we waited.
        seconds: u64,
        /// Its log.
        log: PathBuf,
    },
    /// Orphaned backends do not go away.
    #[error(
        "processes of an earlier PostgreSQL on {} are still running ({pids}): wait until they end, or end them with \
         kill -QUIT {pids}", cluster.display()
    )]
    Leftovers {
        /// The cluster folder.
        cluster: PathBuf,
        /// Their pids.
        pids: String,
    },
    /// The server was told to stop before PostgreSQL was ready.
    #[error("stopped before PostgreSQL was ready")]
    Stopped,
    /// The database could not be made or is not as it must be.
    #[error("the database {name} could not be prepared: {why}")]
    Database {
        /// Its name.
        name: &'static str,
        /// What PostgreSQL said.
        why: String,
    },
    /// It does not want to stop.
    #[error("PostgreSQL (process {pid}) did not stop within {seconds} seconds; it still runs. Its log is {}", log.display())]
    WontStop {
        /// Its pid.
        pid: i32,
        /// How long we waited.
        seconds: u64,
        /// Its log.
        log: PathBuf,
    },
    /// The supervising thread is gone.
    #[error("the thread that watches PostgreSQL ended by a mistake in the program; PostgreSQL may still be running")]
    SupervisorLost,
    /// A file or process operation failed.
    #[error("can't {doing} {}: {source}{}", path.display(), hint(source))]
    Io {
        /// "create", "read", …
        doing: &'static str,
        /// What it was about.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl PrivateError {
    /// For `map_err`: says what was being done, and to what.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> PrivateError {
        let path = path.to_path_buf();
        move |source| PrivateError::Io { doing, path, source }
    }
}

/// What to do about the errors people really meet.
fn hint(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            ". Give the user who starts the server the right to do so, or choose another folder with --data-dir (SNA_DATA_DIR)"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ". Free some space and start again",
        io::ErrorKind::ReadOnlyFilesystem => ". Choose a folder on a writable disk with --data-dir (SNA_DATA_DIR)",
        _ => "",
    }
}
