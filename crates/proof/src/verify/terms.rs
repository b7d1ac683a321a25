//! Terms of the equation as a site publishes them, beside those added up from leaves.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// Sums by the names of the terms they are of.
pub(super) type TermsIn = BTreeMap<String, i128>;

/// What is left, as it is published.
#[derive(Debug, Default, Deserialize)]
pub(super) struct LeftIn {
    pub all: TermsIn,
    pub own: TermsIn,
    pub quarantined: TermsIn,
}

/// Terms that differ, in words: what differs, and how.
#[derive(Debug, Default)]
pub(super) struct Terms(pub Vec<(String, String)>);

impl Terms {
    /// Two sums that should be the same.
    pub fn one(&mut self, what: String, published: i128, added: i128) {
        if published != added {
            self.0.push((what, format!("published: {published} đồng; added up: {added} đồng")));
        }
    }

    /// Terms that this program does not know are not compared.
    pub fn compare(&mut self, of: &str, published: &TermsIn, added: impl Iterator<Item = (&'static str, i128)>) {
        // What was received is compared with the number of its gifts.
        for (name, vnd) in added.filter(|(name, _)| *name != "received_vnd") {
            self.one(format!("{of}{name}"), published.get(name).copied().unwrap_or_default(), vnd);
        }
    }

    /// Sums by category.
    pub fn categories(&mut self, of: &str, published: &TermsIn, added: &BTreeMap<String, i128>) {
        let names: BTreeSet<&String> = published.keys().chain(added.keys()).collect();
        for name in names {
            let sum = |sums: &BTreeMap<String, i128>| sums.get(name).copied().unwrap_or_default();
            self.one(format!("{of} {name}"), sum(published), sum(added));
        }
    }
}
