//! The audit of dues: a sheet is what its lines and the books say, its months are settled while it stands, and who is free is counted.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::DuesSheetState;
use super::record;
use super::store::{self, SheetRow};
use crate::basics::Vnd;
use crate::db::DbError;
use crate::house::audit::{Audit, Audits};
use crate::ledger::audit::{Fact, facts};
use crate::ledger::kinds::Kind;
use crate::ledger::model::Fund;
use crate::ledger::{detail, public, store as ledger};
use crate::spending::model::MoneyBy;

const CHECK: &str = "dues_sheet";
const BATCH: i64 = 500;

const SUMS: &str = "SELECT s.id, 'is not the sum of its lines' FROM dues_sheet s
     LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE amount_vnd > 0) AS paid, count(*) FILTER (WHERE amount_vnd = 0) AS exempt, sum(amount_vnd) AS vnd
                        FROM dues_line WHERE sheet_id = s.id) l ON true
     WHERE (s.paid, s.exempt, s.amount_vnd) IS DISTINCT FROM (l.paid, l.exempt, l.vnd)";

const MONTHS: &str = "SELECT concat_ws(' ', sheet_id, n), 'its months are not settled as the line says' FROM (
         SELECT l.sheet_id, l.n, g::date AS month FROM dues_line l JOIN dues_sheet s ON s.id = l.sheet_id AND s.state = 'BOOKED',
             generate_series(l.first_month::timestamp, l.last_month::timestamp, interval '1 month') g) l
     FULL JOIN (SELECT m.*, (SELECT f.first_id FROM member_firsts(ARRAY[l.member_id]) f) = m.first_id AS same FROM dues_month m JOIN dues_line l USING (sheet_id, n)) m USING (sheet_id, n, month)
     WHERE l.month IS NULL OR m.same IS NOT TRUE";

const EXEMPT: &str = "SELECT concat_ws(' ', grassroots_id, month), 'counts ' || coalesce(x.exempt, 0) || ' who are free, there are ' || coalesce(l.n, 0)
     FROM (SELECT s.grassroots_id, m.month, count(*) AS n FROM dues_month m JOIN dues_line l USING (sheet_id, n) JOIN dues_sheet s ON s.id = m.sheet_id
           WHERE l.amount_vnd = 0 GROUP BY 1, 2) l
     FULL JOIN dues_exemption x USING (grassroots_id, month) WHERE coalesce(x.exempt, 0) <> coalesce(l.n, 0)";

/// See the module.
pub struct Sheets;

impl Audits for Sheets {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.findings.ask(audit.conn, CHECK, SUMS)?;
        audit.findings.ask(audit.conn, "dues_month", MONTHS)?;
        audit.findings.ask(audit.conn, "dues_exemption", EXEMPT)?;
        let Some(fund) = ledger::funds_by_code(audit.conn, &[record::FUND])?.remove(record::FUND) else { return Ok(()) };
        let mut after = Uuid::nil();
        loop {
            let rows = store::after(audit.conn, after, BATCH)?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.id;
            audit.findings.looked(CHECK, rows.len());
            audit.claims.entries(Kind::Dues.name(), rows.len());
            check(audit, &fund, &rows)?;
        }
    }

    fn stands_behind(&self, conn: &mut PgConnection, entries: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
        store::behind(conn, entries)
    }
}

fn check(audit: &mut Audit<'_>, fund: &Fund, rows: &[SheetRow]) -> Result<(), DbError> {
    let facts = facts(audit.conn, &rows.iter().map(|row| row.entry_id).collect::<Vec<_>>())?;
    let codes: Vec<&str> = facts.values().map(|fact| fact.code.as_str()).collect();
    let reversals = public::reversals_of(audit.conn, &codes)?;
    let said = detail::of(audit.conn, &codes)?;
    for row in rows {
        let Some(fact) = facts.get(&row.entry_id) else { continue };
        for differs in differing(row, fact, &reversals) {
            audit.findings.found(CHECK, row.id.to_string(), format!("{}: {differs}", fact.code));
        }
        if said.get(&fact.code).and_then(|said| said.counted) != Some(row.paid) {
            audit.findings.found(CHECK, row.id.to_string(), format!("{}: says another number of members", fact.code));
        }
        if ledger::written(audit.conn, row.entry_id)?.is_none_or(|written| !is_booked(row, fund, &written)) {
            audit.findings.found(CHECK, row.id.to_string(), format!("{}: the postings are not what was collected", fact.code));
        }
    }
    Ok(())
}

/// Kind, place and day are the sheet's, and it is reversed where its entry is.
fn differing(row: &SheetRow, fact: &Fact, reversals: &HashMap<String, String>) -> Vec<String> {
    let mut differs = Vec::new();
    if (fact.kind.as_str(), fact.chapter, fact.day) != (Kind::Dues.name(), row.chapter_id, row.day) {
        differs.push("kind, chapter or day differ".to_owned());
    }
    if reversals.contains_key(&fact.code) != (row.state == DuesSheetState::Reversed.name()) {
        differs.push(format!("is {}, the books say otherwise", row.state));
    }
    differs
}

fn is_booked(row: &SheetRow, fund: &Fund, written: &ledger::Written) -> bool {
    let (Ok(amount), Some(account)) = (Vnd::parse(row.amount_vnd), MoneyBy::parse(&row.account)) else { return false };
    record::postings(fund, amount, account).is_ok_and(|expected| expected.postings() == written.postings)
}
