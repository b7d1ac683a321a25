//! Why a settlement report is not made, or not approved. What that means in HTTP stands in `answers.rs`.

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::decisions::Halt;
use crate::http::FieldError;
use crate::vouchers;

/// See the module.
#[derive(Debug)]
pub enum Fault {
    /// There is no such report.
    Unknown,
    Fields(Vec<FieldError>),
    /// Somebody has asked for a report of the appeal, and it waits.
    Waits,
    /// Entries of the fund have no place in the log yet.
    Sealing,
    /// Since it was asked for, something was booked of a day up to its own.
    Moved,
    /// The second person's part, or publishing.
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

impl From<vouchers::fault::Fault> for Fault {
    fn from(fault: vouchers::fault::Fault) -> Self {
        match fault {
            vouchers::fault::Fault::Denied(denied) => Fault::Denied(denied),
            vouchers::fault::Fault::Db(error) => Fault::Db(error),
            other => Fault::Broken(format!("{other:?}")),
        }
    }
}
