//! The user PostgreSQL runs as. It refuses root, so a server started by root hands its programs to another user.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::PrivateError;

/// Who may be PostgreSQL when we are root, in this order.
const CANDIDATES: [&str; 2] = ["postgres", "nobody"];

/// What libpq and PostgreSQL would read from the environment of whoever started the server. None of it is meant for
/// the private cluster: an exported PGDATA or PGOPTIONS must not reach it.
const FOREIGN_VARIABLES: [&str; 22] = [
    "PGAPPNAME",
    "PGCLIENTENCODING",
    "PGDATA",
    "PGDATABASE",
    "PGDATESTYLE",
    "PGGEQO",
    "PGHOST",
    "PGHOSTADDR",
    "PGOPTIONS",
    "PGPASSFILE",
    "PGPASSWORD",
    "PGPORT",
    "PGREQUIREAUTH",
    "PGREQUIREPEER",
    "PGREQUIRESSL",
    "PGSERVICE",
    "PGSERVICEFILE",
    "PGSSLMODE",
    "PGSYSCONFDIR",
    "PGTARGETSESSIONATTRS",
    "PGTZ",
    "PGUSER",
];

/// An unprivileged user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// The user to run PostgreSQL as; `None` means as ourselves. An existing cluster keeps its owner.
pub(super) fn choose(cluster: &Path) -> Result<Option<Account>, PrivateError> {
    let me = rustix::process::geteuid().as_raw();
    let owner = match fs::metadata(cluster) {
        Ok(metadata) => Some((metadata.uid(), metadata.gid())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(PrivateError::io("look at", cluster)(error)),
    };
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    match (me, owner) {
        (0, Some((uid, gid))) if uid != 0 => Ok(Some(Account { name: name_of(&passwd, uid), uid, gid })),
        (0, _) => CANDIDATES.iter().find_map(|name| entry(&passwd, name)).map(Some).ok_or(PrivateError::NoUnprivilegedUser),
        (_, Some((uid, _))) if uid != me => {
            Err(PrivateError::ForeignCluster { cluster: cluster.to_path_buf(), owner: name_of(&passwd, uid) })
        }
        _ => Ok(None),
    }
}

/// The unprivileged user of this name in the text of `/etc/passwd`.
fn entry(passwd: &str, wanted: &str) -> Option<Account> {
    users(passwd).find(|account| account.name == wanted && account.uid != 0)
}

fn name_of(passwd: &str, uid: u32) -> String {
    users(passwd).find(|account| account.uid == uid).map_or_else(|| uid.to_string(), |account| account.name)
}

fn users(passwd: &str) -> impl Iterator<Item = Account> {
    passwd.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?.to_owned();
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Account { name, uid, gid })
    })
}

/// A command run as that user, in a folder everybody may enter, with nothing of the caller's PostgreSQL environment
/// and with messages in English.
pub(super) fn command(program: &Path, account: Option<&Account>) -> Command {
    let mut command = Command::new(program);
    for variable in FOREIGN_VARIABLES {
        command.env_remove(variable);
    }
    command.env("LC_ALL", "C").env("PGCONNECT_TIMEOUT", "10").current_dir("/").stdin(Stdio::null());
    if let Some(account) = account {
        // The standard library also drops our supplementary groups when it changes the user.
        command.uid(account.uid).gid(account.gid);
    }
    command
}

/// Checks that the user can get into the data folder and run the programs. Asking the system beats reading modes: it
/// knows about access lists and mount options.
pub(super) fn check_reach(account: &Account, data_dir: &Path, program: &Path) -> Result<(), PrivateError> {
    let mut folders: Vec<PathBuf> = data_dir.ancestors().map(Path::to_path_buf).collect();
    folders.reverse();
    for folder in folders {
        if !may_execute(account, folder.as_os_str())? {
            return Err(PrivateError::NotReachable { folder, user: account.name.clone() });
        }
    }
    if !may_execute(account, program.as_os_str())? {
        return Err(PrivateError::NotRunnable { program: program.to_path_buf(), user: account.name.clone() });
    }
    Ok(())
}

fn may_execute(account: &Account, path: &OsStr) -> Result<bool, PrivateError> {
    let shell = Path::new("/bin/sh");
    command(shell, Some(account))
        .args(["-c", "test -x \"$1\"", "sh"])
        .arg(path)
        .status()
        .map(|status| status.success())
        .map_err(PrivateError::io("run as another user", shell))
}

/// Gives a folder and all in it to the user; symbolic links themselves, never what they point to.
pub(super) fn give(path: &Path, account: &Account) -> Result<(), PrivateError> {
    lchown(path, Some(account.uid), Some(account.gid)).map_err(PrivateError::io("change the owner of", path))?;
    if !path.is_symlink() && path.is_dir() {
        for entry in fs::read_dir(path).map_err(PrivateError::io("read", path))? {
            give(&entry.map_err(PrivateError::io("read", path))?.path(), account)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\n\nbroken\npostgresql:x:7:8::/:/bin/sh\n\
                          postgres:x:101:104:PostgreSQL,,,:/var/lib/postgresql:/bin/bash\ntoor:x:0:0::/:/bin/sh\n";

    #[test]
    fn finds_the_user_by_its_whole_name_and_never_a_second_root() {
        assert_eq!(entry(PASSWD, "postgres"), Some(Account { name: "postgres".into(), uid: 101, gid: 104 }));
        assert_eq!(entry(PASSWD, "nobody"), None);
        assert_eq!(entry(PASSWD, "toor"), None);
        assert_eq!(name_of(PASSWD, 7), "postgresql");
        assert_eq!(name_of(PASSWD, 4711), "4711");
    }
}
