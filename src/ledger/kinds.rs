//! Kinds of entries, in one table: which accounts each may touch and which personal fields its leaf commits to.
//!
//! The list only grows. A kind's committed fields are fixed for its leaf version: verifiers rely on them.

use crate::basics::codes::codes;
use crate::http::Say;

codes! {
    /// Our own accounts; the statutory number is data by regime and date (Circular 41/2022).
    #[derive(Hash, PartialOrd, Ord)]
    pub enum Account {
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
    }
}

impl Account {
    /// Whether the account holds money or goods, of which no more can leave than is there.
    pub fn is_guarded(self) -> bool {
        matches!(self, Account::CashOnHand | Account::Bank | Account::InTransit | Account::GoodsInStock)
    }

    /// Whether a credit here means that a gift was received.
    pub fn is_donation(self) -> bool {
        matches!(self, Account::DonationRestricted | Account::DonationUnrestricted)
    }
}

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

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    GiftCash,
    GiftBank,
    GiftInKind,
    GiftAggregate,
    Reversal,
    /// What a chapter already had when its books came here (số dư đầu kỳ).
    OpeningBalance,
    /// A leaf without money: the giver's data behind an entry were corrected, or are shown in another way.
    Amendment,
    /// A leaf without money: the giver's data behind an entry were erased.
    Erasure,
    /// A leaf without money: a document that the law wants published of an appeal was published.
    Publication,
}

/// One kind's row in the table.
pub struct KindRow {
    pub kind: Kind,
    pub name: &'static str,
    /// Accounts it may debit; empty for kinds that take the postings of another entry.
    pub debits: &'static [Account],
    /// Accounts it may credit.
    pub credits: &'static [Account],
    /// Personal fields behind `pd` in leaf v1, in bytewise order.
    pub committed: &'static [&'static str],
}

const DONATIONS: &[Account] = &[Account::DonationRestricted, Account::DonationUnrestricted];
const GIVER: &[&str] = crate::log::commitment::GIVER_FIELDS;

/// All kinds. A hand-logged bank gift waits in transit until the statement line clears it: only an accepted line
/// may post to BANK, so the same money is never booked twice.
pub const KINDS: &[KindRow] = &[
    KindRow { kind: Kind::GiftCash, name: "GIFT_CASH", debits: &[Account::CashOnHand], credits: DONATIONS, committed: GIVER },
    KindRow { kind: Kind::GiftBank, name: "GIFT_BANK", debits: &[Account::InTransit], credits: DONATIONS, committed: GIVER },
    KindRow {
        kind: Kind::GiftInKind,
        name: "GIFT_IN_KIND",
        debits: &[Account::GoodsInStock],
        credits: DONATIONS,
        committed: GIVER,
    },
    KindRow {
        kind: Kind::GiftAggregate,
        name: "GIFT_AGGREGATE",
        debits: &[Account::InTransit],
        credits: DONATIONS,
        committed: GIVER,
    },
    KindRow { kind: Kind::Reversal, name: "REVERSAL", debits: &[], credits: &[], committed: &["note", "time"] },
    // Old money was received long ago, perhaps published long ago: it is carried to the balance of its fund and is no
    // donation of today. A fund that owed more than it had is debited.
    KindRow {
        kind: Kind::OpeningBalance,
        name: "OPENING_BALANCE",
        debits: &[
            Account::CashOnHand,
            Account::Bank,
            Account::GoodsInStock,
            Account::ReceivableOther,
            Account::Advance,
            Account::FundBalance,
        ],
        credits: &[Account::Payable, Account::FundBalance],
        committed: &["note", "time"],
    },
    KindRow { kind: Kind::Amendment, name: "AMENDMENT", debits: &[], credits: &[], committed: GIVER },
    // Nothing stands behind it: `pd` is the commitment of no fields, the same in every erasure.
    KindRow { kind: Kind::Erasure, name: "ERASURE", debits: &[], credits: &[], committed: &[] },
    // Everything about it is public: `pd` commits to no fields.
    KindRow { kind: Kind::Publication, name: "PUBLICATION", debits: &[], credits: &[], committed: &[] },
];

impl Kind {
    pub fn row(self) -> &'static KindRow {
        // Every kind has a row (tested); the first one is a harmless fallback the compiler asks for.
        KINDS.iter().find(|row| row.kind == self).unwrap_or(&KINDS[0])
    }

    pub fn name(self) -> &'static str {
        self.row().name
    }

    pub fn parse(name: &str) -> Option<Kind> {
        KINDS.iter().find(|row| row.name == name).map(|row| row.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_exactly_its_own_row_and_sorted_committed_fields() {
        for kind in [
            Kind::GiftCash,
            Kind::GiftBank,
            Kind::GiftInKind,
            Kind::GiftAggregate,
            Kind::Reversal,
            Kind::OpeningBalance,
            Kind::Amendment,
            Kind::Erasure,
            Kind::Publication,
        ] {
            assert_eq!(KINDS.iter().filter(|row| row.kind == kind).count(), 1);
            assert_eq!(Kind::parse(kind.name()), Some(kind));
            let committed = kind.row().committed;
            assert!(committed.windows(2).all(|w| w[0].as_bytes() < w[1].as_bytes()));
        }
        for channel in Channel::ALL {
            assert_eq!(Channel::parse(channel.name()), Some(channel));
            assert!(!channel.gift_kind().row().debits.is_empty());
        }
        for account in Account::ALL {
            assert_eq!(Account::parse(account.name()), Some(account));
        }
    }
}
