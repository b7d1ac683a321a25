//! `log`: the name and keys of the public log, and mending it after a restore.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Subcommand;
use std::path::PathBuf;

use super::{Failure, install, say};
use crate::authz::{self, AuditEvent};
use crate::basics::{Clock, hex, unhex};
use crate::config::Config;
use crate::db::DbError;
use crate::log::checkpoint_store;
use crate::log::folder::LogFolder;
use crate::log::key_log;
use crate::log::keys::LogKeys;
use crate::log::note::Signer;
use crate::log::recovery;
use crate::log::tree::Head;

#[derive(Debug, Subcommand)]
pub enum LogCommand {
    /// Print the log's name, what verifies its signatures, and its newest checkpoint
    Show,
    /// Say what the newest published checkpoint is, on a server that signs for the log from now on and has no guard file
    Adopt {
        /// Leaves of the newest published checkpoint, its second line
        size: u64,
        /// Its root, the third line
        root: String,
    },
    /// Bring leaves back from a mirror that this database lacks after a restore, and let signing go on
    Recover {
        /// Folder of the mirror (made by `audit --url … --mirror FOLDER`, or the published folder itself)
        #[arg(long)]
        from: PathBuf,
    },
}

/// The root as a checkpoint writes it, or hexadecimal.
fn read_root(text: &str) -> Option<[u8; 32]> {
    if let Some(root) = unhex(text) {
        return Some(root);
    }
    STANDARD.decode(text).ok()?.try_into().ok()
}

pub fn run(config: &Config, command: LogCommand) -> Result<(), Failure> {
    let opened = install::open_as_it_is(config)?;
    let origin = opened.db.tx_blocking(|conn| -> Result<_, DbError> { checkpoint_store::origin(conn) })?;
    let origin = origin.ok_or("this log has no name yet: start the server once")?;
    let signers = LogKeys::of_folder(&config.keys_dir)?.signers(&origin)?;
    let guard = install::guard(config);
    let now = Clock::System.now();
    let note = |action| AuditEvent { account: None, action, subject: None, chapter: None };
    match command {
        LogCommand::Show => show(&opened, &origin, &signers),
        LogCommand::Adopt { size, root } => {
            let root = read_root(&root).ok_or("ROOT is the third line of a checkpoint, or 64 hexadecimal digits")?;
            opened.db.tx_blocking(|conn| -> Result<(), Failure> {
                recovery::adopt(conn, &origin, &signers, &guard, &Head { size, root })?;
                Ok(authz::audit(conn, now, &[note("LOG_ADOPTED")])?)
            })?;
            say(&format!(
                "{} now knows that {size} leaves were signed; a running server goes on within a second",
                guard.path().display()
            ))
        }
        LogCommand::Recover { from } => {
            let recovered = recovery::recover(&opened.db, &signers, &guard, &LogFolder::new(&from), now)?;
            opened.db.tx_blocking(|conn| authz::audit(conn, now, &[note("LOG_RECOVERED")]))?;
            say(&format!(
                "{} leaves came back; the log has {} now, root {}. {} of them have no entry in the books of this database: \
                 they are listed in the table log_recovered, with all their amounts in their leaves",
                recovered.leaves,
                recovered.head.size,
                hex(&recovered.head.root),
                recovered.without_entry
            ))?;
            if recovered.guarded {
                return Ok(());
            }
            say(
                "this server does not know what was signed last, and the mirror may be older than that: look up the newest checkpoint \
                 the public has, and run `so-nhan-ai log adopt SIZE ROOT` with its second and third line",
            )
        }
    }
}

fn show(opened: &install::AsItIs, origin: &str, signers: &[Signer]) -> Result<(), Failure> {
    let (keys, latest, hold) = opened.db.tx_blocking(|conn| -> Result<_, DbError> {
        Ok((key_log::keys(conn, origin)?, checkpoint_store::latest(conn)?, checkpoint_store::hold(conn)?))
    })?;
    say(&format!("origin {origin}"))?;
    for key in &keys {
        let signs_here = signers.iter().any(|signer| signer.verifier().to_string() == key.vkey);
        let state = match &key.retired {
            Some(retired) => format!("  (retired {})", retired.at.format("%F")),
            None if signs_here => "  (signs here)".to_owned(),
            None => String::new(),
        };
        say(&format!("key    {}{state}", key.vkey))?;
    }
    if let Some(why) = hold {
        say(&format!("hold   {why}"))?;
    }
    latest.map_or(Ok(()), |latest| say(latest.note.trim_end()))
}
