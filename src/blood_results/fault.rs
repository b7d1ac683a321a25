//! Why a result is not published. What that means in HTTP stands in `answers.rs`.

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;

/// See the module.
#[derive(Debug)]
pub enum Fault {
    /// There is no such drive.
    Unknown,
    /// What was counted has not been compared with the centre's list yet.
    NotReconciled,
    /// Somebody else publishes it at this moment.
    AtOnce,
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
    }
}

impl From<diesel::result::Error> for Fault {
    fn from(error: diesel::result::Error) -> Self {
        Fault::Db(error.into())
    }
}
