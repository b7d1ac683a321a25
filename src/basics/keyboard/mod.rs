//! What a Vietnamese typing program makes of text that is no Vietnamese: of codes, of places with names from other languages.
//!
//! Telex writes marks with letters (`as` → `á`, `aa` → `â`, `dd` → `đ`, `w` → `ư`), VNI with digits (`a1`, `a6`, `d9`). Left on, it
//! eats them. Here they are put back, and never guessed: a code's check character, or the words that exist, must agree.

mod codes;
mod memo;
mod words;

pub use codes::{Typed, typed};
pub use memo::{Changed, changed_by_typing, memo_forms};
pub use words::readings;

use unicode_normalization::UnicodeNormalization;

/// A mark as the keys that write it: Telex, then VNI. A circumflex is written with the letter itself.
fn keys_of(mark: char, letter: char) -> Option<(char, char)> {
    Some(match mark {
        '\u{301}' => ('S', '1'),
        '\u{300}' => ('F', '2'),
        '\u{309}' => ('R', '3'),
        '\u{303}' => ('X', '4'),
        '\u{323}' => ('J', '5'),
        '\u{302}' => (letter, '6'),
        '\u{31B}' => ('W', '7'),
        '\u{306}' => ('W', '8'),
        _ => return None,
    })
}

/// A letter of the keyboard in capitals with the keys of its marks; `None` for what no Vietnamese keyboard writes.
fn taken_apart(c: char, telex: bool) -> Option<(char, Vec<char>)> {
    if matches!(c, 'đ' | 'Đ') {
        return Some(('D', vec![if telex { 'D' } else { '9' }]));
    }
    let mut parts = std::iter::once(c).nfd();
    let letter = parts.next()?.to_ascii_uppercase();
    let keys: Option<Vec<char>> =
        parts.map(|mark| keys_of(mark, letter).map(|(in_telex, in_vni)| if telex { in_telex } else { in_vni })).collect();
    letter.is_ascii_alphanumeric().then_some((letter, keys?))
}
