//! Which lots goods leave from, and with what value. Pure.
//!
//! Value leaves a lot with its goods, in proportion and rounded down; the last of them take the rest. So what the lots of a chapter
//! and a fund are worth is what the ledger says, to the đồng, whatever was taken and put back.

use chrono::NaiveDate;
use uuid::Uuid;

/// What of a lot is there, or left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amount {
    /// In thousandths of the unit.
    pub milli: i64,
    /// In đồng.
    pub value: i64,
}

impl Amount {
    /// What so many thousandths of it are worth; nothing more than there is.
    pub fn share(self, milli: i64) -> Option<Amount> {
        if milli <= 0 || milli > self.milli {
            return None;
        }
        if milli == self.milli {
            return Some(self);
        }
        // Not above `self.value`, which is an i64.
        let value = i128::from(self.value) * i128::from(milli) / i128::from(self.milli);
        Some(Amount { milli, value: i64::try_from(value).ok()? })
    }

    /// What `milli` more of the same are worth, by the price of this: to the nearest đồng, one at least.
    pub fn more(self, milli: i64) -> Option<i64> {
        if self.milli <= 0 || milli <= 0 {
            return None;
        }
        let (whole, half) = (i128::from(self.milli), i128::from(self.milli) / 2);
        let value = (i128::from(self.value) * i128::from(milli) + half) / whole;
        i64::try_from(value.max(1)).ok()
    }

    /// What is left when this is taken away again; `None` where that is not there any more.
    pub fn without(self, other: Amount) -> Option<Amount> {
        let left = Amount { milli: self.milli.checked_sub(other.milli)?, value: self.value.checked_sub(other.value)? };
        (left.milli >= 0 && left.value >= 0 && (left.milli > 0 || left.value == 0)).then_some(left)
    }
}

/// A lot that goods can be taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnHand {
    pub lot: Uuid,
    pub expires_on: Option<NaiveDate>,
    pub came_on: NaiveDate,
    pub there: Amount,
}

impl OnHand {
    /// Goods are good on the day they expire, and not after it.
    pub fn is_expired(&self, today: NaiveDate) -> bool {
        self.expires_on.is_some_and(|last| last < today)
    }
}

/// Takes so much out of lots of one item and unit: what expires first goes first, then what came first. What has expired is left
/// where it is. The lots lose what is taken; without enough nothing is taken and what could be is said.
pub fn take(lots: &mut [OnHand], milli: i64, today: NaiveDate) -> Result<Vec<(Uuid, Amount)>, i64> {
    let mut order: Vec<usize> = (0..lots.len()).filter(|n| !lots[*n].is_expired(today) && lots[*n].there.milli > 0).collect();
    order.sort_by_key(|n| (lots[*n].expires_on.is_none(), lots[*n].expires_on, lots[*n].came_on, lots[*n].lot));
    let there = order.iter().fold(0i64, |sum, n| sum.saturating_add(lots[*n].there.milli));
    if milli <= 0 || there < milli {
        return Err(there);
    }
    let (mut taken, mut missing) = (Vec::new(), milli);
    for n in order {
        if missing == 0 {
            break;
        }
        let lot = &mut lots[n];
        let Some(part) = lot.there.share(missing.min(lot.there.milli)) else { continue };
        lot.there = Amount { milli: lot.there.milli - part.milli, value: lot.there.value - part.value };
        missing -= part.milli;
        taken.push((lot.lot, part));
    }
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(n: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(n)
    }

    fn lots() -> impl Strategy<Value = Vec<OnHand>> {
        let lot =
            (proptest::option::of(0..40u64), 0..40u64, 0..5_000i64, 0..2_000_000i64).prop_map(|(expires, came, milli, value)| {
                let value = if milli == 0 { 0 } else { value };
                OnHand { lot: Uuid::now_v7(), expires_on: expires.map(day), came_on: day(came), there: Amount { milli, value } }
            });
        proptest::collection::vec(lot, 0..7)
    }

    fn sum(lots: &[OnHand]) -> Amount {
        lots.iter().fold(Amount::default(), |s, l| Amount { milli: s.milli + l.there.milli, value: s.value + l.there.value })
    }

    proptest! {
        /// Not a đồng and not a thousandth is lost or made, and nothing expired leaves.
        #[test]
        fn what_leaves_and_what_stays_are_what_there_was(mut of in lots(), wanted in 1..9_000i64, today in 0..40u64) {
            let (before, was) = (sum(&of), of.clone());
            let usable: i64 = was.iter().filter(|l| !l.is_expired(day(today))).map(|l| l.there.milli).sum();
            match take(&mut of, wanted, day(today)) {
                Err(there) => {
                    prop_assert!(usable < wanted);
                    prop_assert_eq!((there, of), (usable, was));
                }
                Ok(taken) => {
                    prop_assert_eq!(taken.iter().map(|(_, part)| part.milli).sum::<i64>(), wanted);
                    let left = sum(&of);
                    prop_assert_eq!(left.value + taken.iter().map(|(_, part)| part.value).sum::<i64>(), before.value);
                    prop_assert_eq!(left.milli + wanted, before.milli);
                    prop_assert!(of.iter().all(|l| l.there.milli >= 0 && l.there.value >= 0 && (l.there.milli > 0 || l.there.value == 0)));
                    let expired = |id: &Uuid| was.iter().any(|l| l.lot == *id && l.is_expired(day(today)));
                    prop_assert!(taken.iter().all(|(lot, _)| !expired(lot)));
                }
            }
        }

        /// What stays expires no earlier than what left, of what was good.
        #[test]
        fn what_expires_first_goes_first(mut of in lots(), wanted in 1..9_000i64) {
            let was = of.clone();
            if let Ok(taken) = take(&mut of, wanted, day(10)) {
                let key = |l: &OnHand| (l.expires_on.is_none(), l.expires_on, l.came_on, l.lot);
                let last = taken.iter().filter_map(|(id, _)| was.iter().find(|l| l.lot == *id)).map(key).max();
                let left = of.iter().filter(|l| l.there.milli > 0 && !l.is_expired(day(10))).map(key).min();
                prop_assert!(left.is_none() || last <= left);
            }
        }

        /// Slip by slip or at once, the last one takes the rest; put back in any order, all is there again.
        #[test]
        fn many_slips_take_what_one_would(milli in 1..4_000i64, value in 0..1_000_000i64, cuts in proptest::collection::vec(1..700i64, 0..12)) {
            let whole = Amount { milli, value };
            let (mut lot, mut slips) = (whole, Vec::new());
            for cut in cuts {
                let Some(part) = lot.share(cut) else { continue };
                lot = lot.without(part).unwrap();
                slips.push(part);
            }
            if let Some(rest) = lot.share(lot.milli) {
                prop_assert_eq!(lot.without(rest), Some(Amount::default()));
            }
            let back = slips.into_iter().fold(lot, |l, s| Amount { milli: l.milli + s.milli, value: l.value + s.value });
            prop_assert_eq!(back, whole);
        }

        /// The price of more of the same is the price of the same.
        #[test]
        fn more_of_the_same_is_worth_as_much(milli in 1..1_000_000i64, value in 1..1_000_000_000i64) {
            let lot = Amount { milli, value };
            prop_assert_eq!(lot.more(milli), Some(value));
            prop_assert!(lot.more(1).unwrap() >= 1);
        }
    }

    #[test]
    fn a_lot_that_was_used_is_not_taken_back() {
        let came = Amount { milli: 100_000, value: 1_500_000 };
        let left = came.without(came.share(30_000).unwrap()).unwrap();
        assert_eq!(left.without(came), None);
        assert_eq!(came.without(came), Some(Amount::default()));
        assert_eq!((came.share(0), came.share(-5), came.share(100_001)), (None, None, None));
    }

    #[test]
    fn the_largest_amounts_are_shared() {
        let lot = Amount { milli: 1_000_000_000_000, value: 1_000_000_000_000_000 };
        assert_eq!(lot.share(1), Some(Amount { milli: 1, value: 1_000 }));
        assert_eq!(lot.more(lot.milli), Some(lot.value));
    }

    #[test]
    fn goods_are_good_on_their_last_day() {
        let lot =
            |expires| OnHand { lot: Uuid::nil(), expires_on: expires, came_on: day(0), there: Amount { milli: 1_000, value: 5 } };
        assert!(take(&mut [lot(Some(day(5)))], 1_000, day(5)).is_ok());
        assert_eq!(take(&mut [lot(Some(day(5)))], 1_000, day(6)), Err(0));
        assert!(take(&mut [lot(None)], 1_000, day(400)).is_ok());
    }
}
