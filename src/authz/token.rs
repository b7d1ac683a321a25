//! Signed tokens. Each purpose is its own audience, so a token made for one thing is useless for another.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::vault::KeyError;
use crate::vault::keys::{Source, TokenKeyFile};

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    Access,
    /// A log-in that still waits for its second step; its session does not exist yet.
    SecondStep,
}

/// Who a valid token speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claims {
    pub subject: Uuid,
    pub session: Uuid,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    sub: Uuid,
    sid: Uuid,
    pur: Purpose,
    exp: i64,
    /// What the account was when the first step was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    epo: Option<i64>,
}

/// The token is expired, forged, of another purpose, or signed by a key we do not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadToken;

type Keys = Vec<(String, EncodingKey, DecodingKey)>;

/// HMAC-SHA256 keys by `kid`; the first one signs. A running server takes up a change of them, and by itself when it
/// meets a token signed with a key it does not know.
pub struct TokenKeys {
    keys: RwLock<Arc<Keys>>,
    source: Option<Source>,
    validation: Validation,
}

impl TokenKeys {
    pub fn new(file: &TokenKeyFile) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        // Expiry is judged by our own injected clock, below.
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        Self { keys: RwLock::new(Arc::new(keys_of(file))), source: None, validation }
    }

    /// The keys of a folder of key files.
    pub fn of_folder(dir: &Path) -> Result<Self, KeyError> {
        Ok(Self { source: Some(Source::new(dir)), ..Self::new(&TokenKeyFile::read(dir)?) })
    }

    /// Takes up changed keys: the first one signs from now on.
    pub fn take_up(&self, file: &TokenKeyFile) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys_of(file));
    }

    fn keys(&self) -> Arc<Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn find(&self, kid: &str) -> Option<DecodingKey> {
        let known = || self.keys().iter().find(|(known, _, _)| known == kid).map(|(_, _, key)| key.clone());
        known().or_else(|| {
            let source = self.source.as_ref().filter(|source| source.is_due())?;
            self.take_up(&TokenKeyFile::read(source.dir()).ok()?);
            known()
        })
    }

    pub fn sign(&self, purpose: Purpose, claims: Claims, now: DateTime<Utc>, lifetime: Duration) -> Result<String, BadToken> {
        self.encode(&Wire {
            sub: claims.subject,
            sid: claims.session,
            pur: purpose,
            exp: (now + lifetime).timestamp(),
            epo: None,
        })
    }

    /// A token for the second step of a log-in, of the account as it was at the first: `epoch`.
    pub fn sign_first_step(
        &self,
        claims: Claims,
        epoch: i64,
        now: DateTime<Utc>,
        lifetime: Duration,
    ) -> Result<String, BadToken> {
        self.encode(&Wire {
            sub: claims.subject,
            sid: claims.session,
            pur: Purpose::SecondStep,
            exp: (now + lifetime).timestamp(),
            epo: Some(epoch),
        })
    }

    fn encode(&self, wire: &Wire) -> Result<String, BadToken> {
        let keys = self.keys();
        let (kid, key, _) = keys.first().ok_or(BadToken)?;
        let header = Header { kid: Some(kid.clone()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, wire, key).map_err(|_| BadToken)
    }

    pub fn verify(&self, token: &str, purpose: Purpose, now: DateTime<Utc>) -> Result<Claims, BadToken> {
        let wire = self.decode(token, purpose, now)?;
        Ok(Claims { subject: wire.sub, session: wire.sid })
    }

    /// What a token of [`TokenKeys::sign_first_step`] was signed for.
    pub fn verify_first_step(&self, token: &str, now: DateTime<Utc>) -> Result<(Claims, i64), BadToken> {
        let wire = self.decode(token, Purpose::SecondStep, now)?;
        Ok((Claims { subject: wire.sub, session: wire.sid }, wire.epo.ok_or(BadToken)?))
    }

    fn decode(&self, token: &str, purpose: Purpose, now: DateTime<Utc>) -> Result<Wire, BadToken> {
        if token.len() > 1_000 {
            return Err(BadToken);
        }
        let kid = jsonwebtoken::decode_header(token).ok().and_then(|header| header.kid).ok_or(BadToken)?;
        let key = self.find(&kid).ok_or(BadToken)?;
        let wire = jsonwebtoken::decode::<Wire>(token, &key, &self.validation).map_err(|_| BadToken)?.claims;
        if wire.pur != purpose || wire.exp <= now.timestamp() {
            return Err(BadToken);
        }
        Ok(wire)
    }
}

fn keys_of(file: &TokenKeyFile) -> Keys {
    let pair = |secret: &[u8]| (EncodingKey::from_secret(secret), DecodingKey::from_secret(secret));
    file.keys
        .iter()
        .map(|key| {
            let (signs, verifies) = pair(&key.secret);
            (key.kid.clone(), signs, verifies)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_purpose_its_time_and_its_keys_only() {
        let keys = TokenKeys::new(&TokenKeyFile::generate().unwrap());
        let other = TokenKeys::new(&TokenKeyFile::generate().unwrap());
        let (now, claims) = (Utc::now(), Claims { subject: Uuid::now_v7(), session: Uuid::now_v7() });
        let token = keys.sign(Purpose::Access, claims, now, Duration::minutes(15)).unwrap();
        assert_eq!(keys.verify(&token, Purpose::Access, now), Ok(claims));
        assert_eq!(keys.verify(&token, Purpose::SecondStep, now), Err(BadToken));
        assert_eq!(keys.verify(&token, Purpose::Access, now + Duration::minutes(15)), Err(BadToken));
        assert_eq!(other.verify(&token, Purpose::Access, now), Err(BadToken));
        let first = keys.sign_first_step(claims, 7, now, Duration::minutes(5)).unwrap();
        assert_eq!(keys.verify_first_step(&first, now), Ok((claims, 7)));
        assert_eq!(
            (keys.verify(&first, Purpose::Access, now), keys.verify_first_step(&token, now)),
            (Err(BadToken), Err(BadToken))
        );
        let without = keys.sign(Purpose::SecondStep, claims, now, Duration::minutes(5)).unwrap();
        assert_eq!(keys.verify_first_step(&without, now), Err(BadToken), "nothing says what the account was");
        for at in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            // The last character of a base64 signature carries bits that do not count; everything else must be noticed.
            if at + 1 < token.len() {
                assert_eq!(keys.verify(&forged, Purpose::Access, now), Err(BadToken), "{at}");
            }
        }
    }

    #[test]
    fn tokens_without_signature_are_refused() {
        use base64::Engine;
        let b64 = base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let file = TokenKeyFile::generate().unwrap();
        let keys = TokenKeys::new(&file);
        let header = b64.encode(format!(r#"{{"alg":"none","kid":"{}"}}"#, file.keys[0].kid));
        let claims = b64.encode(format!(r#"{{"sub":"{0}","sid":"{0}","pur":"access","exp":9999999999}}"#, Uuid::nil()));
        assert_eq!(keys.verify(&format!("{header}.{claims}."), Purpose::Access, Utc::now()), Err(BadToken));
    }
}
