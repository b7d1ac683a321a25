//! Vietnamese text: stored in NFC, searched without case, marks and the stroke of `đ`.
//!
//! Folding makes `Hòa`, `Hoà` and `HOA` the same word, so old and new tone placement need no care of their own.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// One line of text as people write it: NFC, trimmed, no control characters, 1 ..= a stated number of characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line(String);

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineError {
    Empty,
    TooLong,
    ControlCharacter,
}

impl Line {
    /// Normalises and checks; `max_chars` counts characters after normalisation.
    pub fn parse(text: &str, max_chars: usize) -> Result<Self, LineError> {
        // Bytes bound characters from above by four (and NFD marks by a few more): refuse before normalising a megabyte.
        if text.len() > max_chars.saturating_mul(16) {
            return Err(LineError::TooLong);
        }
        let text: String = text.trim().nfc().collect();
        if text.is_empty() {
            return Err(LineError::Empty);
        }
        if text.chars().any(is_forbidden) {
            return Err(LineError::ControlCharacter);
        }
        if text.chars().count() > max_chars {
            return Err(LineError::TooLong);
        }
        Ok(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, and the invisible marks that turn the reading direction (a name could hide in them).
fn is_forbidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// Lower case without marks, `đ` as `d`: what search compares.
pub fn fold(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).map(|c| if c == 'đ' { 'd' } else { c }).collect()
}

/// The folded words of a text: runs of ASCII letters and digits.
pub fn words(text: &str) -> Vec<String> {
    fold(text).split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Words and neighbouring pairs (`ham`, `liem`, `ham_liem`) of several texts; pairs do not span two texts.
/// Sorted, each once.
pub fn words_and_pairs<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut all = std::collections::BTreeSet::new();
    for text in texts {
        let words = words(text);
        all.extend(words.windows(2).map(|pair| format!("{}_{}", pair[0], pair[1])));
        all.extend(words);
    }
    all.into_iter().collect()
}

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

/// Bytes as lower-case hexadecimal digits, as hashes are shown and files are named.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// 32 bytes out of 64 hexadecimal digits in either case, and out of nothing else.
pub fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0u8; 32];
    // The parser of numbers would take a sign.
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hexadecimal_digits_read_back_and_nothing_else_does() {
        let bytes: [u8; 32] = std::array::from_fn(|n| (n * 37) as u8);
        assert_eq!((unhex(&hex(&bytes)), unhex(&hex(&bytes).to_uppercase())), (Some(bytes), Some(bytes)));
        let signed = format!("+f{}", "0".repeat(62));
        for wrong in ["", "00", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &signed, &"é".repeat(32)] {
            assert_eq!(unhex(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn folding_forgets_marks_case_and_tone_placement() {
        assert_eq!(fold("Hàm Liêm"), "ham liem");
        assert_eq!(fold("ĐỒNG BÀO"), "dong bao");
        assert_eq!(fold("Hòa"), fold("Hoà"));
        assert_eq!(fold("Ủng hộ"), fold("U\u{309}ng ho\u{323}\u{302}"));
    }

    #[test]
    fn words_come_with_their_pairs() {
        assert_eq!(words_and_pairs(["Hàm Liêm", "Gạo"]), ["gao", "ham", "ham_liem", "liem"]);
        assert!(words_and_pairs(["…", ""]).is_empty());
    }

    #[test]
    fn lines_are_normalised_and_bounded() {
        assert_eq!(Line::parse("  Nguye\u{302}\u{303}n ", 20).unwrap().as_str(), "Nguyễn");
        assert_eq!(Line::parse(" ", 5), Err(LineError::Empty));
        assert_eq!(Line::parse("a\0b", 5), Err(LineError::ControlCharacter));
        assert_eq!(Line::parse("a\nb", 5), Err(LineError::ControlCharacter));
        assert_eq!(Line::parse("\u{202E}abc", 9), Err(LineError::ControlCharacter));
        assert_eq!(Line::parse("abcdef", 5), Err(LineError::TooLong));
        assert_eq!(Line::parse(&"x".repeat(1_000_000), 200), Err(LineError::TooLong));
        assert_eq!(Line::parse("❤️ ủng hộ", 20).unwrap().as_str(), "❤️ ủng hộ");
    }

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
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn a_masked_name_never_shows_a_given_name(name in "[A-Z][a-z]{2,6}( [A-Z][a-z]{2,6}){1,3}") {
            let shown = masked(&name);
            for word in name.split_whitespace().skip(1) {
                prop_assert!(!shown.split_whitespace().skip(1).any(|part| part.contains(word)));
            }
        }
    }
}
