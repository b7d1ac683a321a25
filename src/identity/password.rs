//! Password hashing: argon2id, off the request threads, a bounded number at a time.

use std::sync::Arc;

use actix_web::web;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

use crate::http::Problem;

/// How much work one hash costs.
#[derive(Debug, Clone, Copy)]
pub enum Cost {
    /// 19 MiB, two passes (OWASP's argon2id minimum).
    Standard,
    /// For tests, which hash hundreds of passwords.
    Cheap,
}

/// Hashes and checks passwords. At most two at once: each takes megabytes and a core.
#[derive(Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    dummy: Arc<str>,
    slots: Arc<Semaphore>,
}

/// A password could not be hashed.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed")]
pub struct HashError;

impl Passwords {
    pub fn new(cost: Cost) -> Result<Self, HashError> {
        let params = match cost {
            Cost::Standard => Params::new(19 * 1024, 2, 1, None),
            Cost::Cheap => Params::new(64, 1, 1, None),
        };
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.map_err(|_| HashError)?);
        let dummy = argon2.hash_password(b"nobody has this password").map_err(|_| HashError)?.to_string();
        Ok(Self { argon2, dummy: dummy.into(), slots: Arc::new(Semaphore::new(2)) })
    }

    pub fn hash(&self, password: &str) -> Result<String, HashError> {
        Ok(self.argon2.hash_password(password.as_bytes()).map_err(|_| HashError)?.to_string())
    }

    /// Whether `password` fits `stored`. With no stored hash the same work is done and the answer is no.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, Problem> {
        let _slot = self.slots.acquire().await.map_err(Problem::internal)?;
        let (argon2, dummy) = (self.argon2.clone(), self.dummy.clone());
        let checked = web::block(move || {
            let known = stored.is_some();
            let text = stored.as_deref().unwrap_or(&dummy);
            let fits = PasswordHash::new(text).is_ok_and(|hash| argon2.verify_password(password.as_bytes(), &hash).is_ok());
            fits && known
        });
        checked.await.map_err(Problem::internal)
    }
}
