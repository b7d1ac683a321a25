//! The audit of members: who is one is counted and nobody else, and a card says what stands.

use crate::db::DbError;
use crate::house::audit::{Audit, Audits};

/// See the module.
pub struct Members;

impl Audits for Members {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.findings.ask(audit.conn, "member", COUNTED)?;
        audit.findings.ask(audit.conn, "member_card", CARDS)
    }
}

const COUNTED: &str = "SELECT m.id::text, format('is %s and has %s open spans', m.state, count(s.member_id))
FROM member m LEFT JOIN member_span s ON s.member_id = m.id AND s.to_day IS NULL
GROUP BY m.id HAVING (m.state = 'ADMITTED') <> (count(s.member_id) = 1)";

const CARDS: &str = "SELECT c.code, format('says %s of somebody who is %s', coalesce(p.state, 'nothing'), m.state)
FROM member_card c JOIN member m ON m.id = c.member_id LEFT JOIN public_card p ON p.code = c.code
WHERE p.code IS NULL OR (p.state = 'VALID') <> (c.ended_on IS NULL AND m.state = 'ADMITTED')
   OR (p.state = 'NO_LONGER_ON_RECORD') <> (m.state = 'ERASED') OR (p.chapter_id IS NOT NULL AND m.kind = 'JUNIOR')";
