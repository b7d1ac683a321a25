//! The log in the audit of the house.

use std::collections::HashSet;

use diesel::pg::PgConnection;

use super::{audit, key_log};
use crate::db::DbError;
use crate::house::audit::{Audit, Audits};

/// Leaves, their places and the tree.
pub struct Leaves;

impl Audits for Leaves {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit::audit(audit.conn, audit.findings)
    }
}

/// Keys that joined and keys that retired, each by a leaf of its own.
pub struct Keys;

impl Audits for Keys {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        let leaves = key_log::audit(audit.conn, audit.findings)?;
        audit.claims.leaves(leaves);
        Ok(())
    }

    fn speaks_of(&self, conn: &mut PgConnection, codes: &[String]) -> Result<HashSet<String>, DbError> {
        key_log::known(conn, codes)
    }
}
