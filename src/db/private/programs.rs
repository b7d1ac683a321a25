//! Finding the PostgreSQL programs. Distributions agree on nothing, so several places are asked, in a fixed order.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::PrivateError;

/// The oldest version the SQL of this server runs on.
const OLDEST: u32 = 15;

/// All of them must be there: a client-only package has `psql` and no `postgres`.
const NEEDED: [&str; 4] = ["postgres", "initdb", "pg_ctl", "psql"];

/// What makes and reads dumps. A client-only package has them.
const CLIENT: [&str; 2] = ["pg_dump", "pg_restore"];

/// One installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Programs {
    pub(super) bin: PathBuf,
    pub(super) major: u32,
}

impl Programs {
    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.bin.join(program)
    }
}

/// Where to look, apart from `PG_BIN`. A value, so that tests can look elsewhere.
pub(super) struct Places {
    /// Folders with one folder per version, `<root>/<prefix><version>/bin`.
    versioned: Vec<(PathBuf, &'static str)>,
    /// The search path for `pg_config` and `postgres`; `None` is the one we were started with.
    search_path: Option<OsString>,
}

impl Default for Places {
    fn default() -> Self {
        Places {
            versioned: vec![
                ("/usr/lib/postgresql".into(), ""),          // Debian, Ubuntu
                ("/usr".into(), "pgsql-"),                   // Red Hat, from postgresql.org
                ("/opt/homebrew/opt".into(), "postgresql@"), // macOS on Apple silicon
                ("/usr/local/opt".into(), "postgresql@"),    // macOS on Intel
            ],
            search_path: None,
        }
    }
}

/// The programs to use: those of `PG_BIN`, or the first usable ones found; of the cluster's own major version where
/// there is a cluster already (`needed`, with its folder for the message).
pub(super) fn find(pg_bin: Option<&Path>, needed: Option<(u32, &Path)>, places: &Places) -> Result<Programs, PrivateError> {
    let usable = match pg_bin {
        Some(dir) => vec![inspect(dir).map_err(|why| PrivateError::BadPgBin { dir: dir.to_path_buf(), why })?],
        None => search(places)?,
    };
    match needed {
        None => usable.into_iter().next().ok_or(PrivateError::NotInstalled { found: String::new() }),
        Some((major, cluster)) => {
            let found = usable.iter().map(|p| format!("PostgreSQL {}", p.major)).collect::<Vec<_>>().join(", ");
            usable.into_iter().find(|programs| programs.major == major).ok_or_else(|| PrivateError::NeedsVersion {
                cluster: cluster.to_path_buf(),
                needed: major,
                found,
            })
        }
    }
}

/// The folder of the client programs of the lowest version that is `at_least` this one: PostgreSQL's own rule is that
/// they read servers of their version and older ones.
pub(super) fn find_client(pg_bin: Option<&Path>, at_least: u32, places: &Places) -> Result<PathBuf, PrivateError> {
    let mut folders: Vec<PathBuf> = pg_bin.map(Path::to_path_buf).into_iter().collect();
    folders.extend(candidates(places));
    folders.extend(ask(places, "command -v pg_dump").and_then(|program| Some(program.parent()?.to_path_buf())));
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for folder in folders {
        if CLIENT.iter().all(|program| folder.join(program).is_file())
            && let Ok(output) = Command::new(folder.join("pg_dump")).arg("--version").output()
            && let Some(major) = major(&String::from_utf8_lossy(&output.stdout))
        {
            found.push((major, folder));
        }
    }
    let versions = found.iter().map(|(major, _)| major.to_string()).collect::<Vec<_>>().join(", ");
    // Stable: of the same version the first one found.
    found.sort_by_key(|(major, _)| *major);
    found.into_iter().find(|(major, _)| *major >= at_least).map(|(_, folder)| folder).ok_or(PrivateError::NoClient {
        needed: at_least,
        found: if versions.is_empty() { String::new() } else { format!(" (only of version {versions})") },
    })
}

/// All usable installations, best first; at least one.
fn search(places: &Places) -> Result<Vec<Programs>, PrivateError> {
    let mut usable: Vec<Programs> = Vec::new();
    let mut useless = Vec::new();
    for dir in candidates(places) {
        match inspect(&dir) {
            Ok(programs) if usable.contains(&programs) => {}
            Ok(programs) => usable.push(programs),
            Err(why) => useless.push(format!("{}: {why}", dir.display())),
        }
    }
    if usable.is_empty() {
        let found = if useless.is_empty() { String::new() } else { format!(" (only {})", useless.join("; ")) };
        return Err(PrivateError::NotInstalled { found });
    }
    Ok(usable)
}

fn candidates(places: &Places) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    folders.extend(ask(places, "pg_config --bindir").filter(|dir| dir.is_dir()));
    for (root, prefix) in &places.versioned {
        folders.extend(versions_in(root, prefix));
    }
    let on_path = ask(places, "command -v postgres");
    folders.extend(on_path.and_then(|program| Some(program.canonicalize().ok()?.parent()?.to_path_buf())));
    folders
}

/// The path a shell command prints, if it does. A shell, because it searches the path for us.
fn ask(places: &Places, question: &str) -> Option<PathBuf> {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", question]);
    if let Some(path) = &places.search_path {
        command.env("PATH", path);
    }
    let output = command.output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    let path = PathBuf::from(text.trim());
    path.is_absolute().then_some(path)
}

/// `<root>/<prefix><version>/bin`, the highest version first: by number, for "9" is more than "16" only as text.
fn versions_in(root: &Path, prefix: &str) -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(root)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = leading_number(entry.file_name().to_str()?.strip_prefix(prefix)?)?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, bin)| bin.is_dir())
        .collect();
    versions.sort();
    versions.into_iter().rev().map(|(_, bin)| bin).collect()
}

/// Is this a complete installation of a version we can use? Else why not.
fn inspect(dir: &Path) -> Result<Programs, String> {
    let bin = dir.canonicalize().map_err(|error| error.to_string())?;
    let missing: Vec<&str> = NEEDED.into_iter().filter(|program| !bin.join(program).is_file()).collect();
    if !missing.is_empty() {
        return Err(format!("{} not there", missing.join(", ")));
    }
    let output = Command::new(bin.join("postgres"))
        .arg("--version")
        .output()
        .map_err(|error| format!("postgres can't be run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    match major(&text) {
        Some(major) if major >= OLDEST => Ok(Programs { bin, major }),
        Some(major) => Err(format!("PostgreSQL {major} is too old")),
        None => Err(format!("postgres --version says {:?}", text.trim())),
    }
}

/// The major version in "postgres (PostgreSQL) 16.10 (Debian …)", "… 18beta1", "… 19devel".
fn major(version: &str) -> Option<u32> {
    leading_number(version.split_once(") ")?.1)
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// A folder of fake installations, removed at the end.
    struct Fakes(PathBuf);

    impl Fakes {
        fn new(name: &str) -> Fakes {
            let dir = std::env::temp_dir().join(format!("sna-programs-{name}-{}", std::process::id()));
            fs::create_dir_all(dir.join("usr")).unwrap();
            Fakes(dir.canonicalize().unwrap())
        }

        fn install(&self, folder: &str, version: &str) -> PathBuf {
            let bin = self.0.join(folder);
            fs::create_dir_all(&bin).unwrap();
            for program in NEEDED {
                self.script(&bin.join(program), &format!("echo 'postgres (PostgreSQL) {version}'"));
            }
            bin
        }

        fn script(&self, path: &Path, text: &str) {
            fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }

        fn places(&self, search_path: &str) -> Places {
            Places { versioned: vec![(self.0.join("usr"), "")], search_path: Some(search_path.into()) }
        }
    }

    impl Drop for Fakes {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn reads_versions() {
        assert_eq!(major("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 19devel"), Some(19));
        assert_eq!(major("postgres (PostgreSQL) 9.6.24"), Some(9));
        assert_eq!(major("sh: not found"), None);
    }

    #[test]
    fn the_highest_version_counts_as_a_number_and_old_ones_do_not_count() {
        let fakes = Fakes::new("order");
        fakes.install("usr/9.6/bin", "9.6.24");
        fakes.install("usr/14/bin", "14.2");
        let nine = find(None, None, &fakes.places("")).unwrap_err().to_string();
        assert!(nine.contains("PostgreSQL 14 is too old") && nine.contains("apt-get install postgresql"), "{nine}");
        fakes.install("usr/16/bin", "16.1");
        fakes.install("usr/100/bin", "100.1");
        assert_eq!(find(None, None, &fakes.places("")).unwrap().major, 100);
        fs::remove_file(fakes.0.join("usr/100/bin/initdb")).unwrap();
        assert_eq!(find(None, None, &fakes.places("")).unwrap().major, 16);
    }

    #[test]
    fn a_cluster_gets_its_own_version_or_a_clear_answer() {
        let fakes = Fakes::new("cluster");
        fakes.install("usr/17/bin", "17.4");
        let bin = fakes.install("usr/16/bin", "16.1");
        let cluster = Path::new("/d/postgres");
        let found = find(None, Some((16, cluster)), &fakes.places("")).unwrap();
        assert_eq!(found, Programs { bin, major: 16 });
        let error = find(None, Some((15, cluster)), &fakes.places("")).unwrap_err().to_string();
        assert!(error.contains("made by PostgreSQL 15") && error.contains("postgresql-15"), "{error}");
        assert!(error.contains("PostgreSQL 17, PostgreSQL 16"), "{error}");
    }

    #[test]
    fn pg_config_is_asked_first_and_the_search_path_last() {
        let fakes = Fakes::new("path");
        let elsewhere = fakes.install("elsewhere", "16.1");
        let tools = fakes.0.join("tools");
        fs::create_dir(&tools).unwrap();
        std::os::unix::fs::symlink(elsewhere.join("postgres"), tools.join("postgres")).unwrap();
        let places = fakes.places(tools.to_str().unwrap());
        assert_eq!(find(None, None, &places).unwrap().bin, elsewhere, "through the link on the path");
        fakes.install("usr/17/bin", "17.4");
        assert_eq!(find(None, None, &places).unwrap().major, 17);
        fakes.script(&tools.join("pg_config"), &format!("echo {}", elsewhere.display()));
        assert_eq!(find(None, None, &places).unwrap().major, 16);
    }

    #[test]
    fn nothing_found_is_one_line_that_says_how_to_get_it() {
        let error = find(None, None, &Fakes::new("none").places("")).unwrap_err().to_string();
        assert_eq!(error.lines().count(), 1);
        for word in ["apt-get install postgresql", "brew install postgresql@16", "DATABASE_URL"] {
            assert!(error.contains(word), "{error}");
        }
    }
}
