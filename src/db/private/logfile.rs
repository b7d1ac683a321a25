//! `postgres.log`: the postmaster's standard error, appended to.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::PrivateError;

/// A log that is longer at a start is put aside as `postgres.log.1`, replacing an older one.
const ROTATE_ABOVE: u64 = 20 * 1024 * 1024;

/// Opens the log for a new postmaster. Error messages quote statements, so only the owner may read it.
pub(super) fn open(path: &Path) -> Result<File, PrivateError> {
    if size(path) > ROTATE_ABOVE {
        fs::rename(path, aside(path)).map_err(PrivateError::io("rename", path))?;
    }
    OpenOptions::new().append(true).create(true).mode(0o600).open(path).map_err(PrivateError::io("open", path))
}

pub(super) fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

fn aside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".1");
    PathBuf::from(name)
}

/// What was written from this offset on; of a long text the end.
pub(super) fn since(path: &Path, offset: u64) -> String {
    let mut text = Vec::new();
    let from = offset.max(size(path).saturating_sub(64 * 1024));
    let read = File::open(path).and_then(|mut file| {
        file.seek(SeekFrom::Start(from))?;
        file.read_to_end(&mut text)
    });
    match read {
        Ok(_) => String::from_utf8_lossy(&text).into_owned(),
        Err(error) => format!("({} could not be read: {error})", path.display()),
    }
}

/// The last lines of a text.
pub(super) fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    all.get(all.len().saturating_sub(lines)..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_is_the_last_lines_that_say_something() {
        assert_eq!(tail("a\nb\n\nc\n \n", 2), "b\nc");
        assert_eq!(tail("a", 2), "a");
        assert_eq!(tail("", 2), "");
    }
}
