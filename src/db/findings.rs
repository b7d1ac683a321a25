//! What an audit of the database found: each room checks its own tables and reports here.
//!
//! A finding is one line: which check, which row (an entry's code wherever there is one), what differs. All findings
//! are counted; only the first so many are kept, so that a database that is wrong from end to end still gives a page
//! and not a gigabyte.

use std::collections::BTreeMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde::Serialize;

use super::DbError;

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub check: &'static str,
    /// The row: a public code where the row belongs to an entry.
    pub subject: String,
    pub differs: String,
}

/// One check: how many rows it looked at (0 where the database itself compared) and how many were wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    pub looked_at: u64,
    pub found: u64,
}

/// Told what is being done: the name of the check, and how many rows it has looked at.
pub type Watcher = Box<dyn FnMut(&'static str, u64) + Send>;

/// Collects findings. See the module.
pub struct Findings {
    most: usize,
    kept: Vec<Finding>,
    checks: BTreeMap<&'static str, Tally>,
    notes: Vec<String>,
    watcher: Option<Watcher>,
}

#[derive(QueryableByName)]
struct Wrong {
    #[diesel(sql_type = Text)]
    subject: String,
    #[diesel(sql_type = Text)]
    differs: String,
    #[diesel(sql_type = BigInt)]
    total: i64,
}

impl Findings {
    /// Keeps the first `most` findings.
    pub fn new(most: usize, watcher: Option<Watcher>) -> Self {
        Self { most, kept: Vec::new(), checks: BTreeMap::new(), notes: Vec::new(), watcher }
    }

    /// A check looked at `rows` more rows.
    pub fn looked(&mut self, check: &'static str, rows: usize) {
        let tally = self.checks.entry(check).or_default();
        tally.looked_at += rows as u64;
        if let Some(watcher) = &mut self.watcher {
            watcher(check, tally.looked_at);
        }
    }

    pub fn found(&mut self, check: &'static str, subject: impl Into<String>, differs: impl Into<String>) {
        self.checks.entry(check).or_default().found += 1;
        if self.kept.len() < self.most {
            self.kept.push(Finding { check, subject: subject.into(), differs: differs.into() });
        }
    }

    /// Something the reader should know: a check that could not be made, and why.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// A check the database makes by itself: `sql` answers one row (subject, differs) for each row that is wrong.
    pub fn ask(&mut self, conn: &mut PgConnection, check: &'static str, sql: &str) -> Result<(), DbError> {
        self.ask_named(conn, check, sql, &|subject| subject.to_owned())
    }

    /// [`Findings::ask`] where the database names rows in a way that people do not.
    pub fn ask_named(
        &mut self,
        conn: &mut PgConnection,
        check: &'static str,
        sql: &str,
        name: &dyn Fn(&str) -> String,
    ) -> Result<(), DbError> {
        self.looked(check, 0);
        let limit = self.most.saturating_sub(self.kept.len()).max(1);
        let rows: Vec<Wrong> = diesel::sql_query(format!(
            "SELECT subject::text, differs::text, count(*) OVER () AS total FROM ({sql}) AS f(subject, differs) LIMIT {limit}"
        ))
        .load(conn)?;
        let total = rows.first().map_or(0, |row| u64::try_from(row.total).unwrap_or(0));
        let named = rows.len() as u64;
        for row in rows {
            self.found(check, name(&row.subject), row.differs);
        }
        self.checks.entry(check).or_default().found += total.saturating_sub(named);
        Ok(())
    }

    /// What a foreign key would say, where a guard of the statement stands in its place: each column of `table` refers to the `id` of
    /// another one. `subject` names the row.
    pub fn ask_references(
        &mut self,
        conn: &mut PgConnection,
        check: &'static str,
        (table, subject): (&str, &str),
        columns: &[(&str, &str)],
    ) -> Result<(), DbError> {
        let lost = columns.iter().map(|(column, to)| {
            format!(
                "SELECT t.{subject}, '{column} refers to nothing in {to}' FROM {table} t
                 WHERE t.{column} IS NOT NULL AND NOT EXISTS (SELECT FROM {to} o WHERE o.id = t.{column})"
            )
        });
        self.ask(conn, check, &lost.collect::<Vec<_>>().join(" UNION ALL "))
    }

    pub fn total(&self) -> u64 {
        self.checks.values().map(|tally| tally.found).sum()
    }

    pub fn kept(&self) -> &[Finding] {
        &self.kept
    }

    pub fn checks(&self) -> &BTreeMap<&'static str, Tally> {
        &self.checks
    }

    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_findings_are_counted_and_some_are_kept() {
        let mut findings = Findings::new(3, None);
        findings.looked("leaf", 10);
        for n in 0..10 {
            findings.found(if n < 5 { "leaf" } else { "balance" }, format!("{n}"), "differs");
        }
        assert_eq!((findings.total(), findings.kept().len()), (10, 3));
        assert_eq!(findings.checks()["leaf"], Tally { looked_at: 10, found: 5 });
    }
}
