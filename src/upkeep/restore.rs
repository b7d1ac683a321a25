//! Getting an installation back from a backup, into an empty place.
//!
//! Order: the backup is verified whole, its schema and keys are checked, then the place; only then is anything written.
//! While it is being written a marker lies in the data folder: `serve` refuses such a folder, and a second restore
//! knows that what it finds there is the rubbish of the first. The database is loaded in one transaction.

use std::fs;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;

use super::manifest::{self, Manifest};
use super::{Database, Progress, UpkeepError, backup, files, io, tools};
use crate::basics::hex;
use crate::db::{Db, PUBLIC_ROLE, migrations, private};
use crate::log;
use crate::vault::keys;
use crate::vault::{Vault, VaultKeys, in_use};

const MARKER: &str = "restore.unfinished";

/// What may lie in the data folder before: keys that were brought, what remembers the log's last signature, and what taking
/// the folder makes.
const ALLOWED: [&str; 6] = ["keys", "log.signed", "server.lock", "lost+found", MARKER, "restore.new"];

/// A backup that was read and found whole.
#[derive(Debug)]
pub struct Archive {
    pub folder: PathBuf,
    pub manifest: Manifest,
}

/// Finds the backup meant and checks every byte of it, and that this program knows its schema.
pub fn open(from: &Path, progress: Progress<'_>) -> Result<Archive, UpkeepError> {
    let folder = manifest::find(from)?;
    let manifest = Manifest::read(&folder)?;
    let known = migrations::known()?;
    if let Some(newer) = manifest.schema.iter().find(|version| !known.contains(version)) {
        return Err(UpkeepError::Refused(format!(
            "the backup was made by a newer program ({}): this one ({}) does not know the migration {newer}",
            manifest.program,
            env!("CARGO_PKG_VERSION")
        )));
    }
    manifest.verify(&folder, progress)?;
    Ok(Archive { folder, manifest })
}

impl Archive {
    /// The vault of these keys, if every key the backup relies on is there.
    pub fn vault(&self, keys_dir: &Path) -> Result<Vault, UpkeepError> {
        let refused = |what: String| UpkeepError::Refused(format!("{what}; bring the keys of this backup with --keys-from"));
        let keys = VaultKeys::read(keys_dir).map_err(|error| refused(error.to_string()))?;
        let vault = Vault::new(&keys).map_err(|error| UpkeepError::Refused(error.to_string()))?;
        let missing = in_use::lacking(&vault, self.manifest.keys_in_use.clone());
        if missing.is_empty() {
            return Ok(vault);
        }
        let names: Vec<String> = missing.iter().map(|(purpose, kid)| format!("{purpose} {kid}")).collect();
        Err(refused(format!("the backup uses keys that are not in {}: {}", keys_dir.display(), names.join(", "))))
    }
}

/// Says so if a restore into this folder was begun and not finished.
pub fn unfinished(data_dir: &Path) -> bool {
    data_dir.join(MARKER).exists()
}

/// A data folder that is being restored into.
#[derive(Debug)]
pub struct Claim {
    data_dir: PathBuf,
    /// An earlier restore was interrupted here: whatever lies here is its.
    pub again: bool,
}

/// Takes an empty data folder, or one with nothing but keys or the rubbish of an interrupted restore.
pub fn claim(data_dir: &Path, archive: &Archive) -> Result<Claim, UpkeepError> {
    private::create_data_dir(data_dir)?;
    let again = unfinished(data_dir);
    if !again {
        for entry in fs::read_dir(data_dir).map_err(io("read", data_dir))? {
            let name = entry.map_err(io("read", data_dir))?.file_name();
            if !ALLOWED.iter().any(|allowed| name == *allowed) {
                return Err(UpkeepError::Refused(format!(
                    "{} is not empty (it has {}): restore into a new folder with --data-dir",
                    data_dir.display(),
                    name.to_string_lossy()
                )));
            }
        }
    }
    files::write_atomically(&data_dir.join(MARKER), format!("{}\n", archive.folder.display()).as_bytes())?;
    Ok(Claim { data_dir: data_dir.to_path_buf(), again })
}

impl Claim {
    /// The restore is done: the folder may be served from.
    pub fn finish(self) -> Result<(), UpkeepError> {
        let marker = self.data_dir.join(MARKER);
        fs::remove_file(&marker).map_err(io("remove", &marker))?;
        files::sync(&self.data_dir)
    }

    /// Nothing was written yet: the folder is as it was.
    pub fn give_back(self) -> Result<(), UpkeepError> {
        if self.again { Ok(()) } else { self.finish() }
    }
}

/// Copies key files into a folder that has none of them; one that is there already must be the same.
pub fn bring_keys(from: &Path, to: &Path) -> Result<(), UpkeepError> {
    for entry in fs::read_dir(from).map_err(io("read", from))? {
        let source = entry.map_err(io("read", from))?.path();
        let Some(target) = source.file_name().filter(|_| source.extension().is_some_and(|e| e == "keys")).map(|n| to.join(n))
        else {
            continue;
        };
        if target.exists() && fs::read(&target).map_err(io("read", &target))? != fs::read(&source).map_err(io("read", &source))? {
            return Err(UpkeepError::Refused(format!("{} is there already and is another key file", target.display())));
        }
    }
    keys::copy(from, to).map(|_| ()).map_err(|error| UpkeepError::Refused(error.to_string()))
}

/// Loads the database, which must be empty, in one transaction.
pub fn load(db: &Db, database: &Database, archive: &Archive, progress: Progress<'_>) -> Result<(), UpkeepError> {
    let major = db.tx_blocking(|conn| -> Result<u32, UpkeepError> {
        if let Some((table, _)) = backup::table_rows(conn)?.into_iter().next() {
            return Err(UpkeepError::Refused(format!(
                "the database is not empty (it has {table}): give an empty one; if this is what an interrupted restore left, drop it and \
                 create it again"
            )));
        }
        public_role(conn)?;
        Ok(tools::server(conn)?.1)
    })?;
    let bin = tools::programs(database, major)?;
    let dump = archive.folder.join(manifest::DATABASE);
    let mut command = tools::command(database, &bin, "pg_restore")?;
    command.args(["--single-transaction", "--exit-on-error", "--no-owner"]).arg(&dump);
    let began = std::time::Instant::now();
    tools::run("pg_restore", command, || progress(&format!("database, {} s", began.elapsed().as_secs())))
}

/// The role of public reads belongs to the cluster, so it is in no dump; what the dump grants to it needs it.
fn public_role(conn: &mut PgConnection) -> Result<(), UpkeepError> {
    Ok(conn.batch_execute(&format!(
        "DO $$ BEGIN
             IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{PUBLIC_ROLE}') THEN CREATE ROLE {PUBLIC_ROLE} NOLOGIN; END IF;
         EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
         DO $$
         DECLARE may_act boolean;
         BEGIN
             IF current_setting('server_version_num')::int >= 160000 THEN
                 EXECUTE $sql$SELECT pg_has_role(current_user, '{PUBLIC_ROLE}', 'SET')$sql$ INTO may_act;
             ELSE
                 may_act := pg_has_role(current_user, '{PUBLIC_ROLE}', 'MEMBER');
             END IF;
             IF NOT may_act THEN EXECUTE format('GRANT {PUBLIC_ROLE} TO %I', current_user); END IF;
         END $$;"
    ))?)
}

/// What was loaded is what the manifest says; then the planner learns about it.
pub fn compare(db: &Db, archive: &Archive) -> Result<(), UpkeepError> {
    let manifest = &archive.manifest;
    db.survey(|conn| -> Result<(), UpkeepError> {
        let wrong = |what: String| Err(UpkeepError::Damaged(format!("after loading, {what}")));
        let rows = backup::table_rows(conn)?;
        if let Some((table, n)) = manifest.rows.iter().find(|(table, n)| rows.get(*table) != Some(n)) {
            return wrong(format!("{table} has {:?} rows, the manifest says {n}", rows.get(table)));
        }
        let size = log::store::size(conn)?;
        let last = log::store::leaf_hash_at(conn, size - 1)?.map(|hash| hex(&hash));
        if (size, &last) != (manifest.log.size, &manifest.log.last_leaf_hash) {
            return wrong("the log has another head than the manifest says".to_owned());
        }
        Ok(())
    })?;
    db.tx_blocking(|conn| -> Result<(), UpkeepError> { Ok(conn.batch_execute("SET LOCAL statement_timeout = 0; ANALYZE")?) })
}

/// Copies the documents into the data folder, each checked once more.
pub fn documents(archive: &Archive, to: &Path, progress: Progress<'_>) -> Result<(), UpkeepError> {
    let documents = files::read_list(&archive.folder)?;
    if documents.is_empty() {
        return Ok(());
    }
    files::create_folder(to)?;
    for (n, document) in documents.iter().enumerate() {
        if n % 64 == 0 {
            progress(&format!("documents {n}/{}", documents.len()));
        }
        document.keep(&archive.folder.join(files::FOLDER), None, to)?;
    }
    files::sync(to)
}
