//! SQL of uploads under way.
//!
//! An upload is OPEN while chunks come, then DONE (its document has the same id) or REFUSED with a reason; one that its
//! sender cancels is as if it had never been announced. Its offset
//! moves only together with the row of a chunk that is on disk, under the lock of the upload's row: whatever two
//! requests or a crash do, the offset never counts a byte that is not there.

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::files::WrittenChunk;
use super::model::{Fit, Limits, fit};
use super::store::{self, Holder};
use crate::db::DbError;
use crate::db::schema::{upload, upload_chunk};
use crate::db::statement::statement;
use crate::vault::Vault;

/// An upload that is not finished by then is forgotten.
pub const LIFETIME: Duration = Duration::hours(48);

/// An upload.
#[derive(Debug, Clone, Queryable)]
pub struct UploadRow {
    pub id: Uuid,
    pub account_id: Uuid,
    pub chapter_id: Uuid,
    pub purpose: String,
    pub name: Vec<u8>,
    pub media_type: String,
    pub size_bytes: i64,
    pub sha256: String,
    pub request_hash: Vec<u8>,
    pub offset_bytes: i64,
    pub state: String,
    pub refusal: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// An upload announced by a client.
pub struct NewUpload {
    pub id: Uuid,
    pub purpose: &'static str,
    /// Sealed.
    pub name: Vec<u8>,
    pub media_type: &'static str,
    pub size_bytes: i64,
    pub sha256: String,
    pub request_hash: Vec<u8>,
    /// [`Bare::hash`]: what is left to compare with once the name was erased.
    pub bare_hash: Vec<u8>,
}

/// An upload without its name.
pub struct Bare<'a> {
    pub chapter: &'a str,
    pub purpose: &'a str,
    pub media_type: &'a str,
    pub size_bytes: i64,
    pub sha256: &'a str,
}

impl Bare<'_> {
    pub fn hash(&self, vault: &Vault) -> Vec<u8> {
        let content = serde_json::json!([self.chapter, self.purpose, self.media_type, self.size_bytes, self.sha256]);
        vault.hash("upload.request.bare", content.to_string().as_bytes()).to_vec()
    }
}

/// Result of announcing an upload.
#[derive(Debug)]
pub enum Begun {
    New(UploadRow),
    Existing(UploadRow),
    /// Finished so long ago that only its document is left.
    Finished,
    IdTaken,
    /// This account has as many under way as it may.
    TooManyOpen,
    /// This account has announced as much as it may for today.
    TooMuchToday,
}

statement! {
    struct Usage { open_at: DateTime<Utc> => Timestamptz, since: DateTime<Utc> => Timestamptz, account: Uuid => SqlUuid } -> (BigInt, BigInt),
    "SELECT count(*) FILTER (WHERE state = 'OPEN' AND expires_at > ?), coalesce(sum(size_bytes) FILTER (WHERE created_at > ?), 0)::bigint
     FROM upload WHERE account_id = ?"
}

/// Begins an upload, or finds the one with this id.
pub fn begin(
    conn: &mut PgConnection,
    by: &Holder,
    now: DateTime<Utc>,
    new: &NewUpload,
    limits: &Limits,
) -> Result<Begun, DbError> {
    use upload as u;
    // Twins of one id meet here, and so do uploads of one account that together would exceed its limits.
    store::lock(conn, &format!("upload {}", new.id))?;
    store::lock(conn, &format!("uploads of {}", by.account()))?;
    let is_same =
        |hash: &Vec<u8>, chapter: Uuid| [&new.request_hash, &new.bare_hash].contains(&hash) && chapter == by.chapter().0;
    if let Some(row) = find(conn, new.id)? {
        let same = is_same(&row.request_hash, row.chapter_id);
        return Ok(if same { Begun::Existing(row) } else { Begun::IdTaken });
    }
    if let Some(row) = store::find(conn, new.id)? {
        let same = is_same(&row.request_hash, row.chapter_id);
        return Ok(if same { Begun::Finished } else { Begun::IdTaken });
    }
    let (open, today): (i64, i64) =
        Usage { open_at: &now, since: &(now - Duration::hours(24)), account: &by.account() }.get_result(conn)?;
    if open >= limits.open_uploads {
        return Ok(Begun::TooManyOpen);
    }
    if today.saturating_add(new.size_bytes) > i64::try_from(limits.daily).unwrap_or(i64::MAX) {
        return Ok(Begun::TooMuchToday);
    }
    let row = diesel::insert_into(u::table)
        .values((
            u::id.eq(new.id),
            u::account_id.eq(by.account()),
            u::chapter_id.eq(by.chapter().0),
            u::purpose.eq(new.purpose),
            u::name.eq(&new.name),
            u::media_type.eq(new.media_type),
            u::size_bytes.eq(new.size_bytes),
            u::sha256.eq(&new.sha256),
            u::request_hash.eq(&new.request_hash),
            u::offset_bytes.eq(0),
            u::state.eq("OPEN"),
            u::created_at.eq(now),
            u::expires_at.eq(now + LIFETIME),
        ))
        .get_result(conn)?;
    Ok(Begun::New(row))
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<UploadRow>, DbError> {
    Ok(upload::table.find(id).first(conn).optional()?)
}

/// [`find`], with the upload locked until the end of the transaction.
pub fn find_for_update(conn: &mut PgConnection, id: Uuid) -> Result<Option<UploadRow>, DbError> {
    Ok(upload::table.find(id).for_update().first(conn).optional()?)
}

/// Result of handing in a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// The offset moved.
    Next,
    /// It was here already; nothing changed.
    Again,
    /// It does not fit where the upload stands.
    Refused(Fit),
}

/// Registers a chunk that is on disk with an OPEN upload, locked by the caller. An empty one changes nothing.
pub fn take(
    conn: &mut PgConnection,
    row: &mut UploadRow,
    at: u64,
    chunk: &WrittenChunk,
    limits: &Limits,
) -> Result<Taken, DbError> {
    use upload_chunk as c;
    let (offset, size) = (row.offset_bytes.unsigned_abs(), row.size_bytes.unsigned_abs());
    let (at_bytes, length) = (i64::try_from(at).unwrap_or(i64::MAX), i64::try_from(chunk.length).unwrap_or(i64::MAX));
    match fit(at, chunk.length, offset, size, limits) {
        Fit::Next if length > 0 => {
            diesel::insert_into(c::table)
                .values((
                    c::upload_id.eq(row.id),
                    c::at_bytes.eq(at_bytes),
                    c::length_bytes.eq(length),
                    c::sha256.eq(chunk.hash.as_str()),
                    c::file.eq(&chunk.file),
                ))
                .execute(conn)?;
            row.offset_bytes += length;
            diesel::update(upload::table.find(row.id)).set(upload::offset_bytes.eq(row.offset_bytes)).execute(conn)?;
            Ok(Taken::Next)
        }
        Fit::Next => Ok(Taken::Again),
        Fit::Before => {
            let known: Option<(i64, String)> =
                c::table.find((row.id, at_bytes)).select((c::length_bytes, c::sha256)).first(conn).optional()?;
            let same = known.is_some_and(|(known, hash)| known == length && hash == chunk.hash.as_str());
            Ok(if same { Taken::Again } else { Taken::Refused(Fit::Before) })
        }
        other => Ok(Taken::Refused(other)),
    }
}

/// The chunks' files, in order.
pub fn files(conn: &mut PgConnection, id: Uuid) -> Result<Vec<String>, DbError> {
    use upload_chunk as c;
    Ok(c::table.filter(c::upload_id.eq(id)).order(c::at_bytes).select(c::file).load(conn)?)
}

/// Ends an OPEN upload: `None` for DONE, or why it is refused.
pub fn end(conn: &mut PgConnection, id: Uuid, refusal: Option<&str>) -> Result<(), DbError> {
    let state = if refusal.is_some() { "REFUSED" } else { "DONE" };
    diesel::update(upload::table.find(id).filter(upload::state.eq("OPEN")))
        .set((upload::state.eq(state), upload::refusal.eq(refusal)))
        .execute(conn)?;
    diesel::delete(upload_chunk::table.filter(upload_chunk::upload_id.eq(id))).execute(conn)?;
    Ok(())
}

/// Gives an upload up: its id is free again and its name is gone. What was sent counts as sent today all the same, or
/// whoever cancels could send without end. The caller has locked the row; the folder goes after the commit.
pub fn cancel(conn: &mut PgConnection, row: &UploadRow) -> Result<(), DbError> {
    use upload as u;
    diesel::delete(upload_chunk::table.filter(upload_chunk::upload_id.eq(row.id))).execute(conn)?;
    diesel::update(u::table.find(row.id))
        .set((
            u::id.eq(Uuid::new_v4()),
            u::state.eq("REFUSED"),
            u::refusal.eq("CANCELLED"),
            u::name.eq(Vec::new()),
            u::request_hash.eq(Vec::new()),
            u::size_bytes.eq(row.offset_bytes.max(1)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Forgets uploads whose time is over, finished ones too (their documents stay). Returns how many.
pub fn forget_expired(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<usize, DbError> {
    Ok(diesel::delete(upload::table.filter(upload::expires_at.le(now))).execute(conn)?)
}

/// Which of these uploads are OPEN.
pub fn open_among(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    Ok(upload::table.filter(upload::id.eq_any(ids)).filter(upload::state.eq("OPEN")).select(upload::id).load(conn)?)
}
