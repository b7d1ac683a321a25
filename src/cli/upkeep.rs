//! `audit`, `backup`, `restore`: the command line of the room of the same name.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Args, Subcommand};
use so_nhan_ai_proof::cli::line::Line;
use so_nhan_ai_proof::cli::verify::Format;

use super::install;
use super::{Failure, say};
use crate::basics::Clock;
use crate::config::Config;
use crate::db::{Db, migrations, private};
use crate::upkeep::audit::{self as auditing, Report};
use crate::upkeep::backup::{self as backing_up, Order};
use crate::upkeep::manifest::{self, Manifest};
use crate::upkeep::restore::{self as restoring, Archive, Claim};
use crate::upkeep::{Database, UpkeepError};
use crate::vault::{KeyError, Vault, VaultKeys, keys};

/// A path as it is meant where the command was given: PostgreSQL's programs are run from another folder.
fn from_here() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(std::path::absolute)
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct BackupCommand {
    #[command(subcommand)]
    verify: Option<BackupSubcommand>,
    /// Folder of backups; a new one is made in it
    #[arg(long, required = true, value_parser = from_here())]
    to: Option<PathBuf>,
    /// Keep this many complete backups there and remove older ones
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    keep: Option<u32>,
    /// Copy the key files as well, to this folder: another disk than the backups
    #[arg(long, value_parser = from_here())]
    keys_to: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum BackupSubcommand {
    /// Read a backup again and compare every hash
    Verify {
        /// A backup, or a folder of backups (then the newest)
        #[arg(value_parser = from_here())]
        folder: PathBuf,
    },
}

#[derive(Debug, Args)]
pub struct RestoreCommand {
    /// A backup, or a folder of backups (then the newest)
    #[arg(long, value_parser = from_here())]
    from: PathBuf,
    /// Copy the key files from this folder first
    #[arg(long, value_parser = from_here())]
    keys_from: Option<PathBuf>,
}

fn run_audit(config: &Config, db: &Db, vault: Option<&Vault>, most: usize) -> Result<Report, Failure> {
    let mut line = Line::new();
    let watcher = Box::new(move |check: &'static str, rows: u64| line.show(&format!("{check} {rows}")));
    Ok(auditing::audit_installation(db, vault, &config.documents.dir, most, Some(watcher))?)
}

/// 0: clean; 1: something is wrong. (2, that nothing could be checked, is what an error becomes.)
pub fn audit(config: &Config, format: Format, most: usize) -> Result<ExitCode, Failure> {
    let opened = install::open_as_it_is(config)?;
    let (applied, known) = (opened.db.survey(migrations::applied)?, migrations::known()?);
    if applied != known {
        let why = match (applied.len(), applied.iter().all(|version| known.contains(version))) {
            (0, _) => "the database has no schema yet",
            (_, true) => "the database has an older schema: run `so-nhan-ai migrate` first",
            (_, false) => "a newer program made the schema of this database",
        };
        return Err(why.into());
    }
    let vault = match VaultKeys::read(&config.keys_dir) {
        Ok(keys) => Some(Vault::new(&keys)?),
        Err(KeyError::Missing(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let report = run_audit(config, &opened.db, vault.as_ref(), most)?;
    match format {
        Format::Text => say(&report.text())?,
        Format::Json => say(&serde_json::to_string_pretty(&report)?)?,
    }
    Ok(if report.clean { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

pub fn backup(config: &Config, command: BackupCommand) -> Result<ExitCode, Failure> {
    if let Some(BackupSubcommand::Verify { folder }) = command.verify {
        return verify(&folder);
    }
    let to = command.to.ok_or("say where to with --to")?;
    let keys = [&config.keys_dir].into_iter().chain(&command.keys_to);
    for keys_dir in keys {
        backing_up::check_place(&to, &config.data_dir, &config.documents.dir, keys_dir)?;
    }
    let opened = install::open_as_it_is(config)?;
    let documents = &config.documents.dir;
    let order = Order { database: &opened.database, documents, to: &to, keep: command.keep.map(|keep| keep as usize) };
    let made = {
        let mut line = Line::new();
        backing_up::backup(&opened.db, &Clock::System, &order, &mut |text| line.show(text))?
    };
    say(&format!("{}: {}", made.folder.display(), summary(&made.manifest)))?;
    for folder in &made.removed {
        say(&format!("{}: removed", folder.display()))?;
    }
    if let Some(keys_to) = &command.keys_to {
        let names = keys::copy(&config.keys_dir, keys_to)?;
        say(&format!("{}: {}", keys_to.display(), names.join(", ")))?;
    }
    match made.manifest.documents_missing.as_slice() {
        [] => Ok(ExitCode::SUCCESS),
        [first, ..] => {
            let n = made.manifest.documents_missing.len();
            Err(format!("the backup is made, but {n} documents are not in it, because they are lost or spoilt: {first} …").into())
        }
    }
}

fn summary(manifest: &Manifest) -> String {
    let bytes: u64 = manifest.parts.iter().map(|part| part.bytes).sum();
    format!(
        "{} entries, {} leaves in the log (last hash {}), {} documents, {:.1} MiB",
        manifest.rows.get("entry").copied().unwrap_or_default(),
        manifest.log.size,
        manifest.log.last_leaf_hash.as_deref().unwrap_or("-"),
        manifest.document_count,
        bytes as f64 / f64::from(1 << 20)
    )
}

fn verify(folder: &Path) -> Result<ExitCode, Failure> {
    let folder = manifest::find(folder)?;
    let manifest = Manifest::read(&folder)?;
    {
        let mut line = Line::new();
        manifest.verify(&folder, &mut |text| line.show(text))?;
    }
    say(&format!("{}: whole; {}", folder.display(), summary(&manifest)))?;
    Ok(ExitCode::SUCCESS)
}

/// 0: restored and clean; 1: not restored, or restored and the audit found something.
pub fn restore(config: &Config, command: &RestoreCommand) -> Result<ExitCode, Failure> {
    let archive = {
        let mut line = Line::new();
        restoring::open(&command.from, &mut |text| line.show(text))?
    };
    let claim = restoring::claim(&config.data_dir, &archive)?;
    let vault = match bring_keys(config, command, &archive) {
        Ok(vault) => vault,
        Err(error) => {
            claim.give_back()?;
            return Err(error);
        }
    };
    let report = load(config, &archive, claim, &vault)?;
    say(&format!("restored {} into {}: {}", archive.folder.display(), config.data_dir.display(), summary(&archive.manifest)))?;
    say(&report.text())?;
    if !config.keys_dir.join("token.keys").exists() {
        say("token.keys is missing: `so-nhan-ai keys init` makes new ones; everybody then logs in again")?;
    }
    if !install::guard(config).path().exists() {
        say("the public log goes on once this server knows what was published last: if leaves are missing here, \
             `so-nhan-ai log recover --from MIRROR`; then, or if none are, `so-nhan-ai log adopt SIZE ROOT` with the second and \
             third line of the newest checkpoint the public has")?;
    }
    if report.clean {
        Ok(ExitCode::SUCCESS)
    } else {
        Err("everything is restored as it was in the backup, and the audit found what stands above".into())
    }
}

fn bring_keys(config: &Config, command: &RestoreCommand, archive: &Archive) -> Result<Vault, Failure> {
    if let Some(from) = &command.keys_from {
        restoring::bring_keys(from, &config.keys_dir)?;
    }
    Ok(archive.vault(&config.keys_dir)?)
}

fn load(config: &Config, archive: &Archive, claim: Claim, vault: &Vault) -> Result<Report, Failure> {
    let mut line = Line::new();
    line.show("starting the database");
    let (url, private) = install::find_any_database(config)?;
    if let Some(private) = private.as_ref().filter(|_| claim.again) {
        // A cluster beside the marker is what an interrupted restore made; nobody has served from it.
        renew(&private.url("postgres"))?;
    }
    let database = Database { url, is_private: private.is_some(), pg_bin: config.pg_bin.clone() };
    let db = Db::connect(&database.url, None, 1);
    match restoring::load(&db, &database, archive, &mut |text| line.show(text)) {
        // The database is somebody else's and has something in it: it is not ours to mark.
        Err(error @ UpkeepError::Refused(_)) if private.is_none() => {
            claim.give_back()?;
            return Err(error.into());
        }
        loaded => loaded?,
    }
    restoring::compare(&db, archive)?;
    restoring::documents(archive, &config.documents.dir, &mut |text| line.show(text))?;
    line.show("migrating");
    drop(install::connect(config, &database.url)?);
    install::run_steps(&database.url, vault)?;
    drop(line);
    let report = run_audit(config, &db, Some(vault), 100)?;
    drop(db);
    if let Some(private) = private {
        private.stop()?;
    }
    install::guard(config).forget_if_unused()?;
    claim.finish()?;
    Ok(report)
}

fn renew(maintenance_url: &str) -> Result<(), Failure> {
    use diesel::Connection;
    use diesel::connection::SimpleConnection;
    let mut conn = diesel::PgConnection::establish(maintenance_url)?;
    conn.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", private::NAME))?;
    Ok(conn.batch_execute(&format!("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", private::NAME))?)
}
