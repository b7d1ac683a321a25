//! What a case says of people, sealed and in clear.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::{FamilyRelation, Traits};
use crate::basics::Birth;
use crate::parties::{naming, words};
use crate::persons::Sex;
use crate::vault::{Vault, VaultError, place};

/// Who asks. Sealed in one piece, as everything here is: nobody asks for a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enquirer {
    pub name: String,
    /// National form, digits only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    pub relation: FamilyRelation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guardian: Option<Guardian>,
}

/// Who speaks for a child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guardian {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// Who is sought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sought {
    pub name: String,
    #[serde(default)]
    pub other_names: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_place: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub circumstances: Option<String>,
}

/// Who was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPerson {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// For the officers: how they were found, how to reach them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What the enquirer is to be told.
    pub message: String,
}

/// Seals a value in its place.
pub fn seal<T: Serialize>(vault: &Vault, table: &str, column: &str, row: &Uuid, value: &T) -> Result<Vec<u8>, VaultError> {
    let text = serde_json::to_vec(value).map_err(|_| VaultError::Damaged)?;
    vault.seal(place(table, column, row), &text)
}

/// Opens what [`seal`] sealed.
pub fn open<T: DeserializeOwned>(vault: &Vault, table: &str, column: &str, row: &Uuid, sealed: &[u8]) -> Result<T, VaultError> {
    serde_json::from_slice(&vault.open(place(table, column, row), sealed)?).map_err(|_| VaultError::Damaged)
}

/// What a case says, in clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clear {
    pub enquirer: Enquirer,
    pub sought: Sought,
}

/// The columns that follow from what a case says.
pub struct Sealed {
    pub enquirer: Vec<u8>,
    pub sought: Vec<u8>,
    pub enquirer_hash: Option<Vec<u8>>,
    pub words: Vec<i64>,
    pub sought_keys: Vec<i64>,
    pub enquirer_keys: Vec<i64>,
}

impl Clear {
    /// Seals all of it for the chapter with this code.
    pub fn seal(&self, vault: &Vault, id: Uuid, chapter: &str) -> Result<Sealed, VaultError> {
        Ok(Sealed {
            enquirer: seal(vault, "family_link", "enquirer", &id, &self.enquirer)?,
            sought: seal(vault, "family_link", "sought", &id, &self.sought)?,
            enquirer_hash: enquirer_hash(vault, &self.enquirer.name, self.enquirer.phone.as_deref()).map(|hash| hash.to_vec()),
            words: self.words(vault, chapter).into_iter().collect(),
            sought_keys: keys(vault, &self.sought.traits()),
            enquirer_keys: keys(vault, &self.enquirer.traits()),
        })
    }

    /// What the case is found by at the chapter with this code.
    pub fn words(&self, vault: &Vault, chapter: &str) -> BTreeSet<i64> {
        let mut all = words::at(vault, chapter, &self.enquirer.name, self.enquirer.phone.as_deref());
        for name in self.sought.names() {
            all.extend(words::at(vault, chapter, name, None));
        }
        all
    }
}

impl Enquirer {
    pub fn birth(&self) -> Option<Birth> {
        self.birth.as_deref().and_then(Birth::read)
    }

    pub fn traits(&self) -> Traits {
        Traits::of([self.name.as_str()], self.birth(), None)
    }
}

impl Sought {
    pub fn birth(&self) -> Option<Birth> {
        self.birth.as_deref().and_then(Birth::read)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.other_names.iter().map(String::as_str))
    }

    pub fn traits(&self) -> Traits {
        Traits::of(self.names(), self.birth(), self.sex)
    }
}

/// By name and number, as parties are told apart; without a number nobody can say that it is the same person.
pub fn enquirer_hash(vault: &Vault, name: &str, phone: Option<&str>) -> Option<[u8; 32]> {
    phone.map(|phone| vault.hash("family_link.enquirer", format!("{}\0{phone}", naming::one_form(name)).as_bytes()))
}

/// A key for each name, the same at every chapter: it proposes, and what it proposes is opened and compared.
fn keys(vault: &Vault, of: &Traits) -> Vec<i64> {
    let key = |words: &BTreeSet<String>| {
        let text = words.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        vault.hash("family_link.name", text.as_bytes()).first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
    };
    let mut all: Vec<i64> = of.names.iter().map(key).collect();
    all.sort_unstable();
    all.dedup();
    all
}
