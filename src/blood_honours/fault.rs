//! Why an honour is not written, decided or shown. What that means in HTTP stands in `answers.rs`.

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::decisions::Halt;
use crate::http::{FieldError, Say};
use crate::persons;
use crate::vault::VaultError;

/// See the module.
#[derive(Debug)]
pub enum Fault {
    /// There is no such thing.
    Unknown,
    /// The chapter that the request names is not within reach.
    NoSuchChapter(Denied),
    /// What a field names is not within reach.
    NotThere(FieldError),
    Fields(Vec<FieldError>),
    /// The id stands for something else.
    IdTaken,
    /// As things stand it cannot be: why, and what to do.
    Conflict(Say),
    Decision(Halt),
    Person(persons::Fault),
    Denied(Denied),
    Vault(VaultError),
    /// What is stored is not as it must be.
    Broken(&'static str),
    Db(DbError),
}

impl Fault {
    /// See [`Fault::Conflict`].
    pub fn conflict(vi: &'static str, en: &'static str) -> Self {
        Fault::Conflict(Say::fixed(vi, en))
    }

    /// One field is wrong.
    pub fn field(pointer: &str, code: &'static str, vi: &'static str, en: &'static str) -> Self {
        Fault::Fields(vec![FieldError::new(pointer, code, Say::fixed(vi, en))])
    }

    /// A field names what is not there.
    pub fn not_there(pointer: &str, code: &'static str, vi: &'static str, en: &'static str) -> Self {
        Fault::NotThere(FieldError::new(pointer, code, Say::fixed(vi, en)))
    }
}

wraps! {
    Fault {
        DbError => Fault::Db,
        Denied => Fault::Denied,
        Halt => Fault::Decision,
        VaultError => Fault::Vault,
        persons::Fault => Fault::Person,
    }
}

impl From<diesel::result::Error> for Fault {
    fn from(error: diesel::result::Error) -> Self {
        Fault::Db(error.into())
    }
}
