//! The order in which names stand in a list, as ICU's collation `vi` has it.
//!
//! Sealed names cannot be sorted by the database, and there is no need to hand them to it in clear: the Vietnamese part of the
//! rules is short. Letters decide first (a ă â … d đ … ơ … u ư), then tones (level, huyền, hỏi, ngã, sắc, nặng), then capitals. A test
//! compares with PostgreSQL's `vi-x-icu`. Letters of other scripts stand behind, in order of their numbers.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The place of a text: letters, tones, capitals, each compared when what is before is the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    letters: Vec<u32>,
    tones: Vec<u32>,
    capitals: Vec<bool>,
}

/// The place of a person's name: by the given name, which is the last word, then by the whole.
pub fn of_person(name: &str) -> (Place, Place) {
    (of_text(name.split_whitespace().next_back().unwrap_or_default()), of_text(name))
}

const ALPHABET: &str = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";

/// Marks that make another letter of one, in Vietnamese.
const BREVE: char = '\u{306}';
const CIRCUMFLEX: char = '\u{302}';
const HORN: char = '\u{31B}';

/// Tones in their order; other marks behind them.
const TONES: [char; 5] = ['\u{300}', '\u{309}', '\u{303}', '\u{301}', '\u{323}'];

/// The place of a text.
pub fn of_text(text: &str) -> Place {
    let mut place = Place::default();
    let mut rest = text.nfd().peekable();
    while let Some(written) = rest.next() {
        let mut marks = Vec::new();
        while let Some(mark) = rest.next_if(|c| is_combining_mark(*c)) {
            marks.push(mark);
        }
        let mut small = written.to_lowercase();
        let base = small.next().unwrap_or(written);
        let letter = one_letter(base, &mut marks);
        place.letters.push(rank(letter));
        place.tones.extend(std::iter::once(0).chain(marks.into_iter().map(tone)));
        place.capitals.push(written != base);
        // A capital that is two small letters.
        place.letters.extend(small.map(rank));
    }
    place
}

/// The letter that a base and its marks are; the marks that are left are tones.
fn one_letter(base: char, marks: &mut Vec<char>) -> char {
    let is_one = |mark: &char| match *mark {
        BREVE => base == 'a',
        CIRCUMFLEX => matches!(base, 'a' | 'e' | 'o'),
        HORN => matches!(base, 'o' | 'u'),
        _ => false,
    };
    match marks.iter().position(is_one) {
        Some(at) => [base, marks.remove(at)].into_iter().nfc().next().unwrap_or(base),
        None => base,
    }
}

fn rank(letter: char) -> u32 {
    let letters = ALPHABET.chars().zip(0x200..).find(|(known, _)| *known == letter);
    match letters {
        Some((_, rank)) => rank,
        None if letter.is_whitespace() => 1,
        None => match letter.to_digit(10) {
            Some(digit) => 0x100 + digit,
            None if letter.is_alphanumeric() => 0x1000 + u32::from(letter),
            // Signs before digits.
            None => 2 + u32::from(letter).min(0xF0),
        },
    }
}

fn tone(mark: char) -> u32 {
    TONES.into_iter().zip(1..).find(|(known, _)| *known == mark).map_or_else(|| u32::from(mark), |(_, rank)| rank)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sorted(mut names: Vec<&str>) -> Vec<&str> {
        names.sort_by_key(|name| of_person(name));
        names
    }

    #[test]
    fn persons_stand_by_their_given_names() {
        let right = [
            "Nguyễn Văn An",
            "Trần An",
            "Lê Thị Ân",
            "Nguyễn Văn Ân",
            "Lê Duy",
            "Lê Đào",
            "Lê Ơn",
            "Lê Tu",
            "Lê Tù",
            "Lê Tủ",
            "Lê Tũ",
            "Lê Tú",
            "Lê Tụ",
            "Lê Tư",
        ];
        let mut turned = right.to_vec();
        turned.reverse();
        assert_eq!(sorted(turned), right);
    }

    #[test]
    fn forms_and_oddities_have_a_place() {
        assert_eq!(of_text("Nguye\u{302}\u{303}n"), of_text("Nguyễn"));
        assert_eq!(of_text("Lặn"), of_text("La\u{323}\u{306}n"));
        assert!(of_text("an") < of_text("An") && of_text("An") < of_text("àn") && of_text("Àn") < of_text("anh"));
        assert!(of_text("Tổ 3") < of_text("Tổ ba") && of_text("Lê An") < of_text("Lêan"));
        assert_eq!(of_person(""), (Place::default(), Place::default()));
    }

    proptest! {
        #[test]
        fn any_text_has_a_place_and_one_only(text in "\\PC{0,40}") {
            let nfd: String = text.nfd().collect();
            prop_assert_eq!(of_text(&text), of_text(&nfd));
        }
    }
}
