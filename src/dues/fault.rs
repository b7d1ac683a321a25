//! Why dues are not recorded, reversed or shown. What that means in HTTP stands in `answers.rs`.

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::http::{FieldError, Say};

/// See the module.
#[derive(Debug, thiserror::Error)]
#[error("{self:?}")]
pub enum Fault {
    /// There is no such sheet.
    Unknown,
    /// The chapter that the request names is not within reach.
    NoSuchChapter(Denied),
    Fields(Vec<FieldError>),
    /// The id stands for other content.
    IdTaken,
    /// As things stand it cannot be: why, and what to do.
    Conflict(Say),
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

    /// One wrong field.
    pub fn field(at: &str, code: &'static str, vi: &'static str, en: &'static str) -> Self {
        Fault::Fields(vec![FieldError::new(at, code, Say::fixed(vi, en))])
    }

    /// Somebody recorded the same months at this very moment.
    pub fn settled_meanwhile() -> Self {
        Fault::Conflict(Say::fixed(
            "Có bảng thu khác vừa ghi một trong các tháng này: hãy đọc lại rồi gửi phần còn thiếu.",
            "Another sheet has just recorded one of these months: look again, and send what is missing.",
        ))
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
