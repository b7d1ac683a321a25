//! An installation: its database (private or given), its schema and reference data, its keys.

use std::sync::Arc;

use super::Failure;
use crate::app::Shared;
use crate::authz::token::TokenKeys;
use crate::basics::Clock;
use crate::chapters::reference;
use crate::config::Config;
use crate::db::private::{self, PrivateOptions, PrivatePostgres, lock_data_dir};
use crate::db::{Db, DbError, migrations};
use crate::documents::Archive;
use crate::documents::model::Limits;
use crate::identity::password::{Cost, Passwords};
use crate::identity::store as identity;
use crate::stock;
use crate::upkeep::{Database, restore};
use crate::vault::keys::{self, TokenKeyFile};
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

/// Only brings the database to the newest schema and reference data; needs no keys.
pub fn migrate(config: &Config) -> Result<(), Failure> {
    let (url, private) = find_database(config)?;
    connect(config, &url)?;
    private.map_or(Ok(()), |private| Ok(private.stop()?))
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
    for name in migrations::run(url)? {
        tracing::info!(name, "migration applied");
    }
    let db = Db::connect(url, config.database_replica_url.as_deref(), config.database_connections);
    load_reference(&db)?;
    Ok(db)
}

fn prepare(config: &Config, url: &str) -> Result<Shared, Failure> {
    let db = connect(config, url)?;
    let vault = open_vault(config, &db)?;
    let tokens = TokenKeys::new(&TokenKeyFile::read(&config.keys_dir)?);
    Ok(Shared {
        db,
        clock: Clock::System,
        vault: web::Data::new(vault),
        tokens: web::Data::new(tokens),
        passwords: Passwords::new(Cost::Standard)?,
        web: config.web.clone(),
        public_url: config.public_url.clone(),
        archive: archive(config),
    })
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
    let vault = Vault::new(&VaultKeys::read(&config.keys_dir)?)?;
    match db.tx_blocking(|conn| in_use::register(conn, &vault, Clock::System.now()))? {
        Ok(()) => Ok(vault),
        Err((purpose, kid)) => {
            let folder = config.keys_dir.display();
            Err(format!("this database uses the {purpose} key {kid}, which is not in {folder}: restore that key file").into())
        }
    }
}
