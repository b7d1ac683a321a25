//! Changing keys: a new one is put in front and does all new work, older ones below it still open and verify, until
//! they are dropped. A key file is replaced as a whole or not at all; its mode and owner stay.

use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};

use super::keys::{Key, KeyError, line, read_own};

/// What a key is for; each has a file of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Signs log-in tokens.
    Token,
    /// Seals personal values.
    Vault,
    /// Signs the public log.
    Log,
}

impl Which {
    pub const ALL: [Which; 3] = [Which::Token, Which::Vault, Which::Log];

    fn file(self, dir: &Path) -> PathBuf {
        dir.join(match self {
            Which::Token => "token.keys",
            Which::Vault => "vault.keys",
            Which::Log => "log.keys",
        })
    }

    /// The word a line begins with.
    pub fn purpose(self) -> &'static str {
        match self {
            Which::Token => "token",
            Which::Vault => "seal",
            Which::Log => "log",
        }
    }
}

/// One key of a file, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub kid: String,
    /// When it was made; not known of the keys a new installation begins with.
    pub made: Option<DateTime<Utc>>,
    /// When a newer one took its place; `None` for the current one.
    pub replaced: Option<DateTime<Utc>>,
}

/// Why a key was not dropped from its file.
#[derive(Debug, thiserror::Error)]
pub enum DropError {
    #[error("there is no such key: {0}")]
    Unknown(String),
    #[error("{0} is the current key: rotate first")]
    Current(String),
    #[error(transparent)]
    File(#[from] KeyError),
}

/// (number of the line, kid, when it was made) of each key of a purpose.
fn keys_in(text: &str, purpose: &str) -> Vec<(usize, String, Option<DateTime<Utc>>)> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#'));
    lines
        .filter_map(|(at, line)| {
            let mut fields = line.split_whitespace();
            let kid = fields.next().filter(|word| *word == purpose).and(fields.next())?;
            let made = fields.nth(1).and_then(|time| time.parse().ok());
            Some((at, kid.to_owned(), made))
        })
        .collect()
}

/// The keys of a file, the current one first.
pub fn list(dir: &Path, which: Which) -> Result<Vec<Listed>, KeyError> {
    let path = which.file(dir);
    let changed = std::fs::metadata(&path).and_then(|file| file.modified()).ok().map(DateTime::<Utc>::from);
    let keys = keys_in(&read_own(&path)?, which.purpose());
    let mut newer: Option<Option<DateTime<Utc>>> = None;
    let listed = keys.into_iter().map(|(_, kid, made)| {
        // A newer key that somebody wrote by hand carries no date: then the file's last change is the latest it can be.
        let replaced = newer.and_then(|time| time.or(changed));
        newer = Some(made);
        Listed { kid, made, replaced }
    });
    Ok(listed.collect())
}

/// Puts a new key in front of the others and returns its name.
pub fn rotate(dir: &Path, which: Which, now: DateTime<Utc>) -> Result<String, KeyError> {
    let path = which.file(dir);
    let text = read_own(&path)?;
    let known = keys_in(&text, which.purpose());
    let (first, _, _) = known.first().cloned().ok_or(KeyError::NoKey(path.clone(), which.purpose()))?;
    let key = loop {
        let key = Key::generate()?;
        if known.iter().all(|(_, kid, _)| *kid != key.kid) {
            break key;
        }
    };
    let made = now.to_rfc3339_opts(SecondsFormat::Secs, true);
    let fresh = format!("{} {made}\n", line(which.purpose(), &key).trim_end());
    let lines: Vec<String> = text.lines().map(|line| format!("{line}\n")).collect();
    let (before, after) = lines.split_at(first);
    replace(&path, &[before.concat(), fresh, after.concat()].concat())?;
    Ok(key.kid)
}

/// Takes a key out of its file. Whether anybody still needs it is the caller's to know.
pub fn drop_key(dir: &Path, which: Which, kid: &str) -> Result<(), DropError> {
    let path = which.file(dir);
    let text = read_own(&path)?;
    let known = keys_in(&text, which.purpose());
    let at = known.iter().position(|(_, known, _)| known == kid).ok_or_else(|| DropError::Unknown(kid.to_owned()))?;
    if at == 0 {
        return Err(DropError::Current(kid.to_owned()));
    }
    let (gone, _, _) = known[at];
    let kept: String = text.lines().enumerate().filter(|(n, _)| *n != gone).map(|(_, line)| format!("{line}\n")).collect();
    Ok(replace(&path, &kept)?)
}

/// Writes the new file beside the old one, on disk, before it takes its name: whoever reads meanwhile reads the old one.
fn replace(path: &Path, text: &str) -> Result<(), KeyError> {
    let beside = path.with_extension("keys.new");
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => KeyError::Busy(beside.clone()),
        _ => KeyError::Io(path.to_owned(), error),
    };
    // Made anew or refused: of two commands at once one gives way.
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside).map_err(failed)?;
    let written = fill(file, path, text).and_then(|()| std::fs::rename(&beside, path));
    if let Err(error) = written {
        let _ = std::fs::remove_file(&beside);
        return Err(KeyError::Io(path.to_owned(), error));
    }
    let dir = path.parent().unwrap_or(Path::new("."));
    std::fs::File::open(dir).and_then(|dir| dir.sync_all()).map_err(failed)
}

fn fill(mut file: std::fs::File, old: &Path, text: &str) -> std::io::Result<()> {
    let was = std::fs::metadata(old)?;
    let is = file.metadata()?;
    if (was.uid(), was.gid()) != (is.uid(), is.gid()) {
        // Root rotates the keys of the server's user, who must be able to read them afterwards.
        std::os::unix::fs::fchown(&file, Some(was.uid()), Some(was.gid()))?;
    }
    file.set_permissions(std::fs::Permissions::from_mode(was.mode() & 0o777))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::keys::{self, TokenKeyFile};
    use crate::vault::{Vault, VaultKeys, place};
    use uuid::Uuid;

    struct Dir(PathBuf);

    impl Dir {
        fn new() -> Self {
            let dir = std::env::temp_dir().join(format!("sna-rotation-{}", Uuid::now_v7()));
            keys::init(&dir).unwrap();
            Self(dir)
        }
    }

    impl Drop for Dir {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).unwrap();
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_new_key_works_and_the_old_one_still_opens() {
        let dir = Dir::new();
        let vault = || Vault::new(&VaultKeys::read(&dir.0).unwrap()).unwrap();
        let row = Uuid::now_v7();
        let old = vault().seal(place("t", "c", &row), "Hạnh".as_bytes()).unwrap();
        let kid = rotate(&dir.0, Which::Vault, at("2026-11-22T03:00:00Z")).unwrap();
        let new = vault().seal(place("t", "c", &row), "Hạnh".as_bytes()).unwrap();
        assert_eq!((&new[..4], &old[..4] == kid.as_bytes()), (kid.as_bytes(), false));
        for sealed in [&old, &new] {
            assert_eq!(vault().open_text(place("t", "c", &row), sealed).unwrap(), "Hạnh");
        }
        let hash = |vault: Vault| vault.hash("p", b"0912");
        let before = hash(vault());
        let old_kid = String::from_utf8(old[..4].to_vec()).unwrap();
        drop_key(&dir.0, Which::Vault, &old_kid).unwrap();
        assert!(vault().open(place("t", "c", &row), &old).is_err() && vault().open(place("t", "c", &row), &new).is_ok());
        assert_eq!(hash(vault()), before, "the hash key stays");
    }

    #[test]
    fn keys_are_listed_with_their_times_and_dropped_by_name() {
        let dir = Dir::new();
        let first = TokenKeyFile::read(&dir.0).unwrap().keys[0].kid.clone();
        let path = dir.0.join("token.keys");
        std::fs::write(&path, format!("# ours\n\n{}", std::fs::read_to_string(&path).unwrap())).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).unwrap();
        let (one, two) = (at("2026-11-22T03:00:00Z"), at("2026-11-23T03:00:00Z"));
        let second = rotate(&dir.0, Which::Token, one).unwrap();
        let third = rotate(&dir.0, Which::Token, two).unwrap();
        let listed = list(&dir.0, Which::Token).unwrap();
        let expected =
            [(third.clone(), Some(two), None), (second.clone(), Some(one), Some(two)), (first.clone(), None, Some(one))];
        assert_eq!(listed, expected.map(|(kid, made, replaced)| Listed { kid, made, replaced }));
        let kids = || TokenKeyFile::read(&dir.0).unwrap().keys.into_iter().map(|key| key.kid).collect::<Vec<_>>();
        assert_eq!(kids(), [third.clone(), second.clone(), first.clone()]);
        assert!(matches!(drop_key(&dir.0, Which::Token, &third), Err(DropError::Current(_))));
        assert!(matches!(drop_key(&dir.0, Which::Token, "zzzz"), Err(DropError::Unknown(_))));
        drop_key(&dir.0, Which::Token, &second).unwrap();
        assert_eq!(kids(), [third, first]);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# ours\n\n"), "what else stands in the file stays");
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o400);
        assert!(!path.with_extension("keys.new").exists());
    }

    #[test]
    fn a_file_that_others_can_read_is_neither_used_nor_rotated() {
        let dir = Dir::new();
        let path = dir.0.join("vault.keys");
        for mode in [0o644, 0o604, 0o602, 0o666, 0o640] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            for refused in [VaultKeys::read(&dir.0).err(), rotate(&dir.0, Which::Vault, Utc::now()).err()] {
                let said = refused.unwrap().to_string();
                assert!(
                    said.contains("vault.keys") && said.contains(&format!("{mode:o}")) && said.contains("chmod 600"),
                    "{said}"
                );
            }
        }
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(VaultKeys::read(&dir.0).is_ok());
    }

    #[test]
    fn of_two_rotations_at_once_one_gives_way_and_nothing_is_lost() {
        let dir = Dir::new();
        let beside = dir.0.join("token.keys.new");
        std::fs::write(&beside, "").unwrap();
        assert!(matches!(rotate(&dir.0, Which::Token, Utc::now()), Err(KeyError::Busy(_))));
        assert_eq!(list(&dir.0, Which::Token).unwrap().len(), 1);
        std::fs::remove_file(&beside).unwrap();
        rotate(&dir.0, Which::Token, Utc::now()).unwrap();
    }
}
