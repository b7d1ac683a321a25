//! An entry's public code, small: sixteen characters, without the check character that follows from them.

use std::fmt;

use crate::basics::PublicCode;

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(u128);

impl Code {
    /// Only the canonical form is a code in a leaf.
    pub fn parse(text: &str) -> Option<Self> {
        let code = PublicCode::parse(text).ok()?;
        let first: &[u8; 16] = text.as_bytes().first_chunk()?;
        (code.as_str() == text).then(|| Self(u128::from_be_bytes(*first)))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0.to_be_bytes();
        let first = String::from_utf8_lossy(&bytes);
        let checks = "0123456789ABCDEFGHJKMNPQRSTVWXYZU".chars();
        let whole = checks.map(|check| format!("{first}{check}")).find(|code| PublicCode::parse(code).is_ok());
        f.write_str(whole.as_deref().unwrap_or(&first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
