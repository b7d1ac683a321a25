//! The state of the log, as pages tell it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;

use super::format;
use super::words::{Words, fill};
use crate::http::{Lang, Problem};
use crate::log::checkpoint_store;

/// How far the log has come.
#[derive(Debug, Clone, Copy)]
pub struct LogState {
    /// Leaves under its newest checkpoint.
    pub size: i64,
    /// When that was signed; `None` while there is none.
    pub sealed_at: Option<DateTime<Utc>>,
    /// The root that was signed.
    root: [u8; 32],
}

impl LogState {
    pub fn read(conn: &mut PgConnection) -> Result<Self, Problem> {
        let signed = checkpoint_store::latest(conn)?;
        let size = signed.as_ref().map_or(0, |signed| i64::try_from(signed.head.size).unwrap_or(i64::MAX));
        let root = signed.as_ref().map_or([0; 32], |signed| signed.head.root);
        Ok(Self { size, sealed_at: signed.map(|signed| signed.signed_at), root })
    }

    /// The moment of the newest head, in words.
    pub fn sealed(&self, lang: Lang) -> Option<String> {
        self.sealed_at.map(|at| format::moment(at, lang))
    }

    /// The newest head for paper, with its root as the checkpoint writes it: whoever keeps the sheet can hold us to it.
    pub fn on_paper(&self, lang: Lang) -> Option<String> {
        let (size, root) = (format::count(self.size, lang), STANDARD.encode(self.root));
        self.sealed(lang).map(|at| fill(Words::of(lang).common.sealed_on_paper, &[&size, &at, &root]))
    }
}
