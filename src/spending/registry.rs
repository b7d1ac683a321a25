//! The kinds of money orders, for who looks at all of them.

use super::advances::ADVANCES;
use super::cash_moves::{COUNTS, DEPOSITS, WITHDRAWALS};
use super::clearings::CLEARINGS;
use super::incomes::INCOMES;
use super::kind::Orders;
use super::model::OrderKind;
use super::payments::PAYMENTS;
use super::purchases::PURCHASES;
use super::refunds::REFUNDS;
use super::releases::RELEASES;

/// A new kind has its line here.
pub const ALL: &[&dyn Orders] =
    &[&PAYMENTS, &INCOMES, &REFUNDS, &ADVANCES, &CLEARINGS, &DEPOSITS, &WITHDRAWALS, &COUNTS, &RELEASES, &PURCHASES];

/// The kinds of entries that are booked by money orders.
pub const BOOKS: &[&str] = &[
    "PAYMENT",
    "INCOME",
    "REFUND",
    "ADVANCE",
    "ADVANCE_CLEARING",
    "CASH_DEPOSIT",
    "CASH_WITHDRAWAL",
    "CASH_COUNT_DIFFERENCE",
    "FUND_RELEASE",
    "PURCHASE",
];

/// What a kind says of itself.
pub fn of(kind: &str) -> Option<&'static dyn Orders> {
    let kind = OrderKind::parse(kind)?;
    ALL.iter().copied().find(|of| of.kind() == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_books_can_be_undone() {
        let mut books: Vec<&str> = ALL.iter().map(|of| of.books().name()).collect();
        books.sort_unstable();
        books.dedup();
        let mut told = BOOKS.to_vec();
        told.sort_unstable();
        assert_eq!(books, told);
        // An order and its decision are found by one word.
        assert!(ALL.iter().all(|of| of.matter().name == of.kind().name()));
    }
}
