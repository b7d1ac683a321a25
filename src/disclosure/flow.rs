//! The one equation of money and goods, as everybody may see it: what came, what went, what is left, and where that lies.
//!
//! Received + opened + other income ± released + taken over − sent = handed out + paid + refunded + lost + left. In the whole
//! country sent − taken over is on the way.

use serde::Serialize;
use utoipa::ToSchema;

use crate::ledger::accounts::Account;
use crate::ledger::left::LeftRow;
use crate::ledger::measures::Measure;

/// The terms of the equation, in đồng: received + opened + other income + released + taken over − sent = handed out + paid +
/// refunded + lost + left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Flow {
    /// Given by givers, reversed gifts taken off.
    pub received_vnd: i64,
    /// Carried over from old books.
    pub opened_vnd: i64,
    /// State budget, dues, services, interest.
    pub other_income_vnd: i64,
    /// Came from other funds by a decision; below zero: went to them.
    pub released_vnd: i64,
    /// Came from other chapters.
    pub taken_over_vnd: i64,
    /// Went to other chapters, returns taken off.
    pub sent_vnd: i64,
    /// Handed to households by lists.
    pub handed_out_vnd: i64,
    /// Spent otherwise.
    pub paid_vnd: i64,
    /// Given back to givers.
    pub refunded_vnd: i64,
    /// Stock and cash that were lost; below zero: that were found.
    pub lost_vnd: i64,
    /// What the other terms leave. With `from` and `to`: by how much it changed in these days.
    pub left_vnd: i64,
}

impl Flow {
    /// Adds to a term, and to what is left.
    pub fn add(&mut self, measure: Measure, vnd: i64) {
        *self.term(measure) += vnd;
        self.left_vnd += measure.side() * vnd;
    }

    fn term(&mut self, measure: Measure) -> &mut i64 {
        match measure {
            Measure::Received => &mut self.received_vnd,
            Measure::Opened => &mut self.opened_vnd,
            Measure::OtherIncome => &mut self.other_income_vnd,
            Measure::Released => &mut self.released_vnd,
            Measure::TakenOver => &mut self.taken_over_vnd,
            Measure::Sent => &mut self.sent_vnd,
            Measure::HandedOut => &mut self.handed_out_vnd,
            Measure::Paid => &mut self.paid_vnd,
            Measure::Refunded => &mut self.refunded_vnd,
            Measure::Lost => &mut self.lost_vnd,
        }
    }

    /// A term of it.
    pub fn of(&self, measure: Measure) -> i64 {
        let mut copy = *self;
        *copy.term(measure)
    }

    /// Sent and taken over by nobody yet. It says something only where no chapter is left out.
    pub fn on_the_way(&self) -> i64 {
        self.sent_vnd - self.taken_over_vnd
    }

    /// Whether nothing ever moved.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Where what is left lies, in đồng. Together it is what is left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Left {
    /// In the cash box.
    pub cash_vnd: i64,
    /// At the bank, as its statements say.
    pub bank_vnd: i64,
    /// Came by bank, and no statement has confirmed it yet.
    pub bank_coming_vnd: i64,
    /// Left by bank, and no statement has confirmed it yet: below zero.
    pub bank_going_vnd: i64,
    /// Goods in stock, by their value.
    pub goods_vnd: i64,
    /// Handed to named officers for a task, and not accounted for yet.
    pub advances_vnd: i64,
    /// What others owe.
    pub receivable_vnd: i64,
    /// What is owed to others: below zero.
    pub payable_vnd: i64,
}

impl Left {
    /// Adds what lies on an account; other accounts are not part of what is left.
    pub fn add(&mut self, account: Account, vnd: i64) {
        let part = match account {
            Account::CashOnHand => &mut self.cash_vnd,
            Account::Bank => &mut self.bank_vnd,
            Account::InTransit => &mut self.bank_coming_vnd,
            Account::InTransitOut => &mut self.bank_going_vnd,
            Account::GoodsInStock => &mut self.goods_vnd,
            Account::Advance => &mut self.advances_vnd,
            Account::ReceivableOther => &mut self.receivable_vnd,
            Account::Payable => &mut self.payable_vnd,
            _ => return,
        };
        *part += vnd;
    }

    /// All of it.
    pub fn sum(&self) -> i64 {
        self.parts().into_iter().map(|(_, vnd)| vnd).sum()
    }

    /// Its parts, by the account each is.
    pub fn parts(&self) -> [(Account, i64); 8] {
        [
            (Account::CashOnHand, self.cash_vnd),
            (Account::Bank, self.bank_vnd),
            (Account::InTransit, self.bank_coming_vnd),
            (Account::InTransitOut, self.bank_going_vnd),
            (Account::GoodsInStock, self.goods_vnd),
            (Account::Advance, self.advances_vnd),
            (Account::ReceivableOther, self.receivable_vnd),
            (Account::Payable, self.payable_vnd),
        ]
    }
}

/// What is left of a place, seen from each side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct LeftOut {
    /// With everything below.
    pub all: Left,
    /// The chapter's own part of it.
    pub own: Left,
    /// With everything below, of what came after an appeal's end: not in the others.
    pub quarantined: Left,
}

impl LeftOut {
    pub fn of(rows: &[LeftRow]) -> Self {
        let mut out = Self::default();
        for row in rows {
            if row.restriction == "QUARANTINE" {
                out.quarantined.add(row.account, row.subtree_vnd);
            } else {
                out.all.add(row.account, row.subtree_vnd);
                out.own.add(row.account, row.own_vnd);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_stands_on_its_side_of_the_equation() {
        for measure in Measure::ALL {
            let mut flow = Flow::default();
            flow.add(measure, 7);
            assert_eq!((flow.of(measure), flow.left_vnd), (7, 7 * measure.side()), "{measure}");
            assert_eq!(Measure::ALL.iter().map(|other| flow.of(*other)).sum::<i64>(), 7, "{measure}");
        }
    }

    #[test]
    fn every_account_of_what_is_left_has_its_part() {
        for account in Account::ALL {
            let mut left = Left::default();
            left.add(account, 5);
            assert_eq!(left.sum(), if account.is_left() { 5 } else { 0 }, "{account}");
            assert!(left.parts().iter().all(|(part, vnd)| (*part == account) == (*vnd == 5)), "{account}");
        }
    }
}
