//! One running postmaster: our child, or one we adopted.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::PrivateError;
use super::process;

/// A fast shutdown writes a checkpoint; on a slow disk that takes a while.
const FAST_SHUTDOWN: Duration = Duration::from_secs(60);

/// An immediate one writes nothing.
const IMMEDIATE_SHUTDOWN: Duration = Duration::from_secs(10);

/// A lock file of PostgreSQL, `postmaster.pid` or the one beside the socket: what it tells about a postmaster.
#[derive(Debug)]
pub(super) struct PidFile {
    /// Negative when it is no postmaster but a single-user session.
    pub(super) pid: i32,
    pub(super) cluster: PathBuf,
    pub(super) socket_dir: PathBuf,
    status: String,
}

impl PidFile {
    /// The `postmaster.pid` of that cluster.
    pub(super) fn of(cluster: &Path) -> Option<PidFile> {
        PidFile::read(&cluster.join("postmaster.pid"))
    }

    pub(super) fn read(path: &Path) -> Option<PidFile> {
        let text = fs::read_to_string(path).ok()?;
        let line = |n: usize| text.lines().nth(n).unwrap_or_default().trim();
        let pid = line(0).parse().ok()?;
        Some(PidFile { pid, cluster: line(1).into(), socket_dir: line(4).into(), status: line(7).to_owned() })
    }

    pub(super) fn is_ready(&self) -> bool {
        self.status == "ready"
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.status == "stopping"
    }
}

/// A postmaster we are responsible for. Dropping it does *not* stop it: our own death must not either.
pub(super) struct Postmaster {
    pub(super) pid: i32,
    /// `None` if adopted.
    child: Option<Child>,
    started: Option<u64>,
    log: PathBuf,
}

impl Postmaster {
    pub(super) fn born(child: Child, log: &Path) -> Postmaster {
        // Pids fit: the kernel's type is i32.
        let pid = i32::try_from(child.id()).unwrap_or_default();
        Postmaster { pid, started: process::started(pid), child: Some(child), log: log.to_path_buf() }
    }

    pub(super) fn adopted(pid: i32, log: &Path) -> Postmaster {
        Postmaster { pid, started: process::started(pid), child: None, log: log.to_path_buf() }
    }

    pub(super) fn is_alive(&mut self) -> bool {
        match &mut self.child {
            // Also fetches a dead child, so that it does not stay a zombie.
            Some(child) => matches!(child.try_wait(), Ok(None)),
            None => process::is_running(self.pid, self.started),
        }
    }

    /// Fast shutdown; if that does not end (a backend that hangs in the kernel, a replica that does not answer), an
    /// immediate one, which is safe too: the next start replays the log.
    pub(super) fn shut_down(&mut self) -> Result<(), PrivateError> {
        if self.ends_after(Signal::INT, FAST_SHUTDOWN) {
            return Ok(());
        }
        tracing::warn!(pid = self.pid, "PostgreSQL does not stop; trying an immediate shutdown");
        if self.ends_after(Signal::QUIT, IMMEDIATE_SHUTDOWN) {
            return Ok(());
        }
        let seconds = (FAST_SHUTDOWN + IMMEDIATE_SHUTDOWN).as_secs();
        Err(PrivateError::WontStop { pid: self.pid, seconds, log: self.log.clone() })
    }

    fn ends_after(&mut self, signal: Signal, patience: Duration) -> bool {
        if !self.is_alive() {
            return true;
        }
        process::send(self.pid, signal);
        let asked = Instant::now();
        while asked.elapsed() < patience {
            if !self.is_alive() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}
