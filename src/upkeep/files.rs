//! Files of a backup: hashing, writing whole or not at all, and the documents, which are named by what is in them.
//!
//! A document never changes, so a backup beside an older one shares its files (hard links) after reading them again: a
//! copy that went bad is replaced, not handed on.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{UpkeepError, io};

use crate::basics::hex;

/// Documents of a backup lie here, under the same names as in the data folder.
pub const FOLDER: &str = "documents";
/// Names and hashes of the documents, one a line.
pub const DOCUMENTS: &str = "documents.list";

/// Length and SHA-256 of a file, read in pieces.
pub fn hash(path: &Path) -> Result<(u64, String), UpkeepError> {
    let mut file = File::open(path).map_err(io("open", path))?;
    let (mut sha, mut piece, mut bytes) = (Sha256::new(), vec![0u8; 1 << 20], 0);
    loop {
        match file.read(&mut piece).map_err(io("read", path))? {
            0 => return Ok((bytes, hex(&sha.finalize()))),
            n => {
                bytes += n as u64;
                sha.update(piece.get(..n).unwrap_or_default());
            }
        }
    }
}

/// Writes beside, to disk, then renames: nobody ever sees half of it.
pub fn write_atomically(path: &Path, text: &[u8]) -> Result<(), UpkeepError> {
    let beside = path.with_extension("new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside).map_err(io("create", &beside))?;
    file.write_all(text).and_then(|()| file.sync_all()).map_err(io("write", &beside))?;
    fs::rename(&beside, path).map_err(io("rename into place", path))?;
    path.parent().map_or(Ok(()), sync)
}

/// A folder's own entries reach the disk.
pub fn sync(folder: &Path) -> Result<(), UpkeepError> {
    File::open(folder).and_then(|dir| dir.sync_all()).map_err(io("write to disk", folder))
}

/// Makes a folder, and those above it, that only its owner may look into.
pub fn create_folder(folder: &Path) -> Result<(), UpkeepError> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io("create the folder", folder))
}

/// A file that is named by what is in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Document {
    /// Below the folder of documents; plain names only.
    pub path: String,
    pub sha256: String,
}

impl Document {
    fn at(&self, folder: &Path) -> Result<PathBuf, UpkeepError> {
        let relative = Path::new(&self.path);
        if self.path.is_empty() || relative.components().any(|part| !matches!(part, Component::Normal(_))) {
            return Err(UpkeepError::Damaged(format!("{DOCUMENTS} names {:?}", self.path)));
        }
        Ok(folder.join(relative))
    }

    /// It is there and what it should be.
    pub fn check(&self, folder: &Path) -> Result<(), UpkeepError> {
        let path = self.at(folder)?;
        let (_, sha256) = hash(&path).map_err(|error| UpkeepError::Damaged(error.to_string()))?;
        if sha256 == self.sha256 { Ok(()) } else { Err(UpkeepError::Damaged(format!("{} was changed", path.display()))) }
    }

    /// Puts it into `to`: as a link to the copy in `earlier` where that is still good, else copied from `from`.
    pub fn keep(&self, from: &Path, earlier: Option<&Path>, to: &Path) -> Result<(), UpkeepError> {
        let target = self.at(to)?;
        if let Some(parent) = target.parent() {
            create_folder(parent)?;
        }
        if let Some(earlier) = earlier
            && self.check(earlier).is_ok()
            && fs::hard_link(self.at(earlier)?, &target).is_ok()
        {
            return Ok(());
        }
        let source = self.at(from)?;
        let beside = target.with_extension("new");
        let copy = || -> std::io::Result<()> {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
            std::io::copy(&mut File::open(&source)?, &mut file)?;
            file.sync_all()
        };
        copy().map_err(io("copy", &source))?;
        let (_, sha256) = hash(&beside)?;
        if sha256 != self.sha256 {
            fs::remove_file(&beside).map_err(io("remove", &beside))?;
            return Err(UpkeepError::Damaged(format!("{} is not what its name says", source.display())));
        }
        fs::rename(&beside, &target).map_err(io("rename into place", &target))
    }
}

/// Writes the list of documents of a backup.
pub fn write_list(folder: &Path, documents: &[Document]) -> Result<(), UpkeepError> {
    let text: String = documents.iter().map(|document| format!("{} {}\n", document.sha256, document.path)).collect();
    write_atomically(&folder.join(DOCUMENTS), text.as_bytes())
}

/// Reads it again.
pub fn read_list(folder: &Path) -> Result<Vec<Document>, UpkeepError> {
    let path = folder.join(DOCUMENTS);
    let text = fs::read_to_string(&path).map_err(io("read", &path))?;
    text.lines()
        .map(|line| match line.split_once(' ') {
            Some((sha256, path)) => Ok(Document { path: path.to_owned(), sha256: sha256.to_owned() }),
            None => Err(UpkeepError::Damaged(format!("{} has a line without a name", path.display()))),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(folder: &Path, name: &str, text: &str) -> Document {
        fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
        fs::write(folder.join(name), text).unwrap();
        Document { path: name.to_owned(), sha256: hash(&folder.join(name)).unwrap().1 }
    }

    #[test]
    fn documents_are_shared_with_an_earlier_backup_and_bad_copies_are_not() {
        use std::os::unix::fs::MetadataExt;
        let top = std::env::temp_dir().join(format!("sna-files-{}", std::process::id()));
        let _ = fs::remove_dir_all(&top);
        let (from, one, two, three) = (top.join("from"), top.join("one"), top.join("two"), top.join("three"));
        let paper = document(&from, "ab/cd", "biên nhận");
        paper.keep(&from, None, &one).unwrap();
        paper.keep(&from, Some(&one), &two).unwrap();
        let inode = |folder: &Path| fs::metadata(folder.join("ab/cd")).unwrap().ino();
        assert_eq!(inode(&one), inode(&two), "a link, not a second copy");
        assert_ne!(inode(&from), inode(&one), "never a link to the living file");
        fs::write(two.join("ab/cd"), "khác").unwrap();
        assert!(paper.check(&two).is_err());
        paper.keep(&from, Some(&two), &three).unwrap();
        paper.check(&three).unwrap();
        fs::write(from.join("ab/cd"), "bị sửa").unwrap();
        assert!(paper.keep(&from, None, &top.join("four")).is_err());
        write_list(&top, std::slice::from_ref(&paper)).unwrap();
        assert_eq!(read_list(&top).unwrap(), [paper]);
        fs::remove_dir_all(&top).unwrap();
    }

    #[test]
    fn a_list_can_not_name_files_elsewhere() {
        for path in ["../keys/vault.keys", "/etc/passwd", "", "a/../../b"] {
            let document = Document { path: path.to_owned(), sha256: String::new() };
            assert!(document.at(Path::new("/x")).is_err(), "{path}");
        }
    }
}
