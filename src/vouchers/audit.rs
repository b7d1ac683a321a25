//! The audit of receipts: every series counts its numbers without a gap, and every receipt is a cash gift's, of its own
//! chapter. A cash gift without a receipt does not concern it: those from before there were receipts have none.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::DbError;
use crate::db::findings::Findings;
use crate::db::schema::cash_receipt;
use crate::house::audit::{Audit, Audits};
use crate::ledger::audit as books;

const BATCH: i64 = 2_000;

/// See the module.
pub struct Receipts;

impl Audits for Receipts {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        look(audit.conn, audit.findings)
    }
}

fn look(conn: &mut PgConnection, findings: &mut Findings) -> Result<(), DbError> {
    findings.ask(
        conn,
        "receipt_series",
        "SELECT concat_ws(' ', chapter_id, document, year),
                format('counts %s; there are %s receipts, the last is %s', coalesce(s.last_no::text, '-'), coalesce(r.n::text, '-'), coalesce(r.last::text, '-'))
         FROM (SELECT chapter_id, 'CASH_RECEIPT' AS document, year, count(*) AS n, min(no) AS first, max(no) AS last
               FROM cash_receipt GROUP BY chapter_id, year) r
         FULL JOIN number_series s USING (chapter_id, document, year)
         WHERE s.last_no IS DISTINCT FROM r.n OR r.last IS DISTINCT FROM r.n OR r.first IS DISTINCT FROM 1",
    )?;
    let mut after = Uuid::nil();
    loop {
        let rows: Vec<(Uuid, Uuid, i64, chrono::NaiveDate)> = cash_receipt::table
            .filter(cash_receipt::entry_id.gt(after))
            .order(cash_receipt::entry_id)
            .limit(BATCH)
            .select((cash_receipt::entry_id, cash_receipt::chapter_id, cash_receipt::no, cash_receipt::issued_on))
            .load(conn)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.0;
        findings.looked("receipt", rows.len());
        let facts = books::facts(conn, &rows.iter().map(|row| row.0).collect::<Vec<_>>())?;
        for (entry, chapter, no, issued_on) in rows {
            match facts.get(&entry) {
                None => findings.found("receipt", entry.to_string(), format!("receipt {no} is of no entry")),
                Some(fact) if fact.kind != "GIFT_CASH" || fact.chapter != chapter || issued_on < fact.day => {
                    findings.found(
                        "receipt",
                        &fact.code,
                        format!("receipt {no} is of another chapter, another kind of gift or another time"),
                    );
                }
                Some(_) => {}
            }
        }
    }
}
