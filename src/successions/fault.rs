//! Why a plan is not asked for, decided or carried out. What that means in HTTP stands in `answers.rs`.

use crate::authz::{Denied, Refusal};
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::decisions::Halt;
use crate::http::{FieldError, Say};
use crate::ledger::draft::DraftError;
use crate::ledger::store::BookError;

/// See the module.
#[derive(Debug)]
pub enum Fault {
    /// There is no such plan.
    Unknown,
    /// A chapter that the request names is not within reach, and which field names it.
    NoSuchChapter(Denied, String),
    Fields(Vec<FieldError>),
    /// What has to be out of the way first, each with the code of its chapter.
    InTheWay(Vec<(String, Say)>),
    /// A successor would have less than nothing of something.
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
        DraftError => Fault::broken,
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Fault::Denied(refusal.into())
    }
}

impl From<BookError> for Fault {
    fn from(error: BookError) -> Self {
        match error {
            BookError::NotCovered => Fault::NotCovered,
            BookError::Db(error) => error.into(),
            other => Fault::broken(other),
        }
    }
}
