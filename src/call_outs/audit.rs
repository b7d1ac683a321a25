//! The audit of call-outs: what stands is what was last answered, and nobody answered after the end.

use crate::db::DbError;
use crate::house::audit::{Audit, Audits};

const CHECK: &str = "call_out";

/// See the module.
pub struct CallOuts;

impl Audits for CallOuts {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.findings.ask(audit.conn, CHECK, OTHER_ANSWER)?;
        audit.findings.ask(audit.conn, CHECK, AFTER_THE_END)
    }
}

const OTHER_ANSWER: &str = "SELECT a.id::text, 'stands otherwise than it was last answered'
FROM call_out_asked a
LEFT JOIN LATERAL (SELECT s.answer, s.arrives_at FROM call_out_answer s WHERE s.asked_id = a.id ORDER BY s.id DESC LIMIT 1) l ON true
WHERE (a.answer, a.arrives_at) IS DISTINCT FROM (l.answer, l.arrives_at)";

const AFTER_THE_END: &str = "SELECT a.id::text, 'answered after the end'
FROM call_out_asked a JOIN call_out c ON c.id = a.call_out_id WHERE a.answered_at > c.ended_at + interval '1 minute'";
