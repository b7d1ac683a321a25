//! The audit of honours: what stands beside a name stands, and was decided with its list.

use crate::db::DbError;
use crate::house::audit::{Audit, Audits};

const CHECK: &str = "blood_honour";

/// See the module.
pub struct BloodHonours;

impl Audits for BloodHonours {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.findings.ask(audit.conn, CHECK, SHOWN_WITHOUT)?;
        audit.findings.ask(audit.conn, CHECK, UNLIKE_ITS_LIST)
    }
}

const SHOWN_WITHOUT: &str = "SELECT h.id::text, 'a name stands beside an honour that does not stand'
FROM blood_honour_shown s JOIN blood_honour h ON h.id = s.honour_id WHERE s.name IS NOT NULL AND h.state <> 'AWARDED'";

const UNLIKE_ITS_LIST: &str = "SELECT h.id::text, 'stands otherwise than its list was decided'
FROM blood_honour h JOIN blood_honour_list l ON l.id = h.list_id WHERE h.state <> l.state AND NOT (l.state = 'AWARDED' AND h.state = 'WITHDRAWN')";
