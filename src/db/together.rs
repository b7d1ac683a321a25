//! Written together: one thread takes whatever is waiting and writes it in one transaction, for whoever has much to write at once (DESIGN 6).
//!
//! It takes what is there and never waits for more, so one alone is as fast as can be and a flood costs a few statements a batch. Everything
//! is answered after COMMIT. Who has gone away changes nothing: what they sent is written. A thread that is dropped writes what is waiting
//! and ends, so a shutdown loses nothing.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use tokio::sync::oneshot;

use super::DbError;
use super::worker::{Declared, Worker};

/// What may wait.
const QUEUE: usize = 4_096;
/// Most that is written in one transaction.
pub const MAX_TOGETHER: usize = 256;

/// It was not written: to be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotWritten {
    /// Too many wait.
    Full,
    /// The thread has ended: the server is being stopped.
    Ended,
    /// It could not be written now.
    Failed,
}

impl NotWritten {
    /// Seconds after which it may be sent again.
    pub fn again_after(self) -> u64 {
        match self {
            NotWritten::Full => 1,
            NotWritten::Failed => 2,
            NotWritten::Ended => 5,
        }
    }

    /// Whether it never came as far as the thread.
    pub fn never_waited(self) -> bool {
        self != NotWritten::Failed
    }
}

struct Job<T, A> {
    item: T,
    answer: oneshot::Sender<Option<A>>,
}

enum Message<T, A> {
    Write(Job<T, A>),
    /// Write what is waiting, then end.
    Stop,
}

/// Handle to such a thread; cheap to clone.
pub struct Together<T, A>(SyncSender<Message<T, A>>);

impl<T, A> Clone for Together<T, A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Send + 'static, A: Send + 'static> Together<T, A> {
    /// `write` is given at most [`MAX_TOGETHER`] and answers for each, in their order; `None` of what could not be written and may be sent
    /// again.
    pub fn start(
        declared: &'static Declared,
        write: impl FnMut(Vec<T>) -> Vec<Option<A>> + Send + 'static,
    ) -> io::Result<(Self, Worker)> {
        let (queue, messages) = sync_channel(QUEUE);
        let last = queue.clone();
        // Fails only when the thread has ended already.
        let end = move || drop(last.send(Message::Stop));
        let worker = Worker::run(declared, move |_| run(&messages, write))?.woken_by(end);
        Ok((Self(queue), worker))
    }

    /// Writes one with whatever others are waiting; it stands when this returns.
    pub async fn write(&self, item: T) -> Result<A, NotWritten> {
        let (answer, wait) = oneshot::channel();
        self.0.try_send(Message::Write(Job { item, answer })).map_err(|error| match error {
            TrySendError::Full(_) => NotWritten::Full,
            TrySendError::Disconnected(_) => NotWritten::Ended,
        })?;
        // The thread's own statements have time limits, so this always ends.
        wait.await.ok().flatten().ok_or(NotWritten::Failed)
    }
}

fn run<T, A>(messages: &Receiver<Message<T, A>>, mut write: impl FnMut(Vec<T>) -> Vec<Option<A>>) {
    let mut stopping = false;
    while !stopping {
        let mut together = Vec::new();
        let mut next = messages.recv().ok();
        while let Some(message) = next {
            match message {
                Message::Write(job) => together.push(job),
                Message::Stop => stopping = true,
            }
            next = if together.len() < MAX_TOGETHER { messages.try_recv().ok() } else { None };
        }
        if together.is_empty() {
            break;
        }
        answered(together, &mut write);
    }
    // Whatever came in beside the word to stop.
    let rest: Vec<Job<T, A>> =
        messages.try_iter().filter_map(|message| if let Message::Write(job) = message { Some(job) } else { None }).collect();
    if !rest.is_empty() {
        answered(rest, &mut write);
    }
}

fn answered<T, A>(jobs: Vec<Job<T, A>>, write: &mut impl FnMut(Vec<T>) -> Vec<Option<A>>) {
    let (items, answers): (Vec<T>, Vec<_>) = jobs.into_iter().map(|job| (job.item, job.answer)).unzip();
    let mut outcomes = write(items).into_iter();
    for answer in answers {
        // Nobody may be waiting any more; what was written stands all the same.
        drop(answer.send(outcomes.next().flatten()));
    }
}

/// Writes all in one transaction; where a row is the reason that it fails, each in one of its own: what is wrong with one is nobody else's
/// affair. `None` of what could not be written.
pub fn each_apart<T, A>(items: &[T], write: &mut impl FnMut(&[T]) -> Result<Vec<A>, DbError>) -> Vec<Option<A>> {
    match write(items) {
        Ok(outcomes) => outcomes.into_iter().map(Some).collect(),
        Err(error) if items.len() > 1 && (error.is_about_a_row() || matches!(error, DbError::Deadlock)) => {
            items.iter().flat_map(|item| each_apart(std::slice::from_ref(item), write)).collect()
        }
        Err(error) => {
            tracing::warn!(%error, "what was waiting was not written");
            items.iter().map(|_| None).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static WRITER: Declared = Declared::new("together");

    #[test]
    fn what_waits_is_written_together_and_each_is_answered() {
        let double = |items: Vec<u32>| items.iter().map(|n| Some(n * 2).filter(|_| *n != 13)).collect();
        let (queue, worker) = Together::start(&WRITER, double).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            assert_eq!(queue.write(4).await, Ok(8));
            assert_eq!(queue.write(13).await, Err(NotWritten::Failed));
            drop(worker);
            assert_eq!(queue.write(4).await, Err(NotWritten::Ended));
        });
    }

    #[test]
    fn one_that_cannot_be_written_keeps_back_no_other() {
        let mut asked = Vec::new();
        let outcomes = each_apart(&[1, 2, 3], &mut |items: &[u32]| {
            asked.push(items.to_vec());
            if items.contains(&2) { Err(DbError::Deadlock) } else { Ok(items.to_vec()) }
        });
        assert_eq!(outcomes, [Some(1), None, Some(3)]);
        assert_eq!(asked, [vec![1, 2, 3], vec![1], vec![2], vec![3]]);
    }
}
