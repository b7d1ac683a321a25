//! Kinds of entries, in one table: which accounts each may touch, what its leaf says besides, which personal fields it
//! commits to, and what of it is shown.
//!
//! The list only grows. A kind's fields are fixed for its leaf version: verifiers rely on them.

use super::accounts::Account::{self, *};
use crate::basics::codes::codes;
use crate::http::Say;

codes! {
    /// How a gift came.
    #[derive(Hash, PartialOrd, Ord)]
    pub wire enum Channel {
        /// Tiền mặt.
        Cash = "CASH",
        /// Chuyển khoản.
        BankTransfer = "BANK_TRANSFER",
        /// Hiện vật.
        InKind = "IN_KIND",
        /// Cổng 1400: one sum for many messages.
        Sms = "SMS",
        /// Ví điện tử, settled as one sum.
        EWallet = "E_WALLET",
    }
}

impl Channel {
    /// In plain words.
    pub fn said(self) -> Say {
        match self {
            Channel::Cash => Say::fixed("Tiền mặt", "Cash"),
            Channel::BankTransfer => Say::fixed("Chuyển khoản", "Bank transfer"),
            Channel::InKind => Say::fixed("Hiện vật", "Goods"),
            Channel::Sms => Say::fixed("Tin nhắn 1400", "Text message (1400)"),
            Channel::EWallet => Say::fixed("Ví điện tử", "E-wallet"),
        }
    }

    /// The kind of entry a gift by this channel becomes.
    pub fn gift_kind(self) -> Kind {
        match self {
            Channel::Cash => Kind::GiftCash,
            Channel::BankTransfer => Kind::GiftBank,
            Channel::InKind => Kind::GiftInKind,
            Channel::Sms | Channel::EWallet => Kind::GiftAggregate,
        }
    }
}

codes! {
    /// What an entry, or a leaf without money, is.
    #[derive(Hash, PartialOrd, Ord)]
    pub enum Kind {
        GiftCash = "GIFT_CASH",
        GiftBank = "GIFT_BANK",
        GiftInKind = "GIFT_IN_KIND",
        GiftAggregate = "GIFT_AGGREGATE",
        Reversal = "REVERSAL",
        /// What a chapter already had when its books came here (số dư đầu kỳ).
        OpeningBalance = "OPENING_BALANCE",
        /// Money or goods on their way to another chapter (nộp lên cấp trên, phân bổ xuống cấp dưới).
        TransferOut = "TRANSFER_OUT",
        /// What the other chapter confirmed.
        TransferIn = "TRANSFER_IN",
        /// What came back of it, to the sender.
        TransferReturn = "TRANSFER_RETURN",
        /// Goods bought into stock (mua hàng).
        Purchase = "PURCHASE",
        /// Money handed to a named person for a task (tạm ứng).
        Advance = "ADVANCE",
        /// What became of it (thanh toán tạm ứng).
        AdvanceClearing = "ADVANCE_CLEARING",
        /// Money spent (chi).
        Payment = "PAYMENT",
        /// Money handed to households by a list.
        DistributionCash = "DISTRIBUTION_CASH",
        /// Goods handed to households by a list.
        DistributionGoods = "DISTRIBUTION_GOODS",
        /// Goods lost, spoiled or found (điều chỉnh tồn kho).
        StockAdjustment = "STOCK_ADJUSTMENT",
        /// Money or goods that change their fund by a decision; two entries, one a fund.
        FundRelease = "FUND_RELEASE",
        /// A gift given back to its giver.
        Refund = "REFUND",
        /// Members' dues (hội phí).
        Dues = "DUES",
        /// State budget, services, other income (thu khác).
        Income = "INCOME",
        /// Cash brought to the bank (nộp tiền vào ngân hàng).
        CashDeposit = "CASH_DEPOSIT",
        /// Cash fetched from the bank (rút tiền gửi).
        CashWithdrawal = "CASH_WITHDRAWAL",
        /// A line of the bank's statement that clears what was on its way.
        BankConfirmation = "BANK_CONFIRMATION",
        /// What a count of the cash found too much or too little (chênh lệch kiểm quỹ).
        CashCountDifference = "CASH_COUNT_DIFFERENCE",
        /// Interest paid by the bank.
        Interest = "INTEREST",
        /// What the bank charges.
        BankFee = "BANK_FEE",
        /// A leaf without money: the giver's data behind an entry were corrected, or are shown in another way.
        Amendment = "AMENDMENT",
        /// A leaf without money: the giver's data behind an entry were erased.
        Erasure = "ERASURE",
        /// A leaf without money: a document that the law wants published of an appeal was published.
        Publication = "PUBLICATION",
        /// A leaf without money: something was stated in public, word for word (an allocation, a closed period, a settlement).
        Statement = "STATEMENT",
    }
}

/// What the leaf of a kind says besides what every leaf says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The entry it is about.
    Of,
    /// The other chapter.
    To,
    Category,
    Reason,
    Goods,
    List,
    Count,
    Root,
    /// Which statement it is.
    Event,
    /// It must name a document.
    Doc,
}

/// What the public row of an entry shows as its amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// What is debited: the sum of an ordinary entry.
    Debits,
    /// What these accounts were debited.
    Debit(&'static [Account]),
    /// What these accounts were credited.
    Credit(&'static [Account]),
}

/// One kind's row in the table.
#[derive(Debug)]
pub struct KindRow {
    pub kind: Kind,
    /// Accounts it may debit; empty for kinds that take the postings of another entry, or have none.
    pub debits: &'static [Account],
    /// Accounts it may credit.
    pub credits: &'static [Account],
    pub shows: Shows,
    pub fields: &'static [Field],
    /// Personal fields behind `pd` in leaf v1, in bytewise order.
    pub committed: &'static [&'static str],
}

const DONATIONS: &[Account] = &[DonationRestricted, DonationUnrestricted];
const GIVER: &[&str] = crate::log::commitment::GIVER_FIELDS;
const NOTE: &[&str] = &["note", "time"];
const PAYEE: &[&str] = &["account", "name", "note", "time"];
const NAMED: &[&str] = &["name", "note", "time"];
/// Where money is spent from.
const PURSE: &[Account] = &[CashOnHand, InTransitOut];
const MONEY_IN: &[Account] = &[CashOnHand, InTransit];
/// What two chapters may settle by book: every account of what is left, as it stands, of either sign, and against it
/// what one owes the other.
const BY_BOOK: &[Account] =
    &[CashOnHand, Bank, InTransit, InTransitOut, GoodsInStock, ReceivableOther, Advance, Payable, Interchapter];

const fn row(kind: Kind, debits: &'static [Account], credits: &'static [Account]) -> KindRow {
    KindRow { kind, debits, credits, shows: Shows::Debits, fields: &[], committed: &[] }
}

const fn gift(kind: Kind, debits: &'static [Account]) -> KindRow {
    KindRow { shows: Shows::Credit(DONATIONS), committed: GIVER, ..row(kind, debits, DONATIONS) }
}

/// A leaf without money.
const fn leaf(kind: Kind) -> KindRow {
    row(kind, &[], &[])
}

/// All kinds. A hand-logged bank gift waits in transit until the statement line clears it: only an accepted line
/// may post to BANK, so the same money is never booked twice.
pub const KINDS: &[KindRow] = &[
    gift(Kind::GiftCash, &[CashOnHand]),
    gift(Kind::GiftBank, &[InTransit]),
    KindRow { fields: &[Field::Goods], ..gift(Kind::GiftInKind, &[GoodsInStock]) },
    gift(Kind::GiftAggregate, &[InTransit]),
    KindRow { fields: &[Field::Of, Field::Reason], committed: NOTE, ..row(Kind::Reversal, &[], &[]) },
    // Old money was received long ago, perhaps published long ago: it is carried to the balance of its fund and is no
    // donation of today. A fund that owed more than it had is debited.
    KindRow {
        shows: Shows::Credit(&[FundBalance]),
        committed: NOTE,
        ..row(
            Kind::OpeningBalance,
            &[CashOnHand, Bank, GoodsInStock, ReceivableOther, Advance, FundBalance],
            &[Payable, FundBalance],
        )
    },
    KindRow {
        shows: Shows::Debit(&[Interchapter]),
        fields: &[Field::To, Field::Goods],
        committed: NOTE,
        ..row(Kind::TransferOut, BY_BOOK, BY_BOOK)
    },
    KindRow {
        shows: Shows::Credit(&[Interchapter]),
        fields: &[Field::Of, Field::Goods],
        committed: NOTE,
        ..row(Kind::TransferIn, BY_BOOK, BY_BOOK)
    },
    KindRow {
        shows: Shows::Credit(&[Interchapter]),
        fields: &[Field::Of, Field::Goods],
        committed: NOTE,
        ..row(Kind::TransferReturn, &[CashOnHand, InTransit, GoodsInStock], &[Interchapter])
    },
    KindRow {
        fields: &[Field::Goods],
        committed: PAYEE,
        ..row(Kind::Purchase, &[GoodsInStock], &[CashOnHand, InTransitOut, Payable, Advance])
    },
    KindRow { committed: NAMED, ..row(Kind::Advance, &[Advance], PURSE) },
    KindRow {
        fields: &[Field::Of, Field::Category],
        committed: NAMED,
        ..row(Kind::AdvanceClearing, &[AidExpense, OperatingExpense, Payable, CashOnHand, InTransit], &[Advance, ReceivableOther])
    },
    KindRow {
        fields: &[Field::Category],
        committed: PAYEE,
        ..row(Kind::Payment, &[AidExpense, OperatingExpense, Payable], &[CashOnHand, InTransitOut, Payable])
    },
    // Who was handed something stands behind `root`, household by household; `pd` commits to no fields.
    KindRow {
        fields: &[Field::List, Field::Count, Field::Root],
        ..row(Kind::DistributionCash, &[AidExpense], &[CashOnHand, Advance, InTransitOut])
    },
    KindRow {
        fields: &[Field::List, Field::Count, Field::Root, Field::Goods],
        ..row(Kind::DistributionGoods, &[AidExpense], &[GoodsInStock])
    },
    KindRow {
        shows: Shows::Debit(&[Loss]),
        fields: &[Field::Reason, Field::Goods],
        committed: NOTE,
        ..row(Kind::StockAdjustment, &[Loss, GoodsInStock], &[Loss, GoodsInStock])
    },
    // By book, BANK stands on both sides.
    KindRow {
        shows: Shows::Credit(&[Interfund]),
        fields: &[Field::Of, Field::Goods, Field::Doc],
        committed: NOTE,
        ..row(
            Kind::FundRelease,
            &[Interfund, CashOnHand, InTransit, GoodsInStock, Bank],
            &[Interfund, CashOnHand, InTransitOut, GoodsInStock, Bank],
        )
    },
    KindRow { fields: &[Field::Of], committed: PAYEE, ..row(Kind::Refund, &[Refunded], PURSE) },
    KindRow { fields: &[Field::Count], committed: NOTE, ..row(Kind::Dues, MONEY_IN, &[DuesIncome]) },
    KindRow { fields: &[Field::Category], committed: NOTE, ..row(Kind::Income, MONEY_IN, &[OtherIncome]) },
    KindRow { committed: NOTE, ..row(Kind::CashDeposit, &[InTransit], &[CashOnHand]) },
    KindRow { committed: NOTE, ..row(Kind::CashWithdrawal, &[CashOnHand], &[InTransitOut]) },
    KindRow { committed: NOTE, ..row(Kind::BankConfirmation, &[Bank, InTransitOut], &[InTransit, Bank]) },
    KindRow {
        shows: Shows::Debit(&[Loss]),
        fields: &[Field::Reason],
        committed: NOTE,
        ..row(Kind::CashCountDifference, &[Loss, CashOnHand, Advance], &[Loss, CashOnHand, Advance])
    },
    KindRow { committed: NOTE, ..row(Kind::Interest, &[Bank, InTransit], &[OtherIncome]) },
    KindRow { committed: NOTE, ..row(Kind::BankFee, &[OperatingExpense], &[Bank, InTransitOut]) },
    KindRow { fields: &[Field::Of], committed: GIVER, ..leaf(Kind::Amendment) },
    // Nothing stands behind it: `pd` is the commitment of no fields, the same in every erasure.
    KindRow { fields: &[Field::Of], ..leaf(Kind::Erasure) },
    // Everything about these two is public: `pd` commits to no fields.
    KindRow { fields: &[Field::Of, Field::Event, Field::Doc], ..leaf(Kind::Publication) },
    KindRow { fields: &[Field::Of, Field::Event, Field::Doc], ..leaf(Kind::Statement) },
];

impl Kind {
    pub fn row(self) -> &'static KindRow {
        // Every kind has a row (tested); the first one is a harmless fallback the compiler asks for.
        KINDS.iter().find(|row| row.kind == self).unwrap_or(&KINDS[0])
    }

    /// A gift, of whatever channel.
    pub fn is_gift(self) -> bool {
        matches!(self, Kind::GiftCash | Kind::GiftBank | Kind::GiftInKind | Kind::GiftAggregate)
    }

    /// Whether it has postings; the others are leaves alone.
    pub fn has_money(self) -> bool {
        !matches!(self, Kind::Amendment | Kind::Erasure | Kind::Publication | Kind::Statement)
    }

    /// Whether its leaf says this of itself.
    pub fn says(self, field: Field) -> bool {
        self.row().fields.contains(&field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_exactly_its_own_row_and_sorted_committed_fields() {
        for kind in Kind::ALL {
            assert_eq!(KINDS.iter().filter(|row| row.kind == kind).count(), 1, "{kind}");
            let row = kind.row();
            assert!(row.committed.windows(2).all(|w| w[0].as_bytes() < w[1].as_bytes()), "{kind}");
            assert_eq!(kind.has_money() && kind != Kind::Reversal, !row.debits.is_empty(), "{kind}");
            assert_eq!(row.debits.is_empty(), row.credits.is_empty(), "{kind}");
        }
        for channel in Channel::ALL {
            assert!(!channel.gift_kind().row().debits.is_empty());
        }
    }

    #[test]
    fn only_gifts_touch_donations() {
        for row in KINDS.iter().filter(|row| !row.kind.is_gift()) {
            assert!(row.debits.iter().chain(row.credits).all(|account| !account.is_donation()), "{}", row.kind);
        }
    }
}
