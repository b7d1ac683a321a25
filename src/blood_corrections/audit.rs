//! The audit of corrections: what was decided names nobody any more, and what was approved stands with the donors.

use crate::db::DbError;
use crate::house::audit::{Audit, Audits};

/// See the module.
pub struct Corrections;

impl Audits for Corrections {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.findings.ask(audit.conn, "drive_correction", FORGOTTEN)?;
        audit.findings.ask(audit.conn, "drive_correction", DONE)
    }
}

const FORGOTTEN: &str = "SELECT c.id::text, 'is decided, and says still who it was' FROM drive_correction c
WHERE c.state <> 'ASKED' AND EXISTS (SELECT FROM drive_correction_item i WHERE i.correction_id = c.id AND i.content IS NOT NULL)";

const DONE: &str = "SELECT c.id::text || ' ' || i.n, format('is %s in a correction that is %s, and made %s', i.kind, c.state, coalesce(i.made_id::text, 'nothing'))
FROM drive_correction c JOIN drive_correction_item i ON i.correction_id = c.id
WHERE (c.state = 'APPROVED' AND i.kind IN ('OTHER_VOLUME', 'OTHER_DONOR', 'ALSO_GAVE')) <> (i.made_id IS NOT NULL)";
