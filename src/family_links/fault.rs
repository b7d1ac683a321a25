//! Why a case is not shown, written or handed on. What that means in HTTP stands in `answers.rs`.

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::house::persons::PersonsError;
use crate::http::FieldError;
use crate::outbox::SendError;
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
    /// A guarded case is seen by who is in charge of it alone.
    NotInCharge,
    /// Somebody is in charge of it, and can hand it on.
    InCharge,
    /// Not possible as the case stands.
    NotPossible,
    /// What it said was forgotten.
    Gone,
    /// The enquirer's data may be kept and not used.
    Restricted,
    /// It is offered to another chapter, and not taken yet.
    Offered,
    /// Nobody at that chapter holds the right.
    NobodyThere,
    /// Who offered a case does not take it.
    SamePerson,
    /// Both sides are one chapter by now.
    SameChapter,
    /// The chapter has gone up in another one.
    ChapterClosed,
    /// Who was found said no: nobody looks for them again in this case.
    Declined,
    /// Too many of an officer's cases are being compared at the centre.
    TooManyChecked,
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

impl From<VaultError> for Fault {
    fn from(error: VaultError) -> Self {
        Fault::broken(error)
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
