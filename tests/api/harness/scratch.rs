//! Where tests keep what they throw away.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rustix::fs::StatVfsMountFlags;

/// A file system in memory, on Linux.
const MEMORY: &str = "/dev/shm";

/// What all tests of a run need at once, generously.
const ROOM: u64 = 3 << 30;

/// `TEST_FOLDER` if it is set, else memory if there is room, else the system's folder for temporary files.
///
/// A database is a thousand small files. Where one is made and thrown away for nearly every test, a disk's file system is
/// busier with finding free inodes than the test is with all the rest.
pub fn scratch() -> &'static Path {
    static PLACE: OnceLock<PathBuf> = OnceLock::new();
    PLACE.get_or_init(|| match std::env::var_os("TEST_FOLDER") {
        Some(named) => named.into(),
        None if free_in(MEMORY).min(free_memory()) >= ROOM => MEMORY.into(),
        None => std::env::temp_dir(),
    })
}

/// Bytes that may still be written into a folder; none if there is no such folder, or if no program may be run from it.
fn free_in(folder: &str) -> u64 {
    match rustix::fs::statvfs(folder) {
        Ok(found) if !found.f_flag.contains(StatVfsMountFlags::NOEXEC) => found.f_bavail * found.f_frsize,
        _ => 0,
    }
}

/// Bytes of memory that are free for us: of the machine, and of the container if it sets a limit.
fn free_memory() -> u64 {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let kilobytes = read("/proc/meminfo")
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:")?.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    let number = |path: &str| read(path).trim().parse::<u64>().ok();
    let limit = number("/sys/fs/cgroup/memory.max");
    let left = limit.map(|limit| limit.saturating_sub(number("/sys/fs/cgroup/memory.current").unwrap_or(0)));
    kilobytes.unwrap_or(0).saturating_mul(1_024).min(left.unwrap_or(u64::MAX))
}
