//! The audit of statements: leaf, hash and text agree, and each has its leaf.

use std::collections::HashSet;

use diesel::pg::PgConnection;
use sha2::{Digest, Sha256};

use super::store::{self, leaf_of};
use crate::basics::hex;
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::house::audit::{Audit, Audits};
use crate::log;
use crate::tree;

const CHECK: &str = "statement";
/// Their texts may be long.
const BATCH: i64 = 50;

/// See the module.
pub struct Statements;

impl Audits for Statements {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        let leaves = look(audit.conn, audit.findings)?;
        audit.claims.leaves(leaves);
        Ok(())
    }

    fn speaks_of(&self, conn: &mut PgConnection, codes: &[String]) -> Result<HashSet<String>, DbError> {
        store::known(conn, codes)
    }
}

/// Returns how many statements have a leaf.
fn look(conn: &mut PgConnection, findings: &mut Findings) -> Result<u64, DbError> {
    let places = tree::all_places(conn)?;
    let (mut after, mut with_leaf) = (String::new(), 0);
    loop {
        let rows = store::after(conn, &after, BATCH)?;
        let Some((last, _)) = rows.last() else { return Ok(with_leaf) };
        after.clone_from(&last.code);
        findings.looked(CHECK, rows.len());
        let leaves = log::audit::kept(conn, &rows.iter().map(|(row, _)| row.code.as_str()).collect::<Vec<_>>())?;
        for (row, body) in &rows {
            let doc: [u8; 32] = Sha256::digest(body).into();
            if hex(&doc) != row.sha256 {
                findings.found(CHECK, &row.code, "its text is not the one that was stated");
            }
            let Some(leaf) = leaves.get(&row.code) else {
                findings.found("leaf", &row.code, "there is no leaf");
                continue;
            };
            with_leaf += 1;
            let Some(place) = places.get(&row.chapter_id) else {
                findings.found(CHECK, &row.code, "is of a chapter that does not exist");
                continue;
            };
            match leaf_of(row, doc, place) {
                Err(error) => findings.found(CHECK, &row.code, error.to_string()),
                Ok(again) if again.bytes != leaf.leaf || leaf.leaf_hash != row.leaf_hash => {
                    findings.found(CHECK, &row.code, "its leaf says something else");
                }
                Ok(_) if leaf.opening.is_some() => findings.found(CHECK, &row.code, "something is sealed behind its leaf"),
                Ok(_) => {}
            }
        }
    }
}
