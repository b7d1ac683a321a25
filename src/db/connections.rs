//! A connection that has just answered is not asked again whether it is there: under load that question would be asked before
//! every unit of work, and cost a round trip each time.

use std::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};

use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, Error, ManageConnection};

/// For so long it is believed. Short enough that a server that went away and came back is noticed by whoever comes next.
const BELIEVED: Duration = Duration::from_millis(200);

/// A connection of a pool.
pub(super) struct Held {
    conn: PgConnection,
    /// When it last did all that it was asked to.
    answered: Option<Instant>,
}

impl Held {
    /// What a unit of work on it came to: if it was done to its end, the connection is there.
    pub(super) fn after<T, E>(&mut self, done: Result<T, E>) -> Result<T, E> {
        if done.is_ok() {
            self.answered = Some(Instant::now());
        }
        done
    }

    /// Whether it answered just now. Said once: whoever takes it has to say again that it did.
    fn is_believed(&mut self) -> bool {
        self.answered.take().is_some_and(|at| at.elapsed() < BELIEVED)
    }
}

impl Deref for Held {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.conn
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.conn
    }
}

/// Opens connections and says which of them are still good.
pub(super) struct Keeper(ConnectionManager<PgConnection>);

impl Keeper {
    pub(super) fn new(url: &str) -> Self {
        Self(ConnectionManager::new(url))
    }
}

impl ManageConnection for Keeper {
    type Connection = Held;
    type Error = Error;

    fn connect(&self) -> Result<Held, Error> {
        Ok(Held { conn: self.0.connect()?, answered: None })
    }

    fn is_valid(&self, held: &mut Held) -> Result<(), Error> {
        if held.is_believed() { Ok(()) } else { self.0.is_valid(&mut held.conn) }
    }

    fn has_broken(&self, held: &mut Held) -> bool {
        self.0.has_broken(&mut held.conn)
    }
}
