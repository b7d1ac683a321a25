//! The audit of commendations: as many are taken of each quota as were awarded.

use super::store;
use crate::db::DbError;
use crate::house::audit::{Audit, Audits};

const CHECK: &str = "commendation";
const BATCH: i64 = 500;

/// See the module.
pub struct Commendations;

impl Audits for Commendations {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        let all = store::quota_count(audit.conn)?;
        audit.findings.looked(CHECK, usize::try_from(all).unwrap_or_default());
        for quota in store::miscounted(audit.conn, BATCH)? {
            audit.findings.found(CHECK, quota.to_string(), "says that more or fewer were awarded than were");
        }
        Ok(())
    }
}
