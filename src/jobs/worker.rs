//! The threads that do jobs, one a lane in every server process.

use std::io;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::model::{Failure, JobKind, Lane};
use super::store::{self, End, Taken};
use super::work::{Handler, Sweep, Work};
use crate::basics::{Clock, failpoint};
use crate::db::worker::{Declared, Next, Stop, Worker};
use crate::db::{Db, DbError};
use crate::house::thread::Means;

/// One connection: a handler holds none, or one for its step.
pub static OWN: Declared = Declared::new("jobs");
/// As [`OWN`].
pub static OUTWARD: Declared = Declared::new("outward");
/// As [`OWN`].
pub static SUBSCRIBERS: Declared = Declared::new("subscribers");

/// Between two looks when nothing is due.
const PAUSE: Duration = Duration::from_millis(400);
/// After a failure of the database.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);
/// Between two times that old jobs are removed.
const FORGET_EVERY: chrono::Duration = chrono::Duration::hours(1);

/// Starts the lane of what stays in the house, behind a server.
pub fn begin_own(means: &mut Means) -> io::Result<Worker> {
    begin(means, Lane::Own)
}

/// Starts the lane of what goes out of the house, behind a server.
pub fn begin_outward(means: &mut Means) -> io::Result<Worker> {
    begin(means, Lane::Outward)
}

/// Starts the lane of what programs outside are told, behind a server.
pub fn begin_subscribers(means: &mut Means) -> io::Result<Worker> {
    begin(means, Lane::Subscribers)
}

fn begin(means: &Means, lane: Lane) -> io::Result<Worker> {
    start(means.get::<Db>()?, means.get::<Clock>()?, &means.all::<Handler>(), lane)
}

/// Does the jobs of one lane, as far as there are handlers for them.
pub fn start(db: Db, clock: Clock, handlers: &[Handler], lane: Lane) -> io::Result<Worker> {
    let declared = match lane {
        Lane::Own => &OWN,
        Lane::Outward => &OUTWARD,
        Lane::Subscribers => &SUBSCRIBERS,
    };
    let handlers: Vec<Handler> = handlers.iter().filter(|handler| handler.kind.lane == lane).cloned().collect();
    let kinds: Vec<&'static JobKind> = handlers.iter().map(|handler| handler.kind).collect();
    let mut lane = Doing { db, clock, handlers, kinds, forgotten: None };
    Worker::start(declared, move |stop| lane.step(stop))
}

struct Doing {
    db: Db,
    clock: Clock,
    handlers: Vec<Handler>,
    kinds: Vec<&'static JobKind>,
    /// When old jobs were last removed.
    forgotten: Option<DateTime<Utc>>,
}

impl Doing {
    fn step(&mut self, stop: &Stop) -> Next {
        let now = self.clock.now();
        let taken = self.db.tx_blocking(|conn| -> Result<_, DbError> { store::take(conn, now, &self.kinds) });
        match taken {
            Ok(Some(taken)) => self.work_at(&taken, stop),
            Ok(None) => self.tidy(),
            Err(error) => {
                tracing::warn!(%error, "jobs wait for the database");
                Next::After(PAUSE_AFTER_FAILURE)
            }
        }
    }

    /// Nothing is due: a moment for what has no hurry.
    fn tidy(&mut self) -> Next {
        let now = self.clock.now();
        // A clock that was put back must not stop it.
        if self.forgotten.is_none_or(|at| (now - at).abs() > FORGET_EVERY) {
            self.forget("JOBS", now, &store::forget);
            for handler in &self.handlers {
                handler.sweep.iter().for_each(|sweep| self.forget(handler.kind.name, now, sweep.as_ref()));
            }
            self.forgotten = Some(now);
        }
        Next::After(PAUSE)
    }

    fn forget(&self, what: &str, now: DateTime<Utc>, sweep: &Sweep) {
        match self.db.tx_blocking(|conn| sweep(conn, now)) {
            Ok(0) => {}
            Ok(gone) => tracing::info!(gone, what, "what was kept for a while only was removed"),
            Err(error) => tracing::warn!(%error, what, "what was kept for a while only was not removed"),
        }
    }

    fn work_at(&self, taken: &Taken, stop: &Stop) -> Next {
        failpoint::reached("job_taken");
        let Some(handler) = self.handlers.iter().find(|handler| handler.kind.name == taken.kind) else {
            return Next::After(PAUSE);
        };
        // Counted when it was taken: a job that kills its worker every time comes to an end as well.
        let (outcome, attempts) = if taken.attempts > handler.kind.most_attempts {
            (Err(Failure::Never("WORKER_DIED")), taken.attempts)
        } else {
            self.run(handler, taken, stop)
        };
        failpoint::reached("job_worked");
        let Some(end) = self.end_of(handler.kind, taken, outcome, attempts) else { return Next::Again };
        match self.db.tx_blocking(|conn| -> Result<_, DbError> { store::release(conn, taken, &end) }) {
            Ok(true) => Next::Again,
            Ok(false) => {
                tracing::warn!(job = %taken.id, kind = taken.kind, "took longer than its lease: another worker has the job");
                Next::Again
            }
            Err(error) => {
                tracing::warn!(job = %taken.id, %error, "the end of a job could not be noted: its lease will run out");
                Next::After(PAUSE_AFTER_FAILURE)
            }
        }
    }

    /// The outcome, and the attempts since there was any progress.
    fn run(&self, handler: &Handler, taken: &Taken, stop: &Stop) -> (Result<(), Failure>, i32) {
        let mut work = Work::new(&self.db, &self.clock, stop, handler.kind, taken);
        let ran = std::panic::catch_unwind(AssertUnwindSafe(|| (handler.run)(&mut work)));
        (ran.unwrap_or(Err(Failure::Again("PANICKED"))), work.attempts)
    }

    /// What becomes of the job; `None` when it is somebody else's.
    fn end_of(&self, kind: &JobKind, taken: &Taken, outcome: Result<(), Failure>, attempts: i32) -> Option<End> {
        let now = self.clock.now();
        let trouble = match outcome {
            Ok(()) => return Some(End::Done(now)),
            Err(Failure::Lost) => return None,
            Err(Failure::Stopped) => return Some(End::Uncounted(now, attempts - 1)),
            Err(Failure::NotBefore(at)) => return Some(End::Uncounted(at, attempts - 1)),
            Err(Failure::Never(trouble)) => {
                tracing::error!(job = %taken.id, kind = kind.name, trouble, "a job cannot be done");
                return Some(End::Dead(now, trouble));
            }
            Err(Failure::Again(trouble)) => trouble,
            Err(Failure::Db(error)) => {
                tracing::warn!(job = %taken.id, kind = kind.name, %error, "a job met the database");
                "DATABASE"
            }
        };
        Some(match kind.wait_after(attempts) {
            Some(wait) => {
                tracing::warn!(job = %taken.id, kind = kind.name, trouble, attempt = attempts, "a job failed and is tried again");
                End::Later(now + wait, trouble)
            }
            None => {
                tracing::error!(job = %taken.id, kind = kind.name, trouble, "a job failed for the last time");
                End::Dead(now, trouble)
            }
        })
    }
}
