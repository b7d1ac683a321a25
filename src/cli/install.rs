//! An installation: its database (private or given), its schema and reference data, its keys.

use std::sync::Arc;

use actix_web::web;
use diesel::prelude::*;

use super::Failure;
use crate::app::Shared;
use crate::authz::token::TokenKeys;
use crate::basics::Clock;
use crate::chapters::reference;
use crate::config::Config;
use crate::db::private::{self, PrivateOptions, PrivatePostgres, lock_data_dir};
use crate::db::schema::{account, chapter, key_in_use};
use crate::db::{Db, migrations};
use crate::identity::password::{Cost, Passwords};
use crate::stock;
use crate::vault::keys::{self, TokenKeyFile};
use crate::vault::{Vault, VaultKeys};

/// An open installation. Dropping it stops the private PostgreSQL, if there is one.
pub struct Installation {
    pub shared: Shared,
    /// `None` when the database was given by `DATABASE_URL`.
    pub private: Option<Arc<PrivatePostgres>>,
}

/// Opens the database (starting the private one if none is given), migrates it and reads the keys.
pub fn open(config: &Config) -> Result<Installation, Failure> {
    let (url, private) = match &config.database_url {
        Some(url) => (url.clone(), None),
        None => {
            let lock = lock_data_dir(&config.data_dir)?;
            let options = PrivateOptions { data_dir: config.data_dir.clone(), pg_bin: config.pg_bin.clone(), durable: true };
            let private = Arc::new(PrivatePostgres::start(options, lock)?);
            (private.url(private::NAME), Some(private))
        }
    };
    Ok(Installation { shared: prepare(config, &url)?, private })
}

/// Opens the database of a server that may be running already: commands work beside it.
pub fn open_beside(config: &Config) -> Result<Installation, Failure> {
    match (&config.database_url, private::url_of_running(&config.data_dir, private::NAME)) {
        (None, Some(url)) => Ok(Installation { shared: prepare(config, &url)?, private: None }),
        _ => open(config),
    }
}

fn prepare(config: &Config, url: &str) -> Result<Shared, Failure> {
    for name in migrations::run(url)? {
        tracing::info!(name, "migration applied");
    }
    let db = Db::connect(url, config.database_replica_url.as_deref(), config.database_connections);
    load_reference(&db)?;
    let vault = open_vault(config, &db)?;
    let tokens = TokenKeys::new(&TokenKeyFile::read(&config.keys_dir)?);
    Ok(Shared {
        db,
        clock: Clock::System,
        vault: web::Data::new(vault),
        tokens: web::Data::new(tokens),
        passwords: Passwords::new(Cost::Standard)?,
    })
}

/// Units, chapters and the item catalogue; already loaded ones are left alone.
pub fn load_reference(db: &Db) -> Result<(), reference::ReferenceError> {
    db.tx_blocking(|conn| {
        let chapters: i64 = chapter::table.count().get_result(conn)?;
        if chapters < 3_356 {
            let added = reference::load(conn)?;
            tracing::info!(added, "chapters loaded");
        }
        stock::load_catalogue(conn)
    })
}

/// Reads the vault keys. A brand-new installation gets new ones; one that has sealed anything must bring its own.
fn open_vault(config: &Config, db: &Db) -> Result<Vault, Failure> {
    let (accounts, used): (i64, Vec<(String, String)>) = db.tx_blocking(|conn| -> Result<_, crate::db::DbError> {
        Ok((account::table.count().get_result(conn)?, key_in_use::table.select((key_in_use::purpose, key_in_use::kid)).load(conn)?))
    })?;
    if !keys::exist(&config.keys_dir) && accounts == 0 && used.is_empty() {
        keys::init(&config.keys_dir)?;
        tracing::info!(folder = %config.keys_dir.display(), "new keys written: back them up apart from the database");
    }
    let vault = Vault::new(&VaultKeys::read(&config.keys_dir)?)?;
    let present = vault.key_ids();
    if let Some((purpose, kid)) = used.iter().find(|(purpose, kid)| !present.iter().any(|(p, k)| p == purpose && k == kid)) {
        return Err(format!("this database uses the {purpose} key {kid}, which is not in {}: restore that key file", config.keys_dir.display()).into());
    }
    let current: Vec<_> = ["SEAL", "HASH"].into_iter().filter_map(|purpose| present.iter().find(|(p, _)| *p == purpose).cloned()).collect();
    db.tx_blocking(|conn| -> Result<(), crate::db::DbError> {
        for (purpose, kid) in current {
            diesel::insert_into(key_in_use::table)
                .values((key_in_use::purpose.eq(purpose), key_in_use::kid.eq(kid), key_in_use::first_used.eq(Clock::System.now())))
                .on_conflict_do_nothing()
                .execute(conn)?;
        }
        Ok(())
    })?;
    Ok(vault)
}
