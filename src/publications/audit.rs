//! The audit of publications: each has its leaf, which says what the row says, and versions follow one another.

use std::collections::HashSet;

use diesel::pg::PgConnection;

use super::publish::leaf_of;
use super::store;
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::giving::appeals;
use crate::house::audit::{Audit, Audits};
use crate::log;
use crate::tree;

const CHECK: &str = "publication";
const BATCH: i64 = 2_000;

/// See the module.
pub struct Publications;

impl Audits for Publications {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        let leaves = look(audit.conn, audit.findings)?;
        audit.claims.leaves(leaves);
        Ok(())
    }

    fn speaks_of(&self, conn: &mut PgConnection, codes: &[String]) -> Result<HashSet<String>, DbError> {
        store::known(conn, codes)
    }
}

/// Returns how many publications have a leaf.
fn look(conn: &mut PgConnection, findings: &mut Findings) -> Result<u64, DbError> {
    let places = tree::all_places(conn)?;
    let (mut after, mut with_leaf) = (String::new(), 0);
    loop {
        let rows = store::after(conn, &after, BATCH)?;
        let Some(last) = rows.last() else { break };
        after.clone_from(&last.code);
        findings.looked(CHECK, rows.len());
        let appeals = appeals::named(conn, &rows.iter().map(|row| row.appeal_id).collect::<Vec<_>>())?;
        let leaves = log::audit::kept(conn, &rows.iter().map(|row| row.code.as_str()).collect::<Vec<_>>())?;
        for row in &rows {
            let Some(leaf) = leaves.get(&row.code) else {
                findings.found("leaf", &row.code, "there is no leaf");
                continue;
            };
            with_leaf += 1;
            let appeal = appeals.get(&row.appeal_id);
            let Some((code, place)) = appeal.and_then(|(code, chapter)| Some((code, places.get(chapter)?))) else {
                findings.found(CHECK, &row.code, "is of an appeal or a chapter that does not exist");
                continue;
            };
            match leaf_of(row, code, place) {
                Err(error) => findings.found(CHECK, &row.code, error.to_string()),
                Ok(again) if again.bytes != leaf.leaf || leaf.leaf_hash != row.leaf_hash => {
                    findings.found(CHECK, &row.code, "its leaf says something else");
                }
                Ok(_) if leaf.opening.is_some() => findings.found(CHECK, &row.code, "something is sealed behind its leaf"),
                Ok(_) => {}
            }
        }
    }
    findings.ask(
        conn,
        "publication_version",
        "SELECT code, format('is version %s; before it there are %s', version, n - 1)
         FROM (SELECT code, version, replaces, row_number() OVER w AS n, lag(code) OVER w AS newest
               FROM publication WINDOW w AS (PARTITION BY appeal_id, event, period ORDER BY version)) p
         WHERE version <> n OR replaces IS DISTINCT FROM newest",
    )?;
    Ok(with_leaf)
}
