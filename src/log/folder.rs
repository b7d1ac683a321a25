//! The folder of the published log: what any static server or CDN can serve as it is.
//!
//! `checkpoint`, `tile/<level>/…` and `tile/entries/…` exactly as their paths; beside each bundle a `.gz` of it. Files appear
//! whole or not at all, and those a checkpoint needs before the checkpoint. Partial tiles stay until their full one is
//! there, of which they are prefixes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::tiles::{Of, Piece, bundle_prefix};

/// See the module.
#[derive(Debug, Clone)]
pub struct LogFolder(PathBuf);

/// Held by the process that writes; freed when that ends, however it ends.
#[derive(Debug)]
pub struct Writing {
    _lock: File,
}

impl LogFolder {
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Makes the folder and takes its lock; `None` when another process writes here.
    pub fn take(&self) -> io::Result<Option<Writing>> {
        fs::create_dir_all(&self.0)?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(self.0.join(".lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Writing { _lock: lock })),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    /// The checkpoint that stands here.
    pub fn checkpoint(&self) -> io::Result<Option<String>> {
        match fs::read_to_string(self.0.join("checkpoint")) {
            Ok(note) => Ok(Some(note)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts a checkpoint in place; everything it needs must be here already.
    pub fn put_checkpoint(&self, note: &str) -> io::Result<()> {
        write(&self.0.join("checkpoint"), note.as_bytes())
    }

    /// Puts a piece in place, and takes away the partial ones that a full one replaces.
    pub fn put(&self, piece: Piece, bytes: &[u8]) -> io::Result<()> {
        let path = self.0.join(piece.path());
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        if piece.of == Of::Entries {
            write(&gz(&path), &compress(bytes)?)?;
        }
        write(&path, bytes)?;
        if piece.is_full() {
            let mut partial = path.into_os_string();
            partial.push(".p");
            match fs::remove_dir_all(PathBuf::from(partial)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether a piece is here, as long as it should be. (Of a bundle only that it is not empty.)
    pub fn has(&self, piece: Piece) -> bool {
        let length = fs::metadata(self.0.join(piece.path())).map(|file| file.len());
        length.is_ok_and(|length| match piece.of {
            Of::Hashes(_) => length == u64::from(piece.width) * 32,
            Of::Entries => length > 0,
        })
    }

    /// A piece: its own file, or the beginning of the full one.
    pub fn read(&self, piece: Piece) -> io::Result<Option<Vec<u8>>> {
        if let Some(bytes) = read(&self.0.join(piece.path()))? {
            return Ok(Some(bytes));
        }
        if piece.is_full() {
            return Ok(None);
        }
        let full = read(&self.0.join(piece.full().path()))?;
        Ok(full.and_then(|full| {
            Some(match piece.of {
                Of::Hashes(_) => full.get(..usize::from(piece.width) * 32)?.to_vec(),
                Of::Entries => bundle_prefix(&full, piece.width)?.to_vec(),
            })
        }))
    }

    /// The compressed bundle, if it is here as a file.
    pub fn read_compressed(&self, piece: Piece) -> io::Result<Option<Vec<u8>>> {
        match piece.of {
            Of::Entries => read(&gz(&self.0.join(piece.path()))),
            Of::Hashes(_) => Ok(None),
        }
    }
}

fn gz(path: &Path) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(".gz");
    PathBuf::from(name)
}

fn compress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::default());
    gz.write_all(bytes)?;
    gz.finish()
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Beside, to disk, then renamed: everybody may read it, nobody sees half of it.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.to_owned().into_os_string();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o644).open(&beside)?;
    file.write_all(bytes)?;
    file.sync_data()?;
    fs::rename(&beside, path)
}
