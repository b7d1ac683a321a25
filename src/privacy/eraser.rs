//! The thread that finishes what was decided: requests of people with many gifts, and what another server left behind.
//! Every server process runs one; a request that one holds is passed over by the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use uuid::Uuid;

use super::{execute, store};
use crate::basics::Clock;
use crate::db::Db;
use crate::http::Problem;
use crate::http::cache::PublicCache;
use crate::vault::Vault;

/// Longest wait between two looks.
const PAUSE: Duration = Duration::from_millis(1_000);

/// A running eraser; stops when dropped, after the step it is at.
pub struct Eraser {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Eraser {
    pub fn start(db: Db, vault: Arc<Vault>, clock: Clock, cache: PublicCache) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread =
            std::thread::Builder::new().name("eraser".to_owned()).spawn(move || run(&db, &vault, &clock, &cache, &stopped))?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Eraser {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            if thread.join().is_err() {
                tracing::error!("the eraser thread panicked");
            }
        }
    }
}

fn run(db: &Db, vault: &Vault, clock: &Clock, cache: &PublicCache, stop: &AtomicBool) {
    // Requests take turns, so that one which fails does not hold up the others.
    let mut after = Uuid::nil();
    while !stop.load(Ordering::Acquire) {
        let looked = db.tx_blocking(|conn| -> Result<Option<Uuid>, Problem> {
            let Some(row) = store::hold_executing(conn, after)? else { return Ok(None) };
            after = row.id;
            let id = row.id;
            execute::step(conn, vault, clock.now(), row)?;
            Ok(Some(id))
        });
        match looked {
            Ok(Some(_)) => cache.forget_all(),
            Ok(None) if after != Uuid::nil() => after = Uuid::nil(),
            Ok(None) => std::thread::park_timeout(PAUSE),
            Err(problem) => {
                tracing::warn!(request = %after, %problem, "a request of a data subject could not be carried on");
                std::thread::park_timeout(PAUSE);
            }
        }
    }
}
