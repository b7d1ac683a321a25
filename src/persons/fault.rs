//! Why a person is not shown, written, changed or joined. What that means in HTTP stands in `answers.rs`.

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::decisions::Halt;
use crate::house::persons::PersonsError;
use crate::http::FieldError;
use crate::vault::VaultError;

/// See the module.
#[derive(Debug)]
pub enum Fault {
    /// There is no such person here, or no such join.
    Unknown,
    Fields(Vec<FieldError>),
    /// The id stands for something else.
    IdTaken,
    /// The chapter knows somebody of this name and number already.
    KnownHere,
    /// Their data may be kept and not used.
    Restricted,
    /// It is not what the client has read.
    Stale,
    /// The chapter has gone up in another one.
    ChapterClosed,
    /// One of the two is joined to somebody already, or waits to be.
    JoinedAlready,
    /// A join that does not stand cannot be parted.
    NotJoined,
    /// An account looked for persons too often within the hour.
    TooManyLooks {
        most: i64,
        seconds: u64,
    },
    /// More are found than anybody reads.
    TooManyFound {
        most: usize,
    },
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
}

wraps! {
    Fault {
        DbError => Fault::Db,
        Denied => Fault::Denied,
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

impl From<PersonsError> for Fault {
    fn from(error: PersonsError) -> Self {
        match error {
            PersonsError::Db(error) => Fault::Db(error),
            PersonsError::Vault(error) => error.into(),
        }
    }
}
