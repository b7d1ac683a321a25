//! Where a log's files come from: a folder, or (see [`super::site`] and [`super::mirror`]) a server.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::note::MAX_NOTE;
use crate::tiles::{self, Of, Piece};
use crate::tree::{Hash, TILE_WIDTH};

/// A full tile, in bytes.
const MAX_TILE: usize = TILE_WIDTH as usize * 32;
/// A full bundle of the longest entries, in bytes.
const MAX_BUNDLE: usize = TILE_WIDTH as usize * 65_537;

/// A file that could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// The log does not have it.
    #[error("{0} is not there")]
    Missing(String),
    /// It is there and cannot be what it should be.
    #[error("{path} {why}")]
    Damaged { path: String, why: String },
    /// Nobody knows: the network, the disk, a server that is not well.
    #[error("{path}: {why}")]
    Unreachable { path: String, why: String },
}

impl PlaceError {
    pub(super) fn unreachable(path: &str, why: impl ToString) -> Self {
        Self::Unreachable { path: path.to_owned(), why: why.to_string() }
    }

    pub(super) fn damaged(path: &str, why: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), why: why.into() }
    }
}

/// A log as files.
pub trait Place: Sync {
    /// The signed checkpoint, as it is now.
    fn checkpoint(&self) -> Result<Vec<u8>, PlaceError> {
        self.file("checkpoint", MAX_NOTE)
    }

    /// A file of at most `most` bytes; one that is longer is damaged.
    fn file(&self, path: &str, most: usize) -> Result<Vec<u8>, PlaceError>;

    /// Whether [`Place::file`] may answer from a copy that can be made again with [`Place::forget`].
    fn forget(&self, path: &str) -> bool {
        let _ = path;
        false
    }
}

fn read_piece(place: &dyn Place, piece: &Piece) -> Result<Vec<u8>, PlaceError> {
    let most = match piece.of {
        Of::Hashes(_) => MAX_TILE,
        Of::Entries => MAX_BUNDLE,
    };
    place.file(&piece.path(), most)
}

/// A piece; a partial one that is gone is the beginning of the full one.
fn piece(place: &dyn Place, piece: &Piece) -> Result<Vec<u8>, PlaceError> {
    match read_piece(place, piece) {
        Err(PlaceError::Missing(path)) if !piece.is_full() => match read_piece(place, &piece.full()) {
            Err(PlaceError::Missing(_)) => Err(PlaceError::Missing(path)),
            Err(other) => Err(other),
            Ok(full) => {
                let prefix = match piece.of {
                    Of::Hashes(_) => full.get(..usize::from(piece.width) * 32),
                    Of::Entries => tiles::bundle_prefix(&full, piece.width),
                };
                prefix.map(<[u8]>::to_vec).ok_or_else(|| PlaceError::damaged(&piece.full().path(), "is cut off"))
            }
        },
        other => other,
    }
}

/// The hashes of a tile: as many as its width.
pub fn hashes(place: &dyn Place, tile: &Piece) -> Result<Vec<Hash>, PlaceError> {
    let bytes = piece(place, tile)?;
    let hashes = tiles::read_hashes(&bytes).filter(|hashes| hashes.len() == usize::from(tile.width));
    hashes.ok_or_else(|| {
        PlaceError::damaged(&tile.path(), format!("has {} bytes instead of {}", bytes.len(), u32::from(tile.width) * 32))
    })
}

/// The entries of a bundle: as many as its width.
pub fn bundle(place: &dyn Place, bundle: &Piece) -> Result<Vec<u8>, PlaceError> {
    let bytes = piece(place, bundle)?;
    match tiles::read_bundle(&bytes) {
        Some(entries) if entries.len() == usize::from(bundle.width) => Ok(bytes),
        Some(entries) => {
            Err(PlaceError::damaged(&bundle.path(), format!("has {} entries instead of {}", entries.len(), bundle.width)))
        }
        None => Err(PlaceError::damaged(&bundle.path(), "is cut off, or no bundle of entries")),
    }
}

/// Reads to the end, unless there is more than there may be.
pub(super) fn limited(from: impl Read, path: &str, most: usize) -> Result<Vec<u8>, PlaceError> {
    let mut bytes = Vec::new();
    from.take(most as u64 + 1).read_to_end(&mut bytes).map_err(|error| PlaceError::unreachable(path, error))?;
    if bytes.len() > most { Err(PlaceError::damaged(path, format!("is longer than {most} bytes"))) } else { Ok(bytes) }
}

/// A folder with `checkpoint` and `tile/`.
#[derive(Debug, Clone)]
pub struct Folder(pub PathBuf);

impl Folder {
    fn open(&self, path: &str) -> Result<Option<fs::File>, PlaceError> {
        let whole = self.0.join(path);
        match fs::metadata(&whole).and_then(|is| if is.is_file() { fs::File::open(&whole).map(Some) } else { Ok(None) }) {
            // A pipe, for one, would keep its reader waiting for ever.
            Ok(None) => Err(PlaceError::damaged(path, "is no regular file")),
            Ok(file) => Ok(file),
            // `NotADirectory`: a partial tile's folder where an enemy, or a copy gone wrong, has a file.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(PlaceError::unreachable(path, error)),
        }
    }
}

impl Place for Folder {
    fn file(&self, path: &str, most: usize) -> Result<Vec<u8>, PlaceError> {
        if let Some(file) = self.open(path)? {
            return limited(file, path, most);
        }
        // A copy may keep bundles as they travel.
        let packed = format!("{path}.gz");
        let Some(file) = self.open(&packed)? else {
            return Err(PlaceError::Missing(path.to_owned()));
        };
        limited(flate2::read::MultiGzDecoder::new(file), &packed, most).map_err(|error| match error {
            PlaceError::Unreachable { path, why } => PlaceError::Damaged { path, why },
            other => other,
        })
    }
}

/// Writes a file under a folder so that it is there whole or not at all, also after a kill; if `lasting`, after a loss of power.
pub(super) fn write_file(folder: &Path, path: &str, bytes: &[u8], lasting: bool) -> Result<(), PlaceError> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let to = folder.join(path);
    let write = || -> std::io::Result<()> {
        let parent = to.parent().unwrap_or(folder);
        fs::create_dir_all(parent)?;
        let name = to.file_name().unwrap_or_default().to_string_lossy();
        // Several threads may write the same file.
        let part = parent.join(format!(".{name}.{}-{}.part", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
        let mut file = fs::File::create(&part)?;
        file.write_all(bytes)?;
        if lasting {
            file.sync_all()?;
        }
        fs::rename(&part, &to)?;
        if lasting { fs::File::open(parent)?.sync_all() } else { Ok(()) }
    };
    write().map_err(|error| PlaceError::unreachable(path, error))
}
