//! What stands on a phiếu thu, phiếu chi, phiếu nhập or phiếu xuất of what is no gift. Pure.

use chrono::NaiveDate;

use super::model::{Cancelled, Issuer, Number, keep_visible};
use crate::basics::{PublicCode, Vnd};
use crate::http::Say;

/// Everything that is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voucher {
    pub number: Number,
    pub issued_on: NaiveDate,
    /// Business day of the entry.
    pub day: NaiveDate,
    pub issuer: Issuer,
    /// Who paid, was paid, brought or took the goods, as far as the entry says.
    pub person: Option<String>,
    pub reason: Say,
    /// Of what it moves: cash, or the value of goods.
    pub amount: Vnd,
    pub debits: Vec<Moved>,
    pub credits: Vec<Moved>,
    /// Of documents of the store.
    pub goods: Vec<GoodsLine>,
    /// What the entry is.
    pub kind: String,
    pub code: PublicCode,
    /// Where the public finds the entry, with the beginning of its leaf's hash: what the QR code says.
    pub public_url: String,
    pub cancelled: Option<Cancelled>,
}

/// What an account was debited or credited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub account: String,
    /// What it is called.
    pub said: Say,
    pub amount: i64,
}

/// One kind of goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoodsLine {
    pub item: String,
    pub name: String,
    /// Decimal text.
    pub quantity: String,
    pub unit: String,
    /// What the unit is called.
    pub unit_said: Say,
    pub value: Vnd,
}

impl Voucher {
    /// The same with [`keep_visible`] in what people typed.
    pub fn visible(mut self) -> Self {
        self.person.iter_mut().for_each(keep_visible);
        [self.reason.vi.to_mut(), self.reason.en.to_mut()].into_iter().for_each(keep_visible);
        self.issuer.keep_visible();
        self.person = self.person.filter(|name| !name.trim().is_empty());
        self
    }
}
