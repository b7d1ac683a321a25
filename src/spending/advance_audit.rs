//! The audit of advances: each is of the entry it says, and what is open of it is what was handed out less what was cleared.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::advance_store::{self, AdvanceRow};
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::house::audit::{Audit, Audits};
use crate::ledger::audit::facts;
use crate::ledger::kinds::Kind;
use crate::ledger::public;

const CHECK: &str = "advance";
const BATCH: i64 = 500;

/// See the module. Its entries are claimed by the orders behind them.
pub struct Advances;

impl Audits for Advances {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        let mut after = String::new();
        loop {
            let rows = advance_store::after(audit.conn, &after, BATCH)?;
            let Some(last) = rows.last() else { return Ok(()) };
            after.clone_from(&last.code);
            audit.findings.looked(CHECK, rows.len());
            check(audit.conn, audit.findings, &rows)?;
        }
    }
}

fn check(conn: &mut PgConnection, findings: &mut Findings, rows: &[AdvanceRow]) -> Result<(), DbError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.entry_id).collect();
    let facts = facts(conn, &ids)?;
    let cleared = advance_store::cleared(conn, &ids)?;
    let reversed = public::reversals_of(conn, &rows.iter().map(|row| row.code.as_str()).collect::<Vec<_>>())?;
    for row in rows {
        let kind = if row.order_id.is_some() { Kind::Advance } else { Kind::OpeningBalance };
        let is_of = facts.get(&row.entry_id).is_some_and(|fact| {
            (fact.code.as_str(), fact.kind.as_str(), fact.chapter) == (row.code.as_str(), kind.name(), row.chapter_id)
        });
        if !is_of {
            findings.found(CHECK, &row.code, "is of another entry, kind or chapter");
        }
        let cleared = cleared.get(&row.entry_id).copied().unwrap_or_default();
        let open = if reversed.contains_key(&row.code) { 0 } else { row.amount_vnd - cleared };
        if open != row.open_vnd {
            findings.found(CHECK, &row.code, format!("{} is open, by its clearings it should be {open}", row.open_vnd));
        }
    }
    Ok(())
}
