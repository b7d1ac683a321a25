//! The audit of the rules: of one thing no two hold on the same day.

use crate::db::DbError;
use crate::house::audit::{Audit, Audits};

/// See the module.
pub struct BloodRules;

/// Tables, and the columns that say what a rule is about.
const ABOUT: &[(&str, &str)] = &[
    ("blood_limit", "name"),
    ("blood_volume", "procedure, least_kg"),
    ("blood_bag", "ml"),
    ("blood_interval", "after"),
    ("blood_deferral", "code"),
    ("blood_compatibility", "component, receiver_abo, receiver_rh, giver_abo, giver_rh"),
];

impl Audits for BloodRules {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        let twice = ABOUT.iter().map(|(table, about)| {
            format!(
                "SELECT concat_ws(' ', '{table}', {about}, from_day), 'holds while the one before it does' FROM (
                 SELECT {about}, valid_from AS from_day, lag(coalesce(valid_to, 'infinity')) OVER (PARTITION BY {about} ORDER BY valid_from) AS before
                 FROM {table}) AS t WHERE before > from_day"
            )
        });
        let twice = twice.collect::<Vec<_>>().join(" UNION ALL ");
        audit.findings.ask(audit.conn, "blood_rules", &twice)
    }
}
