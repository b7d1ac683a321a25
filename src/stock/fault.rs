//! Why goods do not move, or an adjustment is not asked for, decided or booked. What that means in HTTP stands in `answers.rs`.

use crate::authz::Denied;
use crate::basics::wraps::wraps;
use crate::db::DbError;
use crate::decisions::{Halt, books_closed};
use crate::house::undo::CannotUndo;
use crate::http::{FieldError, Say};
use crate::ledger::draft::DraftError;
use crate::ledger::model::Unbalanced;
use crate::ledger::store::BookError;

/// See the module.
#[derive(Debug)]
pub enum Fault {
    /// There is no such record.
    Unknown,
    /// The chapter that the request names is not within reach.
    NoSuchChapter(Denied),
    Fields(Vec<FieldError>),
    /// The id stands for something else.
    IdTaken,
    /// What is to leave, or to be taken back, is not there any more.
    NotCovered,
    /// The lots were counted again since: what that count proposes stands for them.
    CountedAgain,
    /// So little of a lot that it is worth less than one đồng.
    WorthNothing,
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

impl From<DbError> for Fault {
    fn from(error: DbError) -> Self {
        match error.constraint() {
            Some("stock_lot_not_below_zero" | "stock_lot_nothing_is_worth_nothing") => Fault::NotCovered,
            _ => Fault::Db(error),
        }
    }
}

impl From<diesel::result::Error> for Fault {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

wraps! {
    Fault {
        Denied => Fault::Denied,
        Halt => Fault::Decision,
        DraftError => Fault::broken,
        Unbalanced => Fault::broken,
    }
}

impl From<BookError> for Fault {
    fn from(error: BookError) -> Self {
        match error {
            BookError::NotCovered => Fault::NotCovered,
            BookError::Closed => Fault::Decision(Halt::Matter(books_closed())),
            BookError::Db(error) => error.into(),
            other => Fault::broken(other),
        }
    }
}

impl From<Fault> for CannotUndo {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Db(error) => CannotUndo::Db(error),
            _ => CannotUndo::StandsOnIt(Say::fixed(
                "Hàng của bút toán này đã xuất: hãy hủy phiếu xuất trước.",
                "Goods of this entry have left: reverse what took them first.",
            )),
        }
    }
}
