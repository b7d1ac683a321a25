//! Whether two names are one person's, who share a telephone. Pure.
//!
//! Hùng and Hưng are brothers under the number of their mother: two names that both have marks are compared with them. Who types without
//! marks leaves it open which of the two it is; a name without any is taken for every name of the same letters, so that nobody has two places
//! for having typed in a hurry. Capitals, blanks and where a tone stands (`hoà`, `hòa`) make no other name.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::basics::text::{folded_words, is_invisible};

/// By what a name is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameKey {
    /// Its letters without marks.
    pub letters: String,
    /// The same with their marks, and the tone of each word behind it; `None` where there is no mark at all.
    pub marked: Option<String>,
}

impl NameKey {
    pub fn of(name: &str) -> Self {
        let marked: Vec<(String, bool)> =
            name.split(|c: char| !is_of_a_word(c)).filter(|word| !word.is_empty()).map(word).collect();
        let has_marks = marked.iter().any(|(_, has_marks)| *has_marks);
        let words = || marked.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>().join(" ");
        Self { letters: folded_words(name), marked: has_marks.then(words) }
    }

    /// Whether it is the same person's as another, if both are reached in the same way.
    pub fn is(&self, other: &NameKey) -> bool {
        let apart = self.marked.as_ref().zip(other.marked.as_ref()).is_some_and(|(one, other)| one != other);
        self.letters == other.letters && !apart
    }
}

fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || is_invisible(c)
}

/// A word in small letters with its tone behind it, and whether it has any mark.
fn word(text: &str) -> (String, bool) {
    let (mut letters, mut tone, mut has_marks) = (String::new(), None, false);
    for c in text.nfd().flat_map(char::to_lowercase).nfd().filter(|c| !is_invisible(*c)) {
        has_marks |= is_combining_mark(c);
        match c {
            '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}' => tone = Some(c),
            // They look like the letter, and stand for it in much old text.
            'đ' | 'ð' | 'ɖ' | 'ɗ' => {
                has_marks = true;
                letters.push('đ');
            }
            c => letters.push(c),
        }
    }
    let letters = letters.nfc().chain(tone).collect();
    (letters, has_marks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::fold;
    use proptest::prelude::*;

    fn is(one: &str, other: &str) -> bool {
        let (one, other) = (NameKey::of(one), NameKey::of(other));
        assert_eq!(one.is(&other), other.is(&one), "{one:?} {other:?}");
        one.is(&other)
    }

    /// Written down by hand: two names as they are typed, and whether they are one person's.
    const TABLE: &[(&str, &str, bool)] = &[
        ("Trần Văn Hùng", "Trần Văn Hưng", false),
        ("Trần Văn Hùng", "Trần Văn Hung", false),
        ("Trần Văn Hùng", "tran van hung", true),
        ("Trần Văn Hưng", "TRAN VAN HUNG", true),
        ("Trần Thị Lan", "Trần Thị Lân", false),
        ("Trần Thị Lan", "TRẦN  thị LAN ", true),
        ("Lê Thị Hằng", "Lê Thị Hạng", false),
        ("Lê Thị Hằng", "Lê Thị Hăng", false),
        ("Nguyễn Thị Hoà", "Nguyễn Thị Hòa", true),
        ("Nguyễn Thị Hoà", "NGUYỄN THỊ HÒA", true),
        ("Nguyễn Thị Thuý", "Nguyễn Thị Thúy", true),
        ("Nguyễn Thị Thuỷ", "Nguyễn Thị Thùy", false),
        ("Đỗ Văn Đạt", "Do Van Dat", true),
        ("Đỗ Văn Đạt", "Ðỗ Văn Ðạt", true),
        ("Đỗ Văn Đạt", "Dỗ Văn Dạt", false),
        ("Nguye\u{302}\u{303}n An", "Nguyễn An", true),
        ("Nguyễn\u{a0}An", "Nguyễn An", true),
        ("Nguyễn An", "Nguyễn Ân", false),
        ("Nguyen An", "Nguyễn Ân", true),
        ("Nguyễn An", "Nguyễn Anh", false),
        ("Nguyễn Văn An", "Nguyễn An", false),
        ("Y M'gar", "Y M\u{2019}gar", true),
        ("Hoa Lan", "Hòa Lân", true),
        ("Hoa Lan", "Hoa Lam", false),
    ];

    #[test]
    fn names_are_compared_with_their_marks_where_both_have_some() {
        for (one, other, same) in TABLE {
            assert_eq!(is(one, other), *same, "{one} – {other}");
        }
    }

    /// Syllables, each in all forms that have the same letters.
    const ALIKE: &[&[&str]] = &[
        &["hung", "hùng", "hưng", "hứng", "hừng"],
        &["lan", "lân", "lăn", "làn"],
        &["hoa", "hoà", "hoá", "hoả"],
        &["dao", "đào", "đạo", "dạo"],
        &["thi", "thị", "thi\u{301}"],
        &["tran", "trần", "trân", "trấn"],
    ];

    fn names() -> impl Strategy<Value = Vec<(usize, usize)>> {
        prop::collection::vec((0..ALIKE.len(), 0usize..5), 1..5)
    }

    fn written(name: &[(usize, usize)]) -> String {
        name.iter().map(|(word, form)| ALIKE[*word][form % ALIKE[*word].len()]).collect::<Vec<_>>().join(" ")
    }

    fn has_marks(name: &str) -> bool {
        fold(name) != name
    }

    proptest! {
        /// What is said above of all names made of these syllables: the same letters, and the same marks or none on one side.
        #[test]
        fn a_name_is_itself_and_itself_without_marks(one in names(), forms in prop::collection::vec(0usize..5, 5)) {
            let other: Vec<(usize, usize)> = one.iter().zip(&forms).map(|((word, _), form)| (*word, *form)).collect();
            let (one, other) = (written(&one), written(&other));
            let same_marks = one.nfc().eq(other.nfc());
            prop_assert_eq!(is(&one, &other), same_marks || !has_marks(&one) || !has_marks(&other), "{} {}", one, other);
            prop_assert!(is(&one, &one) && is(&one, &one.to_uppercase()) && is(&one, &fold(&one)));
        }

        /// Other letters are another's, whatever the marks.
        #[test]
        fn other_letters_are_another_name(one in names(), other in names()) {
            let words = |name: &[(usize, usize)]| name.iter().map(|(word, _)| *word).collect::<Vec<_>>();
            if words(&one) != words(&other) {
                prop_assert!(!is(&written(&one), &written(&other)));
            }
        }
    }
}
