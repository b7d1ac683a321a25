//! Accounts, and what of them may not fall below zero.

use crate::basics::codes::codes;

codes! {
    /// Our own accounts; the statutory number is data by regime and date (Circular 41/2022).
    #[derive(Hash, PartialOrd, Ord)]
    #[schema(as = LedgerAccount)]
    pub wire enum Account {
        CashOnHand = "CASH_ON_HAND",
        InTransit = "IN_TRANSIT",
        GoodsInStock = "GOODS_IN_STOCK",
        DonationRestricted = "DONATION_RESTRICTED",
        DonationUnrestricted = "DONATION_UNRESTRICTED",
        Bank = "BANK",
        ReceivableOther = "RECEIVABLE_OTHER",
        Advance = "ADVANCE",
        Payable = "PAYABLE",
        FundBalance = "FUND_BALANCE",
        /// What left by the bank and is not on its statement yet: a credit balance.
        InTransitOut = "IN_TRANSIT_OUT",
        AidExpense = "AID_EXPENSE",
        OperatingExpense = "OPERATING_EXPENSE",
        Interchapter = "INTERCHAPTER",
        Interfund = "INTERFUND",
        DuesIncome = "DUES_INCOME",
        OtherIncome = "OTHER_INCOME",
        Refunded = "REFUNDED",
        Loss = "LOSS",
    }
}

codes! {
    /// What there must be enough of before it can leave. A row of `balance` each.
    #[derive(Hash, PartialOrd, Ord)]
    pub enum Guard {
        CashOnHand = "CASH_ON_HAND",
        GoodsInStock = "GOODS_IN_STOCK",
        Advance = "ADVANCE",
        /// BANK, IN_TRANSIT and IN_TRANSIT_OUT together: what comes and goes by bank is there before the statement says so.
        BankGroup = "BANK_GROUP",
    }
}

impl Account {
    /// What a credit here takes from.
    pub fn guard(self) -> Option<Guard> {
        match self {
            Account::CashOnHand => Some(Guard::CashOnHand),
            Account::GoodsInStock => Some(Guard::GoodsInStock),
            Account::Advance => Some(Guard::Advance),
            Account::Bank | Account::InTransit | Account::InTransitOut => Some(Guard::BankGroup),
            _ => None,
        }
    }

    /// Whether a credit here means that a gift was received.
    pub fn is_donation(self) -> bool {
        matches!(self, Account::DonationRestricted | Account::DonationUnrestricted)
    }

    /// Whether what stands here is part of what is left: what there is, what is owed to us and, below zero, what we owe.
    pub fn is_left(self) -> bool {
        matches!(
            self,
            Account::CashOnHand
                | Account::Bank
                | Account::InTransit
                | Account::InTransitOut
                | Account::GoodsInStock
                | Account::ReceivableOther
                | Account::Advance
                | Account::Payable
        )
    }
}
