//! An installation: its database (private or given), its schema and reference data, its keys.

use std::sync::Arc;

use super::Failure;
use crate::app::{self, Shared};
use crate::authz::token::TokenKeys;
use crate::basics::Clock;
use crate::changes;
use crate::chapters::reference;
use crate::config::Config;
use crate::db::migrations::{self, Totals};
use crate::db::private::{self, PrivateOptions, PrivatePostgres, lock_data_dir};
use crate::db::{Db, DbError};
use crate::documents::Archive;
use crate::documents::model::Limits;
use crate::identity::password::{Cost, Passwords};
use crate::identity::store as identity;
use crate::ledger::rebuilding;
use crate::log::folder::LogFolder;
use crate::log::guard::Guard;
use crate::log::keys::LogKeys;
use crate::log::publisher::LogSettings;
use crate::outbox::Ways;
use crate::search::{Pace, SearchSettings};
use crate::stock;
use crate::upkeep::steps::{self, Moment};
use crate::upkeep::{Database, restore};
use crate::vault::keys::{self, LogKeyFile, TokenKeyFile};
use crate::vault::{Vault, VaultKeys, in_use};
use actix_web::web;

/// An open installation. Dropping it stops the private PostgreSQL, if there is one.
pub struct Installation {
    pub shared: Shared,
    /// `None` when the database was given by `DATABASE_URL`.
    pub private: Option<Arc<PrivatePostgres>>,
}

/// Opens the database (starting the private one if none is given), migrates it and reads the keys.
pub fn open(config: &Config) -> Result<Installation, Failure> {
    let (url, private) = find_database(config)?;
    Ok(Installation { shared: prepare(config, &url)?, private })
}

/// Only brings the database to the newest schema, reference data and form of its rows. Needs no keys where nothing is
/// sealed yet.
pub fn migrate(config: &Config, totals: Totals) -> Result<(), Failure> {
    let (url, private) = find_database(config)?;
    let db = connect_with(config, &url, totals)?;
    bring_up_to_date(config, &db, &url)?;
    if totals == Totals::Rebuild {
        let mended = db.tx_blocking(rebuilding::rebuild)?;
        tracing::info!(mended, "totals that were not the sums of their postings");
    }
    drop(db);
    private.map_or(Ok(()), |private| Ok(private.stop()?))
}

/// The data steps that are left, with the keys of the installation.
fn bring_up_to_date(config: &Config, db: &Db, url: &str) -> Result<(), Failure> {
    let (left, used) = db.tx_blocking(|conn| -> Result<_, DbError> { Ok((steps::pending(conn)?, in_use::used(conn)?)) })?;
    if left.is_empty() {
        return Ok(());
    }
    // Nothing is sealed, so there is nothing that keys would open: any will do.
    let vault = match used.is_empty() {
        true => Vault::new(&VaultKeys::generate()?)?,
        false => Vault::of_folder(&config.keys_dir).map_err(|error| {
            format!("the schema is new, but {} must be done with the keys of this installation: {error}", left.join(", "))
        })?,
    };
    if let Some((purpose, kid)) = in_use::lacking(&vault, used).into_iter().next() {
        return Err(key_is_missing(config, &purpose, &kid));
    }
    run_steps(url, &vault)
}

/// Does the data steps that are left; the log says how far they are.
pub(super) fn run_steps(url: &str, vault: &Vault) -> Result<(), Failure> {
    const ROWS_A_LINE: u64 = 100_000;
    let (mut step, mut said) = ("", 0);
    let mut watch = |moment: Moment, name: &'static str, looked_at: u64| {
        if moment == Moment::AfterCommit && (name != step || looked_at >= said + ROWS_A_LINE) {
            tracing::info!(step = name, looked_at, "bringing stored rows up to date");
            (step, said) = (name, looked_at);
        }
        Ok(())
    };
    Ok(steps::run(url, vault, &Clock::System, &mut watch)?)
}

fn find_database(config: &Config) -> Result<(String, Option<Arc<PrivatePostgres>>), Failure> {
    if restore::unfinished(&config.data_dir) {
        let folder = config.data_dir.display();
        return Err(format!("a restore into {folder} was interrupted: run it again, or remove the folder").into());
    }
    find_any_database(config)
}

/// [`find_database`] for the restore itself.
pub(super) fn find_any_database(config: &Config) -> Result<(String, Option<Arc<PrivatePostgres>>), Failure> {
    if let Some(url) = &config.database_url {
        return Ok((url.clone(), None));
    }
    let lock = lock_data_dir(&config.data_dir)?;
    let options = PrivateOptions { data_dir: config.data_dir.clone(), pg_bin: config.pg_bin.clone(), durable: true };
    let private = Arc::new(PrivatePostgres::start(options, lock)?);
    Ok((private.url(private::NAME), Some(private)))
}

/// A database as it is: nothing is migrated, loaded or registered. The private one is started if it does not run, and
/// stopped again when this is dropped.
pub(super) struct AsItIs {
    pub db: Db,
    pub database: Database,
    _private: Option<Arc<PrivatePostgres>>,
}

/// Opens the database of an installation to look at it, beside a running server or without one.
pub(super) fn open_as_it_is(config: &Config) -> Result<AsItIs, Failure> {
    let (url, private) = match (&config.database_url, private::url_of_running(&config.data_dir, private::NAME)) {
        (None, Some(url)) => (url, None),
        // A mistyped folder must not become a new installation.
        (None, None) if !config.data_dir.join("postgres").is_dir() => {
            return Err(format!("there is no installation in {} (--data-dir)", config.data_dir.display()).into());
        }
        _ => find_database(config)?,
    };
    let db = Db::connect(&url, None, 1);
    let database = Database { url, is_private: config.database_url.is_none(), pg_bin: config.pg_bin.clone() };
    Ok(AsItIs { db, database, _private: private })
}

/// Opens the database of a server that may be running already: commands work beside it.
pub fn open_beside(config: &Config) -> Result<Installation, Failure> {
    match (&config.database_url, private::url_of_running(&config.data_dir, private::NAME)) {
        (None, Some(url)) => Ok(Installation { shared: prepare(config, &url)?, private: None }),
        _ => open(config),
    }
}

pub(super) fn connect(config: &Config, url: &str) -> Result<Db, Failure> {
    connect_with(config, url, Totals::MustBeRight)
}

fn connect_with(config: &Config, url: &str, totals: Totals) -> Result<Db, Failure> {
    for name in migrations::run_with(url, totals)? {
        tracing::info!(name, "migration applied");
    }
    let db = app::connect(url, config.database_replica_url.as_deref(), config.database_connections);
    load_reference(&db)?;
    Ok(db)
}

fn prepare(config: &Config, url: &str) -> Result<Shared, Failure> {
    let db = connect(config, url)?;
    let vault = open_vault(config, &db)?;
    if !db.tx_blocking(|conn| -> Result<_, DbError> { steps::pending(conn) })?.is_empty() {
        run_steps(url, &vault)?;
    }
    // Places in the feed of changes are good in the database they were given out in.
    db.tx_blocking(|conn| changes::settle(conn, Clock::System.now()))?;
    let log = log_settings(config)?;
    let tokens = TokenKeys::of_folder(&config.keys_dir)?;
    Ok(Shared {
        db,
        clock: Clock::System,
        vault: web::Data::new(vault),
        tokens: web::Data::new(tokens),
        passwords: Passwords::new(Cost::Standard)?,
        web: config.web.clone(),
        public_url: config.public_url.clone(),
        search: SearchSettings { folder: config.search_dir.clone(), on: config.search.is_on(), pace: Pace::default() },
        archive: archive(config),
        log,
        ways: Arc::new(Ways::new(&config.messages)?),
        dossier: config.dossier.clone(),
    })
}

/// The file that remembers what was signed last.
pub(super) fn guard(config: &Config) -> Guard {
    Guard::new(&config.data_dir.join("log.signed"))
}

/// How this server signs and publishes the log. An installation from before there was a signed log gets its key here, if
/// its database is private; with a database of one's own `keys init` comes first, so that all servers have the same.
fn log_settings(config: &Config) -> Result<LogSettings, Failure> {
    if config.database_url.is_none() && make_log_key(config)? {
        tracing::info!(folder = %config.keys_dir.display(), "new key of the public log written: back it up");
    }
    Ok(LogSettings {
        origin: config.log_origin.clone(),
        default_origin: config.public_url.log_origin(),
        keys: LogKeys::of_folder(&config.keys_dir)?,
        guard: guard(config),
        folder: LogFolder::new(&config.public_log_dir),
    })
}

/// Makes the key of the log if there is none, with the guard that says that nothing was signed with it. `true`: it did.
pub(super) fn make_log_key(config: &Config) -> Result<bool, Failure> {
    if keys::has_log_key(&config.keys_dir) {
        return Ok(false);
    }
    // First: a key without its guard would be one of which nobody knows what it signed.
    std::fs::create_dir_all(&config.data_dir)?;
    guard(config).begin()?;
    keys::init_log(&config.keys_dir)?;
    Ok(true)
}

/// The folder of documents, with its limits.
pub fn archive(config: &Config) -> Archive {
    let documents = &config.documents;
    let limits = Limits {
        file: documents.max_mib << 20,
        open_uploads: i64::try_from(documents.open_uploads).unwrap_or(i64::MAX),
        daily: documents.daily_mib << 20,
        reserve: documents.reserve_mib << 20,
        ..Limits::default()
    };
    Archive::new(&documents.dir, limits)
}

/// Units, chapters and the item catalogue; already loaded ones are left alone.
pub fn load_reference(db: &Db) -> Result<(), reference::ReferenceError> {
    db.tx_blocking(|conn| {
        if !reference::is_loaded(conn)? {
            let added = reference::load(conn)?;
            tracing::info!(added, "chapters loaded");
        }
        stock::load_catalogue(conn)
    })
}

/// Reads the vault keys. A brand-new installation with a private database gets new ones. With a database of one's own
/// several servers may start at once, so there `keys init` comes first; whatever has sealed anything brings its keys.
fn open_vault(config: &Config, db: &Db) -> Result<Vault, Failure> {
    let is_new =
        db.tx_blocking(|conn| -> Result<bool, DbError> { Ok(identity::count(conn)? == 0 && in_use::used(conn)?.is_empty()) })?;
    if is_new && config.database_url.is_none() && !keys::exist(&config.keys_dir) {
        keys::init(&config.keys_dir)?;
        tracing::info!(folder = %config.keys_dir.display(), "new keys written: back them up apart from the database");
    }
    let vault = Vault::of_folder(&config.keys_dir)?;
    register(config, db, &vault)?;
    Ok(vault)
}

/// Notes which keys the database relies on from now on.
fn register(config: &Config, db: &Db, vault: &Vault) -> Result<(), Failure> {
    db.tx_blocking(|conn| in_use::register(conn, vault, Clock::System.now()))?
        .map_err(|(purpose, kid)| key_is_missing(config, &purpose, &kid))
}

fn key_is_missing(config: &Config, purpose: &str, kid: &str) -> Failure {
    let folder = config.keys_dir.display();
    format!("this database uses the {purpose} key {kid}, which is not in {folder}: restore that key file").into()
}

/// Takes up changed key files in a running server: all of them, or none if anything is wrong with them.
pub fn reload_keys(config: &Config, shared: &Shared) -> Result<(), Failure> {
    let tokens = TokenKeyFile::read(&config.keys_dir)?;
    let keys = VaultKeys::read(&config.keys_dir)?;
    let log = LogKeyFile::read(&config.keys_dir)?;
    // Noted first: nothing may be sealed with a key the database does not know of.
    register(config, &shared.db, &Vault::new(&keys)?)?;
    shared.vault.take_up(&keys)?;
    shared.tokens.take_up(&tokens);
    shared.log.keys.take_up(&log);
    Ok(())
}
