//! The audit of targets: each decision that holds or held says what it stated.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::stated;
use super::store::{self, LineRow};
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::house::audit::{Audit, Audits};
use crate::statements;
use crate::tree;

const CHECK: &str = "blood_target";
const BATCH: i64 = 100;

/// See the module.
pub struct BloodTargets;

impl Audits for BloodTargets {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        look(audit.conn, audit.findings)
    }
}

fn look(conn: &mut PgConnection, findings: &mut Findings) -> Result<(), DbError> {
    let mut after = Uuid::nil();
    loop {
        let rows = store::after(conn, after, BATCH)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        findings.looked(CHECK, rows.len());
        let mut lines: HashMap<Uuid, Vec<LineRow>> = HashMap::new();
        for line in store::lines(conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())? {
            lines.entry(line.decision_id).or_default().push(line);
        }
        let ids = rows.iter().map(|row| row.chapter_id).chain(lines.values().flatten().map(|line| line.chapter_id));
        let codes = tree::codes(conn, ids.collect::<Vec<_>>())?;
        let stated: Vec<&str> = rows.iter().filter_map(|row| row.statement.as_deref()).collect();
        let bodies = statements::store::bodies(conn, &stated)?;
        for row in &rows {
            let said = row.statement.as_ref().and_then(|code| bodies.get(code));
            let is = stated::of(row, lines.get(&row.id).map(Vec::as_slice).unwrap_or_default(), &codes);
            let again = is.and_then(|is| statements::canonical(&is).ok());
            if said.is_none() || said != again.as_ref() {
                findings.found(CHECK, row.id.to_string(), "says something else than was stated");
            }
        }
    }
}
