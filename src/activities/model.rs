//! Activities: their states and their numbers. Pure.

use std::ops::{AddAssign, Sub};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::basics::codes::codes;
use crate::http::Check;

codes! {
    /// How far an activity is.
    #[derive(Hash)]
    pub wire enum ActivityState {
        Planned = "PLANNED",
        Done = "DONE",
        /// Called off, or taken back after it was written down as done.
        Cancelled = "CANCELLED",
    }

    /// What makes it right to show a picture.
    #[schema(as = ActivityPhotoGround)]
    pub wire enum PhotoGround {
        /// A person whom the chapter has written down agreed.
        Person = "PERSON",
        /// People whom nobody has written down agreed on a signed paper; a child, by whoever represents it.
        Paper = "PAPER",
        /// Nobody can be recognised.
        Nobody = "NOBODY",
    }
}

/// Most people, and most times, of one activity.
const MOST_PERSONS: i64 = 1_000_000_000;
/// The greatest value, in đồng.
const MOST_VND: i64 = 1_000_000_000_000_000;

/// How many an activity reached and what it was worth, as reported: the books know money and goods by their own entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityNumbers {
    /// People it reached, each once.
    #[schema(minimum = 0, maximum = 1000000000i64, example = 120)]
    pub persons: i64,
    /// How often it reached them (lượt người): no fewer than there are people.
    #[schema(minimum = 0, maximum = 1000000000i64, example = 150)]
    pub person_times: i64,
    /// Money, in đồng.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1000000000000000i64)]
    pub money_vnd: i64,
    /// Goods, in đồng.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1000000000000000i64)]
    pub goods_vnd: i64,
    /// Labour (ngày công), in đồng.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1000000000000000i64)]
    pub labour_vnd: i64,
}

impl ActivityNumbers {
    /// Checks each of them, below a pointer.
    pub fn check(&self, check: &mut Check, at: &str) {
        let bounded = [
            ("persons", self.persons, MOST_PERSONS),
            ("person_times", self.person_times, MOST_PERSONS),
            ("money_vnd", self.money_vnd, MOST_VND),
            ("goods_vnd", self.goods_vnd, MOST_VND),
            ("labour_vnd", self.labour_vnd, MOST_VND),
        ];
        for (name, value, most) in bounded {
            if !(0..=most).contains(&value) {
                check.wrong(format!("{at}/{name}"), "OUT_OF_RANGE", "Âm hoặc quá lớn.", "Negative or too large.");
            }
        }
        if self.persons > self.person_times {
            check.wrong(
                format!("{at}/person_times"),
                "TOO_SHORT",
                "Số lượt người không ít hơn số người.",
                "There are no fewer times than there are people.",
            );
        }
    }
}

impl AddAssign for ActivityNumbers {
    fn add_assign(&mut self, more: Self) {
        self.persons += more.persons;
        self.person_times += more.person_times;
        self.money_vnd += more.money_vnd;
        self.goods_vnd += more.goods_vnd;
        self.labour_vnd += more.labour_vnd;
    }
}

impl Sub for ActivityNumbers {
    type Output = Self;

    fn sub(self, less: Self) -> Self {
        Self {
            persons: self.persons - less.persons,
            person_times: self.person_times - less.person_times,
            money_vnd: self.money_vnd - less.money_vnd,
            goods_vnd: self.goods_vnd - less.goods_vnd,
            labour_vnd: self.labour_vnd - less.labour_vnd,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbers() -> impl Strategy<Value = ActivityNumbers> {
        (0..1_000i64, 0..1_000i64, 0..1_000i64, 0..1_000i64, 0..1_000i64).prop_map(
            |(persons, more, money_vnd, goods_vnd, labour_vnd)| ActivityNumbers {
                persons,
                person_times: persons + more,
                money_vnd,
                goods_vnd,
                labour_vnd,
            },
        )
    }

    proptest! {
        /// What was written first is what stands less all corrections, in whatever steps they came.
        #[test]
        fn corrections_lead_back_to_what_was_reported(first in numbers(), later in prop::collection::vec(numbers(), 0..6)) {
            let (mut now, mut corrections) = (first, ActivityNumbers::default());
            for next in later {
                corrections += next - now;
                now = next;
            }
            prop_assert_eq!(now - corrections, first);
        }

        #[test]
        fn numbers_are_right_only_with_no_fewer_times_than_people(of in numbers(), less in 1..5i64) {
            let mut check = Check::default();
            of.check(&mut check, "");
            prop_assert!(check.is_clean());
            let mut check = Check::default();
            ActivityNumbers { person_times: of.persons - less, ..of }.check(&mut check, "");
            prop_assert!(!check.is_clean());
        }
    }
}
