//! Donation numbers of blood centres: ISBT 128, thirteen characters with a check character (ISO/IEC 7064, Mod 37-2).

use std::fmt;

/// A donation number without check character and flags: five letters or digits that name the centre, two digits of the year, six of a serial.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Din(String);

/// Why a text is no donation number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DinError {
    #[error("it is no donation number")]
    NotADin,
    #[error("its check character is another one")]
    WrongCheck,
    #[error("its check character is missing")]
    NoCheck,
}

/// What the check character counts with; `*` stands in its place only.
const ALPHABET: &[u8; 37] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*";
const LENGTH: usize = 13;

impl Din {
    /// Reads what somebody typed, thirteen characters and the check character, or what a scanner reads: `=`, thirteen characters and two
    /// flags, which are no part of the number.
    pub fn parse(text: &str) -> Result<Self, DinError> {
        let text = plain(text);
        if let Some(scanned) = text.strip_prefix('=') {
            let (number, flags) = scanned.split_at_checked(LENGTH).ok_or(DinError::NotADin)?;
            let two = flags.len() == 2 && flags.bytes().all(|b| b.is_ascii_alphanumeric());
            return if two { Self::read(number) } else { Err(DinError::NotADin) };
        }
        if text.len() == LENGTH {
            return Self::read(&text).and(Err(DinError::NoCheck));
        }
        let (number, check) = text.split_at_checked(LENGTH).ok_or(DinError::NotADin)?;
        let din = Self::read(number)?;
        match check.as_bytes() {
            [one] if ALPHABET.contains(one) => {
                if char::from(*one) == din.check() {
                    Ok(din)
                } else {
                    Err(DinError::WrongCheck)
                }
            }
            _ => Err(DinError::NotADin),
        }
    }

    /// Reads what a program wrote, a file of a blood centre for example: as [`Din::parse`], and the thirteen characters alone.
    pub fn of_file(text: &str) -> Result<Self, DinError> {
        match Self::parse(text) {
            Err(DinError::NoCheck) => Self::read(&plain(text)),
            other => other,
        }
    }

    /// The thirteen characters as they are stored.
    pub fn read(number: &str) -> Result<Self, DinError> {
        let bytes = number.as_bytes();
        let [first, _, _, _, _, digits @ ..] = bytes else { return Err(DinError::NotADin) };
        let letters = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit();
        // No country begins with O or 0, which would be taken for one another.
        let fits = bytes.len() == LENGTH && bytes.iter().take(5).all(letters) && !b"O0".contains(first);
        if fits && digits.iter().all(u8::is_ascii_digit) { Ok(Self(number.to_owned())) } else { Err(DinError::NotADin) }
    }

    /// The thirteen characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The character that is typed behind the number.
    pub fn check(&self) -> char {
        let value = |b: u8| ALPHABET.iter().position(|one| *one == b).unwrap_or(0);
        let sum = self.0.bytes().fold(0, |sum, b| (sum + value(b)) * 2 % 37);
        ALPHABET.get((38 - sum) % 37).copied().map_or('*', char::from)
    }

    /// As it is shown to people: in groups, with the check character.
    pub fn shown(&self) -> String {
        let part = |range: std::ops::Range<usize>| self.0.get(range).unwrap_or_default();
        format!("{} {} {} {}", part(0..5), part(5..7), part(7..LENGTH), self.check())
    }
}

/// In capitals, without blanks.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect()
}

impl fmt::Display for Din {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_check_character_is_that_of_the_standard() {
        for (number, check) in [("G123489654321", 'Y'), ("ABCDE27000069", 'C'), ("V123426000002", '*')] {
            let din = Din::read(number).unwrap();
            assert_eq!(din.check(), check, "{number}");
            for text in [format!("{number}{check}"), format!("={number}00"), format!("  {} {check}", number.to_lowercase())] {
                assert_eq!(Din::parse(&text).as_ref(), Ok(&din), "{text}");
                assert_eq!(Din::of_file(&text).as_ref(), Ok(&din), "{text}");
            }
            assert_eq!((Din::parse(number), Din::of_file(number)), (Err(DinError::NoCheck), Ok(din.clone())));
            assert_eq!(din.as_str(), number);
        }
        assert_eq!(Din::read("G123489654321").unwrap().shown(), "G1234 89 654321 Y");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "=",
            "G12348965432",
            "G12348965432Y",
            "=G1234896543210",
            "=G12348965432100A",
            "G123489654321YY",
            "G1234-9654321Y",
        ] {
            assert_eq!(Din::parse(text), Err(DinError::NotADin), "{text}");
        }
        for text in ["O123489654321", "0123489654321", "G1234896543é1", "G123489654321é", "Ggggg89654321é", "G123489654321-"] {
            assert!(matches!(Din::parse(text), Err(DinError::NotADin)), "{text}");
        }
        assert_eq!(Din::parse("G123489654321X"), Err(DinError::WrongCheck));
        assert_eq!(Din::parse("G123489654312Y"), Err(DinError::WrongCheck), "two digits changed places");
    }

    proptest! {
        /// One wrong character, and two neighbours that changed places, are found.
        #[test]
        fn a_slip_is_found(number in "[A-NP-Z1-9][A-Z0-9]{4}[0-9]{8}", at in 5usize..13, other in 0u8..10) {
            let din = Din::read(&number).unwrap();
            let typed = format!("{number}{}", din.check());
            prop_assert_eq!(Din::parse(&typed), Ok(din));
            let mut wrong = typed.clone().into_bytes();
            wrong[at] = b'0' + other;
            let wrong = String::from_utf8(wrong).unwrap();
            if wrong != typed {
                prop_assert_eq!(Din::parse(&wrong), Err(DinError::WrongCheck));
            }
            if at < 12 {
                let mut swapped = typed.clone().into_bytes();
                swapped.swap(at, at + 1);
                let swapped = String::from_utf8(swapped).unwrap();
                if swapped != typed {
                    prop_assert_eq!(Din::parse(&swapped), Err(DinError::WrongCheck));
                }
            }
        }

        /// Whatever is typed, nothing breaks.
        #[test]
        fn any_text_is_answered(text in "\\PC{0,20}") {
            let _ = Din::parse(&text);
            let _ = Din::of_file(&text);
        }
    }
}
