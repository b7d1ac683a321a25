//! What somebody types who books, read: by the API and by the public page alike.

use uuid::Uuid;

use super::bookings::{Known, sealed};
use super::model::Content;
use super::names::NameKey;
use crate::basics::{Line, PublicCode};
use crate::http::{Check, FieldError, one_name};
use crate::outbox::Address;
use crate::persons::model::contact;
use crate::vault::{Vault, VaultError};

/// The longest name, in characters.
const MOST_NAME: usize = 100;

/// The three fields, as they came, and which text was agreed to.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    pub name: &'a str,
    /// A telephone number or a mail address.
    pub contact: &'a str,
    /// Any that is free, unless one is chosen.
    pub slot: Option<i16>,
    /// Version of the text that is agreed to; nothing was agreed to without.
    pub consent: Option<i16>,
}

/// A booking that is right in itself.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub name: Line,
    pub address: Address,
    pub slot: Option<i16>,
    pub text_version: i16,
}

impl Typed<'_> {
    /// Checks everything that needs no database.
    pub fn check(&self) -> Result<Wanted, Vec<FieldError>> {
        let mut check = Check::default();
        let name = check.read(one_name("/name", self.name, MOST_NAME));
        let address = check.read(contact("/contact", self.contact));
        if self.slot.is_some_and(|n| n < 1) {
            check.wrong("/slot", "OUT_OF_RANGE", "Hãy chọn một khung giờ trong danh sách.", "Choose a slot of the list.");
        }
        if self.consent.is_none() {
            check.wrong(
                "/consent",
                "MISSING",
                "Không có sự đồng ý, Hội không giữ thông tin của bạn.",
                "Without your consent the chapter keeps nothing about you.",
            );
        }
        let made = name.zip(address).zip(self.consent);
        check.done(made.map(|((name, address), text_version)| Wanted { name, address, slot: self.slot, text_version }))
    }
}

/// A booking that is ready to be written: sealed, and hashed.
#[derive(Debug, Clone)]
pub struct Ready {
    pub id: Uuid,
    pub code: String,
    pub content: Vec<u8>,
    pub person_hash: Vec<u8>,
    pub name_hash: Option<Vec<u8>>,
    pub contact_hash: Vec<u8>,
}

impl Ready {
    /// Does what needs keys and no database. Who it is says `content`.
    pub fn of(vault: &Vault, content: &Content) -> Result<Self, VaultError> {
        let id = Uuid::new_v4();
        let code = PublicCode::random().map_err(|_| VaultError::Random)?;
        Ok(Self {
            id,
            code: code.as_str().to_owned(),
            content: sealed(vault, id, content)?,
            person_hash: person_hash(vault, content),
            name_hash: name_hash(vault, content),
            contact_hash: contact_hash(vault, &content.contact),
        })
    }

    /// By what it is known whether they have booked already.
    pub fn known(&self) -> Known<'_> {
        Known { person: &self.person_hash, name: self.name_hash.as_deref() }
    }
}

/// By what somebody is known to have booked already: number and letters of the name.
pub fn person_hash(vault: &Vault, content: &Content) -> Vec<u8> {
    let known = format!("{}\n{}", content.contact, NameKey::of(&content.name).letters);
    vault.hash("booking.person", known.as_bytes()).to_vec()
}

/// By what they are told from whoever has a name of the same letters; `None` of a name without marks.
pub fn name_hash(vault: &Vault, content: &Content) -> Option<Vec<u8>> {
    let known = format!("{}\n{}", content.contact, NameKey::of(&content.name).marked?);
    Some(vault.hash("booking.name", known.as_bytes()).to_vec())
}

/// By what bookings of one number are counted.
pub fn contact_hash(vault: &Vault, contact: &str) -> Vec<u8> {
    vault.hash("booking.contact", contact.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::keys::VaultKeys;

    fn wrong(typed: Typed<'_>) -> Vec<(String, &'static str)> {
        match typed.check() {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_iter().map(|error| (error.pointer, error.code)).collect(),
        }
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let right = Typed { name: "Nguyễn Văn Bình", contact: "0912 345 678", slot: None, consent: Some(1) };
        assert!(wrong(right).is_empty() && wrong(Typed { contact: "binh@example.org", slot: Some(2), ..right }).is_empty());
        let all = wrong(Typed { name: " ", contact: "12", slot: Some(0), consent: None });
        let pointers: Vec<&str> = all.iter().map(|(pointer, _)| pointer.as_str()).collect();
        assert_eq!(pointers, ["/name", "/contact", "/slot", "/consent"]);
    }

    #[test]
    fn one_person_is_known_by_number_and_name_and_two_with_one_number_are_two() {
        let vault = Vault::new(&VaultKeys::generate().unwrap()).unwrap();
        let of = |name: &str, contact: &str| Content { name: name.to_owned(), contact: contact.to_owned(), birth: None };
        let ready = |name: &str, contact: &str| Ready::of(&vault, &of(name, contact)).unwrap();
        let is =
            |one: &Ready, other: &Ready| one.known().person == other.known().person && one.known().is_named(other.known().name);
        let lan = ready("Trần Thị Lan", "0912345678");
        assert!(is(&ready("TRẦN  thị LAN", "0912345678"), &lan) && is(&ready("tran thi lan", "0912345678"), &lan));
        for other in
            [ready("Trần Văn Minh", "0912345678"), ready("Trần Thị Lân", "0912345678"), ready("Trần Thị Lan", "0987654321")]
        {
            assert!(!is(&other, &lan) && !is(&lan, &other));
        }
    }
}
