//! Why a registration is not shown or written. What that means in HTTP stands in `answers.rs`.

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::house::persons::PersonsError;
use crate::http::FieldError;
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
    /// Not possible as it stands.
    NotPossible,
    /// Nothing of the person is kept any more.
    Gone,
    /// Their data may be kept and not used.
    Restricted,
    /// The chapter has gone up in another one.
    ChapterClosed,
    /// An account looked for people too often within the hour.
    TooManyLooks {
        most: i64,
        seconds: u64,
    },
    /// More are found than anybody reads.
    TooManyFound {
        most: usize,
    },
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

impl From<VaultError> for Fault {
    fn from(error: VaultError) -> Self {
        Fault::broken(error)
    }
}
