//! What the log keeps of entries: the leaf, where it stands, and the opening of its commitment.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;

use crate::db::DbError;
use crate::db::schema::{log_leaf, log_pending, pd_opening};

/// What the log keeps of an entry.
pub struct Kept {
    pub leaf: Vec<u8>,
    pub leaf_hash: Vec<u8>,
    /// Its number while it waits; `None` once it is in the log.
    pub waits_as: Option<i64>,
    /// Sealed; `None` when there is none (any more).
    pub opening: Option<Vec<u8>>,
}

/// The leaves of entries, by code. An entry without a leaf is absent.
pub fn kept(conn: &mut PgConnection, entries: &[&str]) -> Result<HashMap<String, Kept>, DbError> {
    type Row = (String, Vec<u8>, Vec<u8>);
    let logged: Vec<Row> = log_leaf::table
        .filter(log_leaf::entry.eq_any(entries))
        .select((log_leaf::entry, log_leaf::leaf, log_leaf::leaf_hash))
        .load(conn)?;
    let waiting: Vec<(Row, i64)> = log_pending::table
        .filter(log_pending::entry.eq_any(entries))
        .select(((log_pending::entry, log_pending::leaf, log_pending::leaf_hash), log_pending::seq))
        .load(conn)?;
    let rows = waiting.into_iter().map(|(row, seq)| (row, Some(seq))).chain(logged.into_iter().map(|row| (row, None)));
    let mut kept: HashMap<String, Kept> =
        rows.map(|((entry, leaf, leaf_hash), waits_as)| (entry, Kept { leaf, leaf_hash, waits_as, opening: None })).collect();
    let openings: Vec<(String, Vec<u8>)> =
        pd_opening::table.filter(pd_opening::entry.eq_any(entries)).select((pd_opening::entry, pd_opening::sealed)).load(conn)?;
    for (entry, sealed) in openings {
        if let Some(kept) = kept.get_mut(&entry) {
            kept.opening = Some(sealed);
        }
    }
    Ok(kept)
}
