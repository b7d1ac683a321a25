//! The books themselves: the ledger, its vouchers, stock, bookkeeping and what the log states.
//!
//! `ledger → vouchers → stock → bookkeeping → statements`

pub use frame::*;

pub mod bookkeeping;
pub mod ledger;
pub mod statements;
pub mod stock;
pub mod vouchers;
