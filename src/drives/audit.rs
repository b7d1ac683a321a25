//! The audit of drives: what is said to be taken is, nobody waits while a place is free, and nobody has a place of a drive that is called off.

use crate::db::DbError;
use crate::house::audit::{Audit, Audits};

const CHECK: &str = "drive";

/// See the module.
pub struct Drives;

impl Audits for Drives {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.findings.ask(audit.conn, CHECK, PLACES)?;
        audit.findings.ask(audit.conn, CHECK, WAITING)?;
        audit.findings.ask(audit.conn, CHECK, OVER)
    }
}

const PLACES: &str =
    "SELECT format('%s/%s', d.code, s.n), format('says %s places are taken of %s, and %s are', s.taken, s.places, count(b.id))
FROM drive d JOIN drive_slot s ON s.drive_id = d.id
LEFT JOIN booking b ON b.drive_id = s.drive_id AND b.slot = s.n AND b.state IN ('HELD', 'BOOKED')
GROUP BY d.id, s.drive_id, s.n HAVING s.taken <> count(b.id)";

const WAITING: &str = "SELECT d.code, format('%s wait in a drive that is %s', count(*), d.state)
FROM drive d JOIN booking b ON b.drive_id = d.id AND b.state = 'WAITING' WHERE d.state <> 'OPEN' GROUP BY d.id";

const OVER: &str = "SELECT b.id::text, format('is %s in a drive that is called off', b.state)
FROM booking b JOIN drive d ON d.id = b.drive_id WHERE d.state = 'CANCELLED' AND b.state <> 'CANCELLED'";
