//! Why a reversal is not asked for, decided or booked. What that means in HTTP stands in `answers.rs`.

use crate::authz::Denied;
use crate::db::DbError;
use crate::decisions::Halt;
use crate::http::{FieldError, Say};

/// See the module.
#[derive(Debug)]
pub enum Fault {
    /// There is no such entry, or no such request.
    Unknown,
    Fields(Vec<FieldError>),
    /// It waits already, or the entry is reversed.
    AlreadyAsked,
    /// Something else stands on the entry: what to do first.
    StandsOnIt(Say),
    /// What is to be taken back is not there any more.
    NotCovered,
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

impl From<DbError> for Fault {
    fn from(error: DbError) -> Self {
        Fault::Db(error)
    }
}

impl From<Denied> for Fault {
    fn from(denied: Denied) -> Self {
        Fault::Denied(denied)
    }
}

impl From<Halt> for Fault {
    fn from(halt: Halt) -> Self {
        Fault::Decision(halt)
    }
}
