//! The audit of settlement reports: what was approved is what was stated, under a leaf of the appeal.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::store;
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::giving::appeals;
use crate::house::audit::{Audit, Audits};
use crate::publications::store as publications;
use crate::statements::{Event, store as statements};

const CHECK: &str = "settlement_report";
const BATCH: i64 = 500;

/// See the module.
pub struct Settlements;

impl Audits for Settlements {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        look(audit.conn, audit.findings)
    }
}

fn look(conn: &mut PgConnection, findings: &mut Findings) -> Result<(), DbError> {
    let mut after = Uuid::nil();
    loop {
        let rows = store::approved_after(conn, after, BATCH)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        findings.looked(CHECK, rows.len());
        let named = appeals::named(conn, &rows.iter().map(|row| row.appeal_id).collect::<Vec<_>>())?;
        for row in &rows {
            let mut wrong = |what: &str| findings.found(CHECK, row.id.to_string(), what);
            let stated = match &row.statement {
                Some(code) => statements::find(conn, code)?,
                None => None,
            };
            let Some(stated) = stated else {
                wrong("was approved and is not stated");
                continue;
            };
            let appeal = named.get(&row.appeal_id).map(|(code, _)| code.as_str());
            let is = (stated.event.as_str(), stated.appeal.as_deref(), stated.day, stated.sha256.as_str());
            if is != (Event::SettlementReport.name(), appeal, row.as_of, row.sha256.as_str()) {
                wrong("was stated as something else");
            }
            let published = match &row.publication {
                Some(code) => publications::by_code(conn, code)?,
                None => None,
            };
            if row.publication.is_some() && published.is_none_or(|row| row.statement != Some(stated.code.clone())) {
                wrong("was published as something else");
            }
        }
    }
}
