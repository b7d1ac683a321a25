//! The audit of the log: dense, counted by its head, every hash the hash of its leaf, every leaf once; then the tree.
//!
//! Whether a leaf says what its entry says is the ledger's question; it asks [`kept`] for the leaves.

use diesel::pg::PgConnection;
use diesel::prelude::*;

use crate::db::DbError;
use crate::db::findings::Findings;
use crate::db::schema::{log_leaf, log_pending};

pub use super::audit_tree::audit_in_pages;
pub use super::kept::{Kept, kept};

/// Checks that need nothing but the log's own tables.
pub fn audit(conn: &mut PgConnection, findings: &mut Findings) -> Result<(), DbError> {
    findings.ask(
        conn,
        "log_head",
        "SELECT 'head', CASE WHEN count(h.size) = 0 THEN 'there is no head'
                             ELSE format('says %s leaves; there are %s, the last with index %s', max(h.size), max(l.n), max(l.top) - 1) END
         FROM (SELECT count(*) AS n, coalesce(max(idx) + 1, 0) AS top FROM log_leaf) l LEFT JOIN log_head h ON true
         HAVING count(h.size) <> 1 OR max(h.size) <> max(l.n) OR max(h.size) <> max(l.top)",
    )?;
    findings.ask(
        conn,
        "log_order",
        "SELECT entry, format('has index %s, expected %s', idx, want)
         FROM (SELECT entry, idx, coalesce(lag(idx) OVER (ORDER BY idx) + 1, 0) AS want FROM log_leaf) l WHERE idx <> want",
    )?;
    findings.ask(
        conn,
        "leaf_hash",
        r"SELECT entry, 'leaf_hash is not the hash of the leaf' FROM log_leaf WHERE leaf_hash <> sha256('\x00'::bytea || leaf)
          UNION ALL
          SELECT entry, 'leaf_hash is not the hash of the waiting leaf' FROM log_pending WHERE leaf_hash <> sha256('\x00'::bytea || leaf)",
    )?;
    findings.ask(
        conn,
        "leaf_once",
        "SELECT p.entry, format('waits for its place and has index %s already', l.idx) FROM log_pending p JOIN log_leaf l USING (entry)",
    )?;
    findings.ask(
        conn,
        "opening_of_a_leaf",
        "SELECT o.entry, 'opens the commitment of no leaf' FROM pd_opening o
         WHERE NOT EXISTS (SELECT FROM log_leaf l WHERE l.entry = o.entry) AND NOT EXISTS (SELECT FROM log_pending p WHERE p.entry = o.entry)",
    )?;
    super::audit_tree::audit(conn, findings)
}

/// How many leaves there are, in the log and waiting.
pub fn count(conn: &mut PgConnection) -> Result<u64, DbError> {
    let logged: i64 = log_leaf::table.count().get_result(conn)?;
    let waiting: i64 = log_pending::table.count().get_result(conn)?;
    Ok(u64::try_from(logged + waiting).unwrap_or(0))
}

/// Codes of leaves after `after`, in the order of codes: first those in the log, then those that wait.
pub fn codes(conn: &mut PgConnection, waiting: bool, after: &str, limit: i64) -> Result<Vec<String>, DbError> {
    Ok(if waiting {
        log_pending::table
            .filter(log_pending::entry.gt(after))
            .order(log_pending::entry)
            .limit(limit)
            .select(log_pending::entry)
            .load(conn)?
    } else {
        log_leaf::table
            .filter(log_leaf::entry.gt(after))
            .order(log_leaf::entry)
            .limit(limit)
            .select(log_leaf::entry)
            .load(conn)?
    })
}
