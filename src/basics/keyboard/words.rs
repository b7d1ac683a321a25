//! Words of names that a typing program changed (`Bắc Kạn` became `Bắc Kanj`), and words typed in Telex or VNI without such a program
//! (`hafm liem`, `ham2 liem6`).

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use crate::basics::text::fold;

/// Most readings of one word.
const MOST: usize = 64;
/// Most tone keys in one word: one that counts, others that were typed over.
const MOST_TONES: usize = 3;

/// The folded words that a word may have been, itself not among them. Whoever asks keeps those that exist.
pub fn readings(word: &str) -> Vec<String> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    for word in as_typed(word) {
        // VNI: digits behind a letter are marks.
        let letters: String = word.chars().filter(|c| c.is_ascii_alphabetic()).collect();
        for letters in [letters.clone(), single(&letters)] {
            for letters in [letters.clone(), without_horns(&letters)] {
                found.extend(without_tones(&letters));
                found.insert(letters);
            }
        }
        found.insert(word);
    }
    let itself = fold(word);
    found.into_iter().filter(|reading| *reading != itself && !reading.is_empty()).take(MOST).collect()
}

/// The folded word, and with a circumflex as the doubled letter it may have been (`Ngông` for `Ngoong`).
fn as_typed(word: &str) -> Vec<String> {
    let doubled: String = word
        .nfc()
        .flat_map(|c| {
            let mut parts = std::iter::once(c).nfd();
            let letter = parts.next().filter(|_| parts.any(|mark| mark == '\u{302}'));
            std::iter::once(c).chain(letter)
        })
        .collect();
    let (folded, doubled) = (fold(word), fold(&doubled));
    if folded == doubled { vec![folded] } else { vec![folded, doubled] }
}

/// `aa`, `ee`, `oo`, `dd` as one.
fn single(word: &str) -> String {
    let mut out = String::new();
    for c in word.chars() {
        if !(matches!(c, 'a' | 'e' | 'o' | 'd') && out.ends_with(c)) {
            out.push(c);
        }
    }
    out
}

/// Without a `w` behind a, o, u; one that stands alone is the `u` it wrote.
fn without_horns(word: &str) -> String {
    let mut out = String::new();
    for c in word.chars() {
        match c {
            'w' if out.contains(['a', 'o', 'u']) => {}
            'w' if !out.is_empty() => out.push('u'),
            c => out.push(c),
        }
    }
    out
}

/// Without up to three keys of tones behind the first vowel, in every way.
fn without_tones(word: &str) -> BTreeSet<String> {
    let first = word.find(['a', 'e', 'i', 'o', 'u', 'y']).map_or(word.len(), |at| at + 1);
    let mut found: BTreeSet<String> = BTreeSet::from([word.to_owned()]);
    for _ in 0..MOST_TONES {
        let shorter: Vec<String> = found
            .iter()
            .flat_map(|word| {
                let keys = word.char_indices().filter(|(at, c)| *at >= first && matches!(c, 's' | 'f' | 'r' | 'x' | 'j' | 'z'));
                keys.map(|(at, _)| format!("{}{}", &word[..at], &word[at + 1..])).collect::<Vec<_>>()
            })
            .collect();
        found.extend(shorter.into_iter().take(MOST));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_read_back() {
        for (typed, meant) in [
            ("Kanj", "kan"),
            ("hafm", "ham"),
            ("liêm", ""),
            ("ham2", "ham"),
            ("liem6", "liem"),
            ("Ngông", "ngoong"),
            ("ddoong", "dong"),
            ("dduwowng", "duong"),
            ("nguyeenx", "nguyen"),
            ("thuwr", "thu"),
            ("d9o62ng", "dong"),
        ] {
            let found = readings(typed);
            assert!(meant.is_empty() || found.iter().any(|word| word == meant), "{typed}: {found:?}");
        }
    }

    proptest! {
        #[test]
        fn readings_are_few_and_plain(word in "\\PC{0,30}") {
            let found = readings(&word);
            prop_assert!(found.len() <= MOST);
        }
    }
}
