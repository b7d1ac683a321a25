//! What was sent, known by the id that its client made: sent again it changes nothing, and something else under it is refused.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::fault::Fault;
use crate::authz::Visit;
use crate::db::DbError;
use crate::db::schema::blood_honour_request;

/// Whether something is sent for the first time. A twin of the same moment waits here until the first is done.
pub fn is_new(v: &mut Visit<'_>, id: Uuid, content: &str) -> Result<bool, Fault> {
    let hash = v.vault.hash("blood_honour.request", content.as_bytes());
    if insert(v.conn, id, &hash)? {
        return Ok(true);
    }
    let known: Vec<u8> = blood_honour_request::table.find(id).select(blood_honour_request::request_hash).first(v.conn)?;
    if known == hash { Ok(false) } else { Err(Fault::IdTaken) }
}

fn insert(conn: &mut PgConnection, id: Uuid, hash: &[u8]) -> Result<bool, DbError> {
    let row = (blood_honour_request::id.eq(id), blood_honour_request::request_hash.eq(hash));
    let written = diesel::insert_into(blood_honour_request::table).values(row).on_conflict_do_nothing().execute(conn)?;
    Ok(written == 1)
}
