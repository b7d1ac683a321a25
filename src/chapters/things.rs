//! Codes of things that stand on paper and are read out over the telephone: courses, activities, drives (`68-LT-0001`).
//!
//! They are made like the codes of chapters, from the same series of numbers, with letters that no chapter's code has. A thing is counted
//! in the province of its chapter, which outlives communes; it keeps its code whatever becomes of the chapter. No vowel is in them, and
//! no letter that a typing program takes for a mark, so they come out as they are typed, with hyphens and without.

use diesel::pg::PgConnection;

use super::life_store::next_number;
use crate::basics::typing::without_blanks;
use crate::db::DbError;
use crate::tree::Place;

/// What has such a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// Lớp tập huấn.
    Course,
    /// Hoạt động nhân đạo, việc nhân đạo.
    Activity,
    /// Ngày hiến máu.
    Drive,
}

impl Thing {
    pub const ALL: [Thing; 3] = [Thing::Course, Thing::Activity, Thing::Drive];

    /// Two letters in its code. Written on paper: they never mean anything else.
    pub fn letters(self) -> &'static str {
        match self {
            Thing::Course => "LT",
            Thing::Activity => "NV",
            Thing::Drive => "HM",
        }
    }

    /// A code as somebody typed it: in any case, with hyphens, blanks or nothing between its parts, with or without zeros. `None` where
    /// it is none of these things.
    pub fn read(self, typed: &str) -> Option<String> {
        let upper = without_blanks(typed).to_ascii_uppercase();
        let signs: String = upper.chars().filter(|c| *c != '-').collect();
        let (province, number) = signs.split_once(self.letters())?;
        let is_province = !province.is_empty() && province.len() <= 8 && province.bytes().all(|b| b.is_ascii_alphanumeric());
        let is_number = (1..=9).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
        let number: u32 = number.parse().ok().filter(|_| is_province && is_number)?;
        Some(self.code(province, number))
    }

    fn prefix(self, province: &str) -> String {
        format!("{province}-{}", self.letters())
    }

    fn code(self, province: &str, number: u32) -> String {
        format!("{}-{number:04}", self.prefix(province))
    }
}

/// What stands before the letters: the province's code; of the centre, whose own code a typing program would change, noughts.
fn counted_under(province: &str) -> &str {
    if province.bytes().all(|b| b.is_ascii_digit()) { province } else { "00" }
}

/// The next code of a thing of a chapter. It counts on only if the transaction commits.
pub fn next_code(conn: &mut PgConnection, of: &Place, thing: Thing) -> Result<String, DbError> {
    let province = counted_under(of.leaf_province());
    let number = next_number(conn, &thing.prefix(province))?;
    Ok(thing.code(province, number.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::basics::typing::survives;
    use crate::chapters::model::{Kind, Level, code_prefix};

    #[test]
    fn letters_are_no_chapters_and_no_vowels() {
        let chapters: Vec<String> = Kind::ALL
            .into_iter()
            .flat_map(|kind| Level::ALL.map(|level| code_prefix(level, kind, "68", "68")))
            .filter_map(|prefix| prefix.split_once('-').map(|(_, letters)| letters.to_owned()))
            .collect();
        for thing in Thing::ALL {
            assert!(!chapters.iter().any(|letters| letters == thing.letters()), "{thing:?}");
            assert!(!thing.letters().contains(['A', 'E', 'I', 'O', 'U', 'Y', 'W', 'D']), "{thing:?}");
            assert_eq!(Thing::ALL.iter().filter(|other| other.letters() == thing.letters()).count(), 1);
        }
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        for typed in ["68-LT-0001", "68lt1", " 68 – lt – 0001 ", "68LT0001", "68-LT0001"] {
            assert_eq!(Thing::Course.read(typed).as_deref(), Some("68-LT-0001"), "{typed}");
        }
        for other in ["68-TH-0001", "LT-1", "68-LT-", "68-LT-x", "68-LT-1234567890", "", "68-NV-0001"] {
            assert_eq!(Thing::Course.read(other), None, "{other}");
        }
    }

    proptest! {
        /// What is printed is what a typing program leaves of it, and reads back as itself.
        #[test]
        fn a_code_survives_typing(province in 1u32..100, number in 1u32..100_000_000) {
            for thing in Thing::ALL {
                let code = thing.code(&format!("{province:02}"), number);
                prop_assert!(survives(&code) && survives(&code.replace('-', "")), "{}", code);
                let read = thing.read(&code.to_lowercase().replace('-', ""));
                prop_assert_eq!(read, Some(code));
            }
        }
    }
}
