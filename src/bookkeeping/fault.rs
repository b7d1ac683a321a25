//! Why an opening balance, or its reversal, is not asked for, decided or booked. What that means in HTTP stands in
//! `answers.rs`.

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::decisions::Halt;
use crate::http::FieldError;

/// See the module.
#[derive(Debug)]
pub enum Fault {
    /// There is no such opening balance.
    Unknown,
    /// The chapter that the request names is not within reach.
    NoSuchChapter(Denied),
    Fields(Vec<FieldError>),
    /// A fund and account of it were opened meanwhile.
    OpenedMeanwhile,
    /// There is nothing approved that could be reversed.
    NotStanding,
    /// Its reversal is waiting or was approved already.
    ReversalAsked,
    /// Nobody has asked for the reversal that is to be decided.
    NobodyAsked,
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
