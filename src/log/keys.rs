//! The keys that sign the log, and the name they sign under.

use std::path::Path;

use super::note::{NoteError, Signer, Verifier};
use crate::vault::keys::{KeyError, LogKeyFile};

/// The secrets of `log.keys`. All of them sign, so that a key is replaced by signing with both for a while.
#[derive(Clone)]
pub struct LogKeys(Vec<[u8; 32]>);

impl LogKeys {
    /// Reads the key file.
    pub fn of_folder(dir: &Path) -> Result<Self, KeyError> {
        Ok(Self(LogKeyFile::read(dir)?.keys.iter().map(|key| key.secret).collect()))
    }

    /// For tests: one key.
    pub fn of_secret(secret: [u8; 32]) -> Self {
        Self(vec![secret])
    }

    /// The keys as they sign for a log.
    pub fn signers(&self, origin: &str) -> Result<Vec<Signer>, NoteError> {
        self.0.iter().map(|secret| Signer::new(origin, secret)).collect()
    }
}

/// What verifies these signers' signatures.
pub fn verifiers(signers: &[Signer]) -> Vec<Verifier> {
    signers.iter().map(|signer| signer.verifier().clone()).collect()
}
