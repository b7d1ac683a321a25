//! The audit of family links: what was forgotten says nothing any more, and a case is where its last hand-over says.

use crate::db::DbError;
use crate::house::audit::{Audit, Audits};

/// See the module.
pub struct FamilyLinks;

impl Audits for FamilyLinks {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.findings.ask(audit.conn, "family_link", FORGOTTEN)?;
        audit.findings.ask(audit.conn, "family_link", FOUND)?;
        audit.findings.ask(audit.conn, "family_hand_over", HELD)
    }
}

const FORGOTTEN: &str = "SELECT f.id::text, 'was forgotten, and something is kept of it'
FROM family_link f WHERE f.state = 'ERASED' AND (
    EXISTS (SELECT FROM family_step s WHERE s.family_link_id = f.id AND s.note IS NOT NULL)
    OR EXISTS (SELECT FROM family_hand_over h WHERE h.family_link_id = f.id AND h.note IS NOT NULL)
    OR EXISTS (SELECT FROM family_finding n WHERE n.family_link_id = f.id AND coalesce(n.particulars, n.guardian, n.paper) IS NOT NULL))";

const FOUND: &str = "SELECT f.id::text, 'says that somebody was found, and nobody was'
FROM family_link f WHERE f.state = 'FOUND'
AND NOT EXISTS (SELECT FROM family_finding n WHERE n.family_link_id = f.id AND NOT n.set_aside AND n.answer IS DISTINCT FROM 'DECLINED')";

const HELD: &str = "SELECT f.id::text, 'is not at the chapter that took it last'
FROM family_link f
JOIN LATERAL (SELECT h.id FROM family_hand_over h WHERE h.family_link_id = f.id AND h.state = 'TAKEN' ORDER BY h.decided_at DESC LIMIT 1) h ON true
JOIN LATERAL (SELECT s.chapter_id FROM family_step s WHERE s.family_link_id = f.id AND s.kind = 'HANDED_OVER' ORDER BY s.done_at DESC LIMIT 1) s ON true
WHERE f.chapter_id <> s.chapter_id";
