//! Public codes typed with a Vietnamese keyboard on, read back. The check character judges every reading, and whoever asks looks
//! which of them are codes of something: a false match is less likely than one in 10^14.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use super::taken_apart;
use crate::basics::PublicCode;

/// What somebody typed where a code belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// A code as it is printed, read aloud or scanned.
    Code(PublicCode),
    /// Codes it may have been before a typing program changed it.
    Perhaps(Vec<PublicCode>),
    /// Looks like a code, and no reading of it is one.
    Broken,
    /// Something else.
    Words,
}

/// Characters of a code with its check character.
const LENGTH: usize = 17;
/// A group of a code as papers print it.
const GROUP: usize = 4;
/// Most readings that are tried, and most that are looked up.
const MOST_TRIED: usize = 7_000;
const MOST_VALID: usize = 256;
/// No code with every mark written out is longer.
const MOST_CHARACTERS: usize = 60;
const DIGITS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Reads what was typed.
pub fn typed(text: &str) -> Typed {
    let text = text.trim();
    if let Ok(code) = PublicCode::parse(text) {
        return Typed::Code(code);
    }
    if text.chars().count() > MOST_CHARACTERS || !text.chars().any(|c| c.is_ascii_digit()) {
        return Typed::Words;
    }
    let Some(lengths) = lengths(text) else { return Typed::Words };
    let mut found = Readings::default();
    for telex in [true, false] {
        if let Some(groups) = groups(text, telex) {
            found.try_all(&groups);
        }
    }
    match found.valid.is_empty() {
        true if looks_like_a_code(&lengths) => Typed::Broken,
        true => Typed::Words,
        false => Typed::Perhaps(found.valid.into_iter().collect()),
    }
}

/// Characters of each group between blanks and hyphens; `None` when there are other signs.
fn lengths(text: &str) -> Option<Vec<usize>> {
    let text: String = text.nfc().collect();
    let is_gap = |c: char| matches!(c, '-' | ' ' | '\u{2010}'..='\u{2015}');
    let plain = text.chars().all(|c| c.is_alphanumeric() || is_gap(c));
    plain.then(|| text.split(is_gap).map(|part| part.chars().count()).filter(|length| *length > 0).collect())
}

/// In one piece or in groups of about four: a code with a character too few or too many, and no words of a language.
fn looks_like_a_code(lengths: &[usize]) -> bool {
    let in_groups = lengths.len() + 1 >= LENGTH.div_ceil(GROUP) && lengths.iter().all(|length| *length <= GROUP + 1);
    (LENGTH - 2..=LENGTH + 1).contains(&lengths.iter().sum::<usize>()) && (lengths.len() == 1 || in_groups)
}

/// A group between blanks or hyphens: its letters, and keys that were eaten, each with the letter it stands behind.
#[derive(Debug)]
struct Group {
    letters: Vec<char>,
    eaten: Vec<(usize, char)>,
}

fn groups(text: &str, telex: bool) -> Option<Vec<Group>> {
    let text: String = text.nfc().collect();
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(|part| {
            let mut group = Group { letters: Vec::new(), eaten: Vec::new() };
            for c in part.chars() {
                let (letter, keys) = taken_apart(c, telex)?;
                // A code has no U: an Ư is a W that stood alone.
                let alone = letter == 'U' && keys.contains(&'W');
                let at = group.letters.len();
                group.letters.push(if alone { 'W' } else { letter });
                let mut keys = keys;
                if alone && let Some(w) = keys.iter().position(|key| *key == 'W') {
                    keys.remove(w);
                }
                group.eaten.extend(keys.into_iter().map(|key| (at, key)));
            }
            Some(group)
        })
        .collect()
}

impl Group {
    /// Every text with the eaten keys put back behind their letters, at most as many as are worth trying.
    fn restored(&self) -> Vec<Vec<char>> {
        // Letters carry their place, so that a key goes behind its own letter wherever others were put before.
        let start: Vec<(Option<usize>, char)> = self.letters.iter().enumerate().map(|(at, c)| (Some(at), *c)).collect();
        let mut forms = vec![start];
        for (letter, key) in &self.eaten {
            let mut next = Vec::new();
            for form in &forms {
                let Some(at) = form.iter().position(|(place, _)| *place == Some(*letter)) else { continue };
                for place in at + 1..=form.len() {
                    let mut longer = form.clone();
                    longer.insert(place, (None, *key));
                    next.push(longer);
                }
            }
            next.truncate(MOST_TRIED);
            forms = next;
        }
        let texts: BTreeSet<Vec<char>> = forms.into_iter().map(|form| form.into_iter().map(|(_, c)| c).collect()).collect();
        texts.into_iter().collect()
    }
}

#[derive(Default)]
struct Readings {
    tried: usize,
    valid: BTreeSet<PublicCode>,
}

impl Readings {
    fn is_enough(&self) -> bool {
        self.tried >= MOST_TRIED || self.valid.len() >= MOST_VALID
    }

    fn judge(&mut self, text: &[char]) {
        self.tried += 1;
        if let Ok(code) = PublicCode::parse(&text.iter().collect::<String>()) {
            self.valid.insert(code);
        }
    }

    /// Every combination of the groups' readings; where a character is missing still, every character in its place.
    fn try_all(&mut self, groups: &[Group]) {
        let length: usize = groups.iter().map(|group| group.letters.len() + group.eaten.len()).sum();
        if !(LENGTH - 1..=LENGTH).contains(&length) {
            return;
        }
        // As printed: groups of four and the check character. Then a lost character is missing in the group that is short.
        let in_fours = groups.len() == LENGTH.div_ceil(GROUP);
        let forms: Vec<Vec<Vec<char>>> = groups.iter().map(Group::restored).collect();
        let mut chosen = vec![0; forms.len()];
        while !self.is_enough() {
            let parts = forms.iter().zip(&chosen).filter_map(|(forms, n)| forms.get(*n));
            let text: Vec<char> = parts.clone().flatten().copied().collect();
            if text.len() == LENGTH {
                self.judge(&text);
            } else {
                let lengths: Vec<usize> = parts.map(Vec::len).collect();
                self.try_lost(&text, short(&lengths).filter(|_| in_fours).unwrap_or(0..=LENGTH - 2));
            }
            // The next combination, as an odometer counts.
            let Some(turn) = (0..chosen.len()).rev().find(|n| chosen[*n] + 1 < forms[*n].len()) else { return };
            chosen[turn] += 1;
            chosen[turn + 1..].fill(0);
        }
    }

    /// The last character typed is the check character: where that is missing itself, nothing judges.
    fn try_lost(&mut self, text: &[char], places: std::ops::RangeInclusive<usize>) {
        for place in places {
            for c in DIGITS.chars() {
                if self.is_enough() {
                    return;
                }
                let mut longer = text.to_vec();
                longer.insert(place, c);
                self.judge(&longer);
            }
        }
    }
}

/// Where a character may be missing: inside the one group that is shorter than printed.
fn short(lengths: &[usize]) -> Option<std::ops::RangeInclusive<usize>> {
    let mut start = 0;
    for (n, length) in lengths.iter().enumerate() {
        let full = if n + 1 == lengths.len() { LENGTH % GROUP } else { GROUP };
        if *length + 1 == full {
            return Some(start..=start + length);
        }
        if *length != full {
            return None;
        }
        start += length;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(digits: &str) -> PublicCode {
        let codes: Vec<PublicCode> =
            DIGITS.chars().chain(['U']).filter_map(|check| PublicCode::parse(&format!("{digits}{check}")).ok()).collect();
        codes.into_iter().next().expect("a code whose check character is a letter or digit")
    }

    fn finds(text: &str, code: &PublicCode) -> bool {
        match typed(text) {
            Typed::Code(found) => found == *code,
            Typed::Perhaps(found) => found.contains(code),
            Typed::Broken | Typed::Words => false,
        }
    }

    #[test]
    fn codes_are_read_back_from_what_telex_and_vni_made_of_them() {
        let real = PublicCode::parse("S9CENRY14WZNQHTRH").unwrap();
        for text in
            ["S9CE-NRY1-4ƯZN-QHTR-H", "s9ce-nry1-4ưzn-qhtr-h", "S9CENRÝ4WZNQHTRH", "S9CE NRÝ 4WZN QHTR H", " s9cenry14ưznqhtrh "]
        {
            assert!(finds(text, &real), "{text}: {:?}", typed(text));
        }
        assert_eq!(typed("S9CENRY14WZNQHTRH"), Typed::Code(real));
    }

    #[test]
    fn a_lost_character_is_tried_for_at_every_place() {
        let real = PublicCode::parse("S9CENRY14WZNQHTRH").unwrap();
        for text in ["S9CE-NRY1-4WZN-QHT-H", "9CE-NRY1-4WZN-QHTR-H", "S9CENRY14WZNQHRH"] {
            assert!(finds(text, &real), "{text}: {:?}", typed(text));
        }
        assert!(!finds("S9CENRY14WZNQHTR", &real), "without its check character it may be any code");
    }

    #[test]
    fn words_and_amounts_are_no_codes() {
        for text in ["", "Hàm Liêm", "500.000", "Trường THCS Hàm Liêm 2", "0912345678", "https://a.vn/g/x", &"Ấ1".repeat(1_000)]
        {
            assert_eq!(typed(text), Typed::Words, "{text}");
        }
        assert_eq!(typed("阮阮阮阮阮阮阮阮阮阮阮阮阮阮阮阮1"), Typed::Broken);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// A tone key eaten by the vowel before it comes back, whatever stands around.
        #[test]
        fn an_eaten_tone_comes_back(digits in "[0-9B-DF-HJ-NP-TV-Z]{16}", at in 0usize..15, vowel in "[AEY]", tone in 0usize..5) {
            let mut text: Vec<char> = digits.chars().map(|c| if c == 'L' || c == 'I' { '1' } else { c }).collect();
            text[at] = vowel.chars().next().unwrap();
            text[at + 1] = ['S', 'F', 'R', 'X', 'J'][tone];
            let digits: String = text.iter().collect();
            prop_assume!(DIGITS.chars().chain(['U']).any(|check| PublicCode::parse(&format!("{digits}{check}")).is_ok()));
            // One code in four hundred has no digit and is taken for words.
            prop_assume!(digits.contains(|c: char| c.is_ascii_digit()));
            let code = code(&digits);
            let mark = ['\u{301}', '\u{300}', '\u{309}', '\u{303}', '\u{323}'][tone];
            let eaten: String = code.as_str().chars().enumerate()
                .filter(|(n, _)| *n != at + 1)
                .flat_map(|(n, c)| std::iter::once(c).chain((n == at).then_some(mark)))
                .nfc().collect();
            prop_assert!(finds(&eaten, &code), "{} {:?}", eaten, typed(&eaten));
        }

        #[test]
        fn any_text_is_read_in_bounded_time(text in "[ẤỹĐƯa-z0-9ệ -]{0,70}") {
            if let Typed::Perhaps(found) = typed(&text) {
                prop_assert!(found.len() <= MOST_VALID);
            }
        }
    }
}
