//! The audit of decisions: whoever decided was a second person, and what takes several steps was approved in all of them.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::DbError;
use crate::db::findings::Findings;
use crate::db::schema::decision;
use crate::house::audit::{Audit, Audits};
use crate::identity::store as identity;

const CHECK: &str = "decision";
const BATCH: i64 = 2_000;

/// A decided request: matter, id, who might not decide, the account that did.
type Decided = (String, Uuid, Vec<Uuid>, Option<Uuid>);

/// See the module. They claim nothing: what was carried out is claimed by the room that did it.
pub struct Decisions;

impl Audits for Decisions {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        who_decided(audit.conn, audit.findings)?;
        steps(audit.conn, audit.findings)
    }
}

fn who_decided(conn: &mut PgConnection, findings: &mut Findings) -> Result<(), DbError> {
    use decision as d;
    let mut after = (String::new(), Uuid::nil());
    loop {
        let rows: Vec<Decided> = d::table
            .filter(d::state.eq_any(["APPROVED", "REFUSED"]))
            .filter(d::matter.gt(after.0.clone()).or(d::matter.eq(after.0.clone()).and(d::id.gt(after.1))))
            .order((d::matter, d::id))
            .limit(BATCH)
            .select((d::matter, d::id, d::not_by, d::decided_by))
            .load(conn)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = (last.0.clone(), last.1);
        findings.looked(CHECK, rows.len());
        let accounts: Vec<Uuid> = rows.iter().filter_map(|row| row.3).collect();
        let persons = identity::officers_of(conn, &accounts)?;
        for (matter, id, not_by, by) in rows {
            if by.and_then(|by| persons.get(&by)).is_none_or(|person| not_by.contains(person)) {
                findings.found(CHECK, format!("{matter} {id}"), "was decided by somebody who might not");
            }
        }
    }
}

fn steps(conn: &mut PgConnection, findings: &mut Findings) -> Result<(), DbError> {
    findings.ask(
        conn,
        "decision_step",
        "SELECT concat_ws(' ', d.matter, d.id), concat('is ', d.state, ', its steps say otherwise')
         FROM decision d
         JOIN (SELECT matter, decision_id, count(*) FILTER (WHERE decided_at IS NULL) AS open, count(DISTINCT decided_by) AS accounts, count(decided_by) AS done
               FROM decision_step GROUP BY 1, 2) s ON (s.matter, s.decision_id) = (d.matter, d.id)
         WHERE (d.state = 'APPROVED') <> (s.open = 0) OR s.accounts <> s.done",
    )
}
