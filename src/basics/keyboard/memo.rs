//! Codes of appeals, which people type into the memo of a bank transfer: they must come through a typing program as they are.

use crate::basics::text::may_be_syllable;

/// What a typing program would do to a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The letters up to the key that is eaten.
    pub before: String,
    pub key: char,
}

/// The first key of a code that Telex or VNI would take for a mark; `None` for a code that comes through.
pub fn changed_by_typing(code: &str) -> Option<Changed> {
    code.split('-').find_map(|word| {
        word.char_indices()
            .find(|(at, key)| is_eaten(&word[..*at], *key))
            .map(|(at, key)| Changed { before: word[..at].to_owned(), key })
    })
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'A' | 'E' | 'I' | 'O' | 'U' | 'Y')
}

/// Telex and VNI work on syllables: behind letters that are none, keys stay what they are. Digits are taken for marks behind any vowel.
fn is_eaten(before: &str, key: char) -> bool {
    match key {
        '1'..='9' => before.chars().all(|c| c.is_ascii_alphabetic()) && before.chars().any(is_vowel),
        'S' | 'F' | 'R' | 'X' | 'J' | 'Z' => may_be_syllable(before),
        'W' => !before.chars().any(is_vowel) || may_be_syllable(before) && before.contains(['A', 'O', 'U']),
        'D' => before == "D" || before.starts_with('D') && may_be_syllable(before),
        'A' | 'E' | 'O' => before.contains(key) && may_be_syllable(before),
        _ => false,
    }
}

/// The forms in which a code stands in a memo, letters and digits alone: as it is (`LULUT2026`), and as VNI leaves it once the hyphen
/// is left out (`LULUT026`). A code that typing changes has no second form: `BAO2026` may be any of two codes and is for people to
/// decide.
pub fn memo_forms(code: &str) -> Vec<String> {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let mut forms = vec![plain.clone()];
    if changed_by_typing(code).is_none()
        && let Some(at) = plain.find(|c: char| c.is_ascii_digit())
        && is_eaten(&plain[..at], plain[at..].chars().next().unwrap_or('0'))
    {
        forms.push(format!("{}{}", &plain[..at], &plain[at + 1..]));
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_typing_changes_are_told_from_those_it_leaves() {
        for code in [
            "BAO3",
            "BAO3-2026",
            "BAOSO3",
            "NUOCSACH",
            "DAODUONG",
            "BAO13",
            "DADONG",
            "COVID19",
            "TW",
            "BANA",
            "DD",
            "CUOO",
            "HUW",
        ] {
            assert!(changed_by_typing(code).is_some(), "{code}");
        }
        for code in [
            "LULUT-2026",
            "TET-2027",
            "HANOI",
            "BENCANH",
            "KHONGCO",
            "HAMLIEM",
            "GIAY-TO",
            "NHA-DRAFT",
            "NEW",
            "CANUOC",
            "BAO-3",
            "XAU",
            "COVID-19",
        ] {
            assert_eq!(changed_by_typing(code), None, "{code}");
        }
    }

    #[test]
    fn memos_have_the_code_without_hyphen_and_without_a_digit_that_vni_took() {
        assert_eq!(memo_forms("LULUT-2026"), ["LULUT2026", "LULUT026"]);
        assert_eq!(memo_forms("BAO3-2026"), ["BAO32026"], "never guessed");
        assert_eq!(memo_forms("HANOI"), ["HANOI"]);
    }
}
