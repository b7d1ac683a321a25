//! Answers: one thread writes whatever answers are waiting, whoever called, together, as the intake writer does with gifts; an officer's are
//! written in the officer's own transaction by the same statements. An answer is two statements, however many come with it, and locks nothing that
//! all of them have in common but to read it.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::enough;
use super::model::CallAnswer;
use super::roll::{Answers, Roll};
use crate::basics::Clock;
use crate::db::worker::{Declared, Worker};
use crate::db::{Db, DbError};
use crate::house::thread::Means;

/// Answers that may wait.
const QUEUE: usize = 4_096;
/// Most answers written in one transaction.
const MAX_TOGETHER: usize = 256;

/// What somebody says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saying {
    pub asked: Uuid,
    pub answer: CallAnswer,
    /// Of who comes.
    pub arrives_at: Option<DateTime<Utc>>,
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It stands, now or already.
    Taken,
    /// The call has ended, or the link was taken back.
    Over,
}

/// Writes answers of one roll in the caller's transaction, by whom an officer heard them, and says of each what became of it. Of several of
/// one person the last stands.
pub fn write(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    roll: &dyn Roll,
    all: &[Saying],
    heard_by: Option<Uuid>,
) -> Result<Vec<Outcome>, DbError> {
    // In the order of ids, so that two who write at once wait for each other in one direction only.
    let last: BTreeMap<Uuid, &Saying> = all.iter().map(|saying| (saying.asked, saying)).collect();
    let answers = Answers {
        asked: last.keys().copied().collect(),
        answers: last.values().map(|saying| saying.answer.name()).collect(),
        arrives: last.values().map(|saying| saying.arrives_at).collect(),
        at: now,
        heard_by,
    };
    roll.hold_calls(conn, &answers.asked)?;
    let rows = roll.answer(conn, &answers)?;
    let mut changed: Vec<Uuid> = rows.iter().filter(|row| row.changed).map(|row| row.call).collect();
    changed.sort_unstable();
    changed.dedup();
    enough::count(conn, now, roll, &changed)?;
    let stands: HashMap<Uuid, bool> = rows.into_iter().map(|row| (row.asked, row.stands)).collect();
    let outcome = |saying: &Saying| if stands.get(&saying.asked) == Some(&true) { Outcome::Taken } else { Outcome::Over };
    Ok(all.iter().map(outcome).collect())
}

struct Job {
    roll: &'static dyn Roll,
    saying: Saying,
    answer: oneshot::Sender<Option<Outcome>>,
}

enum Message {
    Say(Job),
    /// Write what is waiting, then end.
    Stop,
}

/// It was not written: to be said again after so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Again(pub u64);

/// Handle to the writer; cheap to clone.
#[derive(Clone)]
pub struct Answering(SyncSender<Message>);

/// One connection: what is written together is a transaction.
pub static WORKER: Declared = Declared::new("answers");

/// Starts behind a server; requests get the handle.
pub fn begin(means: &mut Means) -> io::Result<Worker> {
    let (queue, jobs) = sync_channel(QUEUE);
    let writer = Writer { db: means.get()?, clock: means.get()? };
    let last = queue.clone();
    // Fails only when the thread has ended already.
    let end = move || drop(last.send(Message::Stop));
    let worker = Worker::run(&WORKER, move |_| writer.run(&jobs))?.woken_by(end);
    means.put(Answering(queue));
    Ok(worker)
}

impl Answering {
    /// Writes an answer with whatever others are waiting; it stands when this returns.
    pub async fn say(&self, roll: &'static dyn Roll, saying: Saying) -> Result<Outcome, Again> {
        let (answer, wait) = oneshot::channel();
        self.0.try_send(Message::Say(Job { roll, saying, answer })).map_err(|error| match error {
            TrySendError::Full(_) => Again(1),
            TrySendError::Disconnected(_) => Again(5),
        })?;
        // The writer's own statements have time limits, so this always ends.
        wait.await.ok().flatten().ok_or(Again(2))
    }
}

/// What the thread works with.
struct Writer {
    db: Db,
    clock: Clock,
}

impl Writer {
    fn run(&self, messages: &Receiver<Message>) {
        let mut stopping = false;
        while !stopping {
            let mut together = Vec::new();
            let mut next = messages.recv().ok();
            while let Some(message) = next {
                match message {
                    Message::Say(job) => together.push(job),
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
            messages.try_iter().filter_map(|m| if let Message::Say(job) = m { Some(job) } else { None }).collect();
        self.write(rest);
    }

    /// What is said to one room is one transaction.
    fn write(&self, together: Vec<Job>) {
        let mut by_roll: BTreeMap<&str, Vec<Job>> = BTreeMap::new();
        for job in together {
            by_roll.entry(job.roll.name()).or_default().push(job);
        }
        for jobs in by_roll.into_values() {
            let Some(roll) = jobs.first().map(|job| job.roll) else { continue };
            let sayings: Vec<Saying> = jobs.iter().map(|job| job.saying).collect();
            let outcomes = self.written(roll, &sayings);
            for (job, outcome) in jobs.into_iter().zip(outcomes) {
                // Nobody may be waiting any more; the answer stands all the same.
                job.answer.send(outcome).ok();
            }
        }
    }

    /// What became of each; `None` where it could not be written and may be said again.
    fn written(&self, roll: &dyn Roll, sayings: &[Saying]) -> Vec<Option<Outcome>> {
        let now = self.clock.now();
        match self.db.tx_blocking(|conn| write(conn, now, roll, sayings, None)) {
            Ok(outcomes) => outcomes.into_iter().map(Some).collect(),
            // What is wrong with one is nobody else's affair.
            Err(error) if sayings.len() > 1 && (error.is_about_a_row() || matches!(error, DbError::Deadlock)) => {
                sayings.iter().flat_map(|saying| self.written(roll, std::slice::from_ref(saying))).collect()
            }
            Err(error) => {
                tracing::warn!(%error, "answers to a call were not written");
                vec![None; sayings.len()]
            }
        }
    }
}
