//! The search index: words, neighbouring pairs, places, days and amounts of every public entry, in files of this server
//! process, so that a search need not ask a list of millions (decisions 50, 51).
//!
//! It is derived. The [`keeper`] follows the log by index and reads the public rows; whatever is missing, damaged,
//! foreign or of another version is thrown away and built again, while PostgreSQL answers. What always holds:
//! - the index only *proposes* numbers of rows; PostgreSQL, as the public role, reads the rows and decides whether they
//!   fit ([`page`]). What is not public, or no longer says what was searched for, is never shown;
//! - entries the index does not have yet are proposed too, so an answer does not depend on who gave it: an entry is
//!   found as soon as it is committed, and the next page may come from PostgreSQL alone;
//! - a commit of the index carries how far in the log it is: killed at any moment, it goes on from there;
//! - when the index cannot be written, read or kept up, PostgreSQL answers alone.

mod fields;
mod folder;
mod keeper;
pub mod page;
mod shelf;
mod union;
mod view;

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use crate::basics::codes::codes;
use crate::db::Db;
use crate::db::worker::{Declared, Worker};
use crate::house::Room;
use crate::house::thread::{Means, Thread};
use keeper::Keeper;
use view::View;

/// Where the index lies and how it is kept.
#[derive(Debug, Clone)]
pub struct SearchSettings {
    pub folder: PathBuf,
    /// Off: PostgreSQL answers alone, and what lies in the folder is removed.
    pub on: bool,
    pub pace: Pace,
}

/// How often what happens.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Between two looks at the log.
    pub look: Duration,
    /// The longest wait after the index could not be written.
    pub retry: Duration,
    /// What was erased is cleaned out of the files when the log has been quiet for this long,
    pub quiet: Duration,
    /// and at the latest after this long.
    pub latest: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            look: Duration::from_millis(300),
            retry: Duration::from_secs(30),
            quiet: Duration::from_secs(60),
            latest: Duration::from_secs(3_600),
        }
    }
}

codes! {
    /// What the index is doing.
    #[derive(Default)]
    pub enum State {
        /// Switched off.
        Off = "OFF",
        /// Nothing to search yet, or not looked yet.
        #[default]
        Empty = "EMPTY",
        Building = "BUILDING",
        /// In step with the log.
        Following = "FOLLOWING",
        /// It could not be written; tried again soon. What was there before goes on answering.
        Failing = "FAILING",
    }
}

/// For those who watch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Status {
    pub state: State,
    /// The index has every entry up to this index of the log; -1 for none.
    pub indexed_idx: i64,
    /// Leaves in the log beyond that.
    pub lag: i64,
    pub documents: u64,
    pub segments: usize,
    /// Something erased still stands in files, to be cleaned.
    pub cleaning_due: bool,
    /// Searches answered through the index, and by PostgreSQL alone though the index might have helped.
    pub answered: u64,
    pub declined: u64,
}

#[derive(Default)]
struct Shared {
    view: RwLock<Option<Arc<View>>>,
    status: Mutex<Status>,
    /// A search met something it could not read.
    broken: AtomicBool,
    answered: AtomicU64,
    declined: AtomicU64,
}

impl Shared {
    fn view(&self) -> Option<Arc<View>> {
        self.view.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn publish(&self, view: Option<Arc<View>>) {
        *self.view.write().unwrap_or_else(PoisonError::into_inner) = view;
    }

    fn status(&self) -> MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection: a transaction at a time.
pub static WORKER: Declared = Declared::new("search");

/// What the house wants to know of this room.
pub const ROOM: Room = Room { threads: &[Thread { declared: &WORKER, start: begin }], ..Room::called("search") };

/// Starts behind a server; requests get the index.
fn begin(means: &mut Means) -> io::Result<Worker> {
    let (index, worker) = SearchIndex::start(means.get::<Db>()?, means.get::<SearchSettings>()?)?;
    means.put(index);
    Ok(worker)
}

/// The index as searches use it. Cheap to clone.
#[derive(Clone, Default)]
pub struct SearchIndex(Arc<Shared>);

impl SearchIndex {
    /// Starts the thread that keeps the index.
    pub fn start(db: Db, settings: SearchSettings) -> io::Result<(Self, Worker)> {
        let index = Self::default();
        index.0.status().indexed_idx = -1;
        let shared = index.0.clone();
        let worker = Worker::run(&WORKER, move |stop| Keeper::new(shared, settings, stop.clone()).run(&db))?;
        Ok((index, worker))
    }

    pub fn status(&self) -> Status {
        Status {
            answered: self.0.answered.load(Ordering::Relaxed),
            declined: self.0.declined.load(Ordering::Relaxed),
            ..*self.0.status()
        }
    }
}
