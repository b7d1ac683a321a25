//! What the pages of links show and do; each room that gives links out says it for its own purpose.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;

use super::store::Link;
use crate::http::{Problem, Say};

/// What the page of a link shows.
#[derive(Debug, Clone)]
pub struct Shown {
    pub title: Say,
    /// What it is about and what the button will do.
    pub text: Say,
    /// What stands on the button.
    pub button: Say,
}

type Show = dyn Fn(&mut PgConnection, &Link) -> Result<Shown, Problem> + Send + Sync;
type Act = dyn Fn(&mut PgConnection, &Link, DateTime<Utc>) -> Result<Say, Problem> + Send + Sync;

/// The page of one purpose. Cheap to clone.
#[derive(Clone)]
pub struct LinkPage {
    pub(super) purpose: &'static str,
    pub(super) show: Arc<Show>,
    pub(super) act: Arc<Act>,
}

impl LinkPage {
    /// `show` runs in a read-only transaction; `act` in the one that uses the link, and says what was done.
    pub fn new(
        purpose: &'static str,
        show: impl Fn(&mut PgConnection, &Link) -> Result<Shown, Problem> + Send + Sync + 'static,
        act: impl Fn(&mut PgConnection, &Link, DateTime<Utc>) -> Result<Say, Problem> + Send + Sync + 'static,
    ) -> Self {
        Self { purpose, show: Arc::new(show), act: Arc::new(act) }
    }
}
