//! Why targets are not handed down. What that means in HTTP stands in `answers.rs`.

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::decisions::Halt;
use crate::http::FieldError;

/// See the module.
#[derive(Debug)]
pub enum Fault {
    /// There is no such decision.
    Unknown,
    /// The chapter that the request names is not within reach.
    NoSuchChapter(Denied),
    Fields(Vec<FieldError>),
    /// One for the same year waits already.
    Waits,
    /// The year is over: what was to be reached stands.
    YearOver,
    /// What the chapter itself is to reach is not what it was when this was asked.
    Moved,
    /// The chapter, or one that is given something, has merged or dissolved.
    Closed,
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

impl From<diesel::result::Error> for Fault {
    fn from(error: diesel::result::Error) -> Self {
        Fault::Db(error.into())
    }
}
