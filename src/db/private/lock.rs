//! Who is the server of this data folder: whoever holds the `flock` on `server.lock`.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::PrivateError;

/// The right to be the server of a data folder. Given back when dropped, or by the kernel when the process dies.
#[derive(Debug)]
pub struct DataDirLock {
    dir: PathBuf,
    /// Opened close-on-exec, as Rust does: PostgreSQL must not inherit it, or it would hold the lock after our death.
    _file: File,
}

impl DataDirLock {
    /// The data folder, absolute and without symbolic links.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Is this the lock of that folder?
    pub(super) fn covers(&self, wanted: &Path) -> Result<(), PrivateError> {
        let wanted = wanted.canonicalize().map_err(PrivateError::io("open the data folder", wanted))?;
        if wanted == self.dir { Ok(()) } else { Err(PrivateError::WrongLock { locked: self.dir.clone(), wanted }) }
    }
}

/// Makes the data folder if it is missing and becomes its server, or says who is.
pub fn lock_data_dir(data_dir: &Path) -> Result<DataDirLock, PrivateError> {
    create_folders(data_dir)?;
    let dir = data_dir.canonicalize().map_err(PrivateError::io("open the data folder", data_dir))?;
    let path = dir.join("server.lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false) // another server's pid may be in it
        .mode(0o600)
        .open(&path)
        .map_err(PrivateError::io("open", &path))?;
    match flock_soon(&file) {
        Ok(()) => {}
        Err(Errno::WOULDBLOCK) => return Err(PrivateError::Held { holder: holder(&mut file), dir }),
        Err(error) => return Err(PrivateError::io("lock", &path)(error.into())),
    }
    write_pid(&mut file).map_err(PrivateError::io("write", &path))?;
    Ok(DataDirLock { dir, _file: file })
}

/// A child between its fork and its exec holds every lock of its parent for a moment longer, so one look is not enough.
fn flock_soon(file: &File) -> Result<(), Errno> {
    for _ in 0..20 {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) => std::thread::sleep(std::time::Duration::from_millis(10)),
            other => return other,
        }
    }
    flock(file, FlockOperation::NonBlockingLockExclusive)
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

/// The pid in the file is for people only, so an unreadable one is no error.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.read_to_string(&mut text).map(|_| text.trim().parse::<u32>()) {
        Ok(Ok(pid)) => format!("process {pid}"),
        _ => "a process that is just starting".to_owned(),
    }
}

/// Makes the folder and the missing ones above it. As root they may be passed through by others (PostgreSQL runs as
/// another user) but not listed; as an ordinary user they are closed. The umask must not decide this.
pub(super) fn create_folders(dir: &Path) -> Result<(), PrivateError> {
    if dir.is_dir() {
        return Ok(());
    }
    if let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        create_folders(parent)?;
    }
    let mode = if rustix::process::geteuid().is_root() { 0o711 } else { 0o700 };
    match DirBuilder::new().mode(mode).create(dir) {
        Ok(()) => fs::set_permissions(dir, Permissions::from_mode(mode)).map_err(PrivateError::io("set the mode of", dir)),
        // Another server starting at the same moment; the lock decides between the two.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => Ok(()),
        Err(error) => Err(PrivateError::io("create the folder", dir)(error)),
    }
}
