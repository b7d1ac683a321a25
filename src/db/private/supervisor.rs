//! Bringing PostgreSQL up, and keeping it up until we are asked to stop.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::cluster::Cluster;
use super::postmaster::Postmaster;
use super::{PrivateError, logfile, process};

/// How often a living postmaster is looked at.
const POLL: Duration = Duration::from_millis(200);

/// How often a starting one is.
const STARTING_POLL: Duration = Duration::from_millis(25);

/// The pause before a restart: the first, and what doubling it never exceeds.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

/// How long the first start may take; replaying the log after a crash is slow on a slow disk.
const FIRST_START: Duration = Duration::from_secs(60);

/// How often a long start is mentioned.
const PROGRESS: Duration = Duration::from_secs(5);

/// Orphaned backends notice by themselves that the postmaster is gone, unless they are busy. After this they are told.
const ORPHANS_NOTICE: Duration = Duration::from_secs(2);

/// After this we give up on them.
const ORPHANS_END: Duration = Duration::from_secs(15);

/// Raised once, when PostgreSQL is to be stopped; everything that waits, waits on it.
#[derive(Default)]
pub(super) struct StopSignal {
    raised: Mutex<bool>,
    changed: Condvar,
}

impl StopSignal {
    pub(super) fn raise(&self) {
        *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Waits that long, or until the signal is raised: says whether it is.
    fn wait(&self, patience: Duration) -> bool {
        let raised = self.raised.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(raised, patience, |raised| !*raised);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Adopts the running postmaster or starts one, and waits until it is ready.
pub(super) fn first_start(cluster: &Cluster, stop: &StopSignal) -> Result<Postmaster, PrivateError> {
    bring_up(cluster, stop, Some(FIRST_START))
}

/// The supervising thread: ends when asked to stop, with PostgreSQL down.
pub(super) fn watch(cluster: &Cluster, mut postmaster: Postmaster, stop: &StopSignal) -> Result<(), PrivateError> {
    loop {
        if stop.wait(POLL) {
            return postmaster.shut_down();
        }
        if postmaster.is_alive() {
            continue;
        }
        tracing::error!(pid = postmaster.pid, log = %cluster.log.display(), "PostgreSQL has ended; starting it again");
        match bring_back(cluster, stop)? {
            Some(restarted) => postmaster = restarted,
            None => return Ok(()),
        }
    }
}

/// Tries until PostgreSQL is up again; `None` if asked to stop meanwhile. The only error is one that does not stop.
fn bring_back(cluster: &Cluster, stop: &StopSignal) -> Result<Option<Postmaster>, PrivateError> {
    let down_since = Instant::now();
    let mut pause = BACK_OFF.0;
    while !stop.wait(pause) {
        match bring_up(cluster, stop, None) {
            Ok(postmaster) => {
                let seconds = down_since.elapsed().as_secs_f32();
                tracing::info!(pid = postmaster.pid, seconds, "PostgreSQL is up again");
                return Ok(Some(postmaster));
            }
            Err(PrivateError::Stopped) => break,
            Err(error @ PrivateError::WontStop { .. }) => return Err(error),
            Err(error) => tracing::error!(%error, "PostgreSQL could not be started again; trying on"),
        }
        pause = (pause * 2).min(BACK_OFF.1);
    }
    Ok(None)
}

/// Adopts or starts. `patience` bounds the waiting; without it only a stop ends it.
fn bring_up(cluster: &Cluster, stop: &StopSignal, patience: Option<Duration>) -> Result<Postmaster, PrivateError> {
    let began = Instant::now();
    if let Some(postmaster) = adopt(cluster, stop, patience)? {
        return Ok(postmaster);
    }
    loop {
        clear_the_way(cluster, stop)?;
        let log_start = logfile::size(&cluster.log);
        let postmaster = cluster.launch()?;
        // A rotation at the launch made the log shorter.
        let log_start = if logfile::size(&cluster.log) < log_start { 0 } else { log_start };
        if let Some(postmaster) = wait_until_ready(cluster, postmaster, stop, patience)? {
            return Ok(postmaster);
        }
        let said = logfile::since(&cluster.log, log_start);
        // Its own check for orphans is sharper than ours: it knows its shared memory is still in use.
        let orphans = said.contains("pre-existing shared memory block");
        if !orphans || began.elapsed() > ORPHANS_END {
            return Err(died(cluster, &said));
        }
        if stop.wait(BACK_OFF.0) {
            return Err(PrivateError::Stopped);
        }
    }
}

fn died(cluster: &Cluster, said: &str) -> PrivateError {
    let mut tail = logfile::tail(said, 15);
    if tail.is_empty() {
        tail.push_str("(it wrote nothing; is the disk full?)");
    }
    PrivateError::Died { log: cluster.log.clone(), tail }
}

/// Takes over the postmaster that survived its server. One with other settings than ours (or one that is stopping
/// already) is stopped instead; its clients are gone with the server anyway.
fn adopt(cluster: &Cluster, stop: &StopSignal, patience: Option<Duration>) -> Result<Option<Postmaster>, PrivateError> {
    let Some(mut running) = cluster.running() else { return Ok(None) };
    if cluster.runs_as_wished() {
        tracing::info!(pid = running.pid, "taking over the PostgreSQL that is running already");
        return wait_until_ready(cluster, running, stop, patience);
    }
    tracing::info!(pid = running.pid, "stopping the PostgreSQL that is running with other settings");
    running.shut_down()?;
    Ok(None)
}

/// Waits until the postmaster is ready; `None` if it ends before. When the patience ends it is left at work: it may be
/// replaying its log, and to interrupt that would be to begin it again at the next start.
fn wait_until_ready(
    cluster: &Cluster,
    mut postmaster: Postmaster,
    stop: &StopSignal,
    patience: Option<Duration>,
) -> Result<Option<Postmaster>, PrivateError> {
    let began = Instant::now();
    let mut mentioned = began;
    loop {
        if !postmaster.is_alive() {
            return Ok(None);
        }
        if cluster.is_ready(&postmaster) {
            return Ok(Some(postmaster));
        }
        if let Some(patience) = patience.filter(|&patience| began.elapsed() > patience) {
            return Err(PrivateError::NotReady { seconds: patience.as_secs(), log: cluster.log.clone() });
        }
        if mentioned.elapsed() > PROGRESS {
            mentioned = Instant::now();
            tracing::info!(seconds = began.elapsed().as_secs(), log = %cluster.log.display(), "waiting for PostgreSQL");
        }
        if stop.wait(STARTING_POLL) {
            postmaster.shut_down()?;
            return Err(PrivateError::Stopped);
        }
    }
}

/// Waits until no backend of a killed postmaster is left, helping the busy ones after a moment as their postmaster
/// would have done (SIGQUIT: leave at once; the log replay puts everything right). Then removes stale lock files.
fn clear_the_way(cluster: &Cluster, stop: &StopSignal) -> Result<(), PrivateError> {
    let began = Instant::now();
    let mut told = false;
    loop {
        let orphans = cluster.orphans();
        if orphans.is_empty() {
            return cluster.remove_stale_lock_files();
        }
        if began.elapsed() > ORPHANS_END {
            let pids = orphans.iter().map(i32::to_string).collect::<Vec<_>>().join(" ");
            return Err(PrivateError::Leftovers { cluster: cluster.folder.clone(), pids });
        }
        if began.elapsed() > ORPHANS_NOTICE && !told {
            told = true;
            tracing::warn!(?orphans, "ending what a killed PostgreSQL left behind");
            orphans.iter().for_each(|&pid| process::send(pid, Signal::QUIT));
        }
        if stop.wait(STARTING_POLL) {
            return Err(PrivateError::Stopped);
        }
    }
}
