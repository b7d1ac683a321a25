//! The intake writer: one thread that records whatever single posts are waiting, together (DESIGN 6).
//!
//! It takes what is there and never waits for more, so one gift alone is as fast as can be and a flood costs a few
//! statements a batch. Every gift is answered after COMMIT. A client that has gone away changes nothing: its gift is
//! recorded, and sending it again finds it. When the queue is full the answer is 503 with `Retry-After`.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use tokio::sync::oneshot;

use super::prepare::Prepared;
use super::record::{Outcome, Submission, record_all};
use crate::authz::Actor;
use crate::basics::Clock;
use crate::db::Db;
use crate::db::worker::{Declared, Worker};
use crate::house::thread::Means;
use crate::http::{Kind, Metrics, Problem};

/// Gifts that may wait.
const QUEUE: usize = 4_096;
/// Most gifts written in one transaction.
pub const MAX_TOGETHER: usize = 256;

struct Job {
    submission: Submission,
    answer: oneshot::Sender<Outcome>,
}

enum Message {
    Record(Job),
    /// Write what is waiting, then end.
    Stop,
}

/// Handle to the writer; cheap to clone.
#[derive(Clone)]
pub struct Intake {
    queue: SyncSender<Message>,
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
        let (queue, jobs) = sync_channel(QUEUE);
        let writer = Writer { db, clock, metrics: metrics.clone() };
        let last = queue.clone();
        // Fails only when the thread has ended already.
        let end = move || drop(last.send(Message::Stop));
        let worker = Worker::run(&WORKER, move |_| writer.run(&jobs))?.woken_by(end);
        Ok((Self { queue, metrics }, worker))
    }

    /// Records one gift with whatever else is waiting.
    pub async fn record(&self, actor: Actor, gift: Prepared) -> Result<Outcome, Problem> {
        let (answer, wait) = oneshot::channel();
        let job = Job { submission: Submission { actor, gift: Arc::new(gift) }, answer };
        // Counted before it is there to be taken, so the count never falls below zero.
        self.metrics.intake_queued();
        self.queue.try_send(Message::Record(job)).map_err(|error| {
            self.metrics.intake_not_queued();
            match error {
                TrySendError::Full(_) => Problem::unavailable(1),
                TrySendError::Disconnected(_) => Problem::unavailable(5),
            }
        })?;
        // The writer's own statements have time limits, so this always ends.
        wait.await.map_err(|_| Problem::unavailable(2))
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

/// What the thread works with.
struct Writer {
    db: Db,
    clock: Clock,
    metrics: Metrics,
}

impl Writer {
    fn run(&self, messages: &Receiver<Message>) {
        let mut stopping = false;
        while !stopping {
            let mut together = Vec::new();
            let mut next = messages.recv().ok();
            while let Some(message) = next {
                match message {
                    Message::Record(job) => together.push(job),
                    Message::Stop => stopping = true,
                }
                next = if together.len() < MAX_TOGETHER { messages.try_recv().ok() } else { None };
            }
            if together.is_empty() {
                break;
            }
            self.write(together);
        }
        // Whatever came in beside the word to stop.
        let rest: Vec<Job> =
            messages.try_iter().filter_map(|m| if let Message::Record(job) = m { Some(job) } else { None }).collect();
        self.write(rest);
    }

    fn write(&self, together: Vec<Job>) {
        if together.is_empty() {
            return;
        }
        self.metrics.intake_taken(together.len());
        let (submissions, answers): (Vec<_>, Vec<_>) = together.into_iter().map(|job| (job.submission, job.answer)).unzip();
        let outcomes = record_all(&self.db, &self.clock, &submissions);
        count(&self.metrics, "single", &outcomes);
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            // Nobody may be waiting any more; the gift stands all the same.
            drop(answer.send(outcome));
        }
    }
}
