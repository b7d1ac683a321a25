//! Vietnamese that arrived as something else: typed in a font of before Unicode (TCVN3, VNI), or UTF-8 read as Windows-1252.
//!
//! Nothing is converted silently: what looks like this is refused as a name, and what was probably meant is offered.

use unicode_normalization::UnicodeNormalization;

use super::syllable::is_syllable;

/// What a garbled text was meant to be; `None` for text that is what it looks like.
pub fn meant(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    utf8_as_windows(text).or_else(|| old_font(text, tcvn3)).or_else(|| old_font(text, vni))
}

/// Windows-1252 above ASCII, where it is not Latin-1.
const WINDOWS: [(char, u8); 27] = [
    ('€', 0x80),
    ('‚', 0x82),
    ('ƒ', 0x83),
    ('„', 0x84),
    ('…', 0x85),
    ('†', 0x86),
    ('‡', 0x87),
    ('ˆ', 0x88),
    ('‰', 0x89),
    ('Š', 0x8A),
    ('‹', 0x8B),
    ('Œ', 0x8C),
    ('Ž', 0x8E),
    ('‘', 0x91),
    ('’', 0x92),
    ('“', 0x93),
    ('”', 0x94),
    ('•', 0x95),
    ('–', 0x96),
    ('—', 0x97),
    ('˜', 0x98),
    ('™', 0x99),
    ('š', 0x9A),
    ('›', 0x9B),
    ('œ', 0x9C),
    ('ž', 0x9E),
    ('Ÿ', 0x9F),
];

fn utf8_as_windows(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let byte = match WINDOWS.iter().find(|(windows, _)| *windows == c) {
            Some((_, byte)) => *byte,
            None => u8::try_from(u32::from(c)).ok()?,
        };
        bytes.push(byte);
        // `Hoàng` is `HoÃ` + a no-break blank + `ng`; on the way the blank often becomes an ordinary one.
        if c == 'Ã' && before.is_lowercase() && letters.peek() == Some(&' ') {
            letters.next();
            bytes.push(0xA0);
        }
        before = c;
    }
    String::from_utf8(bytes).ok().filter(|meant| !meant.is_ascii() && !meant.chars().any(char::is_control))
}

/// A word converted from an old font, and whether no other language writes it like that.
type Converted = (String, bool);

/// Converts word by word. It is such a text if a word is Vietnamese only when converted, and so are most of its words then.
fn old_font(text: &str, convert: fn(&str) -> Option<Converted>) -> Option<String> {
    let (mut meant, mut words, mut right, mut changed) = (Vec::new(), 0, 0, 0);
    for word in text.split_whitespace() {
        let bare = word.trim_matches(|c: char| c.is_ascii_punctuation());
        if bare.is_empty() || bare.bytes().all(|b| b.is_ascii_digit()) {
            meant.push(word.to_owned());
            continue;
        }
        let other = convert(bare).filter(|(other, _)| is_readable(other));
        words += 1;
        right += usize::from(other.is_some() || is_readable(bare));
        changed += usize::from(other.as_ref().is_some_and(|(_, sure)| *sure) && !looks_right(bare));
        meant.push(other.map_or_else(|| word.to_owned(), |(other, _)| word.replace(bare, &other)));
    }
    (changed > 0 && right * 2 > words).then(|| meant.join(" "))
}

fn is_readable(word: &str) -> bool {
    word.split('-').all(is_syllable)
}

/// A syllable as it stands, the eth taken for the letter it looks like.
fn looks_right(word: &str) -> bool {
    is_readable(&word.replace('\u{D0}', "Đ").replace('\u{F0}', "đ"))
}

/// TCVN 5712:1993 from the byte A1 on (`.VnTime` and its kin): one byte a letter.
const TCVN3: &str = "ĂÂÊÔƠƯĐăâêôơưđẰ\u{300}\u{309}\u{303}\u{301}\u{323}àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵ";

/// `None` when a character is of no such font.
fn tcvn3(word: &str) -> Option<Converted> {
    // A letter alone (£, ©) is a sign; words of such texts have ordinary letters too.
    if !word.chars().any(|c| c.is_ascii_alphabetic()) {
        return None;
    }
    let letter = |c: char| match u32::from(c) {
        0..0x80 => Some(c),
        code => TCVN3.chars().nth(usize::try_from(code.checked_sub(0xA1)?).ok()?),
    };
    Some((word.chars().map(letter).collect::<Option<String>>()?.nfc().collect(), true))
}

/// VNI for Windows: a vowel, then a character for its marks.
fn vni(word: &str) -> Option<Converted> {
    let (mut out, mut sure) = (String::new(), false);
    let mut before = ' ';
    for c in word.chars() {
        let upper = c.is_uppercase();
        let small = c.to_lowercase().next()?;
        let marks = match small {
            'ù' => "\u{301}",
            'ø' => "\u{300}",
            'û' => "\u{309}",
            'õ' => "\u{303}",
            'ï' => "\u{323}",
            'â' => "\u{302}",
            'á' => "\u{302}\u{301}",
            'à' => "\u{302}\u{300}",
            'å' => "\u{302}\u{309}",
            'ã' => "\u{302}\u{303}",
            'ä' => "\u{302}\u{323}",
            'ê' => "\u{306}",
            'é' => "\u{306}\u{301}",
            'è' => "\u{306}\u{300}",
            'ú' => "\u{306}\u{309}",
            'ü' => "\u{306}\u{303}",
            'ë' => "\u{306}\u{323}",
            _ => "",
        };
        let own = match small {
            'ö' => "ư",
            'ô' => "ơ",
            'ñ' => "đ",
            'æ' => "ỉ",
            'ó' => "ĩ",
            'ò' => "ị",
            'î' => "ỵ",
            _ => "",
        };
        if !marks.is_empty() && matches!(before, 'a' | 'e' | 'o' | 'u' | 'y' | 'ö' | 'ô') {
            // French writes oï, aï, oë, aü, oê: what no other language writes must be there.
            sure |= !matches!(small, 'ï' | 'ë' | 'ü' | 'é' | 'ú');
            out.push_str(marks);
        } else if !own.is_empty() {
            out.push_str(&if upper { own.to_uppercase() } else { own.to_owned() });
        } else if c.is_ascii() || small == 'í' || small == 'ì' {
            out.push(c);
        } else {
            return None;
        }
        before = small;
    }
    Some((out.nfc().collect(), sure))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_fonts_are_recognised() {
        for (old, right) in [
            ("NguyÔn V¨n L\u{AD}¬ng", "Nguyễn Văn Lương"),
            ("TrÇn ThÞ Hång H¹nh", "Trần Thị Hồng Hạnh"),
            ("Lª Hïng", "Lê Hùng"),
            ("§Æng Quèc B¶o", "Đặng Quốc Bảo"),
            ("Ph¹m ThÞ Tuy\u{D5}t Thu\u{FB}", "Phạm Thị Tuyết Thuỷ"),
            ("Vâ Mü", "Võ Mỹ"),
            ("Nguyeãn Vaên Löông", "Nguyễn Văn Lương"),
            ("Traàn Thò Haïnh", "Trần Thị Hạnh"),
            ("Ñaëng Vaên Leâ", "Đặng Văn Lê"),
            ("HoÃ\u{a0}ng", "Hoàng"),
            ("HoÃ ng", "Hoàng"),
            ("Táº¡", "Tạ"),
            ("Nguyá»…n VÄƒn An", "Nguyễn Văn An"),
            ("NguyÃªn \u{c4}\u{90}\u{e1}\u{bb}\u{a9}c", "Nguyên Đức"),
        ] {
            assert_eq!(meant(old).as_deref(), Some(right), "{old}");
        }
    }

    #[test]
    fn text_that_is_right_is_left_alone() {
        for text in [
            "Nguyễn Văn Lương",
            "NGUYỄN VĂN LƯƠNG",
            "XÃ HÀM LIÊM",
            "XÃ HAM LIEM",
            "\u{D0}ặng Văn Thử",
            "\u{D0}ông",
            "François",
            "Loïc",
            "Loïc Dupont",
            "Noël",
            "Zoé",
            "José Núñez",
            "Jürgen Müller",
            "Anaïs",
            "Björn",
            "Mª Carmen",
            "Vinamilk®",
            "© 2026",
            "5 £",
            "«Lan»",
            "10 m²",
            "Hòa",
            "Mỹ",
            "Tô Hô",
            "Bê",
            "Y Ƀlăm Niê",
            "H'Hen Niê",
            "Cái Răng",
            "Đà Nẵng – Quảng Nam",
            "São Paulo",
            "Æ",
            "Chloë",
            "Maëlle",
            "Benoît",
            "Gaëtan",
            "Crème",
            "Hà Ê Ô",
        ] {
            assert_eq!(meant(text), None, "{text}");
        }
    }
}
