//! The audit of courses: nobody too many and nobody waiting for nothing, and a certificate's page says what stands.

use crate::db::DbError;
use crate::house::audit::{Audit, Audits};

/// See the module.
pub struct Courses;

impl Audits for Courses {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.findings.ask(audit.conn, "course", PLACES)?;
        audit.findings.ask(audit.conn, "course_result", RESULTS)?;
        audit.findings.ask(audit.conn, "certificate", CERTIFICATES)
    }
}

const PLACES: &str = "SELECT c.code, format('says %s places are taken of %s: %s are, and %s wait', c.taken, c.places,
        count(e.id) FILTER (WHERE e.state = 'ENROLLED'), count(e.id) FILTER (WHERE e.state = 'WAITING'))
FROM course c LEFT JOIN course_enrolment e ON e.course_id = c.id
GROUP BY c.id HAVING c.taken <> count(e.id) FILTER (WHERE e.state = 'ENROLLED')
    OR (count(e.id) FILTER (WHERE e.state = 'WAITING') > 0 AND (c.state <> 'OPEN' OR c.taken < c.places))";

const RESULTS: &str = "SELECT e.id::text, format('has the result %s in a course that is %s, and %s certificates', coalesce(e.result, 'none'), c.state, count(d.id))
FROM course_enrolment e JOIN course c ON c.id = e.course_id
LEFT JOIN certificate d ON d.enrolment_id = e.id AND d.state IN ('STANDS', 'ERASED')
WHERE e.state = 'ENROLLED'
GROUP BY e.id, c.id HAVING (c.state = 'CLOSED') <> (e.result IS NOT NULL)
    OR (e.result = 'PASSED') AND count(d.id) = 0 OR (e.result <> 'PASSED') AND count(d.id) FILTER (WHERE d.state = 'STANDS') > 0";

const CERTIFICATES: &str = "SELECT coalesce(d.code, d.id::text), format('is %s and says %s', d.state, coalesce(p.state, 'nothing'))
FROM certificate d LEFT JOIN public_certificate p ON p.code = d.code
WHERE (d.code IS NULL) <> (p.code IS NULL) OR (d.state = 'STANDS' AND d.code IS NOT NULL) <> (p.state IS NOT DISTINCT FROM 'VALID')
   OR (d.state = 'ERASED' AND d.code IS NOT NULL) <> (p.state IS NOT DISTINCT FROM 'NO_LONGER_ON_RECORD')
   OR (p.name IS NOT NULL AND d.name_text IS NULL) OR (d.state = 'ERASED' AND d.elsewhere IS NOT NULL)";
