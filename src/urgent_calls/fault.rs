//! Why nobody is called, or nothing is changed or shown. What that means in HTTP stands in `answers.rs`.

use chrono::{DateTime, Utc};

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::http::{FieldError, Say};
use crate::outbox::SendError;
use crate::persons;
use crate::vault::VaultError;

/// See the module.
#[derive(Debug)]
pub enum Fault {
    /// There is no such call or club, or nobody was asked under this id.
    Unknown,
    /// The chapter that the request names is not within reach.
    NoSuchChapter(Denied),
    /// What a field names is not within reach.
    NotThere(FieldError),
    Fields(Vec<FieldError>),
    /// The id stands for something else.
    IdTaken,
    /// It is not what the client has read.
    Stale,
    /// Nobody is asked until then, but for a reason that is written down.
    Quiet(DateTime<Utc>),
    /// As things stand it cannot be: why, and what to do.
    Conflict(Say),
    Person(persons::Fault),
    Send(SendError),
    Vault(VaultError),
    Denied(Denied),
    /// What is stored is not as it must be, or the system failed.
    Broken(&'static str),
    Db(DbError),
}

impl Fault {
    /// See [`Fault::Conflict`].
    pub fn conflict(vi: &'static str, en: &'static str) -> Self {
        Fault::Conflict(Say::fixed(vi, en))
    }

    /// One field is wrong.
    pub fn field(pointer: &str, code: &'static str, vi: &'static str, en: &'static str) -> Self {
        Fault::Fields(vec![FieldError::new(pointer, code, Say::fixed(vi, en))])
    }

    /// A field names what is not there.
    pub fn not_there(pointer: &str, code: &'static str, vi: &'static str, en: &'static str) -> Self {
        Fault::NotThere(FieldError::new(pointer, code, Say::fixed(vi, en)))
    }
}

wraps! {
    Fault {
        DbError => Fault::Db,
        Denied => Fault::Denied,
        persons::Fault => Fault::Person,
        SendError => Fault::Send,
        VaultError => Fault::Vault,
    }
}

impl From<diesel::result::Error> for Fault {
    fn from(error: diesel::result::Error) -> Self {
        Fault::Db(error.into())
    }
}
