//! The state of the log, as pages tell it.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;

use super::format;
use crate::http::{Lang, Problem};
use crate::log::checkpoint_store;

/// How far the log has come.
#[derive(Debug, Clone, Copy)]
pub struct LogState {
    /// Leaves under its newest checkpoint.
    pub size: i64,
    /// When that was signed; `None` while there is none.
    pub sealed_at: Option<DateTime<Utc>>,
}

impl LogState {
    pub fn read(conn: &mut PgConnection) -> Result<Self, Problem> {
        let signed = checkpoint_store::latest(conn)?;
        let size = signed.as_ref().map_or(0, |signed| i64::try_from(signed.head.size).unwrap_or(i64::MAX));
        Ok(Self { size, sealed_at: signed.map(|signed| signed.signed_at) })
    }

    /// The moment of the newest head, in words.
    pub fn sealed(&self, lang: Lang) -> Option<String> {
        self.sealed_at.map(|at| format::moment(at, lang))
    }
}
