//! The audit of activities: the sums of each chapter are those of what it and all below it led and delivered.

use super::counts;
use super::store;
use crate::db::DbError;
use crate::house::audit::{Audit, Audits};

const CHECK: &str = "activity";
const BATCH: i64 = 500;

/// See the module.
pub struct Activities;

impl Audits for Activities {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.findings.looked(CHECK, usize::try_from(store::count(audit.conn)?).unwrap_or_default());
        for chapter in counts::unequal(audit.conn, BATCH)? {
            audit.findings.found(
                CHECK,
                chapter.to_string(),
                "has sums of activities that are not what was led or delivered there",
            );
        }
        Ok(())
    }
}
