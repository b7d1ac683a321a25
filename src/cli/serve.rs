//! `serve`: the server of an installation.

use super::install;
use super::running::{self, Hangup};
use super::{Failure, demo};
use crate::config::Config;
use crate::privacy::daily;
use crate::rooms::ROOMS;

pub fn serve(config: &Config) -> Result<(), Failure> {
    // The socket first: a second server should find the port taken before it touches anything else.
    let listener = running::bind(config)?;
    let installation = install::open(config)?;
    if demo::is_in(&installation.shared.db)? {
        if !running::is_loopback(config) {
            return Err(
                "this database holds demo data, whose passwords everybody knows: it is served on loopback addresses only, e.g. \
                        --listen 127.0.0.1:8080. For a real installation begin with an empty data folder (--data-dir) or database"
                    .into(),
            );
        }
        tracing::warn!(folder = %config.data_dir.display(), "this database holds demo data");
    }
    let shared = &installation.shared;
    if let Some(warning) = daily::at_start(&shared.db, shared.clock.now(), ROOMS, shared.dossier.as_ref())? {
        tracing::warn!("{warning}");
    }
    tracing::info!(address = %listener.local_addr()?, "ready");
    running::run(config, installation, listener, Hangup::TakesUpKeys)
}
