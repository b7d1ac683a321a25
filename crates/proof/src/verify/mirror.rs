//! A folder that is filled from a server.

use std::fs;
use std::path::{Path, PathBuf};

use super::place::{Folder, Place, PlaceError, write_file};
use super::site::Site;
use crate::tiles::{self, Piece};

/// A folder that keeps what was downloaded, so that the next time only what is new is.
///
/// Pieces are immutable: one that is there is not asked for again. The checkpoint is always the server's; it goes to the
/// folder when all below it was found right ([`Mirror::keep`]).
pub struct Mirror {
    folder: Folder,
    site: Site,
}

impl Mirror {
    pub fn new(folder: PathBuf, site: Site) -> Result<Self, PlaceError> {
        fs::create_dir_all(&folder).map_err(|error| PlaceError::unreachable(&folder.display().to_string(), error))?;
        Ok(Self { folder: Folder(folder), site })
    }

    /// The checkpoint of the last time everything was right.
    pub fn kept(&self) -> Result<Option<Vec<u8>>, PlaceError> {
        match self.folder.checkpoint() {
            Err(PlaceError::Missing(_)) => Ok(None),
            other => other.map(Some),
        }
    }

    /// Where all of it is.
    pub fn path(&self) -> &Path {
        &self.folder.0
    }

    /// Drops every piece that the first `size` entries do not have; how many there were. What the kept checkpoint was found right
    /// with stays: if the server has nothing any more, that is what others can still have.
    pub fn drop_since(&self, size: u64) -> usize {
        let (mut dropped, mut folders) = (0, vec![self.folder.0.join("tile")]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if entry.file_type().is_ok_and(|is| is.is_dir()) {
                    folders.push(path);
                    continue;
                }
                let below = path.strip_prefix(&self.folder.0).ok().and_then(Path::to_str);
                let piece = below.and_then(|path| Piece::parse(path.strip_suffix(".gz").unwrap_or(path)));
                if piece.is_some_and(|piece| !piece.is_within(size)) && fs::remove_file(path).is_ok() {
                    dropped += 1;
                }
            }
        }
        dropped
    }

    /// Keeps a checkpoint all of whose pieces are here, and lets go of partial pieces that have grown since `before`.
    pub fn keep(&self, checkpoint: &[u8], size: u64, before: Option<u64>) -> Result<(), PlaceError> {
        write_file(&self.folder.0, "checkpoint", checkpoint, true)?;
        for old in before.into_iter().flat_map(tiles::right_edge) {
            if Piece::at(old.of, old.n, size).is_some_and(|now| now != old) {
                let path = self.folder.0.join(old.path());
                // Rubbish that stays is harmless.
                let _ = fs::remove_file(&path);
                let _ = path.parent().map(fs::remove_dir);
            }
        }
        Ok(())
    }
}

impl Place for Mirror {
    fn checkpoint(&self) -> Result<Vec<u8>, PlaceError> {
        self.site.checkpoint()
    }

    fn file(&self, path: &str, most: usize) -> Result<Vec<u8>, PlaceError> {
        match self.folder.file(path, most) {
            Err(PlaceError::Missing(_)) => {}
            other => return other,
        }
        let bytes = self.site.file(path, most)?;
        // Verified again at every audit, so it need not survive a loss of power.
        write_file(&self.folder.0, path, &bytes, false)?;
        Ok(bytes)
    }

    fn forget(&self, path: &str) -> bool {
        let (plain, packed) = (self.folder.0.join(path), self.folder.0.join(format!("{path}.gz")));
        fs::remove_file(plain).is_ok() | fs::remove_file(packed).is_ok()
    }
}
