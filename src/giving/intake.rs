//! The intake writer: one thread that records whatever single posts are waiting, together (DESIGN 6).
//!
//! It takes what is there and never waits for more, so one gift alone is as fast as can be and a flood costs a few
//! statements a batch. Every gift is answered after COMMIT. A client that has gone away changes nothing: its gift is
//! recorded, and sending it again finds it. When the queue is full the answer is 503 with `Retry-After`.

use std::io;
use std::sync::Arc;

use super::prepare::Prepared;
use super::record::{Outcome, Submission, record_all};
use crate::authz::Actor;
use crate::basics::Clock;
use crate::db::Db;
use crate::db::together::Together;
use crate::db::worker::{Declared, Worker};
use crate::house::thread::Means;
use crate::http::{Kind, Metrics, Problem};

/// Handle to the writer; cheap to clone.
#[derive(Clone)]
pub struct Intake {
    queue: Together<Submission, Outcome>,
    metrics: Metrics,
}

/// One connection: a batch is a transaction.
pub static WORKER: Declared = Declared::new("intake");

/// Starts behind a server; requests get the handle.
pub fn begin(means: &mut Means) -> io::Result<Worker> {
    let (intake, worker) = Intake::start(means.get::<Db>()?, means.get::<Clock>()?, means.get::<Metrics>()?)?;
    means.put(intake);
    Ok(worker)
}

impl Intake {
    /// The worker that is dropped writes what is waiting and ends, so a shutdown loses nothing.
    pub fn start(db: Db, clock: Clock, metrics: Metrics) -> io::Result<(Self, Worker)> {
        let counted = metrics.clone();
        let (queue, worker) = Together::start(&WORKER, move |submissions: Vec<Submission>| {
            counted.intake_taken(submissions.len());
            let outcomes = record_all(&db, &clock, &submissions);
            count(&counted, "single", &outcomes);
            outcomes.into_iter().map(Some).collect()
        })?;
        Ok((Self { queue, metrics }, worker))
    }

    /// Records one gift with whatever else is waiting.
    pub async fn record(&self, actor: Actor, gift: Prepared) -> Result<Outcome, Problem> {
        // Counted before it is there to be taken, so the count never falls below zero.
        self.metrics.intake_queued();
        self.queue.write(Submission { actor, gift: Arc::new(gift) }).await.map_err(|not| {
            if not.never_waited() {
                self.metrics.intake_not_queued();
            }
            Problem::unavailable(not.again_after())
        })
    }
}

/// Counts what became of gifts.
pub(super) fn count(metrics: &Metrics, path: &'static str, outcomes: &[Outcome]) {
    let of = |fits: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| fits(outcome)).count() as u64;
    metrics.gifts(path, "BOOKED", of(|outcome| matches!(outcome, Outcome::Booked(_))));
    metrics.gifts(path, "ALREADY_BOOKED", of(|outcome| matches!(outcome, Outcome::AlreadyBooked(_))));
    metrics.gifts(path, "ASKED", of(|outcome| matches!(outcome, Outcome::Asked(_))));
    metrics.gifts(path, "UNUSUAL", of(|outcome| matches!(outcome, Outcome::Refused(problem) if problem.kind == Kind::Unusual)));
    metrics.gifts(path, "REFUSED", of(|outcome| matches!(outcome, Outcome::Refused(problem) if problem.kind != Kind::Unusual)));
}
