//! A page of search results: proposed by the index, read and checked by PostgreSQL.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering;

use diesel::pg::PgConnection;

use super::SearchIndex;
use super::fields::Wanted;
use super::view::{Declined, View};
use crate::db::DbError;
use crate::ledger::findable;
use crate::ledger::public::{self, Filter, PublicRow};
use crate::log;

/// Entries the index does not have yet that a search looks through itself. With more, PostgreSQL answers alone.
const MOST_BEYOND: i64 = 3_000;
/// Times a page is filled up after rows that no longer fit.
const MOST_ROUNDS: usize = 20;

impl SearchIndex {
    /// Entries that fit, newest first, older than `before`; the same as [`public::search`], mostly sooner.
    pub fn page(
        &self,
        conn: &mut PgConnection,
        filter: &Filter,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<PublicRow>, DbError> {
        if !filter.is_simple()
            && let Some(view) = self.0.view()
        {
            if let Some(rows) = self.proposed(conn, &view, filter, before, limit)? {
                self.0.answered.fetch_add(1, Ordering::Relaxed);
                return Ok(rows);
            }
            self.0.declined.fetch_add(1, Ordering::Relaxed);
        }
        public::search(conn, filter, before, limit)
    }

    /// `None` when the index cannot answer.
    fn proposed(
        &self,
        conn: &mut PgConnection,
        view: &View,
        filter: &Filter,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Option<Vec<PublicRow>>, DbError> {
        // The view was taken before this transaction's first look: what it lacks is beyond its index or still waiting.
        let beyond = log::store::entries_beyond(conn, view.idx, MOST_BEYOND + 1)?;
        if beyond.len() as i64 > MOST_BEYOND {
            return Ok(None);
        }
        let beyond = if beyond.is_empty() { Vec::new() } else { findable::seqs_of(conn, &beyond)? };
        let wanted = Wanted::from(filter);
        let limit = usize::try_from(limit).unwrap_or(0);
        let (mut rows, mut before) = (Vec::new(), before);
        for _ in 0..MOST_ROUNDS {
            let missing = limit - rows.len();
            let Some(hits) = self.walk(view, &wanted, before, missing) else {
                return Ok(None);
            };
            let is_last = hits.len() < missing;
            let floor = if is_last { i64::MIN } else { hits.last().copied().unwrap_or(i64::MIN) };
            let mut proposed = hits;
            proposed.extend(beyond.iter().filter(|seq| **seq >= floor && before.is_none_or(|before| **seq < before)));
            proposed.sort_unstable();
            proposed.dedup();
            rows.extend(public::fitting(conn, filter, &proposed)?);
            rows.truncate(limit);
            if is_last || rows.len() == limit {
                return Ok(Some(rows));
            }
            before = Some(floor);
        }
        Ok(None)
    }

    /// `None` when the index is of no help. Damaged files can make tantivy panic; that must not reach the request.
    fn walk(&self, view: &View, wanted: &Wanted, before: Option<i64>, most: usize) -> Option<Vec<i64>> {
        match std::panic::catch_unwind(AssertUnwindSafe(|| view.walk(wanted, before, most))) {
            Ok(Ok(hits)) => return Some(hits),
            Ok(Err(Declined::TooManyCompletions)) => {}
            Ok(Err(error)) => {
                tracing::error!(%error, "the search index cannot be read: building it anew");
                self.0.broken.store(true, Ordering::Release);
            }
            Err(_) => {
                tracing::error!("the search index made its reader panic: building it anew");
                self.0.broken.store(true, Ordering::Release);
            }
        }
        None
    }
}
