//! Why something about a course or a certificate is not done. What that means in HTTP stands in `answers.rs`.

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::decisions::Halt;
use crate::house::persons::PersonsError;
use crate::http::{FieldError, Say};
use crate::links::LinkError;
use crate::outbox::SendError;
use crate::persons;
use crate::vault::VaultError;

/// See the module.
#[derive(Debug)]
pub enum Fault {
    /// There is none, or none within reach.
    Unknown,
    Fields(Vec<FieldError>),
    IdTaken,
    /// It was changed since it was read.
    Stale,
    /// As things stand it cannot be: why, and what to do.
    Conflict(Say),
    Decision(Halt),
    Person(persons::Fault),
    Denied(Denied),
    Broken(String),
    Db(DbError),
}

impl Fault {
    /// Something that cannot be.
    pub fn broken(cause: impl std::fmt::Display) -> Self {
        Fault::Broken(cause.to_string())
    }

    /// See [`Fault::Conflict`].
    pub fn conflict(vi: &'static str, en: &'static str) -> Self {
        Fault::Conflict(Say::fixed(vi, en))
    }

    /// One field is wrong.
    pub fn field(pointer: &str, code: &'static str, vi: &'static str, en: &'static str) -> Self {
        Fault::Fields(vec![FieldError::new(pointer, code, Say::fixed(vi, en))])
    }
}

wraps! {
    Fault {
        DbError => Fault::Db,
        Denied => Fault::Denied,
        Halt => Fault::Decision,
        persons::Fault => Fault::Person,
    }
}

impl From<diesel::result::Error> for Fault {
    fn from(error: diesel::result::Error) -> Self {
        Fault::Db(error.into())
    }
}

impl From<VaultError> for Fault {
    fn from(error: VaultError) -> Self {
        Fault::broken(error)
    }
}

impl From<LinkError> for Fault {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Db(error) => Fault::Db(error),
            other => Fault::broken(other),
        }
    }
}

impl From<SendError> for Fault {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Db(error) => Fault::Db(error),
            other => Fault::broken(other),
        }
    }
}

impl From<PersonsError> for Fault {
    fn from(error: PersonsError) -> Self {
        match error {
            PersonsError::Db(error) => Fault::Db(error),
            PersonsError::Vault(error) => error.into(),
        }
    }
}
