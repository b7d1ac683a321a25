//! Why a request about personal data is not taken, decided or carried out. What that means in HTTP stands in
//! `answers.rs`.

use std::fmt;

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::decisions::Halt;
use crate::house::persons::PersonsError;
use crate::http::FieldError;

/// See the module.
#[derive(Debug)]
pub enum Fault {
    /// There is none, or none within reach.
    Unknown,
    /// The id stands for another request.
    IdTaken,
    /// The id was taken a moment ago.
    IdJustTaken,
    AskedAlready,
    /// The data are not restricted here, so nothing can be lifted.
    NotRestricted,
    /// The gift's giver is unknown or erased.
    NoGiver,
    Field(FieldError),
    /// It comes after the decision.
    Decided,
    ExtendedAlready,
    /// Only what an officer does by hand ends by a note.
    NotByHand,
    /// What an officer does by hand takes no approval.
    NoApproval,
    /// Somebody who was proposed is needed again.
    NeededAgain,
    /// The second person's part.
    Decision(Halt),
    Denied(Denied),
    /// What is stored is not as it must be.
    Broken(String),
    Db(DbError),
}

impl Fault {
    /// Something that cannot be.
    pub fn broken(cause: impl fmt::Display) -> Self {
        Fault::Broken(cause.to_string())
    }
}

/// For the log.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Broken(cause) => f.write_str(cause),
            Fault::Db(error) => write!(f, "{error}"),
            other => write!(f, "{other:?}"),
        }
    }
}

wraps! {
    Fault {
        DbError => Fault::Db,
        Denied => Fault::Denied,
        Halt => Fault::Decision,
        FieldError => Fault::Field,
    }
}

impl From<diesel::result::Error> for Fault {
    fn from(error: diesel::result::Error) -> Self {
        Fault::Db(error.into())
    }
}

impl From<PersonsError> for Fault {
    fn from(error: PersonsError) -> Self {
        match error {
            PersonsError::Db(error) => error.into(),
            PersonsError::Vault(error) => Fault::broken(error),
        }
    }
}
