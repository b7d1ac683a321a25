//! The books themselves: the ledger, its vouchers, stock, bookkeeping and what the log states. The map of the whole house is in `src/lib.rs`.

pub use frame::*;

pub mod bookkeeping;
pub mod ledger;
pub mod statements;
pub mod stock;
pub mod vouchers;
