//! The audit of days of giving: totals are what the file and the check-ins say, every counted donation is there, and of files that are done
//! nobody is known any more.

use crate::db::DbError;
use crate::house::audit::{Audit, Audits};

/// See the module.
pub struct Days;

impl Audits for Days {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.findings.ask(audit.conn, "drive_total", TOTALS)?;
        audit.findings.ask(audit.conn, "drive_file", FILES)?;
        audit.findings.ask(audit.conn, "drive_row", FORGOTTEN)
    }
}

const TOTALS: &str = "SELECT d.code, format('is %s and has %s totals of %s donations: %s stand', d.state, count(t.drive_id), coalesce(max(t.gave), 0),
        (SELECT count(*) FROM donation g WHERE g.drive_id = d.id AND g.stands))
FROM drive d LEFT JOIN drive_total t ON t.drive_id = d.id
GROUP BY d.id HAVING (count(t.drive_id) = 1 AND (d.state NOT IN ('RECONCILED', 'CLOSED')
    OR max(t.gave) <> (SELECT count(*) FROM donation g WHERE g.drive_id = d.id AND g.stands)
    OR max(t.deferred) <> (SELECT coalesce(sum(x.persons), 0) FROM drive_deferral x WHERE x.drive_id = d.id)))";

const FILES: &str = "SELECT f.id::text, format('is %s with %s of %s rows carried over, and %s differences that wait', f.state, f.done_rows, f.row_count,
        (SELECT count(*) FROM drive_difference x WHERE x.file_id = f.id AND x.state = 'OPEN' AND x.kind <> 'LATE_CHECK_IN'))
FROM drive_file f
WHERE (f.state = 'DONE') <> (f.done_rows = f.row_count AND f.state <> 'ACCEPTED')
   OR (f.state IN ('ASKED', 'ACCEPTED', 'DONE', 'REFUSED')
       AND EXISTS (SELECT FROM drive_difference x WHERE x.file_id = f.id AND x.state = 'OPEN' AND x.kind <> 'LATE_CHECK_IN'))";

const FORGOTTEN: &str = "SELECT f.id::text, 'is done or laid aside, and says still who it was' FROM drive_file f
WHERE f.state IN ('DONE', 'REFUSED') AND EXISTS (SELECT FROM drive_row r WHERE r.file_id = f.id AND r.content IS NOT NULL)";
