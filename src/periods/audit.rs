//! The audit of closed months: each says what the log says, and what it stated.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::figures::{self, Before, Figures, Wanted};
use super::model::{next, written};
use super::store::{self, ClosedRow};
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::house::audit::{Audit, Audits};
use crate::statements;
use crate::tree;

const CHECK: &str = "period";
const BATCH: i64 = 100;

/// See the module.
pub struct Periods;

impl Audits for Periods {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        look(audit.conn, audit.findings)?;
        requests(audit.conn, audit.findings)
    }
}

fn look(conn: &mut PgConnection, findings: &mut Findings) -> Result<(), DbError> {
    let (mut after, mut before): (_, Option<(ClosedRow, Figures)>) = ((Uuid::nil(), NaiveDate::default()), None);
    loop {
        let rows = store::after(conn, after, BATCH)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = (last.chapter_id, last.month);
        findings.looked(CHECK, rows.len());
        let codes = tree::codes(conn, rows.iter().map(|row| row.chapter_id))?;
        let bodies = statements::store::bodies(conn, &rows.iter().map(|row| row.statement.as_str()).collect::<Vec<_>>())?;
        let mut stated = Vec::new();
        for row in rows {
            let name = format!("{} {}", codes.get(&row.chapter_id).map_or("?", String::as_str), written(row.month));
            let figures = bodies.get(&row.statement).and_then(|body| serde_json::from_slice::<Figures>(body).ok());
            match figures {
                Some(figures) => stated.push((name, row, figures)),
                None => findings.found(CHECK, name, "has no statement that can be read"),
            }
        }
        compare(conn, findings, &codes, &stated, before.take())?;
        before = stated.pop().map(|(_, row, figures)| (row, figures));
    }
}

/// Adds up months anew, each from where the one before it ended.
fn compare(
    conn: &mut PgConnection,
    findings: &mut Findings,
    codes: &HashMap<Uuid, String>,
    stated: &[(String, ClosedRow, Figures)],
    first: Option<(ClosedRow, Figures)>,
) -> Result<(), DbError> {
    let mut newest: Option<(&ClosedRow, &Figures)> = first.as_ref().map(|(row, figures)| (row, figures));
    let mut wanted = Vec::new();
    for (name, row, figures) in stated {
        let before = newest.filter(|(known, _)| known.chapter_id == row.chapter_id);
        if before.is_some_and(|(known, _)| next(known.month) != row.month) {
            findings.found(CHECK, name.as_str(), "does not follow on the month before");
        }
        let before = before.map(|(known, figures)| Before {
            statement: known.statement.clone(),
            size: known.size,
            closed_at: known.closed_at,
            figures: figures.clone(),
        });
        let code = codes.get(&row.chapter_id).map(String::as_str).unwrap_or_default();
        wanted.push(Wanted { chapter: row.chapter_id, code, month: row.month, size: row.size, root: &row.root, before });
        newest = Some((row, figures));
    }
    for ((name, row, figures), again) in stated.iter().zip(figures::of(conn, &wanted)?) {
        if *figures != again {
            findings.found(CHECK, name.as_str(), "what it stated is not what the log has of it");
        }
        if (row.entries, row.late) != (figures.entries, figures.late) {
            findings.found(CHECK, name.as_str(), "counts other entries than it stated");
        }
    }
    Ok(())
}

fn requests(conn: &mut PgConnection, findings: &mut Findings) -> Result<(), DbError> {
    findings.ask(
        conn,
        "period_closing",
        "SELECT p.id, CASE WHEN c.month IS NULL THEN 'was approved, and the month is not closed' ELSE 'closed a month and was not approved' END
         FROM period_closing p LEFT JOIN closed_period c ON c.closing_id = p.id WHERE (p.state = 'APPROVED') <> (c.month IS NOT NULL)",
    )
}
