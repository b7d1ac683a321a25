//! Public codes: what the public, a QR code or a voice on the phone calls an entry.
//!
//! 80 random bits in Crockford base32 (16 characters, no I, L, O, U) and one check character (the value modulo 37).
//! Codes whose check character would be a punctuation mark are not used, so a code is always 17 letters and digits.
//! A code says nothing about time or place; it is a name, not a credential.

use std::fmt;

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Check values 32..=35 are punctuation in Crockford's table and are not issued; 36 is `U`.
const CHECK_U: u128 = 36;

/// A valid public code in canonical form (upper case, no separators).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicCode(String);

/// The text is not a public code: wrong length, a strange character, or the check character does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotACode;

impl PublicCode {
    /// A fresh code from the system's random source.
    pub fn random() -> Result<Self, getrandom::Error> {
        loop {
            let mut bytes = [0u8; 16];
            getrandom::fill(&mut bytes[6..])?;
            if let Some(code) = Self::from_bits(u128::from_be_bytes(bytes)) {
                return Ok(code);
            }
        }
    }

    /// `None` when the check character of these 80 bits would be punctuation.
    fn from_bits(bits: u128) -> Option<Self> {
        let check = check_char(bits)?;
        let mut text: String = (0..16).map(|i| char::from(DIGITS[(bits >> (75 - 5 * i) & 31) as usize])).collect();
        text.push(check);
        Some(Self(text))
    }

    /// Reads a code as people write it: any case, with dashes or spaces, `O` for 0 and `I`/`L` for 1.
    pub fn parse(text: &str) -> Result<Self, NotACode> {
        if text.len() > 40 {
            return Err(NotACode);
        }
        let plain: Vec<u8> = text.bytes().filter(|b| !matches!(b, b'-' | b' ')).map(|b| b.to_ascii_uppercase()).collect();
        let [digits @ .., check] = plain.as_slice() else {
            return Err(NotACode);
        };
        if digits.len() != 16 {
            return Err(NotACode);
        }
        let bits = digits.iter().try_fold(0u128, |bits, digit| {
            let digit = match digit {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => *other,
            };
            let value = DIGITS.iter().position(|d| *d == digit).ok_or(NotACode)?;
            Ok(bits << 5 | value as u128)
        })?;
        let code = Self::from_bits(bits).ok_or(NotACode)?;
        let check = match check {
            b'O' => b'0',
            b'I' | b'L' => b'1',
            other => *other,
        };
        if code.0.as_bytes().last() == Some(&check) { Ok(code) } else { Err(NotACode) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check_char(bits: u128) -> Option<char> {
    match bits % 37 {
        CHECK_U => Some('U'),
        value => DIGITS.get(value as usize).map(|d| char::from(*d)),
    }
}

impl fmt::Display for PublicCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(bits in 0u128..(1 << 80)) {
            if let Some(code) = PublicCode::from_bits(bits) {
                prop_assert_eq!(PublicCode::parse(code.as_str()), Ok(code.clone()));
                let written = format!("{}-{}", &code.as_str()[..6].to_lowercase(), &code.as_str()[6..]);
                prop_assert_eq!(PublicCode::parse(&written), Ok(code));
            }
        }

        #[test]
        fn one_wrong_character_is_noticed(bits in 0u128..(1 << 80), at in 0usize..16, other in 0usize..32) {
            if let Some(code) = PublicCode::from_bits(bits) {
                let mut bytes = code.as_str().as_bytes().to_vec();
                if bytes[at] != DIGITS[other] {
                    bytes[at] = DIGITS[other];
                    let wrong = String::from_utf8(bytes).unwrap();
                    prop_assert_eq!(PublicCode::parse(&wrong), Err(NotACode));
                }
            }
        }

        #[test]
        fn any_text_is_read_without_panic(text in ".{0,60}") {
            let _ = PublicCode::parse(&text);
        }
    }

    #[test]
    fn random_codes_are_well_formed() {
        for _ in 0..200 {
            let code = PublicCode::random().unwrap();
            assert_eq!(code.as_str().len(), 17);
            assert_eq!(PublicCode::parse(code.as_str()), Ok(code));
        }
    }
}
