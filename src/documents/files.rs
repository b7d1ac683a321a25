//! The folder of documents, and nothing of the database.
//!
//! ```text
//! <folder>/ab/cd/abcd…            a stored document, named by the SHA-256 of its bytes
//! <folder>/uploads/<id>/<at>-…    chunks of an upload under way, and the file being put together from them
//! ```
//!
//! A file gets its final name only when its bytes and then its folder's entry are on disk, and never changes after
//! that. Chunks are files of their own: two requests with the same chunk write two files and the database takes one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::model::{ContentHash, Limits};
use crate::http::{Kind, Problem};

const UPLOADS: &str = "uploads";

/// The folder with its limits. Cheap to clone; touches the disk only when something is stored or read.
#[derive(Debug, Clone)]
pub struct Archive {
    dir: Arc<Path>,
    pub limits: Limits,
}

/// Why a file could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// No space left, or less than is to be left for others.
    #[error("no space left for documents")]
    Full,
    #[error(transparent)]
    Io(io::Error),
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FileError::Full,
            _ => FileError::Io(error),
        }
    }
}

impl FileError {
    /// A folder or file that was there a moment ago is not: somebody has finished or swept the upload.
    pub fn is_missing(&self) -> bool {
        matches!(self, FileError::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

impl From<FileError> for Problem {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Full => {
                tracing::error!("no space left for documents");
                Problem {
                    retry_after: Some(600),
                    ..Problem::say(
                        Kind::StorageFull,
                        "Máy chủ hết chỗ lưu tài liệu; phần đã gửi vẫn còn. Hãy báo quản trị và gửi tiếp sau. Ghi nhận tiền, hiện vật không bị ảnh hưởng.",
                        "The server has no space left for documents; what was sent stays. Tell the administrator and go on later. Recording gifts is not affected.",
                    )
                }
            }
            error if error.is_missing() => Problem::unavailable(1),
            FileError::Io(error) => Problem::internal(error),
        }
    }
}

/// A chunk being written; removed again unless it is kept.
pub struct ChunkWriter {
    archive: Archive,
    file: File,
    path: PathBuf,
    hasher: Sha256,
    length: u64,
    kept: bool,
}

/// A chunk on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenChunk {
    pub file: String,
    pub length: u64,
    pub hash: ContentHash,
}

impl Archive {
    pub fn new(dir: impl Into<PathBuf>, limits: Limits) -> Self {
        Self { dir: dir.into().into(), limits }
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where a document with this hash is, or would be.
    pub fn path_of(&self, hash: &ContentHash) -> PathBuf {
        self.dir.join(hash.path())
    }

    pub(super) fn upload_dir(&self, upload: Uuid) -> PathBuf {
        self.dir.join(UPLOADS).join(upload.to_string())
    }

    pub(super) fn uploads_dir(&self) -> PathBuf {
        self.dir.join(UPLOADS)
    }

    /// Refuses when `more` bytes would eat into the reserve.
    pub fn check_space(&self, more: u64) -> Result<(), FileError> {
        make_dir(&self.dir)?;
        let stat = rustix::fs::statvfs(&*self.dir).map_err(io::Error::from)?;
        let free = stat.f_bavail.saturating_mul(stat.f_frsize);
        if free < self.limits.reserve.saturating_add(more) { Err(FileError::Full) } else { Ok(()) }
    }

    /// Begins a chunk of an upload.
    pub fn begin_chunk(&self, upload: Uuid, at: u64) -> Result<ChunkWriter, FileError> {
        let dir = self.upload_dir(upload);
        make_dir(&dir)?;
        let path = dir.join(format!("{at}-{:016x}", random()?));
        let file = create(&path)?;
        Ok(ChunkWriter { archive: self.clone(), file, path, hasher: Sha256::new(), length: 0, kept: false })
    }

    /// Removes a chunk that the database did not take.
    pub fn drop_chunk(&self, upload: Uuid, file: &str) {
        remove_quietly(&self.upload_dir(upload).join(file));
    }

    /// Removes everything of an upload that is over.
    pub fn drop_upload(&self, upload: Uuid) {
        match fs::remove_dir_all(self.upload_dir(upload)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => tracing::warn!(%error, "an upload's folder stays"),
            _ => {}
        }
    }

    /// Chunks of an upload, one after the other, as one file.
    pub fn read_chunks(&self, upload: Uuid, files: &[String]) -> Chunks {
        let dir = self.upload_dir(upload);
        let paths: Vec<PathBuf> = files.iter().rev().map(|file| dir.join(file)).collect();
        Chunks { left: paths, open: None }
    }

    /// A new file in an upload's folder, with a name nobody else has.
    pub(super) fn scratch(&self, upload: Uuid, what: &str) -> Result<Scratch, FileError> {
        let dir = self.upload_dir(upload);
        make_dir(&dir)?;
        let path = dir.join(format!("{what}-{:016x}", random()?));
        Ok(Scratch { file: create(&path)?, path })
    }

    /// Gives a finished file its name. Whoever calls holds the content's lock in the database, so that the sweep does not
    /// take the file for garbage before its row is there. The file is stamped with our clock: the sweep compares with it.
    pub(super) fn store(&self, scratch: &Scratch, hash: &ContentHash, now: DateTime<Utc>) -> Result<(), FileError> {
        let path = self.path_of(hash);
        let folder = path.parent().unwrap_or(&self.dir);
        make_dir(folder)?;
        scratch.file.set_modified(SystemTime::from(now))?;
        fs::rename(&scratch.path, &path)?;
        self.sync_up(folder)
    }

    /// Puts the entries of a folder and of those above it, up to ours, on disk: some of them may be new.
    fn sync_up(&self, folder: &Path) -> Result<(), FileError> {
        for folder in folder.ancestors().take_while(|folder| folder.starts_with(&self.dir)) {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    /// Opens a stored document; `None` if the file is not there.
    pub fn open(&self, hash: &ContentHash) -> Result<Option<File>, FileError> {
        match File::open(self.path_of(hash)) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl ChunkWriter {
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Puts the chunk on disk for good. It is garbage until the database knows it.
    pub fn finish(mut self) -> Result<WrittenChunk, FileError> {
        self.file.sync_data()?;
        if let Some(folder) = self.path.parent() {
            self.archive.sync_up(folder)?;
        }
        self.kept = true;
        let file = self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(WrittenChunk { file, length: self.length, hash: ContentHash::of(self.hasher.clone()) })
    }
}

impl Drop for ChunkWriter {
    fn drop(&mut self) {
        if !self.kept {
            remove_quietly(&self.path);
        }
    }
}

/// A file on its way to becoming a document; removed if it does not.
pub(super) struct Scratch {
    file: File,
    path: PathBuf,
}

impl Scratch {
    pub fn writer(&self) -> Result<BufWriter<File>, FileError> {
        Ok(BufWriter::with_capacity(1 << 16, self.file.try_clone()?))
    }

    /// The file from its beginning.
    pub fn reader(&self) -> Result<BufReader<File>, FileError> {
        Ok(BufReader::with_capacity(1 << 16, File::open(&self.path)?))
    }

    pub fn sync(&self) -> Result<(), FileError> {
        Ok(self.file.sync_all()?)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Once stored it has another name, and there is nothing here to remove.
        remove_quietly(&self.path);
    }
}

/// See [`Archive::read_chunks`].
pub struct Chunks {
    /// The next one last.
    left: Vec<PathBuf>,
    open: Option<File>,
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(file) = &mut self.open {
                match file.read(buffer)? {
                    0 if !buffer.is_empty() => self.open = None,
                    length => return Ok(length),
                }
            }
            match self.left.pop() {
                Some(path) => self.open = Some(File::open(path)?),
                None => return Ok(0),
            }
        }
    }
}

/// Passes bytes on, hashes and counts them.
pub struct Hashing<T> {
    inner: T,
    hasher: Sha256,
    length: u64,
}

impl<T> Hashing<T> {
    pub fn new(inner: T) -> Self {
        Self { inner, hasher: Sha256::new(), length: 0 }
    }

    pub fn done(self) -> (T, ContentHash, u64) {
        (self.inner, ContentHash::of(self.hasher), self.length)
    }
}

impl<T: Write> Write for Hashing<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Only the server's user may look inside.
fn make_dir(dir: &Path) -> Result<(), FileError> {
    Ok(fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?)
}

fn create(path: &Path) -> Result<File, FileError> {
    Ok(OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)?)
}

fn random() -> Result<u64, FileError> {
    getrandom::u64().map_err(|error| FileError::Io(io::Error::other(error)))
}

fn remove_quietly(path: &Path) {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => tracing::warn!(%error, "a temporary file stays"),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kernel's own full disk.
    #[test]
    fn a_full_disk_is_told_apart_from_a_broken_one() {
        let mut full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let error = full.write_all(b"x").unwrap_err();
        assert!(matches!(FileError::from(error), FileError::Full));
        assert_eq!(Problem::from(FileError::Full).kind, Kind::StorageFull);
        assert!(matches!(FileError::from(io::Error::from(io::ErrorKind::PermissionDenied)), FileError::Io(_)));
    }

    #[test]
    fn space_for_others_is_left_alone() {
        let dir = std::env::temp_dir().join(format!("sna-archive-{}", std::process::id()));
        let archive = |reserve| Archive::new(&dir, Limits { reserve, ..Limits::default() });
        assert!(archive(0).check_space(1).is_ok());
        assert!(matches!(archive(u64::MAX).check_space(1), Err(FileError::Full)));
        fs::remove_dir_all(&dir).unwrap();
    }
}
