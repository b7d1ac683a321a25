//! Text as search and uniqueness compare it, and the words in it.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case without marks, `đ` and its look-alikes as `d`, blanks as one, dashes and apostrophes of one form, nothing invisible.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    let mut put = |c: char| {
        if c.is_whitespace() {
            gap = true;
            return;
        }
        if gap && !out.is_empty() {
            out.push(' ');
        }
        gap = false;
        out.push(c);
    };
    // Marks go, so no character depends on its neighbours.
    for c in text.chars() {
        match LATIN.get(c as usize).copied().unwrap_or_default() {
            0 => folded(c).for_each(&mut put),
            letter => put(char::from(letter)),
        }
    }
    out
}

/// What common characters fold to, one ASCII character each; 0 for all others.
static LATIN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let one = |code: u32| {
        let mut folded = char::from_u32(code).into_iter().flat_map(folded);
        match (folded.next(), folded.next()) {
            (Some(c), None) => u8::try_from(c).ok().filter(u8::is_ascii).unwrap_or_default(),
            _ => 0,
        }
    };
    (0..0x1F00).map(one).collect()
});

/// One character by itself, whatever it is.
fn folded(c: char) -> impl Iterator<Item = char> {
    let letters = compatible(c).nfd().flat_map(char::to_lowercase).nfd();
    letters.filter(|c| !is_combining_mark(*c) && !is_invisible(*c)).flat_map(|c| {
        let (same, other) = plain(c).map_or((Some(c), ""), |letters| (None, letters));
        same.into_iter().chain(other.chars())
    })
}

/// Letters and digits of another width or height (`Ａ`, `ﬁ`, `²`) as the ordinary ones; signs stay what they are.
fn compatible(c: char) -> impl Iterator<Item = char> {
    let (same, other) = if c.is_alphanumeric() { (None, Some(c)) } else { (Some(c), None) };
    same.into_iter().chain(other.into_iter().nfkd())
}

/// What is written for a character that no mark can be taken from. The eth and the African D look like `đ` and stand for it in much old
/// Vietnamese text; `ƀ` is a letter of Ê-đê, Gia-rai and Ba-na names.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'đ' | 'ð' | 'ɖ' | 'ɗ' => "d",
        'ƀ' | 'ɓ' => "b",
        'ø' => "o",
        'ł' => "l",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        'þ' => "th",
        '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2032}' | '\u{2B9}' | '\u{2BB}'..='\u{2BD}' | '`' | '\u{B4}' | '\u{FF07}' => {
            "'"
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' => "-",
        _ => return None,
    })
}

/// Characters nobody sees: marks of direction, joiners, soft hyphens, fillers, selectors of a form.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// The parts that an apostrophe joins, for each word: `Cư M'gar` → `[[cu], [m, gar]]`.
fn groups(text: &str) -> Vec<Vec<String>> {
    let folded = fold(text);
    let mut groups: Vec<Vec<String>> = Vec::new();
    let mut joined = false;
    for part in folded.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let word = part.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        match groups.last_mut() {
            _ if word.is_empty() => {}
            Some(group) if joined => group.push(word.to_owned()),
            _ => groups.push(vec![word.to_owned()]),
        }
        joined = !word.is_empty() && part.ends_with('\'');
    }
    groups
}

/// The folded words of a text: runs of ASCII letters and digits. An apostrophe inside a word joins (`M'gar` → `mgar`), as those type
/// it who leave it out.
pub fn words(text: &str) -> Vec<String> {
    groups(text).into_iter().map(|parts| parts.concat()).collect()
}

/// The folded words with blanks between them, apostrophes inside words kept (`cu m'gar`): what names are stored as to be found.
pub fn folded_words(text: &str) -> String {
    groups(text).into_iter().map(|parts| parts.join("'")).collect::<Vec<_>>().join(" ")
}

/// Words and neighbouring pairs (`ham`, `liem`, `ham_liem`) of several texts; pairs do not span two texts. Words with an apostrophe
/// are there whole and in their parts. Sorted, each once.
pub fn words_and_pairs<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut all = std::collections::BTreeSet::new();
    let mut add = |words: Vec<String>| {
        all.extend(words.windows(2).map(|pair| format!("{}_{}", pair[0], pair[1])));
        all.extend(words);
    };
    for text in texts {
        let groups = groups(text);
        if groups.iter().any(|parts| parts.len() > 1) {
            add(groups.iter().map(|parts| parts.concat()).collect());
        }
        add(groups.into_iter().flatten().collect());
    }
    all.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folding_forgets_marks_case_and_tone_placement() {
        assert_eq!(fold("Hàm Liêm"), "ham liem");
        assert_eq!(fold("ĐỒNG BÀO"), "dong bao");
        assert_eq!(fold("Hòa"), fold("Hoà"));
        assert_eq!(fold("Ủng hộ"), fold("U\u{309}ng ho\u{323}\u{302}"));
    }

    #[test]
    fn letters_that_look_alike_fold_alike() {
        for d in ["Đ", "đ", "\u{D0}", "\u{F0}", "\u{189}", "\u{256}"] {
            assert_eq!(fold(&format!("{d}ặng")), "dang", "{d}");
        }
        assert_eq!(fold("Y \u{243}lăm, H'\u{180}lê"), "y blam, h'ble");
        assert_eq!(fold("Jørgen Łukasz Æ Ｈà"), "jorgen lukasz ae ha");
        assert_eq!(fold("Ơ\u{306}, ê\u{306}, Ŭ, Č, Ñ"), "o, e, u, c, n");
    }

    #[test]
    fn nothing_that_nobody_sees_makes_a_difference() {
        let plain = fold("Trần Thị Thử");
        for text in
            ["Trần\u{a0} Thị\u{2009}\u{3000}Thử ", "\u{202A}Trần Thị\u{200B} Thử\u{202C}", "\u{FEFF}Tr\u{AD}ần\tThị Thử\u{200E}"]
        {
            assert_eq!(fold(text), plain, "{text:?}");
        }
        assert_eq!(fold("Ea H\u{2019}Leo \u{2013} A\u{2011}B"), "ea h'leo - a-b");
    }

    #[test]
    fn words_come_with_their_pairs() {
        assert_eq!(words_and_pairs(["Hàm Liêm", "Gạo"]), ["gao", "ham", "ham_liem", "liem"]);
        assert!(words_and_pairs(["…", ""]).is_empty());
    }

    #[test]
    fn a_word_with_an_apostrophe_is_whole_and_in_parts() {
        assert_eq!(words("Cư M\u{2019}gar"), ["cu", "mgar"]);
        assert_eq!(words("'Nhóm' trẻ, L'Oréal's"), ["nhom", "tre", "loreals"]);
        assert_eq!(folded_words("Xã  Ea H'Leo (mới)"), "xa ea h'leo moi");
        assert_eq!(words_and_pairs(["Cư M'gar"]), ["cu", "cu_m", "cu_mgar", "gar", "m", "m_gar", "mgar"]);
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        /// Whatever words are looked for, the text they were taken from is found by them.
        #[test]
        fn a_text_is_found_by_its_own_words(text in "[A-Za-zĐđÐƀ'’ ,.0-9-]{0,40}") {
            let said = words_and_pairs([text.as_str()]);
            let words = words(&text);
            prop_assert!(words.iter().all(|word| said.contains(word)));
            let pairs_are_said = words.windows(2).all(|pair| said.contains(&format!("{}_{}", pair[0], pair[1])));
            prop_assert!(pairs_are_said);
            let again: Vec<String> = folded_words(&text).split(' ').filter(|w| !w.is_empty()).map(|w| w.replace('\'', "")).collect();
            prop_assert_eq!(again, words);
        }
    }
}
