//! Is this a syllable of Vietnamese? By its spelling alone; a few that nobody says pass.

use unicode_normalization::UnicodeNormalization;

const INITIALS: &[&str] = &[
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "p",
    "r", "s", "t", "v", "x", "",
];

/// Vowels without tone, and whether they stand at the end, before a consonant, or both.
const OPEN: &[&str] = &[
    "a", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y", "ai", "ao", "au", "ay", "âu", "ây", "eo", "êu", "ia", "iu", "oa", "oe",
    "oi", "ôi", "ơi", "ua", "uê", "ui", "uơ", "uy", "ưa", "ưi", "ưu", "iêu", "yêu", "oai", "oao", "oay", "oeo", "uây", "uôi",
    "uya", "uyu", "ươi", "ươu", "uâ", "uă",
];
const CLOSED: &[&str] = &[
    "a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y", "iê", "yê", "oa", "oă", "oe", "oo", "uâ", "uê", "uô", "ươ", "uy",
    "uyê",
];
const FINALS: &[&str] = &["ch", "ng", "nh", "c", "m", "n", "p", "t"];

/// One syllable in NFC, any case.
pub fn is_syllable(word: &str) -> bool {
    let mut tones = 0;
    let mut plain = String::new();
    for c in word.nfd().flat_map(char::to_lowercase) {
        match c {
            '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}' => tones += 1,
            _ => plain.push(c),
        }
    }
    let plain: String = plain.nfc().collect();
    // `gì`, `gìn`: the i is initial and vowel in one, and found behind `g`.
    tones <= 1 && INITIALS.iter().any(|first| plain.strip_prefix(first).is_some_and(is_rime))
}

/// Whether a word may be a syllable whose marks are still to be typed: `nuoc`, in any case.
pub fn may_be_syllable(word: &str) -> bool {
    let word = word.to_lowercase();
    let plain = |text: &str| text.chars().map(without_mark).collect::<String>();
    let is_plain_rime = |rime: &str| {
        OPEN.iter().any(|vowels| plain(vowels) == rime)
            || FINALS
                .iter()
                .any(|last| rime.strip_suffix(last).is_some_and(|rest| CLOSED.iter().any(|vowels| plain(vowels) == rest)))
    };
    INITIALS.iter().any(|first| word.strip_prefix(plain(first).as_str()).is_some_and(is_plain_rime))
}

fn without_mark(c: char) -> char {
    match c {
        'ă' | 'â' => 'a',
        'ê' => 'e',
        'ô' | 'ơ' => 'o',
        'ư' => 'u',
        'đ' => 'd',
        c => c,
    }
}

fn is_rime(rime: &str) -> bool {
    OPEN.contains(&rime) || FINALS.iter().any(|last| rime.strip_suffix(last).is_some_and(|vowels| CLOSED.contains(&vowels)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_told_from_other_words() {
        for word in "Nguyễn Văn Lương Hoàng Đặng Thuỷ Thủy Hòa Hoà Quỳnh Quốc giếng gì nghiêng Khuya khuỷu an Ý yêu Trường xoong ước quyển".split(' ') {
            assert!(is_syllable(word), "{word}");
        }
        for word in "Müller Franỗois Smith Zoo TNHH ABC nguyôn Dupont gl tất1 ạếu".split(' ') {
            assert!(!is_syllable(word), "{word}");
        }
        assert!(["nuoc", "NUOC", "duong", "bao", "cuo", "tieng"].into_iter().all(may_be_syllable));
        assert!(["", "lulut", "dra", "khongc", "b"].into_iter().all(|word| !may_be_syllable(word)));
    }
}
