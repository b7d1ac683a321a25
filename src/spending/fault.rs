//! Why a money order is not asked for, decided, booked or shown. What that means in HTTP stands in `answers.rs`.

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::decisions::Halt;
use crate::http::{FieldError, Say};

/// See the module.
#[derive(Debug, thiserror::Error)]
#[error("{self:?}")]
pub enum Fault {
    /// There is no such order.
    Unknown,
    /// What a field names is not within reach.
    NotThere(FieldError),
    /// The chapter that the request names is not within reach.
    NoSuchChapter(Denied),
    Fields(Vec<FieldError>),
    /// As things stand it cannot be: why, and what to do.
    Conflict(Say),
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

    /// See [`Fault::Conflict`].
    pub fn conflict(vi: &'static str, en: &'static str) -> Self {
        Fault::Conflict(Say::fixed(vi, en))
    }
}

wraps! {
    Fault {
        DbError => Fault::Db,
        Denied => Fault::Denied,
        Halt => Fault::Decision,
    }
}

impl From<diesel::result::Error> for Fault {
    fn from(error: diesel::result::Error) -> Self {
        Fault::Db(error.into())
    }
}

impl From<Undrawn> for Fault {
    fn from(undrawn: Undrawn) -> Self {
        match undrawn {
            Undrawn::Broken(cause) => Fault::Broken(cause),
            Undrawn::Db(error) => Fault::Db(error),
        }
    }
}

/// Why an order does not make what it should.
#[derive(Debug)]
pub enum Undrawn {
    /// What is stored is not as it must be.
    Broken(String),
    Db(DbError),
}

impl Undrawn {
    pub fn broken(cause: impl std::fmt::Display) -> Self {
        Undrawn::Broken(cause.to_string())
    }
}

impl From<DbError> for Undrawn {
    fn from(error: DbError) -> Self {
        Undrawn::Db(error)
    }
}
