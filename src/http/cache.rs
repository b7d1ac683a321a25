//! Serialized public bodies, kept for a few seconds: a public ledger is read far more often than written.
//!
//! What is kept is the bytes with their tag, not the row. Entries do not change but in "was reversed" and in the giver shown, and that
//! clears the cache here at once and elsewhere within [`TTL`].

use std::time::Duration;

use moka::sync::Cache;

use super::etag::Tagged;

/// How long another server process may go on showing what has changed.
pub const TTL: Duration = Duration::from_secs(10);
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Bodies by key.
#[derive(Clone)]
pub struct PublicCache(Cache<String, Tagged>);

impl Default for PublicCache {
    fn default() -> Self {
        let weigh = |key: &String, body: &Tagged| u32::try_from(key.len() + body.len() + 128).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(MAX_BYTES).weigher(weigh).time_to_live(TTL).build())
    }
}

impl PublicCache {
    pub fn get(&self, key: &str) -> Option<Tagged> {
        self.0.get(key)
    }

    pub fn keep(&self, key: String, body: Tagged) {
        self.0.insert(key, body);
    }

    pub fn forget_all(&self) {
        self.0.invalidate_all();
    }
}
