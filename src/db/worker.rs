//! Threads of our own: each has a name, a connection that requests cannot take from it, one way to start and one to stop.
//!
//! A room declares its workers as constants ([`Declared`]) in its `ROOM`; the pool has as many spare connections as all rooms
//! declare together. Dropping a [`Worker`] stops it: it is told, woken, and waited for.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// What a worker takes of the process.
#[derive(Debug, PartialEq, Eq)]
pub struct Declared {
    /// The thread's name.
    pub name: &'static str,
    /// Connections it holds at once, at most.
    pub connections: u32,
}

impl Declared {
    /// A worker that holds one connection at a time, as nearly all do.
    pub const fn new(name: &'static str) -> Self {
        Self { name, connections: 1 }
    }
}

/// Whether a worker is to end. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Whoever does much in one step looks here in between.
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    fn ask(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// What comes after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// There is more to do.
    Again,
    /// Nothing for so long, unless the worker is stopped.
    After(Duration),
}

/// A running thread; dropping it stops it, after the step it is at.
pub struct Worker {
    declared: &'static Declared,
    stop: Stop,
    /// Wakes a thread that waits for something else than time.
    wake: Option<Box<dyn FnOnce() + Send>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Takes one step after the other until it is stopped.
    pub fn start(declared: &'static Declared, mut step: impl FnMut(&Stop) -> Next + Send + 'static) -> io::Result<Self> {
        Self::run(declared, move |stop| {
            while !stop.is_asked() {
                match step(stop) {
                    Next::Again => {}
                    Next::After(pause) => std::thread::park_timeout(pause),
                }
            }
        })
    }

    /// [`Worker::start`] for what has other things to do first: the first step comes after `pause`.
    pub fn start_after(
        declared: &'static Declared,
        pause: Duration,
        mut step: impl FnMut(&Stop) -> Next + Send + 'static,
    ) -> io::Result<Self> {
        let mut first = Some(pause);
        Self::start(declared, move |stop| first.take().map_or_else(|| step(stop), Next::After))
    }

    /// Work that has a loop of its own. It ends soon after it was asked to.
    pub fn run(declared: &'static Declared, work: impl FnOnce(&Stop) + Send + 'static) -> io::Result<Self> {
        let stop = Stop::default();
        let asked = stop.clone();
        let thread = std::thread::Builder::new().name(declared.name.to_owned()).spawn(move || work(&asked))?;
        Ok(Self { declared, stop, wake: None, thread: Some(thread) })
    }

    /// The thread waits for something (a queue): `wake` ends the waiting.
    pub fn woken_by(mut self, wake: impl FnOnce() + Send + 'static) -> Self {
        self.wake = Some(Box::new(wake));
        self
    }

    /// As what it was declared.
    pub fn declared(&self) -> &'static Declared {
        self.declared
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        self.stop.ask();
        if let Some(wake) = self.wake.take() {
            wake();
        }
        thread.thread().unpark();
        if thread.join().is_err() {
            tracing::error!(worker = self.declared.name, "a worker panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    static SLEEPER: Declared = Declared::new("sleeper");

    #[test]
    fn a_worker_steps_until_it_is_dropped() {
        let (tell, told) = mpsc::channel();
        let mut left = 3;
        let worker = Worker::start(&SLEEPER, move |_| {
            left -= 1;
            tell.send(left).unwrap();
            if left > 0 { Next::Again } else { Next::After(Duration::from_secs(3_600)) }
        })
        .unwrap();
        assert_eq!([told.recv(), told.recv(), told.recv()], [Ok(2), Ok(1), Ok(0)]);
        assert_eq!(worker.declared().name, "sleeper");
        drop(worker);
        assert!(told.recv().is_err(), "the thread has ended, and took its end of the channel with it");
    }

    #[test]
    fn a_worker_that_waits_for_a_queue_is_woken() {
        let (queue, messages) = mpsc::channel::<Option<u8>>();
        let (tell, told) = mpsc::channel();
        let last = queue.clone();
        let work = move |stop: &Stop| {
            while let Ok(Some(n)) = messages.recv() {
                tell.send(n).unwrap();
            }
            assert!(stop.is_asked());
            tell.send(99).unwrap();
        };
        let worker = Worker::run(&SLEEPER, work).unwrap().woken_by(move || last.send(None).unwrap());
        queue.send(Some(7)).unwrap();
        assert_eq!(told.recv(), Ok(7));
        drop(worker);
        assert_eq!(told.recv(), Ok(99));
    }

    #[test]
    fn the_first_step_can_wait() {
        let worker = Worker::start_after(&SLEEPER, Duration::from_secs(3_600), |_| panic!("too early")).unwrap();
        drop(worker);
    }
}
