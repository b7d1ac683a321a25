//! The measures: the terms of the one equation.
//!
//! Received + opened + other income ± released + taken over − sent = handed out + paid + refunded + lost + left. A measure
//! is a sum of postings and of nothing else, so that whoever has the log can add it up.

use super::accounts::Account;
use super::kinds::Kind;
use crate::basics::codes::codes;

codes! {
    /// A term of the equation.
    #[derive(Hash, PartialOrd, Ord)]
    pub wire enum Measure {
        /// Ủng hộ đã nhận.
        Received = "RECEIVED",
        /// Số dư mang sang từ sổ cũ.
        Opened = "OPENED",
        /// Thu khác: hội phí, ngân sách, dịch vụ, lãi.
        OtherIncome = "OTHER_INCOME",
        /// Chuyển giữa các quỹ: added to a fund, or below zero taken from it.
        Released = "RELEASED",
        /// Đã nhận từ đơn vị khác.
        TakenOver = "TAKEN_OVER",
        /// Đã chuyển cho đơn vị khác.
        Sent = "SENT",
        /// Đã trao theo danh sách.
        HandedOut = "HANDED_OUT",
        /// Đã chi.
        Paid = "PAID",
        /// Đã hoàn trả người ủng hộ.
        Refunded = "REFUNDED",
        /// Hao hụt, mất mát.
        Lost = "LOST",
    }
}

impl Measure {
    /// What a posting of a kind adds to, and whether debits count as positive. `None`: it is part of what is left. A
    /// reversal counts as the kind of its original.
    pub fn of(kind: Kind, account: Account) -> Option<(Measure, i64)> {
        let handed_out = matches!(kind, Kind::DistributionCash | Kind::DistributionGoods);
        Some(match account {
            Account::DonationRestricted | Account::DonationUnrestricted => (Measure::Received, -1),
            Account::FundBalance => (Measure::Opened, -1),
            Account::DuesIncome | Account::OtherIncome => (Measure::OtherIncome, -1),
            Account::Interfund => (Measure::Released, -1),
            Account::Interchapter if kind == Kind::TransferIn => (Measure::TakenOver, -1),
            Account::Interchapter => (Measure::Sent, 1),
            Account::AidExpense if handed_out => (Measure::HandedOut, 1),
            Account::AidExpense | Account::OperatingExpense => (Measure::Paid, 1),
            Account::Refunded => (Measure::Refunded, 1),
            Account::Loss => (Measure::Lost, 1),
            Account::CashOnHand
            | Account::Bank
            | Account::InTransit
            | Account::InTransitOut
            | Account::GoodsInStock
            | Account::ReceivableOther
            | Account::Advance
            | Account::Payable => return None,
        })
    }

    /// On which side of the equation it stands: +1 lengthens what is left, −1 takes from it.
    pub fn side(self) -> i64 {
        match self {
            Measure::Received | Measure::Opened | Measure::OtherIncome | Measure::Released | Measure::TakenOver => 1,
            Measure::Sent | Measure::HandedOut | Measure::Paid | Measure::Refunded | Measure::Lost => -1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::kinds::{KINDS, Shows};

    /// Whatever a kind may touch belongs to exactly one measure, or is left; what a kind shows is part of it.
    #[test]
    fn every_posting_of_every_kind_is_measured_once_or_left() {
        for row in KINDS.iter().filter(|row| row.kind.has_money()) {
            for account in row.debits.iter().chain(row.credits) {
                assert_eq!(Measure::of(row.kind, *account).is_some(), !account.is_left(), "{} {account}", row.kind);
            }
            if let Shows::Debit(accounts) | Shows::Credit(accounts) = row.shows {
                assert!(accounts.iter().all(|a| row.debits.contains(a) || row.credits.contains(a)), "{}", row.kind);
            }
        }
    }
}
