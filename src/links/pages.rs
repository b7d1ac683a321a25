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
    /// What is to be filled in before.
    pub fields: Vec<Field>,
}

/// A password to be filled in; nothing else has been asked for on such a page yet.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: &'static str,
    pub label: Say,
}

/// What was filled in. Shows itself to nobody.
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads what a browser sends.
    pub(super) fn read(bytes: &[u8]) -> Self {
        Self(form_urlencoded::parse(bytes).into_owned().collect())
    }

    /// What stands in a field; nothing where it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, text)| text)
    }
}

/// What became of the button.
#[derive(Debug, Clone)]
pub enum Acted {
    /// It was done, in these words.
    Done(Say),
    /// What was filled in cannot be taken, for this reason: nothing has changed, the link neither, and the page is shown again.
    Refused(Say),
    /// The link is good for nothing any more.
    Over,
}

type Show = dyn Fn(&mut PgConnection, &Link) -> Result<Option<Shown>, Problem> + Send + Sync;
type Act = dyn Fn(&mut PgConnection, &Link, &Form, DateTime<Utc>) -> Result<Acted, Problem> + Send + Sync;

/// The page of one purpose. Cheap to clone.
#[derive(Clone)]
pub struct LinkPage {
    pub(super) purpose: &'static str,
    pub(super) show: Arc<Show>,
    pub(super) act: Arc<Act>,
}

impl LinkPage {
    /// `show` runs in a read-only transaction; `None` where the link is good for nothing any more. `act` runs in the one that uses the
    /// link, and says what was done.
    pub fn new(
        purpose: &'static str,
        show: impl Fn(&mut PgConnection, &Link) -> Result<Option<Shown>, Problem> + Send + Sync + 'static,
        act: impl Fn(&mut PgConnection, &Link, &Form, DateTime<Utc>) -> Result<Acted, Problem> + Send + Sync + 'static,
    ) -> Self {
        Self { purpose, show: Arc::new(show), act: Arc::new(act) }
    }
}
