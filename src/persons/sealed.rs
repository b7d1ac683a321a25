//! What is kept of a person, sealed and in clear.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::{Particulars, PersonId, PersonKind, Sex, Traits};
use super::row::Row;
use crate::basics::{Birth, Phone};
use crate::outbox::Address;
use crate::parties::{Clear, PartyKind, words};
use crate::tree::ChapterId;
use crate::vault::{Vault, VaultError, place};

/// A person in clear, for those who may see them at their chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub id: PersonId,
    pub chapter: ChapterId,
    /// Never leaves the program.
    pub party: Uuid,
    pub kind: PersonKind,
    pub name: String,
    /// Who speaks for an organisation.
    pub representative: Option<String>,
    pub phone: Option<String>,
    pub phone_confirmed_on: Option<NaiveDate>,
    pub mail: Option<String>,
    pub birth: Option<Birth>,
    pub sex: Option<Sex>,
    pub commune: Option<String>,
}

/// The sealed columns of a row.
pub(super) struct Sealed {
    pub name: Vec<u8>,
    pub phone: Option<Vec<u8>>,
    pub particulars: Option<Vec<u8>>,
    pub words: Vec<i64>,
}

/// What is sealed in one piece: nobody asks for a part of it.
#[derive(Default, PartialEq, Serialize, Deserialize)]
struct Rest {
    #[serde(skip_serializing_if = "Option::is_none")]
    birth: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sex: Option<Sex>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commune: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    representative: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<String>,
}

/// Seals what is written down at the chapter with this code.
pub(super) fn seal(vault: &Vault, id: Uuid, chapter: &str, of: &Particulars) -> Result<Sealed, VaultError> {
    let number = of.phone.as_ref().map(|phone| phone.as_str());
    let rest = Rest {
        birth: of.birth.map(|birth| birth.to_string()),
        sex: of.sex,
        commune: of.commune.clone(),
        representative: of.representative.as_ref().map(|name| name.as_str().to_owned()),
        mail: of.mail.clone(),
    };
    let text = (rest != Rest::default()).then(|| serde_json::to_vec(&rest).map_err(|_| VaultError::Damaged)).transpose()?;
    Ok(Sealed {
        name: vault.seal(place("person", "name", &id), of.name.as_str().as_bytes())?,
        phone: number.map(|number| vault.seal(place("person", "phone", &id), number.as_bytes())).transpose()?,
        particulars: text.map(|text| vault.seal(place("person", "particulars", &id), &text)).transpose()?,
        words: words::at(vault, chapter, of.name.as_str(), number).into_iter().collect(),
    })
}

/// Opens a row; `None` of one that was erased.
pub(super) fn open(vault: &Vault, row: &Row) -> Result<Option<Known>, VaultError> {
    let (Some(party), Some(name)) = (row.party_id, &row.name) else { return Ok(None) };
    let text = |column: &'static str, sealed: &Vec<u8>| vault.open_text(place("person", column, &row.id), sealed);
    let rest: Rest = match &row.particulars {
        Some(sealed) => serde_json::from_str(&text("particulars", sealed)?).map_err(|_| VaultError::Damaged)?,
        None => Rest::default(),
    };
    Ok(Some(Known {
        id: PersonId(row.id),
        chapter: ChapterId(row.chapter_id),
        party,
        kind: row.kind(),
        name: text("name", name)?,
        representative: rest.representative,
        phone: row.phone.as_ref().map(|sealed| text("phone", sealed)).transpose()?,
        phone_confirmed_on: row.phone_confirmed_on,
        mail: rest.mail,
        birth: rest.birth.as_deref().and_then(Birth::read),
        sex: rest.sex,
        commune: rest.commune,
    }))
}

impl PersonKind {
    /// What kind of party it is.
    pub(super) fn as_party(self) -> PartyKind {
        match self {
            PersonKind::Person => PartyKind::Person,
            PersonKind::Organisation => PartyKind::Organisation,
        }
    }
}

impl Known {
    /// How a message reaches them: by telephone, or by mail where they have no number.
    pub fn address(&self) -> Option<Address> {
        let phone = self.phone.as_deref().and_then(Phone::today).map(Address::Phone);
        phone.or_else(|| self.mail.clone().map(Address::Mail))
    }

    pub fn traits(&self) -> Traits {
        Traits::of(&self.name, self.phone.as_deref(), self.birth, self.commune.as_deref()).kind(self.kind)
    }

    /// As whoever looks for somebody compares it.
    pub(super) fn called(&self) -> Clear {
        Clear { id: self.party, kind: self.kind.as_party().name().to_owned(), name: self.name.clone(), phone: self.phone.clone() }
    }

    /// All that the person is found by at the chapter with this code.
    pub(super) fn words(&self, vault: &Vault, chapter: &str) -> BTreeSet<i64> {
        words::at(vault, chapter, &self.name, self.phone.as_deref())
    }
}
