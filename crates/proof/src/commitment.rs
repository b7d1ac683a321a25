//! The commitment `pd`: one hash over a fixed list of personal fields, each behind its own salt.
//!
//! `salt_f = HMAC(secret, "salt\0" ‖ f)`, `c_f = HMAC(salt_f, "ledger/pd/v1\0" ‖ f ‖ "\0" ‖ NFC(value))`,
//! `pd = SHA-256("ledger/pd-set/v1\0" ‖ count ‖ c_1 ‖ … ‖ c_k)`, fields in bytewise order of name. One field can be
//! shown to anyone as (name, value, salt) with the other commitments; a field that is absent is committed as "" and
//! looks like any other. The secret is random for every entry and derived from nothing.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// The fields behind the commitment of a gift, in the order they are committed in. Part of leaf v1: never changed.
pub const GIVER_FIELDS: &[&str] = &["channel_ref", "memo", "name", "phone", "time"];

/// 32 random bytes that belong to one entry.
pub type Secret = [u8; 32];

/// A fresh secret.
pub fn secret() -> Result<Secret, getrandom::Error> {
    let mut secret = [0u8; 32];
    getrandom::fill(&mut secret)?;
    Ok(secret)
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of any length, so this cannot fail; an empty MAC would only make a wrong commitment.
    let Ok(mut mac) = <Hmac<Sha256> as Mac>::new_from_slice(key) else {
        return [0; 32];
    };
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// The salt of one field.
pub fn salt(secret: &Secret, field: &str) -> [u8; 32] {
    hmac(secret, &[b"salt\0", field.as_bytes()])
}

/// The commitment to one field.
pub fn field_commitment(secret: &Secret, field: &str, value: &str) -> [u8; 32] {
    salted(&salt(secret, field), field, value)
}

/// The commitment to one field, by its salt: what somebody can compute whom one field was shown.
pub fn salted(salt: &[u8; 32], field: &str, value: &str) -> [u8; 32] {
    let value: String = value.nfc().collect();
    hmac(salt, &[b"ledger/pd/v1\0", field.as_bytes(), b"\0", value.as_bytes()])
}

/// The commitment to a set of fields; their order does not matter.
pub fn commit(secret: &Secret, fields: &[(&str, &str)]) -> [u8; 32] {
    let mut fields = fields.to_vec();
    fields.sort_unstable_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
    let mut set = Sha256::new();
    set.update(b"ledger/pd-set/v1\0");
    set.update([u8::try_from(fields.len()).unwrap_or(u8::MAX)]);
    for (field, value) in fields {
        set.update(field_commitment(secret, field, value));
    }
    set.finalize().into()
}

/// What opens a commitment, in clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    pub secret: Secret,
    /// Name and value, in bytewise order of names.
    pub fields: Vec<(String, String)>,
}

impl Opening {
    /// The commitment this opens.
    pub fn commitment(&self) -> [u8; 32] {
        commit(&self.secret, &self.fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex::hex;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    const VECTOR: [(&str, &str); 5] = [
        ("channel_ref", ""),
        ("memo", "Ủng hộ đồng bào"),
        ("name", "Nguyễn Văn A"),
        ("phone", ""),
        ("time", "2026-11-22T09:30:00+07:00"),
    ];

    fn vector_secret() -> Secret {
        std::array::from_fn(|i| i as u8)
    }

    #[test]
    fn the_published_vector_holds() {
        let secret = vector_secret();
        assert_eq!(hex(&salt(&secret, "name")), "422a79adcac469dc62278b743655465f0ab9ffd60eb21d1f605362ab796ef265");
        assert_eq!(
            hex(&field_commitment(&secret, "name", "Nguyễn Văn A")),
            "df7f4d6b1b37b2b39c2e1125d4468f0457226e9967098431114fd85170abf867"
        );
        assert_eq!(URL_SAFE_NO_PAD.encode(commit(&secret, &VECTOR)), "_oZL87iFiPKBOHXWdKEqeHnV5g8D46ybOXDSvtVDP8g");
    }

    #[test]
    fn decomposed_text_commits_to_the_same() {
        let secret = vector_secret();
        assert_eq!(
            field_commitment(&secret, "name", "Nguye\u{302}\u{303}n Va\u{306}n A"),
            field_commitment(&secret, "name", "Nguyễn Văn A")
        );
    }

    proptest! {
        #[test]
        fn order_does_not_matter_and_every_value_does(at in 0usize..5, other in "[a-z]{1,8}", rotate in 0usize..5) {
            let secret = vector_secret();
            let mut fields = VECTOR.to_vec();
            fields.rotate_left(rotate);
            prop_assert_eq!(commit(&secret, &fields), commit(&secret, &VECTOR));
            fields = VECTOR.to_vec();
            fields[at].1 = &other;
            prop_assert_ne!(commit(&secret, &fields), commit(&secret, &VECTOR));
        }
    }
}
