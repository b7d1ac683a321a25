//! Personal values at rest (DESIGN 10).
//!
//! A value is sealed with XChaCha20-Poly1305 as `kid ‖ nonce ‖ ciphertext`, bound to its table, column and row, so a
//! sealed value copied elsewhere does not open. Equality is searched by HMAC under a second key: phone numbers and
//! names are few enough to enumerate, so a hash without a key would hide nothing. Keys live outside the database
//! ([`keys`]); several seal keys may be present, the first one seals. A running server takes up a change of them
//! ([`Vault::take_up`]), and by itself when it meets a value sealed with a key it does not know.

pub mod in_use;
pub mod keys;
pub mod rotation;
pub mod steps;

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

use keys::Source;
pub use keys::{KeyError, VaultKeys};

/// Length of a key id in front of a sealed value.
const KID_LEN: usize = 4;
const NONCE_LEN: usize = 24;

type SealKeys = Vec<([u8; KID_LEN], XChaCha20Poly1305)>;

/// Seals, opens and hashes. Cheap to share behind an `Arc`.
pub struct Vault {
    seal: RwLock<Arc<SealKeys>>,
    source: Option<Source>,
    hash_kid: String,
    hash: Hmac<Sha256>,
}

/// Where a sealed value lives.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub table: &'a str,
    pub column: &'a str,
    pub row: &'a [u8],
}

/// A sealed value could not be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("a value is sealed with key {0}, which is not present")]
    UnknownKey(String),
    #[error("a sealed value is damaged or stands in the wrong place")]
    Damaged,
    #[error("the hash key is another one: what was found by the old one would be lost")]
    OtherHashKey,
    #[error("the system's random source failed")]
    Random,
}

/// A vault could not be opened from its folder.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

fn seal_keys(keys: &VaultKeys) -> SealKeys {
    keys.seal.iter().map(|key| (key.kid_bytes(), XChaCha20Poly1305::new((&key.secret).into()))).collect()
}

impl Vault {
    pub fn new(keys: &VaultKeys) -> Result<Self, VaultError> {
        let seal = RwLock::new(Arc::new(seal_keys(keys)));
        let hash = <Hmac<Sha256> as Mac>::new_from_slice(&keys.hash.secret).map_err(|_| VaultError::Damaged)?;
        Ok(Self { seal, source: None, hash_kid: keys.hash.kid.clone(), hash })
    }

    /// The vault of a folder of key files. When it meets a value sealed with a key it does not know, it looks into
    /// the folder again: another server may have taken up a new key already.
    pub fn of_folder(dir: &Path) -> Result<Self, FolderError> {
        Ok(Self { source: Some(Source::new(dir)), ..Self::new(&VaultKeys::read(dir)?)? })
    }

    /// Takes up changed seal keys. The hash key cannot change: names and phone numbers are found by it.
    pub fn take_up(&self, keys: &VaultKeys) -> Result<(), VaultError> {
        let (ours, theirs) = (self.hash("take up", b""), Vault::new(keys)?.hash("take up", b""));
        if ours != theirs {
            return Err(VaultError::OtherHashKey);
        }
        *self.seal.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(seal_keys(keys));
        Ok(())
    }

    fn seal_keys(&self) -> Arc<SealKeys> {
        self.seal.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a key of this name is there, if need be after a look into the folder.
    fn find(&self, kid: &[u8]) -> Option<XChaCha20Poly1305> {
        let known = || self.seal_keys().iter().find(|(known, _)| known == kid).map(|(_, cipher)| cipher.clone());
        known().or_else(|| {
            let source = self.source.as_ref().filter(|source| source.is_due())?;
            let taken_up = VaultKeys::read(source.dir()).map(|keys| self.take_up(&keys));
            tracing::info!(taken_up = matches!(taken_up, Ok(Ok(()))), "a value is sealed with a new key: looking for it");
            known()
        })
    }

    /// Key ids this vault can use, with their purpose, the sealing one first.
    pub fn key_ids(&self) -> Vec<(&'static str, String)> {
        let keys = self.seal_keys();
        let seal = keys.iter().map(|(kid, _)| ("SEAL", String::from_utf8_lossy(kid).into_owned()));
        seal.chain([("HASH", self.hash_kid.clone())]).collect()
    }

    pub fn seal(&self, at: Place<'_>, value: &[u8]) -> Result<Vec<u8>, VaultError> {
        let keys = self.seal_keys();
        let (kid, cipher) = keys.first().ok_or(VaultError::Damaged)?;
        let mut nonce = [0u8; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|_| VaultError::Random)?;
        let sealed =
            cipher.encrypt(XNonce::from_slice(&nonce), Payload { msg: value, aad: &aad(at) }).map_err(|_| VaultError::Damaged)?;
        Ok([kid.as_slice(), &nonce, &sealed].concat())
    }

    pub fn open(&self, at: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let (kid, rest) = sealed.split_at_checked(KID_LEN).ok_or(VaultError::Damaged)?;
        let (nonce, ciphertext) = rest.split_at_checked(NONCE_LEN).ok_or(VaultError::Damaged)?;
        let cipher = self.find(kid).ok_or_else(|| VaultError::UnknownKey(String::from_utf8_lossy(kid).into_owned()))?;
        cipher.decrypt(XNonce::from_slice(nonce), Payload { msg: ciphertext, aad: &aad(at) }).map_err(|_| VaultError::Damaged)
    }

    /// [`Vault::open`] for text.
    pub fn open_text(&self, at: Place<'_>, sealed: &[u8]) -> Result<String, VaultError> {
        String::from_utf8(self.open(at, sealed)?).map_err(|_| VaultError::Damaged)
    }

    /// Keyed hash for equality search; `purpose` keeps hashes of different columns apart.
    pub fn hash(&self, purpose: &str, value: &[u8]) -> [u8; 32] {
        let mut mac = self.hash.clone();
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(value);
        mac.finalize().into_bytes().into()
    }
}

fn aad(at: Place<'_>) -> Vec<u8> {
    [at.table.as_bytes(), b"\0", at.column.as_bytes(), b"\0", at.row].concat()
}

/// A place in a table whose rows are named by a UUID.
pub fn place<'a>(table: &'a str, column: &'a str, row: &'a Uuid) -> Place<'a> {
    Place { table, column, row: row.as_bytes() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> Vault {
        Vault::new(&VaultKeys::generate().unwrap()).unwrap()
    }

    #[test]
    fn a_sealed_value_opens_only_in_its_place() {
        let (vault, row, other) = (vault(), Uuid::now_v7(), Uuid::now_v7());
        let sealed = vault.seal(place("party", "name", &row), "Nguyễn Văn An".as_bytes()).unwrap();
        assert_eq!(vault.open_text(place("party", "name", &row), &sealed).unwrap(), "Nguyễn Văn An");
        assert!(vault.open(place("party", "name", &other), &sealed).is_err());
        assert!(vault.open(place("party", "phone", &row), &sealed).is_err());
        assert!(matches!(Vault::open(&self::vault(), place("party", "name", &row), &sealed), Err(VaultError::UnknownKey(_))));
    }

    #[test]
    fn damage_is_noticed_and_never_panics() {
        let (vault, row) = (vault(), Uuid::now_v7());
        let sealed = vault.seal(place("t", "c", &row), b"value").unwrap();
        for at in 0..sealed.len() {
            let mut bad = sealed.clone();
            bad[at] ^= 1;
            assert!(vault.open(place("t", "c", &row), &bad).is_err());
            assert!(vault.open(place("t", "c", &row), &sealed[..at]).is_err());
        }
    }

    #[test]
    fn hashes_depend_on_key_and_purpose() {
        let vault = vault();
        assert_eq!(vault.hash("phone", b"0912"), vault.hash("phone", b"0912"));
        assert_ne!(vault.hash("phone", b"0912"), vault.hash("name", b"0912"));
        assert_ne!(vault.hash("phone", b"0912"), self::vault().hash("phone", b"0912"));
    }
}
