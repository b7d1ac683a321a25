//! The keys that sign the log, and the name they sign under.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};

use super::key_log::{self, KnownKey};
use super::note::{NoteError, Signer, Verifier};
use crate::db::{Db, DbError};
use crate::vault::keys::{KeyError, LogKeyFile};

type Secret = [u8; 32];

/// The secrets of `log.keys`, shared by everybody who has a copy of this. All of them sign, so that a key is replaced by
/// signing with both for a while.
#[derive(Clone)]
pub struct LogKeys(Arc<RwLock<Arc<[Secret]>>>);

impl LogKeys {
    fn new(secrets: Arc<[Secret]>) -> Self {
        Self(Arc::new(RwLock::new(secrets)))
    }

    /// Reads the key file.
    pub fn of_folder(dir: &Path) -> Result<Self, KeyError> {
        Ok(Self::new(secrets_of(&LogKeyFile::read(dir)?)))
    }

    /// For tests: one key.
    pub fn of_secret(secret: Secret) -> Self {
        Self::new([secret].into())
    }

    /// Signs with the keys of a changed file from now on.
    pub fn take_up(&self, file: &LogKeyFile) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = secrets_of(file);
    }

    /// What is held now; the same `Arc` until a file is taken up.
    pub(super) fn secrets(&self) -> Arc<[Secret]> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The keys as they sign for a log.
    pub fn signers(&self, origin: &str) -> Result<Vec<Signer>, NoteError> {
        signers(origin, &self.secrets())
    }
}

fn secrets_of(file: &LogKeyFile) -> Arc<[Secret]> {
    file.keys.iter().map(|key| key.secret).collect()
}

fn signers(origin: &str, secrets: &[Secret]) -> Result<Vec<Signer>, NoteError> {
    secrets.iter().map(|secret| Signer::new(origin, secret)).collect()
}

/// What verifies these signers' signatures.
pub fn verifiers(signers: &[Signer]) -> Vec<Verifier> {
    signers.iter().map(|signer| signer.verifier().clone()).collect()
}

/// The keys of a log cannot be made out.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("a key of the log: {0}")]
    Key(#[from] NoteError),
}

/// Who signs here, and all the keys the log has had.
pub(super) struct Keyring {
    /// Those of ours that have not retired.
    pub signers: Vec<Signer>,
    /// As they were announced.
    pub known: Arc<[KnownKey]>,
    /// What verifies anything this log ever signed: the announced keys, and ours.
    pub verifiers: Vec<Verifier>,
    /// Whose notes the guard may hold: all of those once one of ours is announced, else ours alone.
    pub trusted: Vec<Verifier>,
}

impl Keyring {
    /// Looks up what was announced; a log without any key begins with these.
    pub fn read(db: &Db, origin: &str, secrets: &[Secret], now: DateTime<Utc>) -> Result<Self, KeyringError> {
        let signers = signers(origin, secrets)?;
        let own = verifiers(&signers);
        let known = db.tx_blocking(|conn| -> Result<_, DbError> {
            key_log::begin(conn, origin, &own, now)?;
            key_log::keys(conn, origin)
        })?;
        Self::of(signers, known)
    }

    fn of(mut signers: Vec<Signer>, known: Vec<KnownKey>) -> Result<Self, KeyringError> {
        let mut all: Vec<Verifier> = known.iter().map(|key| Verifier::parse(&key.vkey)).collect::<Result<_, _>>()?;
        let unknown: Vec<Verifier> = verifiers(&signers).into_iter().filter(|own| !all.contains(own)).collect();
        all.extend(unknown);
        let retired = |signer: &Signer| {
            let vkey = signer.verifier().to_string();
            known.iter().any(|key| key.vkey == vkey && key.retired.is_some())
        };
        signers.retain(|signer| !retired(signer));
        let own = verifiers(&signers);
        let vouched_for = own.iter().any(|own| known.iter().any(|key| key.vkey == own.to_string()));
        let trusted = if vouched_for { all.clone() } else { own };
        Ok(Self { signers, known: known.into(), verifiers: all, trusted })
    }
}
