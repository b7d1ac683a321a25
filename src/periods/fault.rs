//! Why a month is not closed. What that means in HTTP stands in `answers.rs`.

use super::model::NotNow;
use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::decisions::Halt;
use crate::http::FieldError;

/// See the module.
#[derive(Debug)]
pub enum Fault {
    /// There is no such request.
    Unknown,
    Fields(Vec<FieldError>),
    NotNow(NotNow),
    /// Somebody has asked for it already.
    Waits,
    /// Entries of the month have no place in the log yet.
    Sealing,
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
        NotNow => Fault::NotNow,
    }
}
