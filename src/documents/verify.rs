//! Are the files there, and are they what they are called? For `audit`, `backup` and whoever doubts a disk.
//!
//! Rows are read in pages and files as streams, so an archive of any size costs the same memory. Files that no row
//! names are not looked at: they are garbage, and the sweep takes them.

use std::io;

use super::files::{Archive, FileError, Hashing};
use super::model::ContentHash;
use super::store;
use crate::db::{Db, DbError};

const PAGE: i64 = 500;

/// A file that some document names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    pub hash: ContentHash,
    pub size_bytes: u64,
}

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Missing,
    WrongSize,
    WrongContent,
}

/// Why verifying stopped.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error("a document has the hash {0:?}, which is none")]
    Hash(String),
}

impl From<diesel::result::Error> for VerifyError {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

/// Calls `each` with every file that must be there, once, in order of hashes.
pub fn each_file<E: From<VerifyError>>(db: &Db, mut each: impl FnMut(StoredFile) -> Result<(), E>) -> Result<(), E> {
    let mut after = String::new();
    loop {
        let page =
            db.tx_blocking(|conn| -> Result<_, VerifyError> { Ok(store::stored_after(conn, &after, PAGE)?) }).map_err(E::from)?;
        let Some((last, _)) = page.last() else {
            return Ok(());
        };
        after.clone_from(last);
        for (hash, size) in page {
            let hash = ContentHash::parse(&hash).ok_or(VerifyError::Hash(hash))?;
            each(StoredFile { hash, size_bytes: size.unsigned_abs() })?;
        }
    }
}

/// What is wrong with a file, if anything. Reads all of it.
pub fn fault(archive: &Archive, file: &StoredFile) -> Result<Option<Fault>, FileError> {
    let Some(mut content) = archive.open(&file.hash)? else {
        return Ok(Some(Fault::Missing));
    };
    if content.metadata()?.len() != file.size_bytes {
        return Ok(Some(Fault::WrongSize));
    }
    let mut hashing = Hashing::new(io::sink());
    io::copy(&mut content, &mut hashing)?;
    let (_, hash, _) = hashing.done();
    Ok((hash != file.hash).then_some(Fault::WrongContent))
}

/// Verifies every file and calls `report` with each that is wrong. Returns how many were looked at.
pub fn verify(db: &Db, archive: &Archive, mut report: impl FnMut(&StoredFile, Fault)) -> Result<u64, VerifyError> {
    let mut looked = 0;
    each_file(db, |file| -> Result<(), VerifyError> {
        looked += 1;
        if let Some(fault) = fault(archive, &file)? {
            report(&file, fault);
        }
        Ok(())
    })?;
    Ok(looked)
}
