//! The second factor: an authenticator app (TOTP, RFC 6238) and ten recovery codes for the day the phone is gone.
//!
//! SHA-1, six digits, thirty seconds, one step early or late: what every authenticator does without being told. A code
//! is good once; so is a recovery code. The secret is sealed by the vault, recovery codes are kept as keyed hashes.

use chrono::{DateTime, Utc};
use qrcode::QrCode;
use qrcode::render::svg;
use totp_rs::{Builder, Secret, Totp};
use uuid::Uuid;

use crate::basics::typing::{self, without_blanks};
use crate::vault::Vault;

/// What the authenticator app shows above the code.
pub const ISSUER: &str = "Sổ Nhân Ái";
/// How many recovery codes are handed out at a time.
pub const RECOVERY_CODES: usize = 10;
const SECRET_LEN: usize = 20;
const RECOVERY_LEN: usize = 10;
/// Crockford's digits, of which recovery codes were made before; new ones use fewer.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The secret or the account's name do not make an authenticator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no secret of an authenticator: at least 16 bytes in base32 are needed")]
pub struct NoSecret;

/// What somebody typed where a code is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// Six digits of the authenticator.
    Code(String),
    /// A recovery code in canonical form.
    Recovery(String),
}

impl Typed {
    /// Reads a code as people type it: with spaces or dashes, in any case. `None` fits neither form.
    pub fn parse(text: &str) -> Option<Typed> {
        if text.len() > 64 {
            return None;
        }
        let plain: String = without_blanks(text).chars().filter(|c| *c != '-').map(|c| c.to_ascii_uppercase()).collect();
        if plain.len() == 6 && plain.bytes().all(|b| b.is_ascii_digit()) {
            return Some(Typed::Code(plain));
        }
        let plain: String = plain
            .chars()
            .map(|c| match c {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        let fits = plain.len() == RECOVERY_LEN && plain.bytes().all(|b| DIGITS.contains(&b));
        fits.then_some(Typed::Recovery(plain))
    }
}

/// An authenticator with its secret.
pub struct Authenticator(Totp);

impl Authenticator {
    pub fn new(secret: &[u8], account: &str) -> Result<Self, NoSecret> {
        let builder = Builder::new().with_secret(secret).with_issuer(Some(ISSUER)).with_account_name(account);
        Ok(Self(builder.build().map_err(|_| NoSecret)?))
    }

    /// From base32, as an app is told by hand: with or without spaces, in any case.
    pub fn from_base32(text: &str) -> Result<Self, NoSecret> {
        let plain: String =
            text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '=')).map(|c| c.to_ascii_uppercase()).collect();
        Self::new(Secret::try_from_base32(plain).map_err(|_| NoSecret)?.as_bytes(), "")
    }

    /// The six digits of a moment.
    pub fn code(&self, now: DateTime<Utc>) -> String {
        self.0.generate(seconds(now)).to_string()
    }

    /// The time step whose code this is, if it is one of now, the step before or the step after.
    pub fn step_of(&self, code: &str, now: DateTime<Utc>) -> Option<i64> {
        self.0.check(code, seconds(now)).and_then(|step| i64::try_from(step).ok())
    }

    /// The secret for typing it in by hand.
    pub fn base32(&self) -> String {
        self.0.secret().to_base32()
    }

    /// `otpauth://totp/…`, which a phone opens with its authenticator.
    pub fn uri(&self) -> Result<String, NoSecret> {
        self.0.to_url().map_err(|_| NoSecret)
    }
}

fn seconds(now: DateTime<Utc>) -> u64 {
    u64::try_from(now.timestamp()).unwrap_or(0)
}

/// Twenty random bytes.
pub fn new_secret() -> Result<[u8; SECRET_LEN], getrandom::Error> {
    let mut secret = [0u8; SECRET_LEN];
    getrandom::fill(&mut secret)?;
    Ok(secret)
}

/// A picture of the URI for the phone's camera.
pub fn qr_svg(uri: &str) -> Option<String> {
    let code = QrCode::new(uri.as_bytes()).ok()?;
    Some(code.render::<svg::Color<'_>>().min_dimensions(240, 240).build())
}

/// Fresh recovery codes, as they are shown: `7K2QM-3XTVF`, 45 random bits each, of signs that no typing program changes.
/// Guessing them is counted with the codes of the authenticator, which are far fewer.
pub fn new_recovery_codes() -> Result<Vec<String>, getrandom::Error> {
    (0..RECOVERY_CODES)
        .map(|_| {
            let text = typing::draw(RECOVERY_LEN)?;
            Ok(format!("{}-{}", &text[..RECOVERY_LEN / 2], &text[RECOVERY_LEN / 2..]))
        })
        .collect()
}

/// The keyed hash of a recovery code in canonical form; the same code of two accounts has two.
pub fn recovery_hash(vault: &Vault, account: Uuid, code: &str) -> Vec<u8> {
    vault.hash("recovery_code", &[account.as_bytes().as_slice(), code.as_bytes()].concat()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 6238, appendix B: the eight-digit values end in these six.
    #[test]
    fn codes_are_those_of_the_standard() {
        let authenticator = Authenticator::new(b"12345678901234567890", "hanh").unwrap();
        for (at, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let now = DateTime::from_timestamp(at, 0).unwrap();
            assert_eq!(authenticator.code(now), code);
            assert_eq!(authenticator.step_of(code, now), Some(at / 30));
            for shift in -70..70 {
                let then = now + chrono::Duration::seconds(shift);
                let known = ((at + shift) / 30 - at / 30).abs() <= 1;
                assert_eq!(authenticator.step_of(code, then).is_some(), known, "{at} {shift}");
            }
        }
    }

    #[test]
    fn the_address_names_issuer_and_account() {
        let authenticator = Authenticator::new(&new_secret().unwrap(), "hanh.hamliem").unwrap();
        let uri = authenticator.uri().unwrap();
        assert!(uri.starts_with("otpauth://totp/S%E1%BB%95%20Nh%C3%A2n%20%C3%81i:hanh"), "{uri}");
        assert!(uri.contains(&format!("secret={}", authenticator.base32())), "{uri}");
        let again = Authenticator::from_base32(&format!(" {} ", authenticator.base32().to_lowercase())).unwrap();
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        assert_eq!(again.code(now), authenticator.code(now));
        assert!(qr_svg(&uri).unwrap().contains("<svg"));
        for bad in ["", "A", "!!!!", "GEZDGNBV", "ổổổổ"] {
            assert!(Authenticator::from_base32(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn recovery_codes_are_read_as_people_write_them() {
        let codes = new_recovery_codes().unwrap();
        assert_eq!(codes.len(), RECOVERY_CODES);
        for code in &codes {
            let canonical = code.replace('-', "");
            assert!(typing::survives(code) && typing::survives(&canonical), "{code}");
            assert_eq!(Typed::parse(&code.to_lowercase().replace('-', " ")), Some(Typed::Recovery(canonical)));
        }
        assert_eq!(Typed::parse("oil00-00000"), Some(Typed::Recovery("0110000000".to_owned())));
        for typed in ["123 456", "\u{202A}123\u{a0}456\u{202C}", "123\u{2011}456"] {
            assert_eq!(Typed::parse(typed), Some(Typed::Code("123456".to_owned())), "{typed:?}");
        }
        for bad in ["", "12345", "1234567", "１２３４５６", "+12345", "abcde-fghi", "ABCDE-FGHIU", &"1".repeat(100)] {
            assert_eq!(Typed::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in ".{0,80}") {
            let _ = Typed::parse(&text);
            let _ = Authenticator::from_base32(&text);
        }
    }
}
