//! Why a transfer is not asked for, decided, confirmed or returned. What that means in HTTP stands in `answers.rs`.

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::decisions::Halt;
use crate::http::FieldError;
use crate::ledger::draft::DraftError;
use crate::ledger::model::Unbalanced;
use crate::ledger::store::BookError;
use crate::vault::VaultError;

/// See the module.
#[derive(Debug)]
pub enum Fault {
    /// There is no such transfer.
    Unknown,
    /// The chapter that the request names is not within reach.
    NoSuchChapter(Denied),
    Fields(Vec<FieldError>),
    /// One of the two chapters has merged or is dissolved since it was asked.
    Closed,
    /// The sender has not enough of it.
    NotCovered,
    /// Nothing of it is on the way: it was not sent yet, or all of it arrived or came back.
    NothingOnTheWay,
    /// By book nothing is ever on the way.
    ByBook,
    /// More was confirmed or came back since the loss was asked for.
    LessIsLeft,
    /// A loss of it waits already.
    LossWaits,
    /// Nobody has said that something of it is lost.
    NobodyAsked,
    /// The second person's part.
    Decision(Halt),
    Denied(Denied),
    /// What is stored is not as it must be.
    Broken(String),
    Db(DbError),
}

impl Fault {
    /// Something that cannot be.
    pub fn broken(cause: impl std::fmt::Display) -> Self {
        Fault::Broken(cause.to_string())
    }
}

impl From<diesel::result::Error> for Fault {
    fn from(error: diesel::result::Error) -> Self {
        Fault::Db(error.into())
    }
}

wraps! {
    Fault {
        DbError => Fault::Db,
        Denied => Fault::Denied,
        Halt => Fault::Decision,
        DraftError => Fault::broken,
        Unbalanced => Fault::broken,
        VaultError => Fault::broken,
    }
}

impl From<BookError> for Fault {
    fn from(error: BookError) -> Self {
        match error {
            BookError::NotCovered => Fault::NotCovered,
            BookError::Closed => Fault::Closed,
            BookError::Db(error) => Fault::Db(error),
            other => Fault::broken(other),
        }
    }
}
