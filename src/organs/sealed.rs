//! What a registration says of somebody, sealed and in clear.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::basics::Birth;
use crate::parties::{naming, words};
use crate::vault::{Vault, VaultError, place};

const ROWS: &str = "organ_registration";

/// Who it is. Sealed in one piece: nobody asks for a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clear {
    pub name: String,
    /// National form, digits only.
    pub phone: String,
    /// The day, or the year alone.
    pub birth: String,
}

/// The columns that follow from it.
pub struct Sealed {
    pub person: Vec<u8>,
    pub person_hash: Vec<u8>,
    pub words: Vec<i64>,
}

impl Clear {
    /// Seals it for the chapter with this code.
    pub fn seal(&self, vault: &Vault, id: Uuid, chapter: &str) -> Result<Sealed, VaultError> {
        let text = serde_json::to_vec(self).map_err(|_| VaultError::Damaged)?;
        Ok(Sealed {
            person: vault.seal(place(ROWS, "person", &id), &text)?,
            person_hash: person_hash(vault, &self.name, &self.phone).to_vec(),
            words: words::at(vault, chapter, &self.name, Some(&self.phone)).into_iter().collect(),
        })
    }

    pub fn open(vault: &Vault, id: &Uuid, sealed: &[u8]) -> Result<Self, VaultError> {
        serde_json::from_slice(&vault.open(place(ROWS, "person", id), sealed)?).map_err(|_| VaultError::Damaged)
    }

    pub fn birth(&self) -> Option<Birth> {
        Birth::read(&self.birth)
    }
}

/// By name and number, as parties are told apart.
pub fn person_hash(vault: &Vault, name: &str, phone: &str) -> [u8; 32] {
    vault.hash("organ_registration.person", format!("{}\0{phone}", naming::one_form(name)).as_bytes())
}

pub fn seal_card(vault: &Vault, id: Uuid, number: &str) -> Result<Vec<u8>, VaultError> {
    vault.seal(place(ROWS, "card", &id), number.as_bytes())
}

pub fn open_card(vault: &Vault, id: &Uuid, sealed: &[u8]) -> Result<String, VaultError> {
    vault.open_text(place(ROWS, "card", id), sealed)
}
