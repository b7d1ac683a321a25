//! The audit of volunteers: who is one is counted and nobody else, hours that do not stand say why, and of whom was erased nothing is left.

use crate::db::DbError;
use crate::house::audit::{Audit, Audits};

/// See the module.
pub struct Volunteers;

impl Audits for Volunteers {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.findings.ask(audit.conn, "volunteer", COUNTED)?;
        audit.findings.ask(audit.conn, "volunteer_hours", HOURS)?;
        audit.findings.ask(audit.conn, "volunteer_erased", ERASED)
    }
}

const COUNTED: &str = "SELECT v.id::text, format('is %s and has %s open spans', v.state, count(s.volunteer_id))
FROM volunteer v LEFT JOIN volunteer_span s ON s.volunteer_id = v.id AND s.to_day IS NULL
GROUP BY v.id HAVING (v.state IN ('VERIFIED', 'PAUSED')) <> (count(s.volunteer_id) = 1)";

const HOURS: &str =
    "SELECT h.id::text, CASE WHEN h.stands THEN 'stands and was laid aside' ELSE 'does not stand, and nobody said why' END
FROM volunteer_hours h LEFT JOIN volunteer_hours_void o ON o.hours_id = h.id WHERE h.stands <> (o.hours_id IS NULL)";

const ERASED: &str = "SELECT v.id::text, 'was erased and is known still' FROM volunteer v
WHERE v.state = 'ERASED' AND (EXISTS (SELECT FROM volunteer_skill s WHERE s.volunteer_id = v.id)
    OR EXISTS (SELECT FROM volunteer_span s WHERE s.volunteer_id = v.id AND s.party_id IS NOT NULL)
    OR EXISTS (SELECT FROM volunteer_hours h WHERE h.volunteer_id = v.id AND (h.content IS NOT NULL OR h.party_id IS NOT NULL)))";
