//! Key files: one line a key, `purpose kid base64` and, if known, when it was made; readable by the owner only (a file that
//! others can read is refused), never in the database or its backups.
//!
//! Two files, because they are two things with two lives: `vault.keys` (seal and hash) and `token.keys` (log-in
//! tokens). The first line of a purpose is the one used for new work; older lines stay to read what exists.

use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// One secret of 32 bytes and its short name.
#[derive(Clone)]
pub struct Key {
    pub kid: String,
    pub secret: [u8; 32],
}

impl Key {
    pub(super) fn generate() -> Result<Self, KeyError> {
        let mut random = [0u8; 34];
        getrandom::fill(&mut random).map_err(|_| KeyError::Random)?;
        let mut secret = [0u8; 32];
        secret.copy_from_slice(&random[2..]);
        Ok(Self { kid: format!("{:02x}{:02x}", random[0], random[1]), secret })
    }

    pub(super) fn kid_bytes(&self) -> [u8; 4] {
        let mut bytes = *b"0000";
        for (to, from) in bytes.iter_mut().zip(self.kid.bytes()) {
            *to = from;
        }
        bytes
    }
}

/// The vault's keys.
pub struct VaultKeys {
    pub seal: Vec<Key>,
    pub hash: Key,
}

/// The keys that sign log-in tokens.
pub struct TokenKeyFile {
    pub keys: Vec<Key>,
}

/// The keys that sign the public log.
pub struct LogKeyFile {
    pub keys: Vec<Key>,
}

/// The folder keys come from, looked into again when a key is missing, but not for everybody who makes up a name.
pub struct Source {
    dir: PathBuf,
    last: Mutex<Option<Instant>>,
}

const LOOK_EVERY: Duration = Duration::from_secs(5);

impl Source {
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), last: Mutex::new(None) }
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether to look again; at most once in five seconds.
    pub fn is_due(&self) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.is_none_or(|last| last.elapsed() >= LOOK_EVERY);
        if due {
            *last = Some(Instant::now());
        }
        due
    }
}

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("key file {0} is missing; restore it from its own backup, or run `so-nhan-ai keys init` for a new installation")]
    Missing(PathBuf),
    #[error("key file {0} already exists; it is never overwritten")]
    Exists(PathBuf),
    #[error("key file {0}: {1}")]
    Io(PathBuf, std::io::Error),
    #[error(
        "key file {0} can be read by others (mode {1:03o}): whoever is on this machine may have its keys. Make it its owner's alone \
         (`chmod 600 {0}`, owned by the server's user), and rotate the keys if others may have looked"
    )]
    Exposed(PathBuf, u32),
    #[error("{0} is there: another change of keys is under way; if it was cut off, remove that file")]
    Busy(PathBuf),
    #[error("key file {0}, line {1}: expected `purpose kid base64 [time]` with a kid of 4 characters and a secret of 32 bytes")]
    Format(PathBuf, usize),
    #[error("key file {0} has no key for {1}")]
    NoKey(PathBuf, &'static str),
    #[error("the system's random source failed")]
    Random,
}

impl VaultKeys {
    pub fn generate() -> Result<Self, KeyError> {
        Ok(Self { seal: vec![Key::generate()?], hash: Key::generate()? })
    }

    pub fn read(dir: &Path) -> Result<Self, KeyError> {
        let path = dir.join("vault.keys");
        let lines = read_lines(&path)?;
        let of = |purpose: &str| lines.iter().filter(|(p, _)| p == purpose).map(|(_, k)| k.clone()).collect::<Vec<_>>();
        let seal = of("seal");
        if seal.is_empty() {
            return Err(KeyError::NoKey(path, "seal"));
        }
        let hash = of("hash").into_iter().next().ok_or(KeyError::NoKey(path, "hash"))?;
        Ok(Self { seal, hash })
    }
}

impl TokenKeyFile {
    pub fn generate() -> Result<Self, KeyError> {
        Ok(Self { keys: vec![Key::generate()?] })
    }

    pub fn read(dir: &Path) -> Result<Self, KeyError> {
        let path = dir.join("token.keys");
        let keys: Vec<Key> = read_lines(&path)?.into_iter().filter(|(p, _)| p == "token").map(|(_, k)| k).collect();
        if keys.is_empty() {
            return Err(KeyError::NoKey(path, "token"));
        }
        Ok(Self { keys })
    }
}

impl LogKeyFile {
    pub fn read(dir: &Path) -> Result<Self, KeyError> {
        let path = dir.join("log.keys");
        let keys: Vec<Key> = read_lines(&path)?.into_iter().filter(|(p, _)| p == "log").map(|(_, k)| k).collect();
        if keys.is_empty() {
            return Err(KeyError::NoKey(path, "log"));
        }
        Ok(Self { keys })
    }
}

/// Whether `dir` holds the key of the log.
pub fn has_log_key(dir: &Path) -> bool {
    dir.join("log.keys").exists()
}

/// Writes `log.keys` with a fresh key.
pub fn init_log(dir: &Path) -> Result<(), KeyError> {
    write_new(&dir.join("log.keys"), &line("log", &Key::generate()?))
}

/// Writes fresh key files into `dir`: both, or only `token.keys` where the vault's exist. Refuses when nothing is
/// missing, and when only the vault's keys are: those are in a backup or what they sealed is lost, never made anew.
pub fn init(dir: &Path) -> Result<(), KeyError> {
    std::fs::create_dir_all(dir).map_err(|e| KeyError::Io(dir.to_owned(), e))?;
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(dir, permissions).map_err(|e| KeyError::Io(dir.to_owned(), e))?;
    let (vault_path, token_path) = (dir.join("vault.keys"), dir.join("token.keys"));
    match (vault_path.exists(), token_path.exists()) {
        (true, true) => return Err(KeyError::Exists(vault_path)),
        (false, true) => return Err(KeyError::Missing(vault_path)),
        (true, false) => {}
        (false, false) => write_new(&vault_path, &vault_lines(&VaultKeys::generate()?))?,
    }
    write_new(&token_path, &TokenKeyFile::generate()?.keys.iter().map(|k| line("token", k)).collect::<String>())
}

fn vault_lines(vault: &VaultKeys) -> String {
    vault.seal.iter().map(|k| line("seal", k)).chain([line("hash", &vault.hash)]).collect()
}

/// Whether `dir` holds key files already.
pub fn exist(dir: &Path) -> bool {
    dir.join("vault.keys").exists() || dir.join("token.keys").exists()
}

/// Copies all key files (`*.keys`) of a folder into another one, readable by the owner only. A file that is there
/// already and differs is put aside under the name of its last change, never overwritten. Returns the names copied.
pub fn copy(from: &Path, to: &Path) -> Result<Vec<String>, KeyError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| KeyError::Io(path, error)
    };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(from).map_err(failed(from))? {
        let name = entry.map_err(failed(from))?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".keys") {
            names.push(name);
        }
    }
    names.sort();
    if names.is_empty() {
        return Err(KeyError::Missing(from.join("vault.keys")));
    }
    std::os::unix::fs::DirBuilderExt::mode(std::fs::DirBuilder::new().recursive(true), 0o700).create(to).map_err(failed(to))?;
    for name in &names {
        let (source, target) = (from.join(name), to.join(name));
        let text = std::fs::read_to_string(&source).map_err(failed(&source))?;
        match std::fs::read_to_string(&target) {
            Ok(there) if there == text => continue,
            Ok(_) => {
                let changed = std::fs::metadata(&target).and_then(|file| file.modified()).map_err(failed(&target))?;
                let seconds = changed.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
                std::fs::rename(&target, to.join(format!("{name}.{seconds}"))).map_err(failed(&target))?;
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(KeyError::Io(target, error)),
        }
        write_new(&target, &text)?;
    }
    Ok(names)
}

pub(super) fn line(purpose: &str, key: &Key) -> String {
    format!("{purpose} {} {}\n", key.kid, STANDARD.encode(key.secret))
}

fn write_new(path: &Path, text: &str) -> Result<(), KeyError> {
    let failed = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::AlreadyExists => KeyError::Exists(path.to_owned()),
        _ => KeyError::Io(path.to_owned(), e),
    };
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}

/// Reads a key file, unless anybody but its owner could as well. The file that is looked at is the one that is read.
pub(super) fn read_own(path: &Path) -> Result<String, KeyError> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => KeyError::Missing(path.to_owned()),
        _ => KeyError::Io(path.to_owned(), error),
    };
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    let mode = metadata.permissions().mode() & 0o777;
    // A file of root's that the server may only read as one of a group is as well kept: PostgreSQL judges the same way.
    let by_group = metadata.uid() == 0 && !rustix::process::geteuid().is_root();
    let forbidden = if by_group { 0o037 } else { 0o077 };
    if mode & forbidden != 0 {
        return Err(KeyError::Exposed(path.to_owned(), mode));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

fn read_lines(path: &Path) -> Result<Vec<(String, Key)>, KeyError> {
    let text = read_own(path)?;
    let lines = text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty() && !l.starts_with('#'));
    lines
        .map(|(at, line)| {
            let bad = || KeyError::Format(path.to_owned(), at + 1);
            let mut fields = line.split_whitespace();
            let (Some(purpose), Some(kid), Some(secret)) = (fields.next(), fields.next(), fields.next()) else {
                return Err(bad());
            };
            let made = fields.next().is_none_or(|time| time.parse::<chrono::DateTime<chrono::Utc>>().is_ok());
            if !made || fields.next().is_some() {
                return Err(bad());
            }
            let secret: [u8; 32] = STANDARD.decode(secret).ok().and_then(|s| s.try_into().ok()).ok_or_else(bad)?;
            if kid.len() != 4 || !kid.is_ascii() {
                return Err(bad());
            }
            Ok((purpose.to_owned(), Key { kid: kid.to_owned(), secret }))
        })
        .collect()
}
