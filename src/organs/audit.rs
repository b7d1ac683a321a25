//! The audit of this room: where somebody stands is what was done last, and of whom is over nothing is kept.

use crate::db::DbError;
use crate::house::audit::{Audit, Audits};

/// See the module.
pub struct Organs;

impl Audits for Organs {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.findings.ask(audit.conn, "organ_registration", DONE)
    }
}

const DONE: &str = "SELECT r.id::text, 'does not stand where what was done leads'
FROM organ_registration r
WHERE r.state <> CASE WHEN r.erased_on IS NOT NULL THEN 'ENDED' ELSE coalesce(
    (SELECT s.kind FROM organ_step s WHERE s.registration_id = r.id
     ORDER BY array_position(ARRAY['HANDED_OVER', 'CARD_ISSUED', 'WITHDRAWN', 'CENTRE_TOLD'], s.kind) DESC LIMIT 1), 'INTERESTED') END";
