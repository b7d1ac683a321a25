//! Where the index lies: `<search-dir>/<n>`, of which a process takes the first that no other holds.
//!
//! What a folder holds is derived and can go at any moment. It names givers, so only its owner may enter.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

/// Processes that may share a search folder.
const MOST: u32 = 16;

/// A folder of this process. The lock goes with the process, however it ends.
#[derive(Debug)]
pub(super) struct Folder {
    /// Where the index is.
    pub path: PathBuf,
    lock_path: PathBuf,
    lock: File,
}

fn private_dir(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// `None` when another process holds it.
fn try_lock(path: &Path) -> io::Result<Option<File>> {
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

impl Folder {
    /// Takes the first free folder.
    pub fn take(root: &Path) -> io::Result<Self> {
        private_dir(root)?;
        for n in 0..MOST {
            let lock_path = root.join(format!("{n}.lock"));
            if let Some(lock) = try_lock(&lock_path)? {
                return Ok(Self { path: root.join(n.to_string()), lock_path, lock });
            }
        }
        Err(io::Error::new(io::ErrorKind::ResourceBusy, "every folder is taken by another process"))
    }

    /// Whether nobody has removed the lock, or the index beneath a running process.
    pub fn is_still_ours(&self, has_index: bool) -> bool {
        let same = |at: fs::Metadata, held: fs::Metadata| (at.dev(), at.ino()) == (held.dev(), held.ino());
        let lock = fs::metadata(&self.lock_path).and_then(|at| Ok(same(at, self.lock.metadata()?)));
        lock.unwrap_or(false) && (!has_index || self.has_index())
    }

    pub fn has_index(&self) -> bool {
        self.path.join("meta.json").exists()
    }

    /// Removes the index and leaves an empty folder.
    pub fn clear(&self) -> io::Result<()> {
        remove(&self.path)?;
        private_dir(&self.path)
    }

    /// Files that belong to none of these segments: what a merge has replaced.
    pub fn has_files_beside(&self, segments: &[String]) -> io::Result<bool> {
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let is_of_a_segment = name.len() > 32 && name.as_bytes()[..32].iter().all(u8::is_ascii_hexdigit);
            if is_of_a_segment && !segments.iter().any(|segment| name.starts_with(segment.as_str())) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Removes every index that no process holds: an index nobody follows would keep names that were erased since.
pub(super) fn discard_unused(root: &Path) -> io::Result<()> {
    if !root.exists() {
        return Ok(());
    }
    for n in 0..MOST {
        let (path, lock_path) = (root.join(n.to_string()), root.join(format!("{n}.lock")));
        if path.exists()
            && let Some(_lock) = try_lock(&lock_path)?
        {
            remove(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(name: &str) -> PathBuf {
        let root = std::env::temp_dir().join(format!("sna-folder-{}-{name}", std::process::id()));
        remove(&root).unwrap();
        root
    }

    #[test]
    fn everybody_has_a_folder_of_their_own() {
        let root = root("own");
        let (first, second) = (Folder::take(&root).unwrap(), Folder::take(&root).unwrap());
        assert_ne!(first.path, second.path);
        let freed = first.path.clone();
        drop(first);
        assert_eq!(Folder::take(&root).unwrap().path, freed);
        assert_eq!(fs::metadata(&root).unwrap().mode() & 0o777, 0o700);
        remove(&root).unwrap();
    }

    #[test]
    fn a_folder_that_was_taken_away_is_noticed() {
        let root = root("away");
        let folder = Folder::take(&root).unwrap();
        folder.clear().unwrap();
        assert!(folder.is_still_ours(false) && !folder.is_still_ours(true));
        fs::write(folder.path.join("meta.json"), "{}").unwrap();
        assert!(folder.is_still_ours(true));
        remove(&root).unwrap();
        assert!(!folder.is_still_ours(false));
        let again = Folder::take(&root).unwrap();
        assert!(again.is_still_ours(false) && !folder.is_still_ours(false), "the same name is not the same lock");
        remove(&root).unwrap();
    }

    #[test]
    fn only_unused_folders_are_discarded() {
        let root = root("unused");
        let (first, second) = (Folder::take(&root).unwrap(), Folder::take(&root).unwrap());
        for folder in [&first, &second] {
            folder.clear().unwrap();
            fs::write(folder.path.join("meta.json"), "{}").unwrap();
        }
        drop(second);
        discard_unused(&root).unwrap();
        assert!(first.has_index() && !root.join("1").exists());
        discard_unused(&root.join("nowhere")).unwrap();
        remove(&root).unwrap();
    }
}
