//! One line of text as people write it, and names that papers can print.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::fold::is_invisible;
use super::garbled::meant;

/// One line of text: NFC, trimmed, blanks as one, nothing invisible, 1 ..= a stated number of characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line(String);

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineError {
    Empty,
    TooLong,
    ControlCharacter,
    /// A name in the bytes of an old font, or wrongly decoded; `text::meant` may tell what it was.
    Garbled,
    /// A name with a letter, a digit or a mark that papers cannot print.
    Unprintable(char),
}

/// Most marks on one letter beyond those it has a form of its own with: `ơ̆` of the Central Highlands needs one.
const MOST_MARKS: usize = 2;

impl Line {
    /// Normalises and checks; `max_chars` counts characters after normalisation.
    pub fn parse(text: &str, max_chars: usize) -> Result<Self, LineError> {
        // Bytes bound characters from above by four (and NFD marks by a few more): refuse before normalising a megabyte.
        if text.len() > max_chars.saturating_mul(16) {
            return Err(LineError::TooLong);
        }
        if text.trim().chars().any(is_forbidden) {
            return Err(LineError::ControlCharacter);
        }
        let line = if text.is_ascii() {
            blanks_as_one(text.chars())
        } else if text.contains('\u{AD}') && meant(text).is_some() {
            // In an old font the soft hyphen is a letter: cleaning would destroy what can still be converted.
            text.trim().nfc().collect()
        } else {
            blanks_as_one(visible(text.chars()).nfc().map(our_letter))
        };
        if line.is_empty() {
            return Err(LineError::Empty);
        }
        if line.chars().count() > max_chars {
            return Err(LineError::TooLong);
        }
        Ok(Self(line))
    }

    /// A name of a person, a body, a place, an appeal: what stands on papers. Beside the rules of a line every letter is Latin and can be
    /// printed. (Pictures are kept, and left out on paper.)
    pub fn name(text: &str, max_chars: usize) -> Result<Self, LineError> {
        if !text.is_ascii() && text.len() <= max_chars.saturating_mul(16) && meant(text).is_some() {
            return Err(LineError::Garbled);
        }
        let line = Self::parse(text, max_chars)?;
        match line.0.chars().find(|c| is_writing(*c) && !is_printable(*c)) {
            Some(c) => Err(LineError::Unprintable(c)),
            None => too_many_marks(&line.0).map_or(Ok(line), |mark| Err(LineError::Unprintable(mark))),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters (a tab is a blank), ends of lines, and the mark that turns what follows around: what is read is not what is stored.
fn is_forbidden(c: char) -> bool {
    (c.is_control() && c != '\t') || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202E}')
}

/// The letter that was meant where another looks the same.
fn our_letter(c: char) -> char {
    match c {
        '\u{D0}' | '\u{189}' => 'Đ',
        '\u{F0}' | '\u{256}' => 'đ',
        '\u{2010}' | '\u{2011}' => '-',
        '\u{2BB}' | '\u{2BC}' => '\u{2019}',
        c => c,
    }
}

/// Without what nobody sees. Joiners and selectors stay where they form one picture of several (`❤️`).
fn visible(text: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let mut picture = false;
    text.filter(move |c| {
        if is_invisible(*c) {
            return picture && matches!(c, '\u{200D}' | '\u{FE0E}' | '\u{FE0F}' | '\u{E0020}'..='\u{E007F}');
        }
        if !is_combining_mark(*c) {
            picture = *c >= '\u{203C}' && !c.is_alphanumeric() && !c.is_whitespace();
        }
        true
    })
}

fn blanks_as_one(text: impl Iterator<Item = char>) -> String {
    let mut line = String::new();
    let mut gap = false;
    for c in text {
        if c.is_whitespace() {
            gap = true;
            continue;
        }
        if gap && !line.is_empty() {
            line.push(' ');
        }
        gap = false;
        line.push(c);
    }
    line
}

/// Can a paper print this character of a name? A test of `vouchers` holds the faces to it. Of letters the Latin ones; of signs those of
/// European typography, and whatever is a wider form of them.
pub fn is_printable(c: char) -> bool {
    matches!(c,
        ' '..='~' | '\u{A1}'..='\u{AC}' | '\u{AE}'..='\u{24F}' | '\u{300}'..='\u{36F}' | '\u{1E00}'..='\u{1EFF}'
        | '\u{2010}'..='\u{2015}' | '\u{2018}'..='\u{201E}' | '\u{2020}'..='\u{2022}' | '\u{2026}' | '\u{2030}'
        | '\u{2032}' | '\u{2033}' | '\u{2039}' | '\u{203A}' | '\u{20AB}' | '\u{20AC}' | '\u{2116}' | '\u{2122}')
        || ('\u{FF01}'..='\u{FF5E}').contains(&c)
}

/// Whether a character is one of writing, and no sign or picture: a name without it would be another.
pub fn is_writing(c: char) -> bool {
    let is_keycap = ('\u{20D0}'..='\u{20F0}').contains(&c);
    c.is_alphanumeric()
        || is_combining_mark(c) && !is_keycap && !is_invisible(c)
        || matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}')
}

/// A mark beyond those a letter of any language of Vietnam has, or without a letter beneath.
fn too_many_marks(text: &str) -> Option<char> {
    let mut room = 0;
    for c in text.chars() {
        if !('\u{300}'..='\u{36F}').contains(&c) {
            room = if c.is_alphabetic() { MOST_MARKS } else { 0 };
        } else if room == 0 {
            return Some(c);
        } else {
            room -= 1;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stored(text: &str) -> String {
        Line::parse(text, 60).unwrap().as_str().to_owned()
    }

    fn name(text: &str) -> Result<String, LineError> {
        Line::name(text, 60).map(|line| line.as_str().to_owned())
    }

    #[test]
    fn lines_are_normalised_and_bounded() {
        assert_eq!(Line::parse("  Nguye\u{302}\u{303}n ", 20).unwrap().as_str(), "Nguyễn");
        assert_eq!(Line::parse(" ", 5), Err(LineError::Empty));
        assert_eq!(Line::parse("\u{200B}\u{FEFF}", 5), Err(LineError::Empty));
        assert_eq!(Line::parse("a\0b", 5), Err(LineError::ControlCharacter));
        assert_eq!(Line::parse("a\nb", 5), Err(LineError::ControlCharacter));
        assert_eq!(Line::parse("\u{202E}abc", 9), Err(LineError::ControlCharacter));
        assert_eq!(Line::parse("abcdef", 5), Err(LineError::TooLong));
        assert_eq!(Line::parse(&"x".repeat(1_000_000), 200), Err(LineError::TooLong));
        assert_eq!(Line::parse("❤️ ủng hộ", 20).unwrap().as_str(), "❤️ ủng hộ");
        assert_eq!(stored("👨\u{200D}👩\u{200D}👧 nhà"), "👨\u{200D}👩\u{200D}👧 nhà");
    }

    #[test]
    fn what_nobody_sees_is_not_stored() {
        assert_eq!(stored("Trần  Thị \t\u{a0}\u{3000} Thử"), "Trần Thị Thử");
        assert_eq!(stored("\u{202A}Trần\u{200B} Th\u{200D}ị\u{200E} Thử\u{202C}\u{FEFF}"), "Trần Thị Thử");
        assert_eq!(stored("\u{2068}Lê\u{2069} An\u{FE0F}"), "Lê An");
        assert_eq!(stored("12\u{2011}QĐ"), "12-QĐ");
    }

    #[test]
    fn the_eth_is_stored_as_the_letter_it_stands_for() {
        assert_eq!(stored("\u{D0}oàn \u{D0}ình \u{189}ức, \u{F0}ã \u{256}i"), "Đoàn Đình Đức, đã đi");
    }

    #[test]
    fn names_have_letters_that_papers_print() {
        let highlands = "Y \u{243}lăm, H'\u{180}lê, Čư̆ Ŭ Ơ\u{306} Ê\u{306} Ñĕ ŏ ĭ b\u{306}";
        assert_eq!(name(highlands).as_deref(), Ok(highlands));
        for fine in [
            "Jørgen Müller-Łódź",
            "Công ty \"A&B\" – số 5",
            "＝1+1",
            "François Noël",
            "Zoé",
            "Loïc",
            "José Núñez",
            "Vinamilk®",
            "🌻",
            "An ❤️ 1⃣",
        ] {
            assert_eq!(name(fine).as_deref(), Ok(fine));
        }
        for (wrong, letter) in
            [("Tr廕吵", '廕'), ("B髶h", '髶'), ("Ольга", 'О'), ("Λ", 'Λ'), ("An ١", '١'), ("Nguy\u{FFFD}n", '\u{FFFD}')]
        {
            assert_eq!(name(wrong), Err(LineError::Unprintable(letter)), "{wrong}");
        }
        assert_eq!(name("a\u{306}\u{306}\u{306}\u{306}"), Err(LineError::Unprintable('\u{306}')));
        assert_eq!(name("- \u{301}"), Err(LineError::Unprintable('\u{301}')));
        assert_eq!(name(""), Err(LineError::Empty));
    }

    #[test]
    fn names_in_old_fonts_are_refused_and_lines_kept_untouched() {
        let old = "NguyÔn V¨n L\u{AD}¬ng";
        assert_eq!(name(old), Err(LineError::Garbled));
        assert_eq!(stored(old), old);
        assert_eq!(name("HoÃ\u{a0}ng"), Err(LineError::Garbled));
    }

    proptest! {
        #[test]
        fn a_line_read_again_is_the_same(text in "\\PC{0,40}") {
            if let Ok(line) = Line::parse(&text, 60) {
                prop_assert_eq!(Line::parse(line.as_str(), 60), Ok(line.clone()));
                prop_assert!(!line.as_str().contains("  ") && line.as_str().trim() == line.as_str());
            }
        }

        #[test]
        fn a_name_is_found_as_it_was_typed(text in "[A-ZĐÐa-zđðạếứ '’-]{1,30}") {
            if let Ok(line) = Line::name(&text, 60) {
                prop_assert_eq!(super::super::fold(line.as_str()), super::super::fold(&text));
            }
        }
    }
}
