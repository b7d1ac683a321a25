//! The audit of committees: nobody's time in a post outlives the committee, and no role outlives the post that carries it.

use chrono::NaiveDate;
use uuid::Uuid;

use super::store;
use crate::db::DbError;
use crate::house::audit::{Audit, Audits};
use crate::identity::in_post;

const CHECK: &str = "committee";
const BATCH: i64 = 500;

/// See the module.
pub struct Committees;

impl Audits for Committees {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        for holder in store::outlived(audit.conn, BATCH)? {
            audit.findings.found(CHECK, holder.to_string(), "holds a post longer than there is its committee");
        }
        let mut after = Uuid::nil();
        loop {
            let carried = store::carried_after(audit.conn, after, BATCH)?;
            audit.findings.looked(CHECK, carried.len());
            let Some((last, _)) = carried.last() else { return Ok(()) };
            after = *last;
            let ended: Vec<(Uuid, NaiveDate)> = carried.into_iter().filter_map(|(id, until)| Some((id, until?))).collect();
            for assignment in in_post::outlasting(audit.conn, &ended)? {
                audit.findings.found(CHECK, assignment.to_string(), "is a role that outlives the post that carries it");
            }
        }
    }
}
