//! What the public reads again and again, kept for a few seconds: a public ledger is read far more often than written.
//!
//! Serialized bodies of the API and rendered pages of the portal: the bytes with their tag, not the rows. Each is kept for one
//! edition of what the public sees ([`crate::db::shown`]): what this process commits is shown at once, what another one
//! commits within [`TTL`].

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use moka::sync::Cache;
use tokio::sync::OnceCell;

use super::etag::Tagged;
use super::language::Lang;
use super::rendered::Rendered;
use crate::db::shown::{Edition, Editions};

/// How long another server process may go on showing what has changed.
pub const TTL: Duration = Duration::from_secs(10);
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Pages show totals, which change with every gift that another process takes.
const PAGE_TTL: Duration = Duration::from_secs(3);
/// Pages are some 30 KiB, and 8 more when compressed.
const MAX_PAGES: u64 = 1_000;
/// Longer addresses are not worth keeping.
const MAX_PAGE_KEY: usize = 500;

/// Bodies by key, and pages by language and address, each with its edition.
#[derive(Clone)]
pub struct PublicCache {
    editions: Editions,
    bodies: Cache<String, Tagged>,
    pages: Cache<String, Arc<OnceCell<Rendered>>>,
}

impl PublicCache {
    /// A cache of what these editions show.
    pub fn of(editions: Editions) -> Self {
        let weigh = |key: &String, body: &Tagged| u32::try_from(key.len() + body.len() + 128).unwrap_or(u32::MAX);
        Self {
            editions,
            bodies: Cache::builder().max_capacity(MAX_BYTES).weigher(weigh).time_to_live(TTL).build(),
            pages: Cache::builder().max_capacity(MAX_PAGES).time_to_live(PAGE_TTL).build(),
        }
    }

    /// The edition to be shown now of bodies, to which nothing is added: asked for before one is read that is to be kept.
    pub fn edition(&self) -> Edition {
        self.editions.settled()
    }

    /// The body of the edition to be shown now.
    pub fn get(&self, key: &str) -> Option<Tagged> {
        self.bodies.get(&format!("{} {key}", self.edition()))
    }

    /// Keeps a body that was read while this edition was shown; is it another one by now, nobody will see it.
    pub fn keep(&self, edition: Edition, key: &str, body: Tagged) {
        self.bodies.insert(format!("{edition} {key}"), body);
    }

    /// The place of a page, to be filled by whoever comes first while the others wait for it. `None` for an address that
    /// is not kept.
    pub fn page(&self, request: &HttpRequest) -> Option<Arc<OnceCell<Rendered>>> {
        self.page_key(request).map(|key| self.pages.get_with(key, Arc::default))
    }

    /// Whether a page is there already.
    pub fn has_page(&self, request: &HttpRequest) -> bool {
        self.page_key(request).and_then(|key| self.pages.get(&key)).is_some_and(|page| page.initialized())
    }

    /// Nothing else makes a difference to a page.
    fn page_key(&self, request: &HttpRequest) -> Option<String> {
        let (path, query) = (request.path(), request.query_string());
        (path.len() + query.len() <= MAX_PAGE_KEY)
            .then(|| format!("{} {} {path}?{query}", self.editions.current(), Lang::of_page(request).tag()))
    }
}
