//! The state of the log, as pages tell it.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;

use super::format;
use crate::http::{Lang, Problem};
use crate::log;

/// How far the log has come.
#[derive(Debug, Clone, Copy)]
pub struct LogState {
    /// Leaves it holds.
    pub size: i64,
    /// When its newest signed head was made; `None` while there is none.
    pub sealed_at: Option<DateTime<Utc>>,
}

impl LogState {
    pub fn read(conn: &mut PgConnection) -> Result<Self, Problem> {
        Ok(Self { size: log::store::size(conn)?, sealed_at: None })
    }

    /// The moment of the newest head, in words.
    pub fn sealed(&self, lang: Lang) -> Option<String> {
        self.sealed_at.map(|at| format::moment(at, lang))
    }
}
