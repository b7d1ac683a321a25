//! The audit of donors: what is said of a history is what stands in it, certificates are of donations that stand and give back what they
//! say, and of who was erased nothing is left.

use crate::db::DbError;
use crate::house::audit::{Audit, Audits};

/// See the module.
pub struct Donors;

impl Audits for Donors {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.findings.ask(audit.conn, "donor", HISTORIES)?;
        audit.findings.ask(audit.conn, "blood_certificate", CERTIFICATES)?;
        audit.findings.ask(audit.conn, "donor_erased", ERASED)
    }
}

const HISTORIES: &str = "SELECT d.id::text, format('says %s donations, the last on %s: %s stand, the last on %s', d.donations,
        coalesce(d.last_on::text, 'no day'), count(g.id), coalesce(max(g.day)::text, 'no day'))
FROM donor d LEFT JOIN donation g ON g.donor_id = d.id AND g.stands
GROUP BY d.id HAVING d.donations <> count(g.id) OR d.last_on IS DISTINCT FROM max(g.day)";

const CERTIFICATES: &str = "SELECT c.code, format('is %s of a donation that %s, and gave back %s ml of %s written off', c.state,
        CASE WHEN g.stands THEN 'stands' ELSE 'does not stand' END, c.redeemed_ml, coalesce(sum(r.volume_ml), 0))
FROM blood_certificate c JOIN donation g ON g.id = c.donation_id LEFT JOIN blood_redemption r ON r.certificate_id = c.id
GROUP BY c.id, g.id HAVING (c.state = 'STANDS' AND NOT g.stands) OR c.redeemed_ml <> coalesce(sum(r.volume_ml), 0)
    OR c.given_on <> g.day OR c.volume_ml IS DISTINCT FROM g.volume_ml";

const ERASED: &str = "SELECT d.id::text, 'was erased and is known still' FROM donor d
WHERE d.state = 'ERASED' AND EXISTS (SELECT FROM donation g WHERE g.donor_id = d.id)";
