//! What the public sees has editions: a transaction that made it say something else begins a new one when it is committed.
//!
//! Whoever keeps pages or answers keeps them for one edition ([`Editions`]). The marks are set by the functions that write a row
//! which the public may read ([`adds`], [`alters`]): an entry, a leaf, an appeal's text. So no handler has to remember it,
//! and none can forget it; a test reads the source and finds every such function without a mark.
//!
//! A transaction lives on one thread from its beginning to its end, and so does its mark.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use diesel::pg::PgConnection;

/// What only adds (a gift and its leaf, in a flood of gifts) begins at most one edition in so long.
pub const PAUSE: Duration = Duration::from_secs(1);

/// What a transaction has done to what the public sees; the greater mark stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Mark {
    #[default]
    Nothing,
    Adds,
    Alters,
}

thread_local! {
    static MARK: Cell<Mark> = const { Cell::new(Mark::Nothing) };
}

fn mark(mark: Mark) {
    MARK.set(MARK.get().max(mark));
}

/// The transaction adds rows that the public may read: what was said before stays true, and sums and lists grow. A page
/// that was asked for before may be a second behind.
pub fn adds(_: &mut PgConnection) {
    mark(Mark::Adds);
}

/// The transaction makes rows say something else that the public may read, or takes them away: nothing that was kept is
/// shown any more once it is committed.
pub fn alters(_: &mut PgConnection) {
    mark(Mark::Alters);
}

/// An edition: how often something was altered, and how often something was added. What was kept for another one is not
/// shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Edition {
    altered: u64,
    added: u64,
}

impl std::fmt::Display for Edition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.altered, self.added)
    }
}

/// The editions that this process has seen begin. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Editions(Arc<State>);

#[derive(Debug, Default)]
struct State {
    altered: AtomicU64,
    adding: Mutex<Adding>,
}

#[derive(Debug, Default)]
struct Adding {
    added: u64,
    /// Something was added since the edition began.
    waits: bool,
    /// When an edition last began because something was added.
    last: Option<Instant>,
}

impl Editions {
    /// Runs a transaction from its beginning to its end, and begins an edition if it asks for one. One whose end is unknown
    /// counts as committed.
    pub(super) fn over<T>(&self, transaction: impl FnOnce() -> T) -> T {
        MARK.set(Mark::Nothing);
        let done = transaction();
        match MARK.take() {
            Mark::Nothing => {}
            Mark::Adds => self.adding().waits = true,
            Mark::Alters => {
                self.0.altered.fetch_add(1, Ordering::AcqRel);
            }
        }
        done
    }

    /// The edition to be shown now of what grows: sums, lists.
    pub fn current(&self) -> Edition {
        let mut adding = self.adding();
        if adding.waits && adding.last.is_none_or(|last| last.elapsed() >= PAUSE) {
            *adding = Adding { added: adding.added + 1, waits: false, last: Some(Instant::now()) };
        }
        Edition { added: adding.added, ..self.settled() }
    }

    /// The edition to be shown now of what nothing is added to: an entry that has its place.
    pub fn settled(&self) -> Edition {
        Edition { altered: self.0.altered.load(Ordering::Acquire), added: 0 }
    }

    fn adding(&self) -> MutexGuard<'_, Adding> {
        self.0.adding.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_alters_is_seen_at_once_and_what_adds_once_in_a_while() {
        let editions = Editions::default();
        let first = editions.current();
        editions.over(|| {});
        assert_eq!(editions.current(), first, "nothing the public sees was written");
        editions.over(|| mark(Mark::Adds));
        let second = editions.current();
        assert_ne!(second, first, "the first of many is seen at once");
        editions.over(|| mark(Mark::Adds));
        assert_eq!(editions.current(), second, "the next ones wait");
        editions.over(|| {
            mark(Mark::Alters);
            mark(Mark::Adds);
        });
        let third = editions.current();
        assert_ne!(third, second, "the greater mark stands");
        assert_ne!(editions.settled(), first);
        let settled = editions.settled();
        editions.adding().last = Instant::now().checked_sub(PAUSE);
        assert_ne!(editions.current(), third, "what waited is seen after the pause, by whoever asks next");
        assert_eq!(editions.settled(), settled, "what was added changes nothing of what stands");
    }

    #[test]
    fn a_mark_outside_of_a_transaction_is_nobodys() {
        let editions = Editions::default();
        let before = editions.current();
        mark(Mark::Alters);
        editions.over(|| {});
        assert_eq!(editions.current(), before);
    }
}
