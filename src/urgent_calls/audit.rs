//! The audit of urgent calls: what stands is what was last answered, and nobody answered after the end.

use crate::db::DbError;
use crate::house::audit::{Audit, Audits};

const CHECK: &str = "urgent_call";

/// See the module.
pub struct UrgentCalls;

impl Audits for UrgentCalls {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.findings.ask(audit.conn, CHECK, OTHER_ANSWER)?;
        audit.findings.ask(audit.conn, CHECK, AFTER_THE_END)
    }
}

const OTHER_ANSWER: &str = "SELECT a.id::text, 'stands otherwise than it was last answered'
FROM urgent_call_asked a
LEFT JOIN LATERAL (SELECT s.answer, s.arrives_at FROM urgent_call_answer s WHERE s.asked_id = a.id ORDER BY s.id DESC LIMIT 1) l ON true
WHERE (a.answer, a.arrives_at) IS DISTINCT FROM (l.answer, l.arrives_at)";

const AFTER_THE_END: &str = "SELECT a.id::text, 'answered after the end'
FROM urgent_call_asked a JOIN urgent_call c ON c.id = a.urgent_call_id WHERE a.answered_at > c.ended_at + interval '1 minute'";
