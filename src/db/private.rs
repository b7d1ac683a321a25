//! The private PostgreSQL: the cluster this server keeps for itself when nobody gives it a `DATABASE_URL`.
//!
//! A commune chapter should be able to start the ledger with one command and without a database administrator. So the
//! server finds the PostgreSQL programs installed on the machine, makes a cluster in its own data folder, starts it,
//! watches over it and stops it at the end. Nothing of it is reachable from the network.
//!
//! What always holds:
//!
//! * **One server per data folder.** Whoever holds the `flock` on `server.lock` is the server; nothing else decides.
//!   The lock is gone the moment its holder dies, however it dies, so it can't be stale as a pid file can.
//! * **One postmaster per cluster.** A running postmaster of this folder is adopted, never doubled.
//! * **A cluster folder is complete.** `initdb` works in a sibling folder that is renamed when it is done.
//! * **Nobody else gets in.** Connections are trusted without a password, so the Unix socket (there is no other door)
//!   lies in a folder with mode 0700 that was checked to be ours.
//! * **The address never changes** while the data folder stays where it is: connection pools recover by themselves.
//! * **Durable means durable.** `fsync`, `synchronous_commit` and `full_page_writes` are on the command line, where no
//!   configuration file can weaken them, and a postmaster found running with other settings is restarted.
//!
//! The story of a `kill -9`. At night the machine runs short of memory and the kernel kills the server. Its postmaster
//! lives on, in a process group of its own. When the server comes back it takes the free lock, finds the postmaster,
//! checks that it runs with our settings, and adopts it: a second later the chapter works again. The next night the
//! kernel picks the postmaster instead. The supervising thread sees it, waits until the orphaned backends are gone
//! (PostgreSQL refuses to start beside them, rightly) and starts a new one, which replays its log: every gift that was
//! answered with "booked" is there.
//!
//! ```text
//! <data folder>/server.lock      flock; the pid of the server inside, for messages only
//! <data folder>/postgres/        the cluster
//! <data folder>/postgres.log     what PostgreSQL says (and postgres.log.1)
//! <data folder>/s/               the socket; /tmp/sna-<uid>-<hash> where this path would be too long
//! ```

mod account;
mod cluster;
mod error;
mod lock;
mod logfile;
mod postmaster;
mod process;
mod programs;
mod socket;
mod supervisor;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use cluster::Cluster;
use supervisor::StopSignal;

pub use error::PrivateError;
pub use lock::{DataDirLock, lock_data_dir};

/// The superuser role of the cluster and the name of the database made at the first start.
pub const NAME: &str = "so_nhan_ai";

/// PostgreSQL's usual port; with a Unix socket only a part of the file name.
const PORT: &str = "5432";

/// What the private PostgreSQL needs to know.
#[derive(Debug, Clone)]
pub struct PrivateOptions {
    /// The server's data folder; the cluster is `<data_dir>/postgres`.
    pub data_dir: PathBuf,
    /// Where the programs are (`PG_BIN`); `None` looks for them.
    pub pg_bin: Option<PathBuf>,
    /// `false` only in tests: much faster, but what was committed last is lost when PostgreSQL is killed, and all may
    /// be lost when the machine goes down.
    pub durable: bool,
}

/// The data folder when none is configured: `/var/lib/so-nhan-ai` for root, because a folder in root's home is
/// unreadable to the user PostgreSQL runs as; else the user's own data folder.
pub fn default_data_dir(home: Option<&Path>, xdg: Option<&Path>) -> Result<PathBuf, PrivateError> {
    data_dir_of(rustix::process::geteuid().is_root(), cfg!(target_os = "macos"), home, xdg)
}

fn data_dir_of(root: bool, macos: bool, home: Option<&Path>, xdg: Option<&Path>) -> Result<PathBuf, PrivateError> {
    if root {
        return Ok(PathBuf::from("/var/lib/so-nhan-ai"));
    }
    // The XDG specification says to ignore a relative path; an empty variable is one.
    if let Some(folder) = xdg.filter(|path| path.is_absolute()) {
        return Ok(folder.join("so-nhan-ai"));
    }
    let home = home.filter(|path| path.is_absolute()).ok_or(PrivateError::NoHome)?;
    let below = if macos { "Library/Application Support" } else { ".local/share" };
    Ok(home.join(below).join("so-nhan-ai"))
}

/// A running private PostgreSQL with the thread that watches over it. Dropping it stops PostgreSQL.
pub struct PrivatePostgres {
    socket_dir: PathBuf,
    bin_dir: PathBuf,
    stop: Arc<StopSignal>,
    supervisor: Mutex<Option<JoinHandle<Result<(), PrivateError>>>>,
    /// Released after the postmaster is stopped: fields are dropped after `Drop::drop` has run.
    _lock: DataDirLock,
}

impl PrivatePostgres {
    /// Makes the cluster if there is none, starts (or adopts) its postmaster, waits until it answers, and makes the
    /// database [`NAME`] if it is missing.
    pub fn start(options: PrivateOptions, lock: DataDirLock) -> Result<PrivatePostgres, PrivateError> {
        lock.covers(&options.data_dir)?;
        let cluster = Cluster::prepare(lock.dir(), options.pg_bin.as_deref(), options.durable)?;
        let stop = Arc::new(StopSignal::default());
        let mut postmaster = supervisor::first_start(&cluster, &stop)?;
        if let Err(error) = cluster.ensure_database() {
            if let Err(second) = postmaster.shut_down() {
                tracing::error!(error = %second, "could not stop PostgreSQL after a failed start");
            }
            return Err(error);
        }
        let socket_dir = cluster.socket_dir.clone();
        let bin_dir = cluster.programs.bin.clone();
        let signal = Arc::clone(&stop);
        let thread = std::thread::Builder::new()
            .name("postgres-supervisor".to_owned())
            .spawn(move || supervisor::watch(&cluster, postmaster, &signal))
            .map_err(PrivateError::io("start a thread to watch", &bin_dir))?;
        Ok(PrivatePostgres { socket_dir, bin_dir, stop, supervisor: Mutex::new(Some(thread)), _lock: lock })
    }

    /// A libpq URL of `database` over the Unix socket, as the superuser [`NAME`].
    pub fn url(&self, database: &str) -> String {
        socket::url(&self.socket_dir, database)
    }

    /// The folder of the Unix socket: what libpq calls the host.
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// The folder of the PostgreSQL programs in use (`pg_dump`, `psql`, …), all of the cluster's version.
    pub fn bin_dir(&self) -> &Path {
        &self.bin_dir
    }

    /// Fast shutdown: open transactions are rolled back, everything committed is on disk. Waits for the end. Calling
    /// it again does nothing.
    pub fn stop(&self) -> Result<(), PrivateError> {
        // Held while joining, so that a second caller returns only when PostgreSQL is down.
        let mut supervisor = self.supervisor.lock().unwrap_or_else(PoisonError::into_inner);
        self.stop.raise();
        match supervisor.take() {
            None => Ok(()),
            Some(thread) => thread.join().unwrap_or(Err(PrivateError::SupervisorLost)),
        }
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::error!(%error, "could not stop the private PostgreSQL");
        }
    }
}

/// The URL of the private PostgreSQL another process is running in this data folder, for commands that work beside a
/// running server. `None` when none is ready.
pub fn url_of_running(data_dir: &Path, database: &str) -> Option<String> {
    let data_dir = data_dir.canonicalize().ok()?;
    let pid_file = postmaster::PidFile::of(&data_dir.join("postgres"))?;
    let ready = pid_file.is_ready() && process::is_postmaster_of(pid_file.pid, &data_dir.join("postgres"));
    ready.then(|| socket::url(&pid_file.socket_dir, database))
}

/// Makes the data folder, and those above it, with modes that let PostgreSQL's user in and nobody look around.
pub fn create_data_dir(data_dir: &Path) -> Result<(), PrivateError> {
    lock::create_folders(data_dir)
}

/// The folder of `pg_dump` and `pg_restore` for a server of that major version.
pub fn client_programs(pg_bin: Option<&Path>, major: u32) -> Result<PathBuf, PrivateError> {
    programs::find_client(pg_bin, major, &programs::Places::default())
}

/// A command for the private cluster, run as ourselves, with nothing of the caller's PostgreSQL environment.
pub fn client_command(program: &Path) -> std::process::Command {
    account::command(program, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_lives_in_var_lib_and_others_at_home() {
        let home = Some(Path::new("/home/lan"));
        let dir = |root, macos, home, xdg: Option<&str>| data_dir_of(root, macos, home, xdg.map(Path::new)).ok();
        assert_eq!(dir(true, false, home, Some("/x")), Some(PathBuf::from("/var/lib/so-nhan-ai")));
        assert_eq!(dir(false, false, home, None), Some(PathBuf::from("/home/lan/.local/share/so-nhan-ai")));
        assert_eq!(dir(false, false, home, Some("/x")), Some(PathBuf::from("/x/so-nhan-ai")));
        assert_eq!(dir(false, false, home, Some("")), Some(PathBuf::from("/home/lan/.local/share/so-nhan-ai")));
        assert_eq!(dir(false, true, home, None), Some(PathBuf::from("/home/lan/Library/Application Support/so-nhan-ai")));
        assert_eq!(dir(false, false, None, None), None);
    }
}
