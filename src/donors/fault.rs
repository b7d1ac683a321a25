//! Why something about donors, or the days they give on, is not done: one for this room and for those above it that write donations down
//! (`blood_days`, `blood_corrections`). What that means in HTTP stands in `answers.rs`.

use super::record::CertifyError;
use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::decisions::Halt;
use crate::drives;
use crate::house::persons::PersonsError;
use crate::http::{FieldError, Say};
use crate::persons;
use crate::vault::VaultError;

/// See the module.
#[derive(Debug)]
pub enum Fault {
    /// There is none, or none within reach.
    Unknown,
    Fields(Vec<FieldError>),
    IdTaken,
    /// It is not what the client has read.
    Stale,
    /// The person is a donor of the chapter already.
    AlreadyOne,
    /// The person's data were erased or may not be used.
    PersonGone,
    /// As things stand it cannot be: why, and what to do.
    Conflict(Say),
    Person(persons::Fault),
    Drive(drives::fault::Fault),
    /// The second person's part.
    Decision(Halt),
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
        persons::Fault => Fault::Person,
        drives::fault::Fault => Fault::Drive,
        Halt => Fault::Decision,
    }
}

impl From<VaultError> for Fault {
    fn from(error: VaultError) -> Self {
        Fault::broken(error)
    }
}

impl From<diesel::result::Error> for Fault {
    fn from(error: diesel::result::Error) -> Self {
        Fault::Db(error.into())
    }
}

impl From<CertifyError> for Fault {
    fn from(error: CertifyError) -> Self {
        match error {
            CertifyError::Db(error) => Fault::Db(error),
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
