//! What a Vietnamese typing program (Telex, VNI, VIQR) and copying make of plain letters and digits, and how to make texts
//! that pass through both unharmed.
//!
//! A typing program works on one word of letters and digits at a time: keys such as `s`, `w` or `6` mark a vowel that
//! stands before them, a vowel or `d` typed again changes the first. A word in which no key can mean anything comes out as
//! it went in. ([`super::keyboard`] puts back what such a program ate.)

use std::borrow::Cow;

use super::text::is_invisible;
use unicode_normalization::UnicodeNormalization;

/// The signs that secrets are drawn from. Without vowels, `W` and `D` no key of a typing program means anything; without
/// `0`, `1`, `L` none is mistaken for another.
const SIGNS: &[u8; 25] = b"23456789BCFGHJKMNPQRSTVXZ";

/// A random text of `len` signs, capitals and digits, no two equal ones side by side (one program swallows one of two
/// equal tone keys). Each sign after the first is one of 24: 4.58 bits.
pub fn draw(len: usize) -> Result<String, getrandom::Error> {
    let mut text = String::with_capacity(len);
    let mut last = None;
    while text.len() < len {
        let mut random = [0u8; 32];
        getrandom::fill(&mut random)?;
        for byte in random {
            let sign = SIGNS.get(usize::from(byte & 31)).copied().filter(|sign| Some(*sign) != last);
            if let Some(sign) = sign.filter(|_| text.len() < len) {
                text.push(char::from(sign));
                last = Some(sign);
            }
        }
    }
    Ok(text)
}

/// Whether a letter of it is not on a keyboard without a typing program: such a program is on, or its text was pasted.
pub fn has_marked_letters(text: &str) -> bool {
    text.nfc().any(|c| !c.is_ascii() && c.is_alphabetic())
}

/// What stands for a hyphen, typed or put there by a program that prints.
pub fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}')
}

/// A text that holds no blanks of its own (a name, a code, a number) without those that came along, and with plain hyphens.
pub fn without_blanks(text: &str) -> String {
    let seen = text.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c));
    seen.map(|c| if is_dash(c) { '-' } else { c }).collect()
}

/// Whether the text comes out of every typing program as it is typed, whichever is on. Judged strictly: some of what is
/// refused here would pass in some programs.
pub fn survives(text: &str) -> bool {
    matches!(guarded(text), Some(Cow::Borrowed(_)))
}

/// The text with hyphens where a key would mean something, so that it [`survives`]. `None` where no hyphen helps: a `w`
/// alone is a letter in Telex, and so is every marked letter.
pub fn guarded(text: &str) -> Option<Cow<'_, str>> {
    let mut out = String::with_capacity(text.len() + 4);
    let mut word = String::new();
    for c in text.chars() {
        let key = c.to_ascii_lowercase();
        if key == 'w' || (!c.is_ascii() && c.is_alphabetic()) {
            return None;
        }
        if !c.is_ascii_alphanumeric() {
            word.clear();
        } else if means_something(key, &word) {
            out.push('-');
            word.clear();
        }
        if c.is_ascii_alphanumeric() {
            word.push(key);
        }
        out.push(c);
    }
    Some(if out.len() == text.len() { Cow::Borrowed(text) } else { Cow::Owned(out) })
}

/// Whether a key changes what stands before it in its word.
fn means_something(key: char, word: &str) -> bool {
    let vowel_before = word.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    match key {
        's' | 'f' | 'r' | 'x' | 'j' | 'z' => vowel_before,
        'a' | 'e' | 'o' | 'd' => word.contains(key),
        '0'..='8' => vowel_before,
        '9' => vowel_before || word.contains('d'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn secrets_are_of_signs_that_survive() {
        let all: std::collections::HashSet<String> = (0..500).map(|_| draw(16).unwrap()).collect();
        assert_eq!(all.len(), 500);
        for text in &all {
            assert!(text.len() == 16 && survives(text), "{text}");
            assert!(!text.contains(['A', 'E', 'I', 'O', 'U', 'Y', 'W', 'D', 'L', '0', '1']), "{text}");
            assert!(text.as_bytes().windows(2).all(|pair| pair[0] != pair[1]), "{text}");
        }
        let used: std::collections::HashSet<char> = all.iter().flat_map(|text| text.chars()).collect();
        assert_eq!(used.len(), SIGNS.len(), "every sign is drawn");
    }

    /// What UniKey, bamboo, vi and bogo were seen to change, and what they left alone.
    #[test]
    fn what_typing_programs_change_is_known() {
        for changed in [
            "lan2.23095",
            "nhung.tw",
            "lan.ninhson",
            "BAO3-2026",
            "BAOSO3",
            "NUOCSACH",
            "DAODUONG",
            "q2py-kf96-kh3m-wcr0",
            "exfx",
            "ksor",
            "xoong",
            "d9",
            "làn",
        ] {
            assert!(!survives(changed), "{changed}");
        }
        for left in ["lan.23095", "lan.23095.2", "lan.ninh-son", "LULUT-2026", "TET-2027", "quan.trunguong", "kso-r", "23095", ""]
        {
            assert!(survives(left), "{left}");
        }
        assert_eq!(guarded("ksor").as_deref(), Some("kso-r"));
        assert_eq!(guarded("thpt-so1").as_deref(), Some("thpt-so-1"));
        assert_eq!(guarded("tw"), None);
    }

    #[test]
    fn what_nobody_sees_is_left_out() {
        assert_eq!(without_blanks(" \u{202D}lan\u{2011}ham\u{A0}.23095\u{200B}\n"), "lan-ham.23095");
        assert!(has_marked_letters("la\u{300}n") && has_marked_letters("đ") && has_marked_letters("lаn with a Cyrillic letter"));
        assert!(!has_marked_letters("lan.23095\u{202E} – 🌻"));
    }

    proptest! {
        #[test]
        fn guarding_makes_survivors(text in "[a-z0-9.-]{0,30}") {
            if let Some(guarded) = guarded(&text) {
                prop_assert!(survives(&guarded), "{} -> {}", text, guarded);
                prop_assert_eq!(guarded.replace('-', ""), text.replace('-', ""));
            } else {
                prop_assert!(text.contains('w'));
            }
        }
    }
}
