//! The audit of days of giving: totals are what the file says, and of files that are done nobody is known any more.

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

const TOTALS: &str = "SELECT t.drive_id::text, format('says that %s gave and %s were put off: in its file %s and %s are', t.gave, t.deferred,
        count(r.id) FILTER (WHERE r.outcome = 'GAVE'), count(r.id) FILTER (WHERE r.outcome = 'DEFERRED'))
FROM drive_total t LEFT JOIN drive_file f ON f.drive_id = t.drive_id AND f.state = 'DONE' LEFT JOIN drive_row r ON r.file_id = f.id AND r.counts
GROUP BY t.drive_id HAVING count(DISTINCT f.id) <> 1 OR t.gave <> count(r.id) FILTER (WHERE r.outcome = 'GAVE')
    OR t.deferred <> count(r.id) FILTER (WHERE r.outcome = 'DEFERRED') OR t.ml <> coalesce(sum(r.volume_ml), 0)
    OR t.came <> (SELECT count(*) FROM drive_check_in c WHERE c.drive_id = t.drive_id AND c.counts)
               + count(r.id) FILTER (WHERE NOT EXISTS (SELECT FROM drive_check_in c WHERE c.drive_id = t.drive_id AND c.counts AND c.booking_id = r.booking_id))
    OR t.deferred <> (SELECT coalesce(sum(x.persons), 0) FROM drive_deferral x WHERE x.drive_id = t.drive_id)";

const FILES: &str = "SELECT f.id::text, format('is %s with %s of %s rows carried over, and %s differences that wait', f.state, f.done_rows, f.row_count,
        (SELECT count(*) FROM drive_difference x WHERE x.file_id = f.id AND x.state = 'OPEN' AND x.kind <> 'LATE_CHECK_IN'))
FROM drive_file f
WHERE (f.state = 'DONE') <> (f.done_rows = f.row_count AND f.state <> 'ACCEPTED')
   OR (f.state IN ('ASKED', 'ACCEPTED', 'DONE', 'REFUSED')
       AND EXISTS (SELECT FROM drive_difference x WHERE x.file_id = f.id AND x.state = 'OPEN' AND x.kind <> 'LATE_CHECK_IN'))";

const FORGOTTEN: &str = "SELECT f.id::text, 'is done or laid aside, and says still who it was' FROM drive_file f
WHERE f.state IN ('DONE', 'REFUSED') AND EXISTS (SELECT FROM drive_row r WHERE r.file_id = f.id AND r.content IS NOT NULL)";
