//! Making a backup. See the room for what always holds.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use rustix::fs::{FlockOperation, flock};

use super::files::{self, Document};
use super::manifest::{self, Manifest};
use super::{Database, Progress, UpkeepError, io, tools};
use crate::basics::Clock;
use crate::basics::hex;
use crate::db::{Db, migrations};
use crate::vault::in_use;
use crate::{ledger, log};

/// A backup in the making is called this and the rest of its name.
const UNFINISHED: &str = ".unfinished-";
/// An old one that is being removed.
const REMOVING: &str = ".removing-";
const LOCK: &str = ".lock";

/// What to do.
pub struct Order<'a> {
    pub database: &'a Database,
    /// Where the documents are.
    pub documents: &'a Path,
    /// The folder of backups; a new folder is made in it.
    pub to: &'a Path,
    /// How many complete backups to keep there, this one included. `None` keeps all.
    pub keep: Option<usize>,
}

/// What was done.
#[derive(Debug)]
pub struct Made {
    pub folder: PathBuf,
    pub manifest: Manifest,
    /// Older backups that were removed.
    pub removed: Vec<PathBuf>,
}

/// Makes a backup beside whatever the server is doing. After an error nothing in the folder looks like a backup.
pub fn backup(db: &Db, clock: &Clock, order: &Order<'_>, progress: Progress<'_>) -> Result<Made, UpkeepError> {
    files::create_folder(order.to)?;
    let _lock = lock(order.to)?;
    remove_leftovers(order.to)?;
    let earlier = manifest::complete_in(order.to)?.pop();
    let started = clock.now();
    let (name, unfinished) = new_folder(order.to, started)?;
    let made = db
        .survey(|conn| fill(conn, clock, order, earlier.as_deref(), &unfinished, Manifest::new(started), progress))
        .and_then(|manifest| {
            let folder = order.to.join(&name);
            fs::rename(&unfinished, &folder).map_err(io("rename into place", &folder))?;
            files::sync(order.to)?;
            Ok((folder, manifest))
        });
    let (folder, manifest) = match made {
        Ok(made) => made,
        Err(error) => {
            // What is half there would only look like something; the reason matters more than this failing too.
            let _ = fs::remove_dir_all(&unfinished);
            return Err(error);
        }
    };
    let removed = match order.keep {
        Some(keep) => remove_old(order.to, keep.max(1))?,
        None => Vec::new(),
    };
    Ok(Made { folder, manifest, removed })
}

/// One backup at a time in a folder; the lock dies with its holder.
fn lock(folder: &Path) -> Result<File, UpkeepError> {
    let path = folder.join(LOCK);
    let file = File::options().write(true).create(true).truncate(false).open(&path).map_err(io("open", &path))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => {
            Err(UpkeepError::Refused(format!("another backup is being made in {}", folder.display())))
        }
        Err(error) => Err(io("lock", &path)(error.into())),
    }
}

/// What killed backups left. We hold the lock, so nobody is at work there.
fn remove_leftovers(folder: &Path) -> Result<(), UpkeepError> {
    for entry in fs::read_dir(folder).map_err(io("read", folder))? {
        let entry = entry.map_err(io("read", folder))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(UNFINISHED) || name.starts_with(REMOVING) {
            tracing::info!(folder = %entry.path().display(), "removing what an interrupted backup left");
            fs::remove_dir_all(entry.path()).map_err(io("remove", &entry.path()))?;
        }
    }
    Ok(())
}

fn new_folder(to: &Path, at: DateTime<Utc>) -> Result<(String, PathBuf), UpkeepError> {
    let stamp = at.format("%Y%m%dT%H%M%SZ");
    let name = (0..1_000)
        .map(|n| if n == 0 { format!("{}{stamp}", manifest::PREFIX) } else { format!("{}{stamp}-{n}", manifest::PREFIX) })
        .find(|name| !to.join(name).exists())
        .ok_or_else(|| UpkeepError::Refused(format!("{} is full of backups of this second", to.display())))?;
    let unfinished = to.join(format!("{UNFINISHED}{name}"));
    files::create_folder(&unfinished)?;
    Ok((name, unfinished))
}

fn fill(
    conn: &mut PgConnection,
    clock: &Clock,
    order: &Order<'_>,
    earlier: Option<&Path>,
    folder: &Path,
    mut manifest: Manifest,
    progress: Progress<'_>,
) -> Result<Manifest, UpkeepError> {
    progress("reading the head of the log");
    let snapshot = describe(conn, &mut manifest)?;
    let (_, major) = tools::server(conn)?;
    let bin = tools::programs(order.database, major)?;
    let dump = folder.join(manifest::DATABASE);
    let mut command = tools::command(order.database, &bin, "pg_dump")?;
    command.args(["--format=custom", "--no-owner", "--snapshot", &snapshot]).arg("--file").arg(&dump);
    tools::run("pg_dump", command, || {
        let bytes = fs::metadata(&dump).map_or(0, |file| file.len());
        progress(&format!("database {:.1} MiB", bytes as f64 / f64::from(1 << 20)));
    })?;
    // Whoever copies the file elsewhere should not have to think of the folder's mode.
    let closed = |file: File| file.set_permissions(fs::Permissions::from_mode(0o600)).and_then(|()| file.sync_all());
    File::open(&dump).and_then(closed).map_err(io("write to disk", &dump))?;
    keep_documents(conn, order, earlier, folder, &mut manifest, progress)?;
    for name in [manifest::DATABASE, files::DOCUMENTS] {
        progress(&format!("hashing {name}"));
        let (bytes, sha256) = files::hash(&folder.join(name))?;
        manifest.parts.push(manifest::Part { name: name.to_owned(), bytes, sha256 });
    }
    manifest.finished_at = clock.now();
    manifest.write(folder)?;
    Ok(manifest)
}

#[derive(QueryableByName)]
struct Exported {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Rows {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

/// Writes down what this moment looks like, and gives the moment a name for `pg_dump`.
fn describe(conn: &mut PgConnection, manifest: &mut Manifest) -> Result<String, UpkeepError> {
    let snapshot: Exported = diesel::sql_query("SELECT pg_export_snapshot() AS name").get_result(conn)?;
    let (name, major) = tools::server(conn)?;
    manifest.origin = format!("database {name}, PostgreSQL {major}");
    manifest.schema = migrations::applied(conn)?;
    manifest.rows = table_rows(conn)?;
    let size = log::store::size(conn)?;
    manifest.log = manifest::Head {
        size,
        last_leaf_hash: log::store::leaf_hash_at(conn, size - 1)?.map(|hash| hex(&hash)),
        waiting: manifest.rows.get("log_pending").copied().unwrap_or_default(),
    };
    (manifest.received_vnd, manifest.gift_count) = ledger::totals::national(conn)?;
    manifest.keys_in_use = in_use::used(conn)?;
    Ok(snapshot.name)
}

/// Rows of every table of ours.
pub(super) fn table_rows(conn: &mut PgConnection) -> Result<std::collections::BTreeMap<String, i64>, UpkeepError> {
    let tables: Vec<Exported> = diesel::sql_query(
        "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1",
    )
    .load(conn)?;
    let mut rows = std::collections::BTreeMap::new();
    for table in tables {
        let quoted = table.name.replace('"', "\"\"");
        let count: Rows = diesel::sql_query(format!("SELECT count(*) AS rows FROM public.\"{quoted}\"")).get_result(conn)?;
        rows.insert(table.name, count.rows);
    }
    Ok(rows)
}

/// Documents the rows of this moment name. One that is gone or spoilt is written down and does not keep all the others,
/// and the database, from being backed up.
fn keep_documents(
    conn: &mut PgConnection,
    order: &Order<'_>,
    earlier: Option<&Path>,
    folder: &Path,
    manifest: &mut Manifest,
    progress: Progress<'_>,
) -> Result<(), UpkeepError> {
    let named = super::documents(conn)?;
    let target = folder.join(files::FOLDER);
    files::create_folder(&target)?;
    let earlier = earlier.map(|folder| folder.join(files::FOLDER));
    let mut kept: Vec<Document> = Vec::with_capacity(named.len());
    for (n, document) in named.iter().enumerate() {
        if n % 64 == 0 {
            progress(&format!("documents {n}/{}", named.len()));
        }
        match document.keep(order.documents, earlier.as_deref(), &target) {
            Ok(()) => kept.push(document.clone()),
            Err(UpkeepError::Io("copy", path, error)) if error.kind() == std::io::ErrorKind::NotFound => {
                manifest.documents_missing.push(format!("{} is not there", path.display()));
            }
            Err(UpkeepError::Damaged(what)) => manifest.documents_missing.push(what),
            Err(error) => return Err(error),
        }
    }
    manifest.document_count = kept.len() as u64;
    files::write_list(folder, &kept)
}

/// Removes complete backups beyond the newest `keep`; nothing else that may lie there.
fn remove_old(folder: &Path, keep: usize) -> Result<Vec<PathBuf>, UpkeepError> {
    let complete = manifest::complete_in(folder)?;
    let old = complete.len().saturating_sub(keep);
    let mut removed = Vec::new();
    for path in complete.into_iter().take(old) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // First the name goes: half removed, it must not look complete.
        let going = folder.join(format!("{REMOVING}{name}"));
        fs::rename(&path, &going).map_err(io("rename", &path))?;
        fs::remove_dir_all(&going).map_err(io("remove", &going))?;
        removed.push(path);
    }
    Ok(removed)
}

/// Refuses a place for backups that lies in one of these folders or around the keys.
pub fn check_place(to: &Path, data_dir: &Path, documents: &Path, keys_dir: &Path) -> Result<(), UpkeepError> {
    let to = absolute(to);
    let refused = |why: String| Err(UpkeepError::Refused(format!("no backup to {}: {why}", to.display())));
    let keys = absolute(keys_dir);
    if to.starts_with(&keys) {
        return refused("keys and backups are kept apart, and this is the folder of the keys".to_owned());
    }
    if keys.starts_with(&to) {
        return refused(format!("keys and backups are kept apart, and it holds the keys in {}", keys.display()));
    }
    for own in [absolute(data_dir).join("postgres"), absolute(data_dir).join("s"), absolute(documents)] {
        if to.starts_with(&own) {
            return refused(format!("{} is the program's own", own.display()));
        }
    }
    Ok(())
}

/// The path without links, as far as it exists.
fn absolute(path: &Path) -> PathBuf {
    let full = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    for above in full.ancestors() {
        if let Ok(real) = above.canonicalize() {
            return match full.strip_prefix(above) {
                Ok(rest) => real.join(rest),
                Err(_) => real,
            };
        }
    }
    full
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_backups_stay_apart() {
        let (data, keys) = (Path::new("/nowhere/data"), Path::new("/nowhere/data/keys"));
        let check_place = |to, data, keys| check_place(to, data, Path::new("/nowhere/data/documents"), keys);
        for bad in ["/nowhere/data/keys", "/nowhere/data/keys/b", "/nowhere/data", "/nowhere", "/nowhere/data/x/../keys"] {
            let refused = check_place(Path::new(bad), data, keys);
            // `..` is only resolved where folders exist.
            assert!(refused.is_err() || bad.contains(".."), "{bad}");
        }
        for own in ["/nowhere/data/postgres/b", "/nowhere/data/documents"] {
            assert!(check_place(Path::new(own), data, Path::new("/elsewhere")).is_err(), "{own}");
        }
        check_place(Path::new("/nowhere/backups"), data, keys).unwrap();
        check_place(Path::new("/nowhere/data/backups"), data, keys).unwrap();
    }
}
