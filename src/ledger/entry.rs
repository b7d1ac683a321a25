//! An entry on its way into the books, when it is booked, and why it may not be.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::kinds::Channel;
use super::model::Balanced;
use crate::basics::PublicCode;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::log;
use crate::tree::Place;

/// An entry that the rules allowed, ready to be written.
pub struct NewEntry {
    pub id: Uuid,
    pub code: PublicCode,
    pub place: Arc<Place>,
    /// Business date; not after the day of booking.
    pub day: NaiveDate,
    pub channel: Option<Channel>,
    pub postings: Balanced,
    /// What is reversed, and why (a code).
    pub reverses: Option<(Uuid, PublicCode, Cow<'static, str>)>,
    /// What its kind says besides.
    pub detail: Detail,
    pub goods: Vec<Goods>,
    pub message_count: Option<i32>,
    /// The giver's name in the form the giver chose to have shown; `None` for anonymous.
    pub giver_shown: Option<String>,
    /// SHA-256 of the document behind the entry.
    pub document: Option<[u8; 32]>,
    pub pd: [u8; 32],
    /// Sealed opening of `pd`.
    pub opening: Option<Vec<u8>>,
    /// What passes it on, should its chapter have gone up in another one.
    pub passing: Option<Box<Passing>>,
}

/// The pair of entries that passes something on to a chapter's successor, as far as it takes keys.
#[derive(Debug, Clone)]
pub struct Passing {
    pub out: Shell,
    pub into: Shell,
}

/// Code and commitment of an entry to be.
#[derive(Debug, Clone)]
pub struct Shell {
    pub id: Uuid,
    pub code: PublicCode,
    pub pd: [u8; 32],
    pub opening: Vec<u8>,
}

/// What only some kinds say, public all of it ([`super::kinds::Field`]). Of a reversal, the category of its original,
/// which is not in its leaf.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detail {
    /// The entry it is about.
    pub of: Option<PublicCode>,
    /// Code of the other chapter.
    pub to: Option<String>,
    pub category: Option<String>,
    pub reason: Option<Cow<'static, str>>,
    pub list: Option<String>,
    pub count: Option<u32>,
    pub root: Option<[u8; 32]>,
}

/// One kind of goods in an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goods {
    pub item: String,
    pub item_name: String,
    /// Decimal text, e.g. `100.5`.
    pub quantity: String,
    pub unit: String,
    pub value_vnd: i64,
    pub valuation: Cow<'static, str>,
}

/// Why nothing was booked.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    #[error("an entry's place is not the chapter of its grant")]
    WrongPlace,
    #[error("an entry names a fund that does not exist")]
    UnknownFund,
    #[error("a reversal is booked where reversals are counted")]
    NotCounted,
    #[error("an entry of this kind does not say this of itself")]
    NotOfItsKind,
    #[error("the chapter has gone up in another one: its books are closed")]
    Closed,
    #[error("there is not as much money or goods left as this would take out")]
    NotCovered,
    #[error(transparent)]
    Leaf(#[from] log::leaf::LeafError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for BookError {
    fn from(error: diesel::result::Error) -> Self {
        BookError::Db(error.into())
    }
}

/// When an entry was booked.
#[derive(Debug, Clone, Copy)]
pub struct BookedAt {
    pub at: DateTime<Utc>,
    /// The same moment as a Vietnam date: decides period and number series.
    pub day: NaiveDate,
}

impl BookedAt {
    pub fn now(now: DateTime<Utc>) -> Self {
        Self { at: now, day: vietnam_date(now) }
    }
}
