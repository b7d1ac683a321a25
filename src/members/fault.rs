//! Why a member is not entered, changed or shown. What that means in HTTP stands in `answers.rs`.

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::decisions::Halt;
use crate::house::persons::PersonsError;
use crate::http::FieldError;
use crate::persons;
use crate::vault::VaultError;

/// See the module.
#[derive(Debug)]
pub enum Fault {
    /// There is none, or none within reach.
    Unknown,
    Fields(Vec<FieldError>),
    IdTaken,
    /// The person is a member here, or an application waits.
    AlreadyMember,
    /// What is asked is not possible as the membership stands.
    NotPossible,
    /// The same is asked and waits.
    AlreadyAsked,
    /// The person's data were erased or may not be used.
    PersonGone,
    /// Too many of an officer's applications were left to the chapter above.
    TooManyChecked,
    /// Both sides of a transfer are one chapter by now.
    SameChapter,
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
}

wraps! {
    Fault {
        DbError => Fault::Db,
        Denied => Fault::Denied,
        Halt => Fault::Decision,
        persons::Fault => Fault::Person,
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

impl From<PersonsError> for Fault {
    fn from(error: PersonsError) -> Self {
        match error {
            PersonsError::Db(error) => Fault::Db(error),
            PersonsError::Vault(error) => error.into(),
        }
    }
}
