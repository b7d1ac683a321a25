//! What a handler works with.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde_json::Value;
use uuid::Uuid;

use super::model::{Failure, JobKind, Progress};
use super::store::{self, Taken};
use crate::basics::{Clock, failpoint};
use crate::db::worker::Stop;
use crate::db::{Db, DbError};
use crate::tree::ChapterId;

type Run = dyn Fn(&mut Work<'_>) -> Result<(), Failure> + Send + Sync;
pub(super) type Sweep = dyn Fn(&mut PgConnection, DateTime<Utc>) -> Result<usize, DbError> + Send + Sync;

/// A kind of job and who does it. Made by the room that has the work; holds whatever that needs. Cheap to clone.
#[derive(Clone)]
pub struct Handler {
    pub(super) kind: &'static JobKind,
    pub(super) run: Arc<Run>,
    pub(super) sweep: Option<Arc<Sweep>>,
}

impl Handler {
    /// `run` may be called again after any of its steps: it goes on from [`Work::progress`].
    pub fn new(kind: &'static JobKind, run: impl Fn(&mut Work<'_>) -> Result<(), Failure> + Send + Sync + 'static) -> Self {
        Self { kind, run: Arc::new(run), sweep: None }
    }

    /// What is done from time to time when nothing is due, once an hour about: takes away what the room keeps only for a while, and says
    /// how much there was.
    pub fn sweeping(
        self,
        sweep: impl Fn(&mut PgConnection, DateTime<Utc>) -> Result<usize, DbError> + Send + Sync + 'static,
    ) -> Self {
        Self { sweep: Some(Arc::new(sweep)), ..self }
    }
}

/// A job that is being worked at.
pub struct Work<'a> {
    db: &'a Db,
    clock: &'a Clock,
    stop: &'a Stop,
    kind: &'static JobKind,
    taken: &'a Taken,
    progress: Progress,
    /// Attempts since there was any progress, this one included.
    pub(super) attempts: i32,
}

impl<'a> Work<'a> {
    pub(super) fn new(db: &'a Db, clock: &'a Clock, stop: &'a Stop, kind: &'static JobKind, taken: &'a Taken) -> Self {
        Self { db, clock, stop, kind, taken, progress: taken.progress.clone(), attempts: taken.attempts }
    }

    pub fn id(&self) -> Uuid {
        self.taken.id
    }

    /// What was enqueued.
    pub fn content(&self) -> &Value {
        &self.taken.content
    }

    /// Whose job it is.
    pub fn chapter(&self) -> Option<ChapterId> {
        self.taken.chapter.map(ChapterId)
    }

    /// The account that asked for it.
    pub fn account(&self) -> Option<Uuid> {
        self.taken.account
    }

    /// How far the job is by its last step, of whichever worker.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub fn clock(&self) -> &Clock {
        self.clock
    }

    /// For work that opens its own transactions between two steps and does no harm when it is done twice.
    pub fn db(&self) -> &Db {
        self.db
    }

    /// Looks before there is anything to note: that is no progress, so that a job which always fails behind it comes to an end.
    /// Only while the job is ours; a server that is being stopped does not look.
    pub fn look<T>(&self, look: impl FnOnce(&mut PgConnection) -> Result<T, Failure>) -> Result<T, Failure> {
        if self.stop.is_asked() {
            return Err(Failure::Stopped);
        }
        let (id, lease) = (self.taken.id, self.taken.lease);
        self.db.tx_blocking(|conn| if store::hold(conn, id, lease)? { look(conn) } else { Err(Failure::Lost) })
    }

    /// One step: what `work` does and how far the job is then are committed together, and only while the job is ours.
    /// With every step the lease begins anew. A server that is being stopped takes no further step.
    pub fn step<T>(&mut self, work: impl FnOnce(&mut PgConnection, &mut Progress) -> Result<T, Failure>) -> Result<T, Failure> {
        if self.stop.is_asked() {
            return Err(Failure::Stopped);
        }
        self.last_step(work)
    }

    /// A step that is taken even by a server that is being stopped: what has happened outside is to be noted.
    pub fn last_step<T>(
        &mut self,
        work: impl FnOnce(&mut PgConnection, &mut Progress) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let (taken, until, before) = (self.taken, self.clock.now() + self.kind.lease(), self.progress.clone());
        let (made, progress) = self.db.tx_blocking(|conn| -> Result<(T, Progress), Failure> {
            if !store::hold(conn, taken.id, taken.lease)? {
                return Err(Failure::Lost);
            }
            let mut progress = before;
            let made = work(conn, &mut progress)?;
            store::note(conn, taken.id, until, &progress)?;
            failpoint::reached("job_step_open");
            Ok((made, progress))
        })?;
        failpoint::reached("job_step_done");
        (self.progress, self.attempts) = (progress, 1);
        Ok(made)
    }
}
