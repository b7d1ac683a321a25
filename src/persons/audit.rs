//! The audit of persons: what is sealed opens, and everybody is found by all of their words and by nothing else.

use uuid::Uuid;

use super::{sealed, store};
use crate::db::DbError;
use crate::house::audit::{Audit, Audits};
use crate::tree;

const CHECK: &str = "person";
const BATCH: i64 = 2_000;

/// See the module. Without a vault nobody can tell.
pub struct Persons;

impl Audits for Persons {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        let Some(vault) = audit.vault else { return Ok(()) };
        let mut after = Uuid::nil();
        loop {
            let rows = store::after(audit.conn, after, BATCH)?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.id;
            audit.findings.looked(CHECK, rows.len());
            let codes = tree::codes(audit.conn, rows.iter().map(|row| row.chapter_id))?;
            for row in &rows {
                let wrong = match sealed::open(vault, row) {
                    Err(error) => Some(format!("does not open: {error}")),
                    Ok(None) => None,
                    Ok(Some(known)) => {
                        let code = codes.get(&row.chapter_id).map_or("", String::as_str);
                        let right = known.words(vault, code).into_iter().eq(row.words.iter().copied());
                        (!right).then(|| "is not found by its own words, or by others".to_owned())
                    }
                };
                if let Some(wrong) = wrong {
                    audit.findings.found(CHECK, row.id.to_string(), wrong);
                }
            }
        }
    }
}
