//! The intake writer: one thread that records whatever single posts are waiting, together (DESIGN 6).
//!
//! It takes what is there and never waits for more, so one gift alone is as fast as can be and a flood costs a few
//! statements a batch. Every gift is answered after COMMIT. A client that has gone away changes nothing: its gift is
//! recorded, and sending it again finds it. When the queue is full the answer is 503 with `Retry-After`.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::prepare::Prepared;
use super::record::{Outcome, Submission, record_all};
use crate::authz::Actor;
use crate::basics::Clock;
use crate::db::Db;
use crate::http::Problem;

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
}

/// The thread. When dropped it writes what is waiting and ends, so a shutdown loses nothing.
pub struct IntakeThread {
    queue: SyncSender<Message>,
    thread: Option<JoinHandle<()>>,
}

impl Intake {
    pub fn start(db: Db, clock: Clock) -> std::io::Result<(Self, IntakeThread)> {
        let (queue, jobs) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new().name("intake".to_owned()).spawn(move || run(&db, &clock, &jobs))?;
        Ok((Self { queue: queue.clone() }, IntakeThread { queue, thread: Some(thread) }))
    }

    /// Records one gift with whatever else is waiting.
    pub async fn record(&self, actor: Actor, gift: Prepared) -> Result<Outcome, Problem> {
        let (answer, wait) = oneshot::channel();
        let job = Job { submission: Submission { actor, gift: Arc::new(gift) }, answer };
        self.queue.try_send(Message::Record(job)).map_err(|error| match error {
            TrySendError::Full(_) => Problem::unavailable(1),
            TrySendError::Disconnected(_) => Problem::unavailable(5),
        })?;
        // The writer's own statements have time limits, so this always ends.
        wait.await.map_err(|_| Problem::unavailable(2))
    }
}

impl Drop for IntakeThread {
    fn drop(&mut self) {
        // Fails only when the thread has ended already.
        drop(self.queue.send(Message::Stop));
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the intake thread panicked");
        }
    }
}

fn run(db: &Db, clock: &Clock, messages: &Receiver<Message>) {
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
        write(db, clock, together);
    }
    // Whatever came in beside the word to stop.
    let rest: Vec<Job> =
        messages.try_iter().filter_map(|m| if let Message::Record(job) = m { Some(job) } else { None }).collect();
    write(db, clock, rest);
}

fn write(db: &Db, clock: &Clock, together: Vec<Job>) {
    let (submissions, answers): (Vec<_>, Vec<_>) = together.into_iter().map(|job| (job.submission, job.answer)).unzip();
    for (answer, outcome) in answers.into_iter().zip(record_all(db, clock, &submissions)) {
        // Nobody may be waiting any more; the gift stands all the same.
        drop(answer.send(outcome));
    }
}
