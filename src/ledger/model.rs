//! The rule core: what may become an entry. Pure; no connection, no HTTP.

use std::collections::BTreeMap;

use super::accounts::Account;
use super::kinds::{Kind, Shows};
use super::measures::Measure;
use crate::basics::Vnd;
use crate::basics::codes::codes;
use crate::basics::vnd::MAX_VND;

/// Internal id of a fund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FundId(pub i32);

codes! {
    /// What a fund's money may be used for.
    #[derive(Hash)]
    pub enum Restriction {
        General = "GENERAL",
        Appeal = "APPEAL",
        Earmarked = "EARMARKED",
        Operating = "OPERATING",
        Quarantine = "QUARANTINE",
        Statutory = "STATUTORY",
    }
}

/// A fund: money that may not mix with other money. National; any chapter can hold any fund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fund {
    pub id: FundId,
    /// `GENERAL`, `APPEAL:<code>`, `QUARANTINE:<code>` …
    pub code: String,
    pub restriction: Restriction,
    pub appeal: Option<String>,
}

impl Fund {
    /// Where a gift to this fund is credited.
    pub fn donation_account(&self) -> Account {
        match self.restriction {
            Restriction::General | Restriction::Operating => Account::DonationUnrestricted,
            _ => Account::DonationRestricted,
        }
    }
}

/// One posting: a debit (positive) or credit (negative) of an account within a fund, in đồng.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    pub account: Account,
    pub fund: FundId,
    pub amount: i64,
}

/// Postings that may be written: bounded, fitting their kind, zero per fund. Can only be made by the rules below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balanced {
    kind: Kind,
    /// The kind whose measures it moves: of a reversal, that of its original.
    counts_as: Kind,
    postings: Vec<Posting>,
}

/// Why postings are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unbalanced {
    #[error("an entry needs at least two postings")]
    TooFew,
    #[error("an entry has at most 200 postings")]
    TooMany,
    #[error("a posting of zero or of more than 10^15 đồng")]
    Amount,
    #[error("the postings of a fund do not sum to zero")]
    Fund,
    #[error("this kind of entry may not touch this account")]
    Account,
    #[error("a reversal cannot be reversed")]
    ReversalOfReversal,
}

pub const MAX_POSTINGS: usize = 200;

impl Balanced {
    /// The rules for any kind but REVERSAL, which [`Balanced::mirrored`] makes.
    pub fn new(kind: Kind, postings: Vec<Posting>) -> Result<Self, Unbalanced> {
        if postings.len() < 2 {
            return Err(Unbalanced::TooFew);
        }
        if postings.len() > MAX_POSTINGS {
            return Err(Unbalanced::TooMany);
        }
        let row = kind.row();
        let mut sums: BTreeMap<FundId, i128> = BTreeMap::new();
        for posting in &postings {
            if posting.amount == 0 || posting.amount.unsigned_abs() > MAX_VND.unsigned_abs() {
                return Err(Unbalanced::Amount);
            }
            let allowed = if posting.amount > 0 { row.debits } else { row.credits };
            if !allowed.contains(&posting.account) {
                return Err(Unbalanced::Account);
            }
            *sums.entry(posting.fund).or_default() += i128::from(posting.amount);
        }
        if sums.values().any(|sum| *sum != 0) {
            return Err(Unbalanced::Fund);
        }
        Ok(Self { kind, counts_as: kind, postings })
    }

    /// One sum from one account to another, within a fund.
    pub fn moved(kind: Kind, fund: FundId, amount: Vnd, from: Account, to: Account) -> Result<Self, Unbalanced> {
        let posting = |account, amount| Posting { account, fund, amount };
        Self::new(kind, vec![posting(to, amount.get()), posting(from, -amount.get())])
    }

    /// A gift: its channel's account is debited, the fund's donation account credited.
    pub fn gift(kind: Kind, fund: &Fund, amount: Vnd) -> Result<Self, Unbalanced> {
        let debit = kind.row().debits.first().copied().ok_or(Unbalanced::Account)?;
        let posting = |account, amount| Posting { account, fund: fund.id, amount };
        Self::new(kind, vec![posting(debit, amount.get()), posting(fund.donation_account(), -amount.get())])
    }

    /// What a fund had by its old books: `lines` are what it holds and, for PAYABLE, owes; the difference is its balance.
    pub fn opening(fund: FundId, lines: &[(Account, Vnd)]) -> Result<Self, Unbalanced> {
        let posting = |account, amount| Posting { account, fund, amount };
        let sign = |account| if account == Account::Payable { -1 } else { 1 };
        let mut postings: Vec<Posting> = lines.iter().map(|(a, vnd)| posting(*a, sign(*a) * vnd.get())).collect();
        let net: i128 = postings.iter().map(|p| i128::from(p.amount)).sum();
        if net != 0 {
            postings.push(posting(Account::FundBalance, i64::try_from(-net).map_err(|_| Unbalanced::Amount)?));
        }
        Self::new(Kind::OpeningBalance, postings)
    }

    /// The reversal of a written entry: every posting with the opposite sign, in the same order.
    pub fn mirrored(original: Kind, postings: &[Posting]) -> Result<Self, Unbalanced> {
        if original == Kind::Reversal {
            return Err(Unbalanced::ReversalOfReversal);
        }
        let checked = Self::new(original, postings.to_vec())?;
        let postings = checked.postings.into_iter().map(|p| Posting { amount: -p.amount, ..p }).collect();
        Ok(Self { kind: Kind::Reversal, counts_as: original, postings })
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }

    /// The kind whose measures it moves: of a reversal, that of its original.
    pub fn counts_as(&self) -> Kind {
        self.counts_as
    }

    /// The fund and the amount that the public row of this entry shows, by its kind: what was received, what came to the
    /// fund's balance, what was spent or sent; of a reversal, the same below zero. The first posting names the fund.
    pub fn shown(&self) -> Option<(FundId, i64)> {
        let sum = |accounts: &[Account]| -> i64 {
            self.postings.iter().filter(|p| accounts.contains(&p.account)).map(|p| p.amount).sum()
        };
        let debits = || -> i64 { self.postings.iter().map(|p| p.amount.max(0)).sum() };
        let amount = match self.counts_as.row().shows {
            Shows::Debits if self.kind == Kind::Reversal => -debits(),
            Shows::Debits => debits(),
            Shows::Debit(accounts) => sum(accounts),
            Shows::Credit(accounts) => -sum(accounts),
        };
        self.postings.first().map(|p| (p.fund, amount))
    }

    /// What it adds to the measures of each fund, in đồng; of a reversal, below zero. What adds up to nothing is left out.
    pub fn measures(&self) -> BTreeMap<(FundId, Measure), i64> {
        let mut measures = BTreeMap::new();
        for posting in &self.postings {
            if let Some((measure, sign)) = Measure::of(self.counts_as, posting.account) {
                *measures.entry((posting.fund, measure)).or_default() += sign * posting.amount;
            }
        }
        measures.retain(|_, amount| *amount != 0);
        measures
    }

    /// What this entry adds to "received" of each fund, in đồng; negative for a reversal of a gift.
    pub fn received(&self) -> BTreeMap<FundId, i64> {
        let received = self.measures().into_iter().filter(|((_, measure), _)| *measure == Measure::Received);
        received.map(|((fund, _), amount)| (fund, amount)).collect()
    }

    /// How many entries it counts for: one, and of a reversal one less.
    pub fn counts(&self) -> i64 {
        if self.kind == Kind::Reversal { -1 } else { 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fund(id: i32, restriction: Restriction) -> Fund {
        Fund { id: FundId(id), code: "F".to_owned(), restriction, appeal: None }
    }

    fn any_gift_kind() -> impl Strategy<Value = Kind> {
        prop_oneof![Just(Kind::GiftCash), Just(Kind::GiftBank), Just(Kind::GiftInKind), Just(Kind::GiftAggregate)]
    }

    proptest! {
        #[test]
        fn a_gift_and_its_reversal_leave_nothing(kind in any_gift_kind(), amount in 1..=MAX_VND, id in 1..9i32) {
            let gift = Balanced::gift(kind, &fund(id, Restriction::Appeal), Vnd::parse(amount).unwrap()).unwrap();
            let back = Balanced::mirrored(kind, gift.postings()).unwrap();
            prop_assert_eq!(gift.received()[&FundId(id)], amount);
            prop_assert_eq!(back.received()[&FundId(id)], -amount);
            for (there, here) in gift.postings().iter().zip(back.postings()) {
                prop_assert_eq!((there.account, there.fund, there.amount), (here.account, here.fund, -here.amount));
            }
        }

        /// Whatever is thrown at the core, what it lets through sums to zero in every fund and touches only its kind's accounts.
        #[test]
        fn nothing_unbalanced_passes(kind in any_gift_kind(), raw in proptest::collection::vec((0..Account::ALL.len(), 1..4i32, -9i64..9), 0..6)) {
            let postings: Vec<Posting> = raw.into_iter()
                .map(|(account, fund, amount)| Posting { account: Account::ALL[account], fund: FundId(fund), amount }).collect();
            if let Ok(balanced) = Balanced::new(kind, postings.clone()) {
                for id in 1..4 {
                    prop_assert_eq!(postings.iter().filter(|p| p.fund == FundId(id)).map(|p| p.amount).sum::<i64>(), 0);
                }
                prop_assert!(balanced.postings().iter().all(|p| p.amount != 0));
                prop_assert!(balanced.postings().iter().filter(|p| p.amount > 0).all(|p| kind.row().debits.contains(&p.account)));
            }
        }
    }

    /// Any kind, any postings it allows: the measures and what is left are one equation, and a reversal undoes both.
    fn any_entry() -> impl Strategy<Value = Balanced> {
        let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| !kind.row().debits.is_empty()).collect();
        (
            proptest::sample::select(kinds),
            proptest::collection::vec((any::<proptest::sample::Index>(), any::<proptest::sample::Index>(), 1..1_000i64), 1..5),
        )
            .prop_map(|(kind, pairs)| {
                let row = kind.row();
                let postings = pairs.iter().flat_map(|(to, from, amount)| {
                    let posting = |account, amount| Posting { account, fund: FundId(1), amount };
                    [posting(*to.get(row.debits), *amount), posting(*from.get(row.credits), -amount)]
                });
                Balanced::new(kind, postings.collect()).unwrap()
            })
    }

    proptest! {
        #[test]
        fn the_measures_are_one_equation(entry in any_entry()) {
            let left: i64 = entry.postings().iter().filter(|p| p.account.is_left()).map(|p| p.amount).sum();
            let measured: i64 = entry.measures().into_iter().map(|((_, measure), amount)| measure.side() * amount).sum();
            prop_assert_eq!(measured, left);
            let back = Balanced::mirrored(entry.kind(), entry.postings()).unwrap();
            prop_assert_eq!(back.shown().unwrap().1, -entry.shown().unwrap().1);
            let there = entry.measures();
            for (key, amount) in back.measures() {
                prop_assert_eq!(Some(-amount), there.get(&key).copied());
            }
        }
    }

    #[test]
    fn balance_across_funds_is_no_balance() {
        let posting = |account, fund, amount| Posting { account, fund: FundId(fund), amount };
        let across = vec![posting(Account::CashOnHand, 1, 5), posting(Account::DonationRestricted, 2, -5)];
        assert_eq!(Balanced::new(Kind::GiftCash, across), Err(Unbalanced::Fund));
    }

    #[test]
    fn restricted_money_is_credited_as_restricted() {
        assert_eq!(fund(1, Restriction::General).donation_account(), Account::DonationUnrestricted);
        for restriction in [Restriction::Appeal, Restriction::Quarantine, Restriction::Earmarked] {
            assert_eq!(fund(1, restriction).donation_account(), Account::DonationRestricted);
        }
    }

    #[test]
    fn old_money_is_carried_and_not_received() {
        let vnd = |amount| Vnd::parse(amount).unwrap();
        let lines = [(Account::CashOnHand, vnd(300)), (Account::Bank, vnd(700)), (Account::Payable, vnd(150))];
        let opening = Balanced::opening(FundId(1), &lines).unwrap();
        assert_eq!(opening.shown(), Some((FundId(1), 850)));
        assert!(opening.received().is_empty());
        let back = Balanced::mirrored(Kind::OpeningBalance, opening.postings()).unwrap();
        assert_eq!(back.shown(), Some((FundId(1), -850)));
        assert!(back.received().is_empty());
        let even = Balanced::opening(FundId(1), &[(Account::Bank, vnd(5)), (Account::Payable, vnd(5))]).unwrap();
        assert_eq!((even.postings().len(), even.shown()), (2, Some((FundId(1), 0))));
        let owing = Balanced::opening(FundId(1), &[(Account::Bank, vnd(5)), (Account::Payable, vnd(9))]).unwrap();
        assert_eq!(owing.shown(), Some((FundId(1), -4)));
        let most = [(Account::Bank, vnd(MAX_VND)), (Account::CashOnHand, vnd(1))];
        assert_eq!(Balanced::opening(FundId(1), &most), Err(Unbalanced::Amount));
        let gift = [(Account::DonationRestricted, vnd(1))];
        assert_eq!(Balanced::opening(FundId(1), &gift), Err(Unbalanced::Account));
    }

    #[test]
    fn a_reversal_is_final() {
        let gift = Balanced::gift(Kind::GiftCash, &fund(1, Restriction::General), Vnd::parse(5).unwrap()).unwrap();
        let back = Balanced::mirrored(Kind::GiftCash, gift.postings()).unwrap();
        assert_eq!(Balanced::mirrored(Kind::Reversal, back.postings()), Err(Unbalanced::ReversalOfReversal));
    }
}
