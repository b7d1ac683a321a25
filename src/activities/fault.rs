//! Why an activity is not written. What that means in HTTP stands in `answers.rs`.

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::http::{FieldError, Say};
use crate::persons;

/// See the module.
#[derive(Debug)]
pub enum Fault {
    /// There is no such thing.
    Unknown,
    /// The chapter that the request names is not within reach.
    NoSuchChapter(Denied),
    Fields(Vec<FieldError>),
    /// The id stands for something else.
    IdTaken,
    /// Somebody changed it since it was read.
    Stale,
    /// As things stand it cannot be: why, and what to do.
    Conflict(Say),
    Person(persons::Fault),
    Denied(Denied),
    /// What is stored is not as it must be.
    Broken(&'static str),
    Db(DbError),
}

impl Fault {
    /// See [`Fault::Conflict`].
    pub fn conflict(vi: &'static str, en: &'static str) -> Self {
        Fault::Conflict(Say::fixed(vi, en))
    }
}

wraps! {
    Fault {
        DbError => Fault::Db,
        Denied => Fault::Denied,
        persons::Fault => Fault::Person,
    }
}

impl From<diesel::result::Error> for Fault {
    fn from(error: diesel::result::Error) -> Self {
        Fault::Db(error.into())
    }
}
