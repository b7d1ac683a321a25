//! The folder of the Unix socket. Who can enter it is the database's superuser, so it is made private and checked.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, lchown};
use std::path::{Path, PathBuf};

use super::account::Account;
use super::{NAME, PORT, PrivateError};

/// The system allows 107 bytes (103 on macOS) for the path of a socket.
const LONGEST_SOCKET_PATH: usize = 100;

/// The folder for the sockets of this data folder, always the same for the same data folder and user.
pub(super) fn folder_for(data_dir: &Path, uid: u32) -> PathBuf {
    let near = data_dir.join("s");
    let socket = near.join(format!(".s.PGSQL.{PORT}"));
    // Both PostgreSQL and libpq take a comma for the end of a folder in a list.
    let plain = !near.as_os_str().as_bytes().iter().any(|byte| b",\"".contains(byte));
    if plain && socket.as_os_str().len() < LONGEST_SOCKET_PATH {
        return near;
    }
    PathBuf::from(format!("/tmp/sna-{uid}-{:016x}", fnv1a(data_dir.as_os_str().as_bytes())))
}

/// Makes the folder, or checks the one that is there. In /tmp anybody may have made it, to listen in our place.
pub(super) fn prepare(folder: &Path, account: Option<&Account>) -> Result<(), PrivateError> {
    match DirBuilder::new().mode(0o700).create(folder) {
        // The umask may have taken something away.
        Ok(()) => {
            fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(PrivateError::io("set the mode of", folder))?
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(PrivateError::io("create the folder", folder)(error)),
    }
    let me = rustix::process::geteuid().as_raw();
    let uid = account.map_or(me, |account| account.uid);
    let metadata = fs::symlink_metadata(folder).map_err(PrivateError::io("look at", folder))?;
    let distrust = |why: String| Err(PrivateError::SocketFolder { path: folder.to_path_buf(), why });
    if metadata.is_symlink() {
        return distrust("it is a symbolic link".to_owned());
    }
    if !metadata.is_dir() {
        return distrust("it is not a folder".to_owned());
    }
    // One that is still root's was made by us a moment ago, or by a start that was interrupted right here.
    if metadata.uid() != uid && metadata.uid() != me {
        return distrust(format!("it belongs to user {} and not to user {uid}", metadata.uid()));
    }
    if metadata.mode() & 0o777 != 0o700 {
        return distrust(format!("its mode is {:o} and not 700", metadata.mode() & 0o777));
    }
    if let Some(account) = account {
        lchown(folder, Some(account.uid), Some(account.gid)).map_err(PrivateError::io("change the owner of", folder))?;
    }
    Ok(())
}

/// The libpq URL of a database behind the socket in that folder.
pub(super) fn url(folder: &Path, database: &str) -> String {
    let host = percent_encoded(folder.as_os_str().as_bytes());
    let database = percent_encoded(database.as_bytes());
    // The port is said although it is the default: PGPORT in the environment would change the default.
    format!("postgres://{NAME}@{host}:{PORT}/{database}")
}

fn percent_encoded(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|&byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// FNV-1a: the name must be the same with every build, which the standard library does not promise of its hash.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_paths_get_a_short_folder_that_stays_the_same() {
        assert_eq!(folder_for(Path::new("/var/lib/so-nhan-ai"), 7), PathBuf::from("/var/lib/so-nhan-ai/s"));
        let just_fits = PathBuf::from(format!("/{}", "a".repeat(LONGEST_SOCKET_PATH - "//s/.s.PGSQL.5432".len() - 1)));
        assert_eq!(folder_for(&just_fits, 7), just_fits.join("s"));
        let too_long = PathBuf::from(format!("{}b", just_fits.display()));
        let short = folder_for(&too_long, 7);
        assert!(short.starts_with("/tmp") && short == folder_for(&too_long, 7), "{}", short.display());
        assert_ne!(short, folder_for(&too_long, 8));
        assert!(folder_for(Path::new("/a,b"), 7).starts_with("/tmp"), "a comma separates folders");
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8, "the published test vector");
    }

    #[test]
    fn urls_survive_unusual_folders() {
        let url = url(Path::new("/home/Nhân Ái/s"), "a/b?c");
        assert_eq!(url, "postgres://so_nhan_ai@%2Fhome%2FNh%C3%A2n%20%C3%81i%2Fs:5432/a%2Fb%3Fc");
    }
}
