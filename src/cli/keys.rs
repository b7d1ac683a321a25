//! `keys`: make the key files of a new installation, rotate them, list them, drop what nobody needs any more.

use clap::{Subcommand, ValueEnum};

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;

use super::{Failure, install, say};
use crate::authz::{self, AuditEvent};
use crate::basics::Clock;
use crate::config::Config;
use crate::identity::model::ACCESS_LIFETIME;
use crate::log::checkpoint_store;
use crate::log::key_log::{self, KnownKey, OVERLAP};
use crate::log::note::{self, Signer, Verifier};
use crate::vault::keys::LogKeyFile;
use crate::vault::rotation::{self, Which};
use crate::vault::{KeyError, in_use, keys};

#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make the key files of a new installation
    Init,
    /// Put a new key in front: it signs or seals from now on, the others still verify and open
    Rotate {
        #[arg(long)]
        which: WhichKey,
    },
    /// List the keys by name, without their secrets
    List,
    /// Remove an old key that nothing needs any more
    Drop {
        #[arg(long)]
        which: WhichKey,
        /// Name of the key, as `keys list` shows it
        #[arg(long)]
        kid: String,
    },
}

/// Which keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WhichKey {
    /// Those that sign log-in tokens
    Token,
    /// Those that seal personal values
    Vault,
    /// Those that sign the public log
    Log,
}

impl WhichKey {
    fn which(self) -> Which {
        match self {
            WhichKey::Token => Which::Token,
            WhichKey::Vault => Which::Vault,
            WhichKey::Log => Which::Log,
        }
    }
}

pub fn run(config: &Config, command: KeysCommand) -> Result<(), Failure> {
    let dir = &config.keys_dir;
    match command {
        KeysCommand::Init => {
            // An installation from before there was a signed log lacks only that key.
            let others = keys::init(dir);
            let made = match others {
                Ok(()) | Err(KeyError::Exists(_)) => install::make_log_key(config)?,
                Err(_) => false,
            };
            if !made {
                others?;
            }
            say(&format!("keys written to {}; back them up apart from the database", dir.display()))
        }
        KeysCommand::Rotate { which } => {
            let kid = rotation::rotate(dir, which.which(), Clock::System.now())?;
            say(&format!(
                "{kid} is the new {} key. Back the file up, give it to all servers of the installation, and send each \
                 of them SIGHUP (or restart it).",
                which.which().purpose()
            ))?;
            if which == WhichKey::Log {
                say(&format!(
                    "Old and new keys sign together from then on, and a leaf of the log announces the new one: `log show` says \
                     how it reads. Tell it to those who verify. After {} days: `keys drop --which log`.",
                    OVERLAP.num_days()
                ))?;
            }
            Ok(())
        }
        KeysCommand::List => list(config),
        KeysCommand::Drop { which: WhichKey::Token, kid } => drop_token_key(config, &kid),
        KeysCommand::Drop { which: WhichKey::Vault, kid } => drop_vault_key(config, &kid),
        KeysCommand::Drop { which: WhichKey::Log, kid } => drop_log_key(config, &kid),
    }
}

fn list(config: &Config) -> Result<(), Failure> {
    let there = |which: &Which| *which != Which::Log || keys::has_log_key(&config.keys_dir);
    for which in Which::ALL.into_iter().filter(there) {
        for key in rotation::list(&config.keys_dir, which)? {
            let made = key.made.map_or("from the beginning".to_owned(), |made| format!("made {}", made.format("%F %T UTC")));
            let state = match key.replaced {
                None => "current".to_owned(),
                Some(replaced) => format!("replaced {}", replaced.format("%F %T UTC")),
            };
            say(&format!("{:<6} {}  {state}, {made}", which.purpose(), key.kid))?;
        }
    }
    Ok(())
}

/// Tokens signed with a key outlive it by their life: the longest-lived is the access token.
fn drop_token_key(config: &Config, kid: &str) -> Result<(), Failure> {
    let listed = rotation::list(&config.keys_dir, Which::Token)?;
    let replaced = listed.iter().find(|key| key.kid == kid).and_then(|key| key.replaced);
    if let Some(replaced) = replaced {
        let until = replaced + ACCESS_LIFETIME;
        if until > Clock::System.now() {
            let until = until.format("%F %T UTC");
            return Err(format!("tokens signed with {kid} may be good until {until}: drop it after that").into());
        }
    }
    rotation::drop_key(&config.keys_dir, Which::Token, kid)?;
    say(&format!("{kid} is dropped; servers forget it with SIGHUP or a restart"))
}

/// A value sealed with a key that is gone is lost for ever, so the whole database is searched first.
fn drop_vault_key(config: &Config, kid: &str) -> Result<(), Failure> {
    let listed = rotation::list(&config.keys_dir, Which::Vault)?;
    let Some(current) = listed.first().map(|key| key.kid.clone()).filter(|current| current != kid) else {
        return Err(format!("{kid} is the current key: rotate first").into());
    };
    if !listed.iter().any(|key| key.kid == kid) {
        return Err(format!("there is no such key: {kid}").into());
    }
    // As it is: opening it with the keys would note the current one as taken up.
    let opened = install::open_as_it_is(config)?;
    opened.db.tx_blocking(|conn| -> Result<(), Failure> {
        if !in_use::used(conn)?.contains(&("SEAL".to_owned(), current.clone())) {
            return Err(format!("no server has taken up {current} yet: send them SIGHUP (or restart them) first").into());
        }
        if let Some(column) = in_use::needed_by(conn, kid)? {
            return Err(format!("{kid} is needed: {column} holds values sealed with it").into());
        }
        Ok(in_use::forget(conn, kid)?)
    })?;
    rotation::drop_key(&config.keys_dir, Which::Vault, kid)?;
    say(&format!("{kid} is dropped; servers forget it with SIGHUP or a restart"))
}

/// Whoever verifies the log must have had time to learn of a younger key, and everything new must bear its signature.
fn drop_log_key(config: &Config, kid: &str) -> Result<(), Failure> {
    let file = LogKeyFile::read(&config.keys_dir)?;
    let (position, key) =
        file.keys.iter().enumerate().find(|(_, key)| key.kid == kid).ok_or_else(|| format!("there is no such key: {kid}"))?;
    if position == 0 {
        return Err(format!("{kid} is the current key: rotate first").into());
    }
    let opened = install::open_as_it_is(config)?;
    let now = Clock::System.now();
    let announced = opened.db.tx_blocking(|conn| -> Result<bool, Failure> {
        let origin = checkpoint_store::origin(conn)?.ok_or("this log has no name yet: start the server once")?;
        let key_of = |secret| -> Result<Verifier, Failure> { Ok(Signer::new(&origin, secret)?.verifier().clone()) };
        let others = file.keys.iter().filter(|key| key.kid != kid).map(|key| key_of(&key.secret)).collect::<Result<Vec<_>, _>>()?;
        let vkey = key_of(&key.secret)?.to_string();
        let known = key_log::keys(conn, &origin)?;
        let Some(announced) = known.iter().find(|key| key.vkey == vkey) else {
            // No server has ever signed with it.
            return Ok(false);
        };
        if announced.retired.is_none() {
            check_successor(conn, &known, &others, now)?;
        }
        install::guard(config).read(&others).map_err(|error| {
            format!("what this server signed last is not signed by another key yet ({error}): send it SIGHUP and wait for the next checkpoint")
        })?;
        if key_log::retire(conn, &vkey, now)? {
            authz::audit(conn, now, &[AuditEvent { account: None, action: "LOG_KEY_RETIRED", subject: None, chapter: None }])?;
        }
        Ok(true)
    })?;
    rotation::drop_key(&config.keys_dir, Which::Log, kid)?;
    let said = if announced { "signs no more, and a leaf of the log says so" } else { "is dropped; it never signed" };
    say(&format!(
        "{kid} {said}. Take its line out of log.keys on every other server with the same command, and send each SIGHUP (or \
         restart it)."
    ))
}

/// One of `others` has to be in force for long enough, under every new checkpoint, and announced in the signed log.
fn check_successor(conn: &mut PgConnection, known: &[KnownKey], others: &[Verifier], now: DateTime<Utc>) -> Result<(), Failure> {
    let newest = checkpoint_store::latest(conn)?.ok_or("nothing was signed yet")?;
    let (_, signed_by) = note::open(newest.note.as_bytes(), others)
        .map_err(|_| "the newest checkpoint is signed by no other key yet: send all servers SIGHUP (or restart them) first")?;
    let in_force = |key: &&KnownKey| key.retired.is_none() && signed_by.iter().any(|by| by.to_string() == key.vkey);
    let oldest = known.iter().filter(in_force).map(|key| key.added_at).min();
    let oldest = oldest.ok_or("no other key was announced in the log yet: wait for the next checkpoint")?;
    let until = oldest + OVERLAP;
    if until > now {
        let until = until.format("%F %T UTC");
        return Err(format!("those who verify have until {until} to learn of the next key: drop it after that").into());
    }
    Ok(())
}
