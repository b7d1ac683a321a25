//! Vietnamese đồng as whole numbers. There is no smaller unit and no floating point anywhere.

use std::fmt;

/// The largest amount one posting, gift or line may carry, in đồng (10^15, a million tỷ).
pub const MAX_VND: i64 = 1_000_000_000_000_000;

/// A positive amount in đồng, 1 ..= [`MAX_VND`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vnd(i64);

/// Why a number is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VndError {
    NotPositive,
    TooLarge,
}

impl Vnd {
    /// Accepts 1 ..= 10^15 đồng.
    pub fn parse(amount: i64) -> Result<Self, VndError> {
        match amount {
            i64::MIN..=0 => Err(VndError::NotPositive),
            1..=MAX_VND => Ok(Self(amount)),
            _ => Err(VndError::TooLarge),
        }
    }

    pub fn get(self) -> i64 {
        self.0
    }

    /// Adds up amounts; `None` when the sum passes [`MAX_VND`] or there are none.
    pub fn sum(amounts: impl IntoIterator<Item = Vnd>) -> Option<Vnd> {
        let total = amounts.into_iter().try_fold(0i64, |sum, amount| sum.checked_add(amount.0).filter(|sum| *sum <= MAX_VND))?;
        Vnd::parse(total).ok()
    }
}

impl fmt::Display for Vnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(self.0))
    }
}

/// Digits in groups of three parted by dots, as Vietnam writes them: `1.748.935`.
pub fn grouped(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if amount < 0 {
        out.push('-');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_one_dong_and_ten_to_the_fifteen() {
        assert_eq!(Vnd::parse(0), Err(VndError::NotPositive));
        assert_eq!(Vnd::parse(-5), Err(VndError::NotPositive));
        assert_eq!(Vnd::parse(i64::MIN), Err(VndError::NotPositive));
        assert_eq!(Vnd::parse(1).map(Vnd::get), Ok(1));
        assert_eq!(Vnd::parse(MAX_VND).map(Vnd::get), Ok(MAX_VND));
        assert_eq!(Vnd::parse(MAX_VND + 1), Err(VndError::TooLarge));
        assert_eq!(Vnd::parse(1_000_000_000_000_000_000), Err(VndError::TooLarge));
    }

    #[test]
    fn a_sum_never_passes_the_bound() {
        let v = |n| Vnd::parse(n).unwrap();
        assert_eq!(Vnd::sum([v(2), v(3)]), Some(v(5)));
        assert_eq!(Vnd::sum([v(MAX_VND), v(1)]), None);
        assert_eq!(Vnd::sum([]), None);
    }

    #[test]
    fn groups_digits_the_vietnamese_way() {
        assert_eq!(grouped(1_748_935), "1.748.935");
        assert_eq!(grouped(500), "500");
        assert_eq!(grouped(-1_000), "-1.000");
    }
}
