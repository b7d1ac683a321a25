//! What a room has to put back when an entry it booked is reversed.
//!
//! Reversals of entries that are no gifts are asked for and approved in one place for all kinds; whoever booked the entry
//! keeps records of its own beside it (a lot, an open advance, the state of a transfer) and puts them back here, in the
//! transaction that books the mirror.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::errand::Errand;
use crate::db::DbError;
use crate::http::Say;

/// See the module.
pub trait Undoes: Sync {
    /// The kinds of entries the room books, by name.
    fn kinds(&self) -> &'static [&'static str];

    /// Entries of the same chapter that are reversed with this one, because neither stands without the other.
    fn together(&self, _: &mut PgConnection, entry: Uuid) -> Result<Vec<Uuid>, DbError> {
        Ok(vec![entry])
    }

    /// Puts the room's records back to where they were before this entry. Called before the mirror is booked; the ledger still
    /// refuses what is not covered.
    fn undo(&self, errand: &mut Errand<'_>, entry: Uuid) -> Result<(), CannotUndo>;

    /// Looks once more when the mirror is booked and the balances are held: what came between is seen now.
    fn undone(&self, _: &mut Errand<'_>, _entry: Uuid) -> Result<(), CannotUndo> {
        Ok(())
    }
}

/// Why an entry cannot be reversed as things stand.
#[derive(Debug)]
pub enum CannotUndo {
    /// Something else stands on it: what that is, and what to do first.
    StandsOnIt(Say),
    Db(DbError),
}

impl From<DbError> for CannotUndo {
    fn from(error: DbError) -> Self {
        CannotUndo::Db(error)
    }
}

impl From<diesel::result::Error> for CannotUndo {
    fn from(error: diesel::result::Error) -> Self {
        CannotUndo::Db(error.into())
    }
}
