//! The guard: the last checkpoint this installation signed or published, in a file outside the database.
//!
//! A database that was restored from an older backup does not know what it signed since. Signing other leaves at the same
//! places would split the log for ever, so before every signature the tree is compared with this file. It is written to disk
//! before anything signed leaves the process. It is in no backup, for it must not be restored.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::checkpoint::{self, CheckpointError};
use super::note::Verifier;
use super::tree::{Head, empty_root};

/// What the file of a new key says.
const NOTHING_YET: &str = "nothing signed yet\n";

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard(PathBuf);

/// The guard cannot be read or written: then nothing is signed.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    #[error("{path}: {1}", path = .0.display())]
    Io(PathBuf, io::Error),
    #[error("{path} holds no checkpoint of this log: {1}", path = .0.display())]
    Foreign(PathBuf, CheckpointError),
    #[error("{path} names another root for {1} leaves: somebody else signs with this key", path = .0.display())]
    Split(PathBuf, u64),
}

impl Guard {
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// For a key that was just made, and so has signed nothing. A guard that is there stays.
    pub fn begin(&self) -> Result<(), GuardError> {
        if self.0.exists() {
            return Ok(());
        }
        self.write(NOTHING_YET)
    }

    /// What was signed last; the empty tree when nothing was; `None` when there is no such file.
    pub fn read(&self, keys: &[Verifier]) -> Result<Option<Head>, GuardError> {
        let text = match fs::read(&self.0) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(GuardError::Io(self.0.clone(), error)),
        };
        if text == NOTHING_YET.as_bytes() {
            return Ok(Some(Head { size: 0, root: empty_root() }));
        }
        let head = checkpoint::open(&text, keys).map_err(|error| GuardError::Foreign(self.0.clone(), error))?;
        Ok(Some(head))
    }

    /// Takes the file away if it says that nothing was signed: that is true of a new key, not of a restored log.
    pub fn forget_if_unused(&self) -> Result<(), GuardError> {
        let failed = |error| GuardError::Io(self.0.clone(), error);
        match fs::read(&self.0) {
            Ok(text) if text == NOTHING_YET.as_bytes() => fs::remove_file(&self.0).map_err(failed),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
            _ => Ok(()),
        }
    }

    /// Remembers a checkpoint, unless a newer one is known already: processes that share a data folder share the guard, and
    /// each may have compared its tree a moment before the other signed.
    pub fn raise(&self, head: &Head, note: &str, keys: &[Verifier]) -> Result<(), GuardError> {
        let failed = |error| GuardError::Io(self.0.clone(), error);
        let lock = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(self.0.with_extension("lock"));
        let lock = lock.map_err(failed)?;
        lock.lock().map_err(failed)?;
        match self.read(keys)? {
            Some(known) if known.size == head.size && known.root != head.root => {
                Err(GuardError::Split(self.0.clone(), head.size))
            }
            Some(known) if known.size > 0 && known.size >= head.size => Ok(()),
            _ => self.write(note),
        }
    }

    /// Whole or not at all, and on the disk when this returns.
    fn write(&self, note: &str) -> Result<(), GuardError> {
        let write = || -> io::Result<()> {
            let beside = self.0.with_extension(format!("{:08x}", getrandom::u32().map_err(io::Error::other)?));
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
            file.write_all(note.as_bytes())?;
            file.sync_all()?;
            fs::rename(&beside, &self.0)?;
            self.0.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
        };
        write().map_err(|error| GuardError::Io(self.0.clone(), error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::note::Signer;

    #[test]
    fn the_guard_keeps_what_was_signed() {
        let folder = std::env::temp_dir().join(format!("sna-guard-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let guard = Guard::new(&folder.join("log.signed"));
        let signer = Signer::new("so.example.vn/log", &[3; 32]).unwrap();
        let keys = [signer.verifier().clone()];
        assert!(matches!(guard.read(&keys), Ok(None)));
        guard.begin().unwrap();
        assert_eq!(guard.read(&keys).unwrap(), Some(Head { size: 0, root: empty_root() }));
        guard.forget_if_unused().unwrap();
        assert!(matches!(guard.read(&keys), Ok(None)));
        guard.begin().unwrap();
        let head = Head { size: 7, root: [9; 32] };
        let note = checkpoint::sign("so.example.vn/log", &head, &[signer]);
        guard.raise(&head, &note, &keys).unwrap();
        guard.begin().unwrap();
        guard.forget_if_unused().unwrap();
        assert_eq!(guard.read(&keys).unwrap(), Some(head));
        let stranger = Signer::new("so.example.vn/log", &[4; 32]).unwrap();
        assert!(matches!(guard.read(&[stranger.verifier().clone()]), Err(GuardError::Foreign(..))));
        let other = Head { size: 7, root: [8; 32] };
        let split = checkpoint::sign("so.example.vn/log", &other, &[Signer::new("so.example.vn/log", &[3; 32]).unwrap()]);
        assert!(matches!(guard.raise(&other, &split, &keys), Err(GuardError::Split(_, 7))));
        fs::write(guard.path(), "").unwrap();
        assert!(guard.read(&keys).is_err(), "an empty file is no proof that nothing was signed");
        fs::remove_dir_all(folder).unwrap();
    }

    /// Whoever writes last, the newest stays.
    #[test]
    fn of_many_writers_the_newest_checkpoint_stays() {
        let folder = std::env::temp_dir().join(format!("sna-guards-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let guard = Guard::new(&folder.join("log.signed"));
        guard.begin().unwrap();
        let signer = || Signer::new("so.example.vn/log", &[3; 32]).unwrap();
        let keys = [signer().verifier().clone()];
        std::thread::scope(|scope| {
            for writer in 0..4u64 {
                let (guard, keys) = (&guard, &keys);
                scope.spawn(move || {
                    for n in 0..25 {
                        // Each comes back to older sizes now and then.
                        let head = Head { size: 1 + (n * 7 + writer) % 97, root: [1; 32] };
                        guard.raise(&head, &checkpoint::sign("so.example.vn/log", &head, &[signer()]), keys).unwrap();
                        let known = guard.read(keys).unwrap().unwrap();
                        assert!(known.size >= head.size);
                    }
                });
            }
        });
        let most = (0..4).flat_map(|writer| (0..25).map(move |n| 1 + (n * 7 + writer) % 97)).max().unwrap();
        assert_eq!(guard.read(&keys).unwrap().unwrap().size, most);
        fs::remove_dir_all(folder).unwrap();
    }
}
