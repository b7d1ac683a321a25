//! The thread that gives leaves their place. Every server process runs one; which of them does the work does not
//! matter, and stopping one in the middle loses nothing: a step is one transaction.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::store::{self, Sequenced};
use crate::db::{Db, DbError};
use crate::http::Metrics;

/// Longest wait between two looks at the queue.
const PAUSE: Duration = Duration::from_millis(200);
/// Wait after a failure, while the database is away.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);
const MOST_PER_STEP: i64 = 5_000;

/// A running sequencer; stops when dropped.
pub struct Sequencer {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Sequencer {
    pub fn start(db: Db, metrics: Metrics) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::Builder::new().name("sequencer".to_owned()).spawn(move || run(&db, &metrics, &stopped))?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Sequencer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            if thread.join().is_err() {
                tracing::error!("the sequencer thread panicked");
            }
        }
    }
}

fn run(db: &Db, metrics: &Metrics, stop: &AtomicBool) {
    while !stop.load(Ordering::Acquire) {
        let step = db.tx_blocking(|conn| store::sequence(conn, MOST_PER_STEP, true));
        if let Ok(Sequenced::Moved(leaves)) = &step {
            metrics.sequenced(*leaves);
        }
        let pause = match step {
            Ok(Sequenced::Moved(n)) if n as i64 == MOST_PER_STEP => continue,
            Ok(_) => PAUSE,
            Err(error @ DbError::Query(_)) => {
                tracing::error!(%error, "sequencing failed");
                PAUSE_AFTER_FAILURE
            }
            Err(error) => {
                tracing::warn!(%error, "sequencing waits for the database");
                PAUSE_AFTER_FAILURE
            }
        };
        std::thread::park_timeout(pause);
    }
}
