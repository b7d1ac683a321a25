//! What becomes of a room's rows when their chapter goes up in another one.
//!
//! A chapter's id is never written anew in any of them: what is history stays true, and what goes on is found by way of the
//! succession, on the day that is asked about.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::errand::Errand;
use crate::db::DbError;
use crate::http::Say;

/// What a room does when a chapter goes up in another one, besides what follows by itself: rights at the successor are rights at the
/// old chapter, and what is booked there passes on.
pub trait Succeeds: Sync {
    /// What stands in the way, as things stand. Asked by the dry run, and again in the transaction that carries the plan out.
    fn in_the_way(&self, _: &mut PgConnection, _: &Going) -> Result<Vec<Say>, DbError> {
        Ok(Vec::new())
    }

    /// Ends what ends with the chapter, and begins at the successor what has to. The books have gone over, and rights have not yet.
    fn go(&self, errand: &mut Errand<'_>, going: &Going) -> Result<(), DbError>;
}

/// A chapter that goes up in another one.
#[derive(Debug, Clone)]
pub struct Going {
    pub old: Uuid,
    /// The successor that goes on with whatever is not given to another.
    pub new: Uuid,
    /// From this day on.
    pub since: NaiveDate,
    /// The account whose approval carries it out.
    pub by: Uuid,
    pub decision_no: String,
}

/// What a column that names a chapter means once another chapter has succeeded it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Succession {
    /// It says what was, of a day: it goes on speaking of the old chapter.
    Stays,
    /// It is the successor's to read and to go on with.
    Follows,
    /// It ends with the chapter; the successor makes its own.
    Ends,
}
