//! Data steps: changes of stored rows that SQL alone cannot make, because they need the vault or a rule of the program.
//!
//! A room offers a function `fn(&mut PgConnection, &Work, Option<&str>) -> Result<Stepped, StepError>`. Each call does one
//! batch in a transaction that the runner (`upkeep::steps`) opens and commits together with where it has come to; so
//! whoever is killed in between goes on with the next batch, and no row is changed twice. Nobody else writes meanwhile:
//! the server waits with listening until all steps are done.

use chrono::{DateTime, Utc};

use super::{Vault, VaultError};
use crate::db::DbError;

/// What a step may use.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    pub vault: &'a Vault,
    pub now: DateTime<Utc>,
    /// Most rows to look at in one batch.
    pub most: i64,
}

/// What one batch did.
#[derive(Debug, Default)]
pub struct Stepped {
    /// Where the next batch begins, in the step's own words; `None` when there is none.
    pub next: Option<String>,
    pub looked_at: u64,
    /// Rows that are not as they were before.
    pub changed: u64,
    /// What a person should know of.
    pub notes: Vec<Note>,
}

/// One thing that a step did: to which row (a public code, an id), and what. Never what is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub subject: String,
    pub did: String,
}

/// Why a batch was not done.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error("{0}")]
    Other(String),
}

impl From<diesel::result::Error> for StepError {
    fn from(error: diesel::result::Error) -> Self {
        StepError::Db(error.into())
    }
}
