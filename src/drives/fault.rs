//! Why something about a drive or a booking is not done. What that means in HTTP stands in `answers.rs`.

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::http::{FieldError, Say};
use crate::outbox::SendError;
use crate::vault::VaultError;
use crate::volunteers;

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
    /// Who helps at a drive.
    Volunteers(volunteers::Fault),
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
        volunteers::Fault => Fault::Volunteers,
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

impl From<SendError> for Fault {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Db(error) => Fault::Db(error),
            other => Fault::broken(other),
        }
    }
}
