//! A lot, what enters as one, and what leaves it.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{Amount, OnHand};
use super::quantity::Quantity;
use crate::authz::{Granted, Right};
use crate::db::DbError;
use crate::db::schema::stock_lot;
use crate::http::{FieldError, Say};
use crate::ledger::model::FundId;

/// A lot as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = stock_lot, check_for_backend(diesel::pg::Pg))]
pub struct LotRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub fund_id: i32,
    pub item: String,
    pub unit: String,
    pub valuation: String,
    /// What brought it.
    pub entry_id: Uuid,
    pub came_on: NaiveDate,
    pub expires_on: Option<NaiveDate>,
    pub store_id: Option<Uuid>,
    pub quantity_milli: i64,
    pub value_vnd: i64,
}

impl LotRow {
    /// What is there of it.
    pub fn there(&self) -> Amount {
        Amount { milli: self.quantity_milli, value: self.value_vnd }
    }

    /// As the rules see it.
    pub(super) fn on_hand(&self) -> OnHand {
        OnHand { lot: self.id, expires_on: self.expires_on, came_on: self.came_on, there: self.there() }
    }

    /// A part of it.
    pub(super) fn taken(&self, part: Amount) -> Taken {
        Taken {
            lot: self.id,
            item: self.item.clone(),
            unit: self.unit.clone(),
            valuation: self.valuation.clone(),
            quantity: Quantity::from_milli(part.milli),
            value: part.value,
            expires_on: self.expires_on,
        }
    }
}

/// Goods of one item that enter as a lot of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arriving {
    pub item: String,
    pub unit: String,
    pub quantity: Quantity,
    /// In đồng; the sum of an entry's lots is what it posts to GOODS_IN_STOCK.
    pub value: i64,
    /// A code of [`super::valuation::Valuation`].
    pub valuation: String,
    pub expires_on: Option<NaiveDate>,
    pub store: Option<Uuid>,
}

/// What enters by one entry.
pub struct Entering<'a, R: Right> {
    pub by: &'a Granted<R>,
    pub fund: FundId,
    pub entry: Uuid,
    /// The business day of the entry: what came first leaves first, of what expires on the same day.
    pub day: NaiveDate,
    pub lines: Vec<Arriving>,
}

/// Goods that are wanted out of stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub item: String,
    pub unit: String,
    pub quantity: Quantity,
}

/// What left a lot, or is to leave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub lot: Uuid,
    pub item: String,
    pub unit: String,
    pub valuation: String,
    pub quantity: Quantity,
    pub value: i64,
    pub expires_on: Option<NaiveDate>,
}

impl Taken {
    /// As it arrives elsewhere: the same goods, with the day they expire.
    pub fn arriving(&self) -> Arriving {
        Arriving {
            item: self.item.clone(),
            unit: self.unit.clone(),
            quantity: self.quantity,
            value: self.value,
            valuation: self.valuation.clone(),
            expires_on: self.expires_on,
            store: None,
        }
    }
}

/// Why goods are not taken; `line` counts from 0.
#[derive(Debug)]
pub enum Short {
    /// So much is there of what has not expired.
    NotEnough {
        line: usize,
        there: Quantity,
    },
    /// Half a cow.
    NotWhole {
        line: usize,
    },
    Db(DbError),
}

impl From<DbError> for Short {
    fn from(error: DbError) -> Self {
        Short::Db(error)
    }
}

impl From<diesel::result::Error> for Short {
    fn from(error: diesel::result::Error) -> Self {
        Short::Db(error.into())
    }
}

impl From<Short> for Fault {
    fn from(short: Short) -> Self {
        match short {
            Short::Db(error) => error.into(),
            _ => Fault::NotCovered,
        }
    }
}

impl Short {
    /// As a mistake in a request whose lines stand at `pointer`; anything else comes back.
    pub fn field(self, pointer: &str) -> Result<FieldError, DbError> {
        match self {
            Short::NotEnough { line, there } => Ok(FieldError::new(
                format!("{pointer}/{line}/quantity"),
                "NOT_ENOUGH",
                Say::new(
                    format!("Trong kho chỉ còn {there} chưa hết hạn."),
                    format!("There are {there} in stock that have not expired."),
                ),
            )),
            Short::NotWhole { line } => Ok(FieldError::new(
                format!("{pointer}/{line}/quantity"),
                "NOT_WHOLE",
                Say::fixed("Đơn vị này phải là số nguyên.", "This unit comes in whole numbers."),
            )),
            Short::Db(error) => Err(error),
        }
    }
}
