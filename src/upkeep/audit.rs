//! The audit of a whole database: every room on its own tables, in one snapshot.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use diesel::pg::PgConnection;
use serde::Serialize;

use crate::db::findings::{Finding, Findings, Tally, Watcher};
use crate::db::{Db, DbError};
use crate::house::audit::{Audit, Claims};
use crate::identity::officer_codes;
use crate::ledger::{claims, reversal_audit};
use crate::rooms::ROOMS;
use crate::vault::{Vault, in_use};
use crate::{chapters, ledger, log, stock};

/// What an audit says.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub clean: bool,
    /// How many things are wrong, whether listed or not.
    pub total: u64,
    pub findings: Vec<Finding>,
    /// Entries by kind.
    pub entries: BTreeMap<String, u64>,
    /// Leaves that have their place.
    pub log_size: i64,
    pub checks: BTreeMap<&'static str, Tally>,
    /// What was left out, and why.
    pub notes: Vec<String>,
}

/// Audits a whole installation: the database, and that each document its rows name lies in `documents` unchanged.
pub fn audit_installation(
    db: &Db,
    vault: Option<&Vault>,
    documents: &Path,
    most: usize,
    watcher: Option<Watcher>,
) -> Result<Report, DbError> {
    db.survey(|conn| run(conn, vault, Some(documents), most, watcher))
}

/// Audits the database behind `db`. Without a vault, what is sealed stays closed. At most `most` findings are listed.
pub fn audit(db: &Db, vault: Option<&Vault>, most: usize, watcher: Option<Watcher>) -> Result<Report, DbError> {
    db.survey(|conn| audit_in(conn, vault, most, watcher))
}

/// [`audit`] within a transaction that sees one moment.
pub fn audit_in(
    conn: &mut PgConnection,
    vault: Option<&Vault>,
    most: usize,
    watcher: Option<Watcher>,
) -> Result<Report, DbError> {
    run(conn, vault, None, most, watcher)
}

fn run(
    conn: &mut PgConnection,
    vault: Option<&Vault>,
    documents: Option<&Path>,
    most: usize,
    watcher: Option<Watcher>,
) -> Result<Report, DbError> {
    let mut findings = Findings::new(most, watcher);
    let vault = usable(conn, vault, &mut findings)?;
    super::steps::audit(conn, &mut findings)?;
    let item_names: HashMap<String, String> = stock::catalogue(conn)?.into_iter().map(|item| (item.code, item.name)).collect();
    let renamed = chapters::life_store::short_names_of_renamed(conn)?;
    let known = ledger::audit::Known { vault, item_names: &item_names, renamed: &renamed };
    let books = ledger::audit::audit(conn, &mut findings, &known)?;
    let (rooms, officers): (Vec<_>, _) = (ROOMS.audits().collect(), officer_codes::by_account(conn)?);
    let mut audit = Audit { conn, findings: &mut findings, vault, claims: Claims::default(), rooms: ROOMS };
    for room in &rooms {
        room.look(&mut audit)?;
    }
    claims::compare(&mut audit, &books, &rooms)?;
    reversal_audit::compare(&mut audit, &officers)?;
    if let Some(folder) = documents {
        for document in super::documents(conn)? {
            findings.looked("document", 1);
            if let Err(error) = document.check(folder) {
                findings.found("document", document.sha256, error.to_string());
            }
        }
    }
    Ok(Report {
        clean: findings.total() == 0,
        total: findings.total(),
        findings: findings.kept().to_vec(),
        entries: books.entries,
        log_size: log::store::size(conn).unwrap_or_default(),
        checks: findings.checks().clone(),
        notes: findings.notes().to_vec(),
    })
}

/// The vault, if it has every key this database uses; else a note.
fn usable<'v>(conn: &mut PgConnection, vault: Option<&'v Vault>, findings: &mut Findings) -> Result<Option<&'v Vault>, DbError> {
    let Some(vault) = vault else {
        findings.note("without keys: sealed values and openings of commitments were not opened");
        return Ok(None);
    };
    match in_use::missing(conn, vault)?.first() {
        None => Ok(Some(vault)),
        Some((purpose, kid)) => {
            findings
                .note(format!("the {purpose} key {kid} is missing: sealed values and openings of commitments were not opened"));
            Ok(None)
        }
    }
}

impl Report {
    /// Some lines for people.
    pub fn text(&self) -> String {
        let mut lines: Vec<String> = self.findings.iter().map(|f| format!("{}: {}: {}", f.check, f.subject, f.differs)).collect();
        let shown = self.findings.len() as u64;
        if self.total > shown {
            lines.push(format!("… and {} more", self.total - shown));
        }
        lines.extend(self.notes.iter().map(|note| format!("note: {note}")));
        let entries: u64 = self.entries.values().sum();
        let verdict = match self.total {
            0 => "clean".to_owned(),
            1 => "1 finding".to_owned(),
            n => format!("{n} findings"),
        };
        lines.push(format!("{entries} entries, {} leaves in the log, {} checks: {verdict}", self.log_size, self.checks.len()));
        lines.join("\n")
    }
}
