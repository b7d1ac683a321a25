//! Why a reversal is not asked for, decided or booked. What that means in HTTP stands in `answers.rs`.

use crate::authz::Denied;
use crate::basics::wraps::wraps;
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
    /// One of several that are to be approved in one moment takes another person after this one.
    AnotherFirst,
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

wraps! {
    Fault {
        DbError => Fault::Db,
        Denied => Fault::Denied,
        Halt => Fault::Decision,
    }
}
