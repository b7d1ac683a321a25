//! Vietnamese text: stored in NFC, searched without case, marks and the stroke of `đ`.
//!
//! What a text is stored as (`line`) and what it is compared by (`fold`) is decided here and nowhere else. Folding makes `Hòa`, `Hoà`
//! and `HOA` the same word, so old and new tone placement need no care of their own.

mod fold;
mod garbled;
mod line;
pub mod order;
mod syllable;

pub use fold::{fold, folded_words, is_invisible, words, words_and_pairs};
pub use garbled::meant;
pub use line::{Line, LineError, is_printable, is_writing};
pub use syllable::may_be_syllable;

/// A name with all but the family name shortened: `Nguyễn Văn An` → `Nguyễn V. A.` (DESIGN 9). Words with digits in them
/// are left out: a telephone number may stand in front of a name.
pub fn masked(name: &str) -> String {
    let mut words = name.split_whitespace().filter(|word| !word.chars().any(char::is_numeric));
    let Some(family) = words.next() else {
        return String::new();
    };
    let mut out = family.to_owned();
    let mut given = 0;
    for word in words {
        if let Some(initial) = word.chars().next() {
            out.push(' ');
            out.extend(initial.to_uppercase());
            out.push('.');
            given += 1;
        }
    }
    if given == 0 {
        // A single word is the whole name: show its first letter only.
        return family.chars().next().map(|c| format!("{c}.")).unwrap_or_default();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_masked_name_shows_the_family_only() {
        assert_eq!(masked("Nguyễn Văn An"), "Nguyễn V. A.");
        assert_eq!(masked("Đỗ thị đào"), "Đỗ T. Đ.");
        assert_eq!(masked("An"), "A.");
        assert_eq!(masked("0912345678 Nguyễn Văn An"), "Nguyễn V. A.");
        assert_eq!(masked("Nguyễn An ٠٩١٢ 12A1"), "Nguyễn A.");
        assert_eq!(masked("0912 345 678"), "");
    }

    proptest! {
        #[test]
        fn a_masked_name_never_shows_a_given_name(name in "[A-Z][a-z]{2,6}( [A-Z][a-z]{2,6}){1,3}") {
            let shown = masked(&name);
            for word in name.split_whitespace().skip(1) {
                prop_assert!(!shown.split_whitespace().skip(1).any(|part| part.contains(word)));
            }
        }
    }
}
