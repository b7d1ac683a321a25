//! By what persons are counted: sex, age, group, volume, why they were deferred. Pure.

use crate::basics::codes::codes;
use crate::blood_rules::DeferralReason;

codes! {
    /// By what persons are counted.
    #[derive(Hash, PartialOrd, Ord)]
    pub enum Dimension {
        Sex = "SEX",
        Age = "AGE",
        Group = "GROUP",
        Volume = "VOLUME",
        /// Of those who came and did not give. Shown, never stated.
        Reason = "REASON",
    }
}

/// Not said of somebody who gave.
pub const UNKNOWN: &str = "UNKNOWN";

const SEX: [&str; 3] = ["FEMALE", "MALE", UNKNOWN];
/// Full years on the day.
const AGE: [&str; 6] = ["UNDER_25", "FROM_25_TO_34", "FROM_35_TO_44", "FROM_45_TO_54", "FROM_55", UNKNOWN];
const GROUP: [&str; 9] =
    ["O_POSITIVE", "A_POSITIVE", "B_POSITIVE", "AB_POSITIVE", "O_NEGATIVE", "A_NEGATIVE", "B_NEGATIVE", "AB_NEGATIVE", UNKNOWN];
/// In millilitres, whatever bags are in use.
const VOLUME: [&str; 4] = ["UP_TO_250", "FROM_251_TO_350", "OVER_350", UNKNOWN];

impl Dimension {
    /// Its kinds, in their order: everybody is of one.
    pub fn kinds(self) -> Vec<&'static str> {
        match self {
            Dimension::Sex => SEX.to_vec(),
            Dimension::Age => AGE.to_vec(),
            Dimension::Group => GROUP.to_vec(),
            Dimension::Volume => VOLUME.to_vec(),
            Dimension::Reason => DeferralReason::ALL.into_iter().map(DeferralReason::name).collect(),
        }
    }

    /// The place of a kind.
    pub fn place(self, kind: &str) -> Option<usize> {
        self.kinds().iter().position(|known| *known == kind)
    }
}

/// The kind of an age in full years.
pub fn of_age(years: Option<i16>) -> &'static str {
    match years {
        None => UNKNOWN,
        Some(..25) => "UNDER_25",
        Some(25..35) => "FROM_25_TO_34",
        Some(35..45) => "FROM_35_TO_44",
        Some(45..55) => "FROM_45_TO_54",
        Some(55..) => "FROM_55",
    }
}

/// The kind of a volume in millilitres.
pub fn of_volume(ml: Option<i16>) -> &'static str {
    match ml {
        None => UNKNOWN,
        Some(..=250) => "UP_TO_250",
        Some(251..=350) => "FROM_251_TO_350",
        Some(351..) => "OVER_350",
    }
}

/// The kind of a group, by the codes of ABO and Rh.
pub fn of_group(abo: Option<&str>, rh: Option<&str>) -> &'static str {
    let named = abo.zip(rh).map(|(abo, rh)| format!("{abo}_{rh}"));
    named.and_then(|named| GROUP.into_iter().find(|kind| *kind == named)).unwrap_or(UNKNOWN)
}

/// The kind of a sex, by its code.
pub fn of_sex(sex: Option<&str>) -> &'static str {
    sex.and_then(|sex| SEX.into_iter().find(|kind| *kind == sex)).unwrap_or(UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blood_rules::{AboGroup, RhFactor};

    #[test]
    fn everybody_is_of_one_kind() {
        for years in [None, Some(17), Some(18), Some(24), Some(25), Some(34), Some(44), Some(45), Some(54), Some(55), Some(60)] {
            assert!(Dimension::Age.place(of_age(years)).is_some(), "{years:?}");
        }
        assert_eq!(
            [250, 251, 350, 351, 450].map(|ml| of_volume(Some(ml))),
            ["UP_TO_250", "FROM_251_TO_350", "FROM_251_TO_350", "OVER_350", "OVER_350"]
        );
        for abo in AboGroup::ALL {
            for rh in RhFactor::ALL {
                assert_ne!(of_group(Some(abo.name()), Some(rh.name())), UNKNOWN);
            }
        }
        assert_eq!((of_group(Some("O"), None), of_sex(Some("MALE")), of_sex(None)), (UNKNOWN, "MALE", UNKNOWN));
        for dimension in Dimension::ALL {
            let kinds = dimension.kinds();
            assert!(kinds.iter().enumerate().all(|(n, kind)| dimension.place(kind) == Some(n) && !kind.is_empty()), "{kinds:?}");
        }
    }
}
