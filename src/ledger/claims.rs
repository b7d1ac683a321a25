//! Books and log against what all rooms claim of them (`house::audit`): what nobody claims names itself.

use std::collections::HashSet;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::annotations;
use super::audit::Books;
use crate::db::DbError;
use crate::db::schema::entry;
use crate::house::audit::{Audit, Audits};
use crate::log;

const BATCH: i64 = 2_000;

/// Compares once, after all of `rooms` have looked.
pub fn compare(audit: &mut Audit<'_>, books: &Books, rooms: &[&dyn Audits]) -> Result<(), DbError> {
    for (kind, count) in &books.entries {
        if audit.claims.entries_of(kind) != *count {
            stray_entries(audit, kind, rooms)?;
        }
    }
    if log::audit::count(audit.conn)? != books.leaves() + audit.claims.all_leaves() {
        stray_leaves(audit, rooms)?;
    }
    Ok(())
}

/// Names the entries of a kind that no room's record stands behind.
fn stray_entries(audit: &mut Audit<'_>, kind: &str, rooms: &[&dyn Audits]) -> Result<(), DbError> {
    let mut after = Uuid::nil();
    loop {
        let entries = entries_of(audit.conn, kind, after)?;
        let Some(last) = entries.last() else { return Ok(()) };
        after = last.0;
        let ids: Vec<Uuid> = entries.iter().map(|entry| entry.0).collect();
        let mut claimed = HashSet::new();
        for room in rooms {
            claimed.extend(room.stands_behind(audit.conn, &ids)?);
        }
        for (_, code) in entries.iter().filter(|entry| !claimed.contains(&entry.0)) {
            audit.findings.found("claim", code, format!("is a {kind} that no record stands behind"));
        }
    }
}

/// Entries of a kind after `after` in order of id: (id, code).
fn entries_of(conn: &mut PgConnection, kind: &str, after: Uuid) -> Result<Vec<(Uuid, String)>, DbError> {
    let some = entry::table.filter(entry::kind.eq(kind)).filter(entry::id.gt(after)).order(entry::id).limit(BATCH);
    Ok(some.select((entry::id, entry::code)).load(conn)?)
}

/// Names the leaves that stand for nothing: neither an entry, nor what was said of one, nor a record of any room.
fn stray_leaves(audit: &mut Audit<'_>, rooms: &[&dyn Audits]) -> Result<(), DbError> {
    for waiting in [false, true] {
        let mut after = String::new();
        loop {
            let codes = log::audit::codes(audit.conn, waiting, &after, BATCH)?;
            let Some(last) = codes.last() else { break };
            let entries = entry::table.filter(entry::code.eq_any(&codes)).select(entry::code);
            let mut known: HashSet<String> = entries.load(audit.conn)?.into_iter().collect();
            known.extend(annotations::known(audit.conn, &codes)?);
            for room in rooms {
                known.extend(room.speaks_of(audit.conn, &codes)?);
            }
            for code in codes.iter().filter(|code| !known.contains(*code)) {
                audit.findings.found("leaf", code, "a leaf stands for no entry");
            }
            after.clone_from(last);
        }
    }
    Ok(())
}
