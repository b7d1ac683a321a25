//! The audit of reversals: what was approved reversed its entry, and nothing else did.

use std::collections::HashSet;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::CorrectionState;
use super::store::Row;
use crate::db::DbError;
use crate::db::schema::correction;
use crate::house::audit::{Audit, Audits};
use crate::ledger::audit::{facts, facts_of_reversals};
use crate::ledger::kinds::Kind;
use crate::ledger::reversal_audit;

const CHECK: &str = "correction";
const BATCH: i64 = 500;

/// See the module.
pub struct Corrections;

impl Audits for Corrections {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        let mut after = Uuid::nil();
        loop {
            let rows: Vec<Row> = correction::table
                .filter(correction::id.gt(after))
                .order(correction::id)
                .limit(BATCH)
                .select(Row::as_select())
                .load(audit.conn)?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.id;
            audit.findings.looked(CHECK, rows.len());
            check(audit, &rows)?;
        }
    }

    fn stands_behind(&self, conn: &mut PgConnection, entries: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
        let facts = facts(conn, entries)?;
        let originals: Vec<Uuid> = facts.values().filter_map(|fact| fact.reverses).collect();
        let ours: HashSet<Uuid> = whole(conn, &originals)?;
        Ok(facts.into_iter().filter(|(_, fact)| fact.reverses.is_some_and(|of| ours.contains(&of))).map(|(id, _)| id).collect())
    }
}

/// Those of these entries that were approved to be reversed, with what was reversed together with them.
fn whole(conn: &mut PgConnection, originals: &[Uuid]) -> Result<HashSet<Uuid>, DbError> {
    use correction as c;
    let approved = c::table
        .filter(c::state.eq(CorrectionState::Approved.name()))
        .filter(c::entry_id.eq_any(originals).or(c::together.overlaps_with(originals)))
        .select((c::entry_id, c::together));
    let rows: Vec<(Uuid, Vec<Uuid>)> = approved.load(conn)?;
    Ok(rows.into_iter().flat_map(|(entry, together)| together.into_iter().chain([entry])).collect())
}

fn check(audit: &mut Audit<'_>, rows: &[Row]) -> Result<(), DbError> {
    let originals: Vec<Uuid> = rows.iter().flat_map(Row::reversed).collect();
    let of = facts(audit.conn, &originals)?;
    let reversals = facts_of_reversals(audit.conn, &originals)?;
    for row in rows.iter().filter(|row| row.state == CorrectionState::Approved.name()) {
        for entry in row.reversed() {
            let original = of.get(&entry).and_then(|fact| Kind::parse(&fact.kind));
            let reversal = reversals.values().find(|fact| fact.reverses == Some(entry));
            match (original, reversal) {
                (Some(kind), Some(fact)) => reversal_audit::claim(&mut audit.claims, kind, fact, row.requested_by),
                _ => audit.findings.found(CHECK, row.id.to_string(), "is approved and reversed nothing"),
            }
        }
    }
    Ok(())
}
