//! Upkeep: is what we keep right ([`audit`]), kept twice ([`backup`]), and can it be had back ([`restore`])?
//!
//! It asks each room to audit its own tables, all in one snapshot; it makes and reads backups with PostgreSQL's own
//! programs; and after an update it lets each room bring its stored rows up to date ([`steps`]). What always holds:
//!
//! * **A backup is of one moment.** `pg_dump` works on the snapshot in which the log's head, the counts and the names of
//!   the documents were read; recording goes on meanwhile.
//! * **What looks complete is complete.** A backup is made in a folder called `.unfinished-…`; its manifest is written
//!   last, and only then it gets its name. A killed backup leaves rubbish that the next one removes.
//! * **Keys are never in it.** Whoever finds a backup finds sealed names.
//! * **Nothing is restored over anything.** A data folder or a database with content is refused, and so is an archive
//!   whose hashes do not fit, that a newer program made, or whose keys are missing.

pub mod audit;
pub mod backup;
mod conninfo;
pub mod files;
pub mod manifest;
pub mod restore;
pub mod steps;
mod tools;

use std::path::{Path, PathBuf};

use crate::db::DbError;
use crate::db::private::PrivateError;
use crate::documents::model::ContentHash;
use crate::documents::store::stored_after;
use crate::house::Room;

/// What the house wants to know of this room.
pub const ROOM: Room = Room { tables: &["data_step", "data_step_note"], ..Room::called("upkeep") };

/// Why upkeep did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepError {
    #[error("could not {0} {path}: {2}", path = .1.display())]
    Io(&'static str, PathBuf, std::io::Error),
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Programs(#[from] PrivateError),
    #[error("{0} failed: {1}")]
    Program(&'static str, String),
    #[error("{0}")]
    Refused(String),
    #[error("this is no complete backup: {0}")]
    NotABackup(String),
    #[error("the backup is damaged: {0}")]
    Damaged(String),
}

impl From<diesel::result::Error> for UpkeepError {
    fn from(error: diesel::result::Error) -> Self {
        UpkeepError::Db(error.into())
    }
}

/// For `map_err`: what was tried, and with what.
fn io(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> UpkeepError {
    let path = path.to_path_buf();
    move |error| UpkeepError::Io(what, path, error)
}

/// Told in a few words what is being done; for a terminal.
pub type Progress<'a> = &'a mut dyn FnMut(&str);

/// The database that is backed up or restored into.
#[derive(Debug, Clone)]
pub struct Database {
    pub url: String,
    /// Our own cluster: then nothing of the caller's PostgreSQL environment is meant for it.
    pub is_private: bool,
    /// Where to look for `pg_dump` and `pg_restore` first.
    pub pg_bin: Option<PathBuf>,
}

/// The documents that rows name.
fn documents(conn: &mut diesel::pg::PgConnection) -> Result<Vec<files::Document>, DbError> {
    const PAGE: i64 = 5_000;
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = stored_after(conn, &after, PAGE)?;
        let Some((last, _)) = page.last() else {
            return Ok(found);
        };
        after.clone_from(last);
        let hashes = page.iter().filter_map(|(hash, _)| ContentHash::parse(hash));
        found.extend(hashes.map(|hash| files::Document { path: hash.path(), sha256: hash.to_string() }));
    }
}
