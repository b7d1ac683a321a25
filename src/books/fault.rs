//! Why a book is not shown. What that means in HTTP stands in `answers.rs`.

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::vouchers::fault;

/// See the module.
#[derive(Debug)]
pub enum Fault {
    /// Chapters below may not be read, and the book is of all of them.
    NotThoseBelow,
    /// There is no such fund.
    NoSuchFund,
    /// It has more lines than a paper takes.
    TooLong {
        most: usize,
    },
    /// Who issues its paper is not known.
    Heading(fault::Fault),
    Denied(Denied),
    /// The file cannot be written.
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
        fault::Fault => Fault::Heading,
        std::io::Error => Fault::broken,
    }
}

impl From<diesel::result::Error> for Fault {
    fn from(error: diesel::result::Error) -> Self {
        Fault::Db(error.into())
    }
}
