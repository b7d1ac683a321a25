//! SQL of what was signed: the log's origin, its checkpoints, and the hold that stops all signing.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;

use super::tree::Head;
use crate::db::DbError;
use crate::db::schema::{log_checkpoint, log_head, log_hold, log_origin};
use crate::db::shown;

/// A checkpoint as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub head: Head,
    /// The signed note, verbatim.
    pub note: String,
    pub signed_at: DateTime<Utc>,
}

type Row = (i64, Vec<u8>, String, DateTime<Utc>);

fn signed((size, root, note, signed_at): Row) -> Option<Signed> {
    Some(Signed { head: Head { size: u64::try_from(size).ok()?, root: root.try_into().ok()? }, note, signed_at })
}

/// The newest checkpoint.
pub fn latest(conn: &mut PgConnection) -> Result<Option<Signed>, DbError> {
    use log_checkpoint as c;
    let row: Option<Row> =
        c::table.order(c::size.desc()).select((c::size, c::root, c::note, c::signed_at)).first(conn).optional()?;
    Ok(row.and_then(signed))
}

/// When the checkpoint of this size was signed; `None` when this database knows of none.
pub fn signed_at(conn: &mut PgConnection, size: u64) -> Result<Option<DateTime<Utc>>, DbError> {
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    Ok(log_checkpoint::table.find(size).select(log_checkpoint::signed_at).first(conn).optional()?)
}

/// Notes a checkpoint. The same one again, from another server, changes nothing.
pub fn note(conn: &mut PgConnection, new: &Signed) -> Result<(), DbError> {
    use log_checkpoint as c;
    shown::adds(conn);
    diesel::insert_into(c::table)
        .values((
            c::size.eq(i64::try_from(new.head.size).unwrap_or(i64::MAX)),
            c::root.eq(new.head.root.as_slice()),
            c::note.eq(&new.note),
            c::signed_at.eq(new.signed_at),
        ))
        .on_conflict(c::size)
        .do_nothing()
        .execute(conn)?;
    Ok(())
}

/// Whether the log has never had a leaf nor a checkpoint with any.
pub fn is_untouched(conn: &mut PgConnection) -> Result<bool, DbError> {
    let leaves: i64 = log_head::table.select(log_head::size).first(conn)?;
    Ok(leaves == 0 && latest(conn)?.is_none_or(|last| last.head.size == 0))
}

/// The log's origin and what it was asked to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this log is {is} and has leaves: its origin cannot become {wanted}")]
pub struct OtherOrigin {
    pub is: String,
    pub wanted: String,
}

/// The origin, which is set once. `wanted` is what the configuration says explicitly; without it the origin that is set
/// stays, and a new log gets `default`.
pub fn settle_origin(
    conn: &mut PgConnection,
    wanted: Option<&str>,
    default: &str,
) -> Result<Result<String, OtherOrigin>, DbError> {
    shown::alters(conn);
    let new = wanted.unwrap_or(default);
    diesel::insert_into(log_origin::table).values(log_origin::origin.eq(new)).on_conflict_do_nothing().execute(conn)?;
    let is: String = log_origin::table.select(log_origin::origin).first(conn)?;
    match wanted {
        Some(wanted) if wanted != is && is_untouched(conn)? => {
            // What was signed of nothing, under the old name.
            diesel::delete(log_checkpoint::table).execute(conn)?;
            diesel::update(log_origin::table).set(log_origin::origin.eq(wanted)).execute(conn)?;
            Ok(Ok(wanted.to_owned()))
        }
        Some(wanted) if wanted != is => Ok(Err(OtherOrigin { is, wanted: wanted.to_owned() })),
        _ => Ok(Ok(is)),
    }
}

/// The origin, if it is settled.
pub fn origin(conn: &mut PgConnection) -> Result<Option<String>, DbError> {
    Ok(log_origin::table.select(log_origin::origin).first(conn).optional()?)
}

/// Why nothing is sequenced or signed, if that is so.
pub fn hold(conn: &mut PgConnection) -> Result<Option<String>, DbError> {
    Ok(log_hold::table.select(log_hold::why).first(conn).optional()?)
}

/// Stops sequencing and signing, everywhere on this database. The first reason stays.
pub fn put_on_hold(conn: &mut PgConnection, why: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    let why: String = why.chars().take(300).collect();
    diesel::insert_into(log_hold::table)
        .values((log_hold::why.eq(why), log_hold::since.eq(now)))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

/// Lets sequencing and signing go on.
pub fn release(conn: &mut PgConnection) -> Result<(), DbError> {
    diesel::delete(log_hold::table).execute(conn)?;
    Ok(())
}
