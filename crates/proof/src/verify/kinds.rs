//! What this program knows of kinds: which accounts each may move, what its leaf says besides, whom it may be about, what of it
//! is shown, and to which term of the equation each posting belongs.
//!
//! It is a second copy of what the ledger knows, on purpose: whoever changes one alone is found out. Both lists only grow.

/// What a leaf of a kind must and must not have.
#[derive(Debug, PartialEq, Eq)]
pub struct KindRule {
    pub name: &'static str,
    /// Has postings (and only then).
    pub money: bool,
    pub of: Of,
    /// Nothing personal stands behind `pd`.
    pub open: bool,
    /// Accounts it may debit, and credit. Of a reversal both are those of what it takes back.
    pub debits: &'static [&'static str],
    pub credits: &'static [&'static str],
    pub shows: Shows,
    /// Of the fields that only some kinds have: those it may have.
    pub may: &'static [&'static str],
    /// And those it must have.
    pub must: &'static [&'static str],
}

/// Whom a leaf of a kind speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Nobody,
    /// An earlier entry.
    Entry,
    /// An earlier entry of one of these kinds.
    Kinds(&'static [&'static str]),
    /// An earlier leaf of its own kind, or nobody.
    Predecessor,
}

/// What of the postings a row shows as its amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// What was debited.
    Debits,
    /// The sum of the postings to these accounts.
    Debit(&'static [&'static str]),
    /// The same with the other sign.
    Credit(&'static [&'static str]),
}

const GIFTS: &[&str] = &["GIFT_CASH", "GIFT_BANK", "GIFT_IN_KIND", "GIFT_AGGREGATE"];
const DONATIONS: &[&str] = &["DONATION_RESTRICTED", "DONATION_UNRESTRICTED"];
const BY_BOOK: &[&str] = &[
    "CASH_ON_HAND",
    "BANK",
    "IN_TRANSIT",
    "IN_TRANSIT_OUT",
    "GOODS_IN_STOCK",
    "RECEIVABLE_OTHER",
    "ADVANCE",
    "PAYABLE",
    "INTERCHAPTER",
];
const PURSE: &[&str] = &["CASH_ON_HAND", "IN_TRANSIT_OUT"];
const MONEY_IN: &[&str] = &["CASH_ON_HAND", "IN_TRANSIT"];

const fn money(name: &'static str, debits: &'static [&'static str], credits: &'static [&'static str]) -> KindRule {
    KindRule { name, money: true, of: Of::Nobody, open: false, debits, credits, shows: Shows::Debits, may: &[], must: &[] }
}

const fn gift(name: &'static str, debits: &'static [&'static str], may: &'static [&'static str]) -> KindRule {
    KindRule { shows: Shows::Credit(DONATIONS), may, ..money(name, debits, DONATIONS) }
}

const fn leaf(name: &'static str, of: Of, open: bool) -> KindRule {
    KindRule { of, open, ..KindRule { money: false, ..money(name, &[], &[]) } }
}

/// Kinds this program understands. The list only grows.
pub const KINDS: &[KindRule] = &[
    gift("GIFT_CASH", &["CASH_ON_HAND"], &[]),
    gift("GIFT_BANK", &["IN_TRANSIT"], &[]),
    gift("GIFT_IN_KIND", &["GOODS_IN_STOCK"], &["goods"]),
    gift("GIFT_AGGREGATE", &["IN_TRANSIT"], &[]),
    KindRule {
        shows: Shows::Credit(&["FUND_BALANCE"]),
        ..money(
            "OPENING_BALANCE",
            &["CASH_ON_HAND", "BANK", "GOODS_IN_STOCK", "RECEIVABLE_OTHER", "ADVANCE", "FUND_BALANCE"],
            &["PAYABLE", "FUND_BALANCE"],
        )
    },
    KindRule { of: Of::Entry, must: &["reason"], ..money("REVERSAL", &[], &[]) },
    leaf("AMENDMENT", Of::Entry, false),
    leaf("ERASURE", Of::Entry, true),
    KindRule { may: &["period"], must: &["event"], ..leaf("PUBLICATION", Of::Predecessor, true) },
    KindRule { must: &["reason", "key"], ..leaf("KEY", Of::Nobody, true) },
    KindRule {
        shows: Shows::Debit(&["INTERCHAPTER"]),
        may: &["goods"],
        must: &["to"],
        ..money("TRANSFER_OUT", BY_BOOK, BY_BOOK)
    },
    KindRule {
        of: Of::Kinds(&["TRANSFER_OUT"]),
        shows: Shows::Credit(&["INTERCHAPTER"]),
        may: &["goods"],
        ..money("TRANSFER_IN", BY_BOOK, BY_BOOK)
    },
    KindRule {
        of: Of::Kinds(&["TRANSFER_OUT"]),
        shows: Shows::Credit(&["INTERCHAPTER"]),
        may: &["goods"],
        ..money("TRANSFER_RETURN", &["CASH_ON_HAND", "IN_TRANSIT", "GOODS_IN_STOCK"], &["INTERCHAPTER"])
    },
    KindRule {
        may: &["goods"],
        ..money("PURCHASE", &["GOODS_IN_STOCK"], &["CASH_ON_HAND", "IN_TRANSIT_OUT", "PAYABLE", "ADVANCE"])
    },
    money("ADVANCE", &["ADVANCE"], PURSE),
    KindRule {
        of: Of::Kinds(&["ADVANCE", "OPENING_BALANCE"]),
        may: &["category"],
        ..money(
            "ADVANCE_CLEARING",
            &["AID_EXPENSE", "OPERATING_EXPENSE", "PAYABLE", "CASH_ON_HAND", "IN_TRANSIT"],
            &["ADVANCE", "RECEIVABLE_OTHER"],
        )
    },
    KindRule {
        may: &["category"],
        ..money("PAYMENT", &["AID_EXPENSE", "OPERATING_EXPENSE", "PAYABLE"], &["CASH_ON_HAND", "IN_TRANSIT_OUT", "PAYABLE"])
    },
    KindRule {
        open: true,
        may: &["list", "count", "root"],
        ..money("DISTRIBUTION_CASH", &["AID_EXPENSE"], &["CASH_ON_HAND", "ADVANCE", "IN_TRANSIT_OUT"])
    },
    KindRule {
        open: true,
        may: &["list", "count", "root", "goods"],
        ..money("DISTRIBUTION_GOODS", &["AID_EXPENSE"], &["GOODS_IN_STOCK"])
    },
    KindRule {
        shows: Shows::Debit(&["LOSS"]),
        may: &["goods"],
        must: &["reason"],
        ..money("STOCK_ADJUSTMENT", &["LOSS", "GOODS_IN_STOCK"], &["LOSS", "GOODS_IN_STOCK"])
    },
    KindRule {
        of: Of::Predecessor,
        shows: Shows::Credit(&["INTERFUND"]),
        may: &["goods"],
        must: &["doc"],
        ..money(
            "FUND_RELEASE",
            &["INTERFUND", "CASH_ON_HAND", "IN_TRANSIT", "GOODS_IN_STOCK", "BANK"],
            &["INTERFUND", "CASH_ON_HAND", "IN_TRANSIT_OUT", "GOODS_IN_STOCK", "BANK"],
        )
    },
    KindRule { of: Of::Kinds(GIFTS), ..money("REFUND", &["REFUNDED"], PURSE) },
    KindRule { may: &["count"], ..money("DUES", MONEY_IN, &["DUES_INCOME"]) },
    KindRule { may: &["category"], ..money("INCOME", MONEY_IN, &["OTHER_INCOME"]) },
    money("CASH_DEPOSIT", &["IN_TRANSIT"], &["CASH_ON_HAND"]),
    money("CASH_WITHDRAWAL", &["CASH_ON_HAND"], &["IN_TRANSIT_OUT"]),
    money("BANK_CONFIRMATION", &["BANK", "IN_TRANSIT_OUT"], &["IN_TRANSIT", "BANK"]),
    KindRule {
        shows: Shows::Debit(&["LOSS"]),
        must: &["reason"],
        ..money("CASH_COUNT_DIFFERENCE", &["LOSS", "CASH_ON_HAND", "ADVANCE"], &["LOSS", "CASH_ON_HAND", "ADVANCE"])
    },
    money("INTEREST", &["BANK", "IN_TRANSIT"], &["OTHER_INCOME"]),
    money("BANK_FEE", &["OPERATING_EXPENSE"], &["BANK", "IN_TRANSIT_OUT"]),
    KindRule { must: &["event", "doc"], ..leaf("STATEMENT", Of::Predecessor, true) },
];

/// Fields that only some kinds have; every other field may stand in any leaf.
pub const OF_SOME: [&str; 10] = ["goods", "to", "category", "reason", "list", "count", "root", "event", "period", "key"];

/// The rule of a kind; `None` for one of later.
pub fn rule(name: &str) -> Option<&'static KindRule> {
    KINDS.iter().find(|rule| rule.name == name)
}

/// The terms of the equation but the last, as the API calls them, and on which side each stands.
pub const TERMS: [(&str, i128); 10] = [
    ("received_vnd", 1),
    ("opened_vnd", 1),
    ("other_income_vnd", 1),
    ("released_vnd", 1),
    ("taken_over_vnd", 1),
    ("sent_vnd", -1),
    ("handed_out_vnd", -1),
    ("paid_vnd", -1),
    ("refunded_vnd", -1),
    ("lost_vnd", -1),
];
/// The same as entries and exports call them.
pub const MEASURES: [&str; 10] =
    ["RECEIVED", "OPENED", "OTHER_INCOME", "RELEASED", "TAKEN_OVER", "SENT", "HANDED_OUT", "PAID", "REFUNDED", "LOST"];

/// The accounts of what is left, as the API calls their sums.
pub const LEFT: [(&str, &str); 8] = [
    ("CASH_ON_HAND", "cash_vnd"),
    ("BANK", "bank_vnd"),
    ("IN_TRANSIT", "bank_coming_vnd"),
    ("IN_TRANSIT_OUT", "bank_going_vnd"),
    ("GOODS_IN_STOCK", "goods_vnd"),
    ("ADVANCE", "advances_vnd"),
    ("RECEIVABLE_OTHER", "receivable_vnd"),
    ("PAYABLE", "payable_vnd"),
];

/// Where a posting belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// A place in [`TERMS`], and whether debits count as positive.
    Measure(usize, i128),
    /// A place in [`LEFT`].
    Left(usize),
}

/// Where a posting of a kind belongs; a reversal's as those of the kind it takes back. `None` for an account of later.
pub fn term(kind: &str, account: &str) -> Option<Term> {
    let measure = |name: &str, sign| MEASURES.iter().position(|known| *known == name).map(|n| Term::Measure(n, sign));
    match account {
        "DONATION_RESTRICTED" | "DONATION_UNRESTRICTED" => measure("RECEIVED", -1),
        "FUND_BALANCE" => measure("OPENED", -1),
        "DUES_INCOME" | "OTHER_INCOME" => measure("OTHER_INCOME", -1),
        "INTERFUND" => measure("RELEASED", -1),
        "INTERCHAPTER" if kind == "TRANSFER_IN" => measure("TAKEN_OVER", -1),
        "INTERCHAPTER" => measure("SENT", 1),
        "AID_EXPENSE" if kind.starts_with("DISTRIBUTION_") => measure("HANDED_OUT", 1),
        "AID_EXPENSE" | "OPERATING_EXPENSE" => measure("PAID", 1),
        "REFUNDED" => measure("REFUNDED", 1),
        "LOSS" => measure("LOST", 1),
        left => LEFT.iter().position(|(known, _)| *known == left).map(Term::Left),
    }
}

impl KindRule {
    /// The amount that a row of this kind shows; of a reversal that of what it takes back, below zero.
    pub fn shown<'p>(&self, postings: impl Iterator<Item = (&'p str, i128)> + Clone, is_reversal: bool) -> i128 {
        let sum = |accounts: &[&str]| -> i128 {
            postings.clone().filter(|(account, _)| accounts.contains(account)).map(|(_, amount)| amount).sum()
        };
        match self.shows {
            Shows::Debits => {
                let debits: i128 = postings.map(|(_, amount)| amount.max(0)).sum();
                if is_reversal { -debits } else { debits }
            }
            Shows::Debit(accounts) => sum(accounts),
            Shows::Credit(accounts) => -sum(accounts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_posting_of_every_kind_is_in_one_term() {
        for rule in KINDS.iter().filter(|rule| rule.money && rule.name != "REVERSAL") {
            for account in rule.debits.iter().chain(rule.credits) {
                assert!(term(rule.name, account).is_some(), "{} {account}", rule.name);
            }
            assert!(rule.must.iter().chain(rule.may).all(|field| OF_SOME.contains(field) || *field == "doc"), "{}", rule.name);
        }
        assert_eq!(term("GIFT_CASH", "VAULT"), None);
        assert_eq!(TERMS.map(|(name, _)| name.trim_end_matches("_vnd").to_uppercase()), MEASURES.map(str::to_owned));
    }

    #[test]
    fn no_kind_is_there_twice() {
        for (n, rule) in KINDS.iter().enumerate() {
            assert!(KINDS.iter().skip(n + 1).all(|other| other.name != rule.name), "{}", rule.name);
        }
    }

    #[test]
    fn what_is_shown_is_the_kinds() {
        let postings = [("INTERCHAPTER", 5), ("CASH_ON_HAND", -5)];
        let back = [("INTERCHAPTER", -5), ("CASH_ON_HAND", 5)];
        let shown =
            |kind: &str, of: [(&'static str, i128); 2], is_reversal| rule(kind).unwrap().shown(of.into_iter(), is_reversal);
        assert_eq!((shown("TRANSFER_OUT", postings, false), shown("TRANSFER_OUT", back, true)), (5, -5));
        assert_eq!((shown("TRANSFER_IN", back, false), shown("TRANSFER_IN", postings, true)), (5, -5));
        assert_eq!((shown("CASH_DEPOSIT", postings, false), shown("CASH_DEPOSIT", back, true)), (5, -5));
    }
}
