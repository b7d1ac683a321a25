//! An entry's public code, small: sixteen characters, without the check character that follows from them.

use std::fmt;

use crate::code::PublicCode;

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHECK_U: u16 = 36;

fn value(digit: u8) -> Option<u16> {
    Some(u16::from(match digit {
        b'0'..=b'9' => digit - b'0',
        b'A'..=b'H' => digit - b'A' + 10,
        b'J' | b'K' => digit - b'J' + 18,
        b'M' | b'N' => digit - b'M' + 20,
        b'P'..=b'T' => digit - b'P' + 22,
        b'V'..=b'Z' => digit - b'V' + 27,
        _ => return None,
    }))
}

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(u128);

impl Code {
    /// Only the canonical form is a code in a leaf.
    pub fn parse(text: &str) -> Option<Self> {
        let (first, check) = text.as_bytes().split_first_chunk::<16>()?;
        // The value modulo 37, one digit after the other; what PublicCode does, without its allocations.
        let mut rest = 0u16;
        for digit in first {
            rest = (rest * 32 + value(*digit)?) % 37;
        }
        let wanted = if rest == CHECK_U { b'U' } else { *DIGITS.get(usize::from(rest))? };
        (check == [wanted]).then(|| Self(u128::from_be_bytes(*first)))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0.to_be_bytes();
        let first = String::from_utf8_lossy(&bytes);
        let checks = DIGITS.iter().chain(b"U").map(|check| char::from(*check));
        let whole = checks.map(|check| format!("{first}{check}")).find(|code| PublicCode::parse(code).is_ok());
        f.write_str(whole.as_deref().unwrap_or(&first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_reads_what_public_codes_are(text in "[0-9A-Z]{16,18}", check in "[0-9A-Z]") {
            for text in [text.clone(), text.chars().take(16).collect::<String>() + &check] {
                let theirs = PublicCode::parse(&text).is_ok_and(|code| code.as_str() == text);
                prop_assert_eq!(Code::parse(&text).is_some(), theirs, "{}", text);
            }
        }
    }

    #[test]
    fn a_code_is_written_as_it_was_read() {
        for _ in 0..100 {
            let code = PublicCode::random().unwrap();
            assert_eq!(Code::parse(code.as_str()).unwrap().to_string(), code.as_str());
            assert_eq!(Code::parse(&code.as_str().to_lowercase()), None);
        }
        assert!(Code::parse("").is_none() && Code::parse("0000000000000000-0").is_none());
    }
}
