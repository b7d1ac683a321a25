//! The audit of sealed values of officers: each opens where it stands, and hashes say what they seal.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::DbError;
use crate::db::findings::Findings;
use crate::db::schema::{account, officer};
use crate::vault::{Vault, place};

const BATCH: i64 = 2_000;

/// See the module. Officers are some ten thousand at most; they are read a batch at a time all the same.
pub fn audit(conn: &mut PgConnection, findings: &mut Findings, vault: &Vault) -> Result<(), DbError> {
    let mut after = Uuid::nil();
    loop {
        let rows: Vec<(Uuid, Vec<u8>)> = officer::table
            .filter(officer::id.gt(after))
            .order(officer::id)
            .limit(BATCH)
            .select((officer::id, officer::full_name))
            .load(conn)?;
        let Some(last) = rows.last() else { break };
        after = last.0;
        findings.looked("officer", rows.len());
        for (id, name) in &rows {
            if let Err(error) = vault.open_text(place("officer", "full_name", id), name) {
                findings.found("officer", id.to_string(), format!("full_name: {error}"));
            }
        }
    }
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
