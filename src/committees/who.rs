//! Who decides on a chapter's committees, and by which papers.

use diesel::pg::PgConnection;

use super::fault::Fault;
use super::papers;
use crate::authz::{Denied, Granted, Organise, Refusal, Visit};
use crate::db::DbError;
use crate::documents::store as documents;
use crate::http::Check;
use crate::tree::{self, ChapterId};

/// The chapter that decides on the committees of another: the one above it on the line of today; of the centre, itself.
fn decides(conn: &mut PgConnection, chapter: ChapterId) -> Result<ChapterId, DbError> {
    let line = tree::line(conn, chapter)?;
    Ok(line.get(1).or(line.first()).map_or(chapter, |(id, _)| *id))
}

/// ORGANISE at the chapter that decides, of somebody who may read this one.
pub fn above(v: &mut Visit<'_>, chapter: ChapterId) -> Result<Granted<Organise>, Fault> {
    let decides = decides(v.conn, chapter)?;
    v.at(decides).map_err(|denied| match denied {
        Denied::Refused(Refusal::Unreadable | Refusal::NotAllowed) => Fault::AboveDecides,
        denied => denied.into(),
    })
}

/// Whether a paper of this content is kept, at the chapter or where it is decided about. None is none too many.
pub fn paper_is_kept(conn: &mut PgConnection, chapter: ChapterId, hash: Option<&str>) -> Result<bool, DbError> {
    let Some(hash) = hash else { return Ok(true) };
    let above = decides(conn, chapter)?;
    Ok(documents::is_kept(conn, chapter, &papers::OF_COMMITTEES, hash)?
        || documents::is_kept(conn, above, &papers::OF_COMMITTEES, hash)?)
}

/// `NO_SUCH_DOCUMENT`.
pub fn no_such_paper(check: &mut Check) {
    check.wrong(
        "/document",
        "NO_SUCH_DOCUMENT",
        "Đơn vị chưa tải lên giấy tờ nào có SHA-256 này cho việc kiện toàn tổ chức (COMMITTEE).",
        "The chapter has uploaded no document with this SHA-256 for a committee (COMMITTEE).",
    );
}
