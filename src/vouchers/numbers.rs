//! Which numbered documents an entry takes. Pure.

use crate::basics::codes::codes;
use crate::ledger::accounts::Account;
use crate::ledger::kinds::Kind;
use crate::ledger::model::Posting;

codes! {
    /// A document that the law wants numbered without gaps.
    #[derive(Hash, PartialOrd, Ord)]
    pub wire enum Document {
        /// Phiếu chi.
        CashPayment = "CASH_PAYMENT",
        /// Phiếu thu.
        CashReceipt = "CASH_RECEIPT",
        /// Phiếu nhập kho.
        StockIn = "STOCK_IN",
        /// Phiếu xuất kho.
        StockOut = "STOCK_OUT",
    }
}

impl Document {
    /// Before the chapter in the name of a series: `PC` of *phiếu chi*.
    pub fn prefix(self) -> &'static str {
        match self {
            Document::CashPayment => "PC",
            Document::CashReceipt => "PT",
            Document::StockIn => "PN",
            Document::StockOut => "PX",
        }
    }

    /// In names of files.
    pub fn stem(self) -> &'static str {
        match self {
            Document::CashPayment => "phieu-chi",
            Document::CashReceipt => "phieu-thu",
            Document::StockIn => "phieu-nhap-kho",
            Document::StockOut => "phieu-xuat-kho",
        }
    }

    /// What it moves.
    pub fn account(self) -> Account {
        match self {
            Document::CashPayment | Document::CashReceipt => Account::CashOnHand,
            Document::StockIn | Document::StockOut => Account::GoodsInStock,
        }
    }

    /// Whether it is of goods: a table, and a keeper of the store who signs.
    pub fn is_of_goods(self) -> bool {
        self.account() == Account::GoodsInStock
    }

    /// Whether what moves comes in.
    pub fn comes_in(self) -> bool {
        matches!(self, Document::CashReceipt | Document::StockIn)
    }
}

/// Whether entries of a kind take numbers here: gifts have receipts of their own, a reversal leaves the number with its original,
/// and what changes its fund stays in the till.
fn takes_numbers(kind: Kind) -> bool {
    !kind.is_gift() && kind.has_money() && !matches!(kind, Kind::Reversal | Kind::OpeningBalance | Kind::FundRelease)
}

/// The documents of an entry, in the order in which their series are locked. What two chapters settle by book takes none: nothing
/// is handed over, and whoever books knows (`super::store::book`).
pub fn documents_of(kind: Kind, postings: &[Posting]) -> Vec<Document> {
    if !takes_numbers(kind) {
        return Vec::new();
    }
    let moved = |account| -> i64 { postings.iter().filter(|p| p.account == account).map(|p| p.amount).sum() };
    let takes = |document: &Document| {
        let amount = moved(document.account());
        if document.comes_in() { amount > 0 } else { amount < 0 }
    };
    Document::ALL.into_iter().filter(takes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::model::FundId;

    #[test]
    fn what_moves_decides_which_documents_there_are() {
        let posting = |account, amount| Posting { account, fund: FundId(1), amount };
        let paid = [posting(Account::AidExpense, 5), posting(Account::CashOnHand, -5)];
        assert_eq!(documents_of(Kind::Payment, &paid), [Document::CashPayment]);
        assert_eq!(documents_of(Kind::FundRelease, &[posting(Account::Interfund, 5), posting(Account::CashOnHand, -5)]), []);
        let bought = [posting(Account::GoodsInStock, 5), posting(Account::CashOnHand, -5)];
        assert_eq!(documents_of(Kind::Purchase, &bought), [Document::CashPayment, Document::StockIn]);
        let back = [posting(Account::AidExpense, 3), posting(Account::CashOnHand, 2), posting(Account::Advance, -5)];
        assert_eq!(documents_of(Kind::AdvanceClearing, &back), [Document::CashReceipt]);
        let by_bank = [posting(Account::AidExpense, 5), posting(Account::InTransitOut, -5)];
        assert_eq!(documents_of(Kind::Payment, &by_bank), []);
        for kind in [Kind::Reversal, Kind::OpeningBalance, Kind::GiftCash] {
            assert_eq!(documents_of(kind, &bought), [], "{kind}");
        }
    }

    #[test]
    fn documents_are_sorted_as_their_series_are_locked() {
        assert!(Document::ALL.is_sorted_by_key(|document| document.name()));
    }
}
