//! The audit of results: each says what was stated, and the sums are those of the results that stand.

use chrono::NaiveDate;
use diesel::pg::PgConnection;

use super::stated::{self, Of};
use super::store::{self, Row};
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::house::audit::{Audit, Audits};
use crate::statements;
use crate::tree;

const CHECK: &str = "blood_result";
const SUMS: &str = "blood_result_year";
const BATCH: i64 = 200;

/// See the module.
pub struct BloodResults;

impl Audits for BloodResults {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        look(audit.conn, audit.findings)?;
        audit.findings.ask(audit.conn, SUMS, TOTALS)?;
        audit.findings.ask(audit.conn, SUMS, MONTHS)?;
        audit.findings.ask(audit.conn, SUMS, PERSONS)
    }
}

fn look(conn: &mut PgConnection, findings: &mut Findings) -> Result<(), DbError> {
    let mut after = String::new();
    loop {
        let rows = store::after(conn, &after, BATCH)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after.clone_from(&last.statement);
        findings.looked(CHECK, rows.len());
        let of: Vec<&str> = rows.iter().map(|row| row.statement.as_str()).collect();
        let (mut counts, bodies) = (store::counts(conn, &of)?, statements::store::bodies(conn, &of)?);
        let codes = tree::codes(conn, rows.iter().map(|row| row.chapter_id).collect::<Vec<_>>())?;
        for row in &rows {
            let chapter = codes.get(&row.chapter_id).map(String::as_str).unwrap_or_default();
            let again = text(row, &counts.remove(&row.statement).unwrap_or_default(), chapter, row.day);
            if again.is_none() || bodies.get(&row.statement) != again.as_ref() {
                findings.found(CHECK, row.statement.as_str(), "says something else than was stated");
            }
        }
    }
}

fn text(row: &Row, counts: &[store::CountRow], chapter: &str, day: NaiveDate) -> Option<Vec<u8>> {
    let whose = Of { drive: &row.drive_code, chapter, centre: &row.centre, day };
    statements::canonical(&stated::of(&whose, &store::told(row, counts))).ok()
}

const TOTALS: &str = "SELECT coalesce(s.scope_id, r.scope_id)::text || ' ' || coalesce(s.year, r.year),
       'the sums of the year are not those of the results that stand'
FROM blood_result_year s
FULL JOIN (SELECT a.ancestor_id AS scope_id, extract(year FROM r.day)::smallint AS year, count(*)::integer AS drives,
                  sum(r.registered)::bigint AS registered, sum(r.gave)::bigint AS gave, sum(r.units)::bigint AS units,
                  coalesce(sum(r.came), 0)::bigint AS came, coalesce(sum(r.deferred), 0)::bigint AS deferred, count(*) FILTER (WHERE r.deferred IS NULL)::integer AS untold,
                  coalesce(sum(r.ml), 0)::bigint AS ml, coalesce(sum(r.units) FILTER (WHERE r.ml IS NOT NULL), 0)::bigint AS ml_units
           FROM blood_result r JOIN chapter_ancestor a USING (chapter_id) WHERE r.replaced_by IS NULL GROUP BY 1, 2) r USING (scope_id, year)
WHERE (s.drives, s.registered, s.gave, s.units, s.came, s.deferred, s.untold, s.ml, s.ml_units)
      IS DISTINCT FROM (r.drives, r.registered, r.gave, r.units, r.came, r.deferred, r.untold, r.ml, r.ml_units)";

const MONTHS: &str = "SELECT coalesce(s.scope_id, r.scope_id)::text || ' ' || coalesce(s.year, r.year) || '-' || coalesce(s.month, r.month),
       'the units of the month are not those of the results that stand'
FROM blood_result_month s
FULL JOIN (SELECT a.ancestor_id AS scope_id, extract(year FROM r.day)::smallint AS year, extract(month FROM r.day)::smallint AS month,
                  sum(r.units)::bigint AS units
           FROM blood_result r JOIN chapter_ancestor a USING (chapter_id) WHERE r.replaced_by IS NULL GROUP BY 1, 2, 3) r USING (scope_id, year, month)
WHERE s.units IS DISTINCT FROM r.units";

const PERSONS: &str = "SELECT coalesce(s.scope_id, r.scope_id)::text || ' ' || coalesce(s.year, r.year) || ' ' || coalesce(s.dimension, r.dimension),
       'the persons of the year are not those of the results that stand'
FROM (SELECT * FROM blood_result_year_count WHERE persons <> 0) s
FULL JOIN (SELECT a.ancestor_id AS scope_id, extract(year FROM r.day)::smallint AS year, c.dimension,
                  CASE WHEN cardinality(c.kinds) = 1 THEN c.kinds[1] ELSE '' END AS kind, sum(c.persons)::bigint AS persons
           FROM blood_result r JOIN blood_result_count c USING (statement) JOIN chapter_ancestor a USING (chapter_id)
           WHERE r.replaced_by IS NULL GROUP BY 1, 2, 3, 4 HAVING sum(c.persons) <> 0) r USING (scope_id, year, dimension, kind)
WHERE s.persons IS DISTINCT FROM r.persons";
