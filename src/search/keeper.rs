//! The thread that keeps the index: builds it, follows the log, cleans out what was erased, and heals it.
//!
//! One step is short, and everything a step needs is in the index's last commit, so it may be killed anywhere. An error
//! of the index costs the writer and a pause; the view that searches use stays until there is a better one.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::fields::VERSION;
use super::folder::{Folder, discard_unused};
use super::shelf::{Position, Shelf};
use super::{SearchSettings, Shared, State};
use crate::basics::hex;
use crate::db::worker::Stop;
use crate::db::{Db, DbError};
use crate::ledger::findable::{self, Findable};
use crate::log;
use crate::log::leaf::entry_changed_by;
use crate::log::store::LoggedLeaf;

/// Leaves or rows taken in one step.
const STEP: i64 = 5_000;
/// Rows after which a build is committed, so that a restart need not begin again.
const BUILD_COMMIT: usize = 250_000;
/// How often folders that nobody uses are looked for.
const LOOK_FOR_UNUSED: Duration = Duration::from_secs(24 * 3_600);

#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Database(#[from] DbError),
    #[error(transparent)]
    Index(#[from] tantivy::TantivyError),
    #[error(transparent)]
    Folder(#[from] std::io::Error),
    #[error("the index made its library panic")]
    Panicked,
}

impl From<diesel::result::Error> for Trouble {
    fn from(error: diesel::result::Error) -> Self {
        Trouble::Database(error.into())
    }
}

/// Whether there is more to do at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Again,
    Wait,
}

pub(super) struct Keeper {
    shared: Arc<Shared>,
    settings: SearchSettings,
    stop: Stop,
    folder: Option<Folder>,
    shelf: Option<Shelf>,
    /// The last index of the log, as it was seen last.
    head: i64,
    /// Rows put since the last commit of a build.
    uncommitted: usize,
    /// Since when something erased stands in files.
    to_clean: Option<Instant>,
    last_work: Instant,
    unused_looked_for: Option<Instant>,
    failures: u32,
}

impl Keeper {
    pub fn new(shared: Arc<Shared>, settings: SearchSettings, stop: Stop) -> Self {
        Self {
            shared,
            settings,
            stop,
            folder: None,
            shelf: None,
            head: -1,
            uncommitted: 0,
            to_clean: None,
            last_work: Instant::now(),
            unused_looked_for: None,
            failures: 0,
        }
    }

    pub fn run(&mut self, db: &Db) {
        if !self.settings.on {
            self.shared.status().state = State::Off;
            if let Err(error) = discard_unused(&self.settings.folder) {
                tracing::warn!(%error, "an unused search index cannot be removed");
            }
            return;
        }
        while !self.stop.is_asked() {
            let pause = match self.guarded_step(db) {
                Ok(Next::Again) => {
                    self.failures = 0;
                    continue;
                }
                Ok(Next::Wait) => {
                    self.failures = 0;
                    self.settings.pace.look
                }
                Err(Trouble::Database(error)) => {
                    tracing::warn!(%error, "the search index waits for the database");
                    self.settings.pace.retry.min(Duration::from_secs(1))
                }
                Err(trouble) => self.failed(&trouble),
            };
            std::thread::park_timeout(pause);
        }
    }

    /// Lets go of everything but the view; returns how long to wait.
    fn failed(&mut self, trouble: &Trouble) -> Duration {
        if self.failures == 0 {
            let folder = self.settings.folder.display();
            tracing::warn!(error = %trouble, %folder, "the search index cannot be kept; trying again");
        }
        self.failures = self.failures.saturating_add(1);
        self.put_away();
        self.folder = None;
        self.shared.status().state = State::Failing;
        self.settings.pace.retry.min(Duration::from_millis(250) * 2u32.saturating_pow(self.failures.min(10)))
    }

    /// Damaged files can make tantivy panic. The index is thrown away then; the thread goes on.
    fn guarded_step(&mut self, db: &Db) -> Result<Next, Trouble> {
        std::panic::catch_unwind(AssertUnwindSafe(|| self.step(db))).unwrap_or_else(|_| {
            self.shared.broken.store(true, Ordering::Release);
            Err(Trouble::Panicked)
        })
    }

    fn step(&mut self, db: &Db) -> Result<Next, Trouble> {
        if self.shared.broken.load(Ordering::Acquire) {
            self.start_over()?;
            self.shared.broken.store(false, Ordering::Release);
        }
        if self.folder.as_ref().is_some_and(|folder| !folder.is_still_ours(self.shelf.is_some())) {
            tracing::warn!("the folder of the search index was removed: building it anew");
            self.put_away();
            self.folder = None;
        }
        if self.folder.is_none() {
            self.folder = Some(Folder::take(&self.settings.folder)?);
        }
        if self.unused_looked_for.is_none_or(|at| at.elapsed() > LOOK_FOR_UNUSED) {
            // The first time only notes the moment: a sister process may be about to take its folder again.
            if self.unused_looked_for.replace(Instant::now()).is_some() {
                discard_unused(&self.settings.folder)?;
            }
        }
        match &self.shelf {
            None => self.open(db),
            Some(shelf) if shelf.at.whole => self.follow(db),
            Some(_) => self.build(db),
        }
    }

    fn put_away(&mut self) {
        self.uncommitted = 0;
        if let Some(shelf) = self.shelf.take() {
            shelf.close();
        }
    }

    /// Throws the index away: it is damaged or of another log. Nothing of it is shown any more.
    fn start_over(&mut self) -> Result<(), Trouble> {
        self.shared.publish(None);
        self.put_away();
        self.to_clean = None;
        if let Some(folder) = &self.folder {
            folder.clear()?;
        }
        Ok(())
    }

    /// Opens the index that is there, or begins a new one.
    fn open(&mut self, db: &Db) -> Result<Next, Trouble> {
        let Some(folder) = &self.folder else {
            return Ok(Next::Again);
        };
        let (path, has_index) = (folder.path.clone(), folder.has_index());
        if has_index {
            match Shelf::open(&path) {
                Ok(mut shelf) if is_of_this_log(db, &shelf.at)? => {
                    if self.failures > 0 {
                        // What could not be finished takes room, which may be what is missing.
                        shelf.remove_unused_files()?;
                    }
                    self.to_clean = shelf.holds_deleted()?.then(Instant::now);
                    tracing::info!(idx = shelf.at.idx, whole = shelf.at.whole, "search index opened");
                    let whole = shelf.at.whole;
                    self.shelf = Some(shelf);
                    if whole {
                        self.publish()?;
                    }
                    return Ok(Next::Again);
                }
                Ok(_) => tracing::warn!("the search index belongs to another log: building it anew"),
                Err(error) => tracing::warn!(%error, "the search index is of no use: building it anew"),
            }
            self.start_over()?;
        }
        let head = db.read_blocking(|conn| -> Result<Option<LoggedLeaf>, DbError> {
            let size = log::store::size(conn)?;
            Ok(log::store::leaves_from(conn, size - 1, 1)?.pop())
        })?;
        // An empty log has nothing to search, and no hash to know it by.
        let Some(head) = head else {
            self.shared.status().state = State::Empty;
            return Ok(Next::Wait);
        };
        let at = Position { version: VERSION, idx: head.idx, hash: hex(&head.leaf_hash), built_to: 0, whole: false };
        if let Some(folder) = &self.folder {
            folder.clear()?;
        }
        self.shelf = Some(Shelf::create(&path, at)?);
        self.shared.status().state = State::Building;
        Ok(Next::Again)
    }

    /// Reads rows in the order they were written. Whatever is written or changed meanwhile has a leaf beyond the index
    /// that was noted before the first row was read, and is followed from there.
    fn build(&mut self, db: &Db) -> Result<Next, Trouble> {
        let Some(shelf) = &mut self.shelf else {
            return Ok(Next::Again);
        };
        let mut at = shelf.at.clone();
        let rows = db.read_blocking(|conn| findable::findable_after(conn, at.built_to, STEP))?;
        at.built_to = rows.last().map_or(at.built_to, |row| row.seq);
        at.whole = (rows.len() as i64) < STEP;
        shelf.put(&rows, Vec::new())?;
        self.uncommitted += rows.len();
        if at.whole || self.uncommitted >= BUILD_COMMIT {
            shelf.commit(at.clone())?;
            self.uncommitted = 0;
        } else {
            shelf.at = at.clone();
        }
        self.shared.status().state = State::Building;
        if at.whole {
            self.publish()?;
            tracing::info!(idx = at.idx, documents = self.shared.status().documents, "search index built");
        }
        Ok(Next::Again)
    }

    fn follow(&mut self, db: &Db) -> Result<Next, Trouble> {
        let Some(shelf) = &mut self.shelf else {
            return Ok(Next::Again);
        };
        let news = match db.read_blocking(|conn| News::read(conn, &shelf.at))? {
            Some(news) => news,
            None => {
                tracing::warn!("the log is not the one the search index followed: building it anew");
                self.start_over()?;
                return Ok(Next::Again);
            }
        };
        self.head = news.size - 1;
        let Some(last) = news.leaves.last() else {
            self.shared.status().state = State::Following;
            self.clean()?;
            return Ok(Next::Wait);
        };
        let at = Position { idx: last.idx, hash: hex(&last.leaf_hash), ..shelf.at.clone() };
        let (rows, replaced) = news.changes(shelf.at.built_to);
        if !replaced.is_empty() {
            self.to_clean = self.to_clean.or(Some(Instant::now()));
        }
        shelf.put(&rows, replaced)?;
        shelf.commit(at)?;
        self.last_work = Instant::now();
        self.publish()?;
        self.clean()?;
        Ok(if (news.leaves.len() as i64) < STEP { Next::Wait } else { Next::Again })
    }

    /// Shows what was committed.
    fn publish(&mut self) -> Result<(), Trouble> {
        let Some(shelf) = &self.shelf else {
            return Ok(());
        };
        let view = shelf.view(self.shared.view().as_deref())?;
        let mut status = self.shared.status();
        (status.indexed_idx, status.documents, status.segments) = (view.idx, view.documents, view.segments());
        status.lag = (self.head - view.idx).max(0);
        status.state = State::Following;
        status.cleaning_due = self.to_clean.is_some();
        drop(status);
        self.shared.publish(Some(Arc::new(view)));
        Ok(())
    }

    /// A word that was erased stands in the segment it was written to until that segment is written anew, and the old
    /// file is gone only when no search reads it any more.
    fn clean(&mut self) -> Result<(), Trouble> {
        let pace = self.settings.pace;
        let (Some(since), Some(shelf), Some(folder)) = (self.to_clean, &mut self.shelf, &self.folder) else {
            return Ok(());
        };
        if self.last_work.elapsed() < pace.quiet && since.elapsed() < pace.latest {
            return Ok(());
        }
        if shelf.holds_deleted()? {
            shelf.start_cleaning()?;
            return Ok(());
        }
        let view = shelf.view(self.shared.view().as_deref())?;
        self.shared.publish(Some(Arc::new(view)));
        shelf.remove_unused_files()?;
        if !folder.has_files_beside(&shelf.segment_names()?)? {
            self.to_clean = None;
            tracing::info!("what was erased is gone from the search index");
        }
        self.publish()
    }
}

/// Whether the log has, at this index, the leaf the index was at.
fn is_of_this_log(db: &Db, at: &Position) -> Result<bool, Trouble> {
    let leaf = db.read_blocking(|conn| log::store::leaves_from(conn, at.idx, 1))?;
    Ok(leaf.first().is_some_and(|leaf| leaf.idx == at.idx && hex(&leaf.leaf_hash) == at.hash))
}

/// What the log has beyond a position, with the rows it is about.
struct News {
    size: i64,
    leaves: Vec<LoggedLeaf>,
    added: Vec<Findable>,
    changed: Vec<Findable>,
}

impl News {
    /// `None` when the log does not have the leaf of that position.
    fn read(conn: &mut diesel::PgConnection, at: &Position) -> Result<Option<Self>, DbError> {
        let mut leaves = log::store::leaves_from(conn, at.idx, STEP + 1)?;
        if leaves.first().is_none_or(|leaf| leaf.idx != at.idx || hex(&leaf.leaf_hash) != at.hash) {
            return Ok(None);
        }
        leaves.remove(0);
        let size = log::store::size(conn)?;
        if leaves.is_empty() {
            return Ok(Some(Self { size, leaves, added: Vec::new(), changed: Vec::new() }));
        }
        let codes: Vec<String> = leaves.iter().map(|leaf| leaf.entry.clone()).collect();
        let about: Vec<String> = leaves.iter().filter_map(|leaf| entry_changed_by(&leaf.leaf)).collect();
        let added = findable::findable_of(conn, &codes)?;
        let changed = if about.is_empty() { Vec::new() } else { findable::findable_of(conn, &about)? };
        Ok(Some(Self { size, leaves, added, changed }))
    }

    /// Rows to put, and numbers of rows that may be there already.
    fn changes(&self, built_to: i64) -> (Vec<Findable>, Vec<i64>) {
        let mut rows: Vec<Findable> = self.added.iter().chain(&self.changed).cloned().collect();
        rows.sort_by_key(|row| row.seq);
        rows.dedup_by_key(|row| row.seq);
        let mut replaced: Vec<i64> = self.changed.iter().map(|row| row.seq).collect();
        replaced.extend(self.added.iter().map(|row| row.seq).filter(|seq| *seq <= built_to));
        (rows, replaced)
    }
}
