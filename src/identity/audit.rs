//! The audit of sealed values of officers and their log-ins: each opens where it stands, and hashes say what they seal.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::DbError;
use crate::db::findings::Findings;
use crate::db::schema::{account, officer, second_factor, session};
use crate::house::audit::{Audit, Audits};
use crate::vault::{Vault, place};

const BATCH: i64 = 2_000;

/// Opens every value of a sealed column, a batch at a time.
macro_rules! open_all {
    ($conn:expr, $findings:expr, $vault:expr, $table:ident . $key:ident, $column:ident) => {
        let mut after = Uuid::nil();
        loop {
            let rows: Vec<(Uuid, Option<Vec<u8>>)> = $table::table
                .filter($table::$key.gt(after))
                .order($table::$key)
                .limit(BATCH)
                .select(($table::$key, $table::$column.nullable()))
                .load($conn)?;
            let Some(last) = rows.last() else { break };
            after = last.0;
            $findings.looked(stringify!($table), rows.len());
            for (id, sealed) in &rows {
                let Some(sealed) = sealed else { continue };
                if let Err(error) = $vault.open(place(stringify!($table), stringify!($column), id), sealed) {
                    $findings.found(stringify!($table), id.to_string(), format!("{}: {error}", stringify!($column)));
                }
            }
        }
    };
}

/// See the module.
pub struct Sealed;

impl Audits for Sealed {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.vault.map_or(Ok(()), |vault| look(audit.conn, audit.findings, vault))
    }
}

fn look(conn: &mut PgConnection, findings: &mut Findings, vault: &Vault) -> Result<(), DbError> {
    open_all!(conn, findings, vault, officer.id, full_name);
    open_all!(conn, findings, vault, session.id, label);
    open_all!(conn, findings, vault, second_factor.account_id, secret);
    phones(conn, findings, vault)
}

fn phones(conn: &mut PgConnection, findings: &mut Findings, vault: &Vault) -> Result<(), DbError> {
    let mut after = Uuid::nil();
    loop {
        type Row = (Uuid, String, Option<Vec<u8>>, Option<Vec<u8>>);
        let rows: Vec<Row> = account::table
            .filter(account::id.gt(after))
            .order(account::id)
            .limit(BATCH)
            .select((account::id, account::user_name, account::phone, account::phone_hash))
            .load(conn)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.0;
        findings.looked("account", rows.len());
        for (id, user, phone, hash) in &rows {
            let Some(sealed) = phone else { continue };
            match vault.open_text(place("account", "phone", id), sealed) {
                Err(error) => findings.found("account", user, format!("phone: {error}")),
                Ok(phone) if hash.as_deref() != Some(super::store::phone_hash(vault, &phone).as_slice()) => {
                    findings.found("account", user, "phone_hash is of another number");
                }
                Ok(_) => {}
            }
        }
    }
}
