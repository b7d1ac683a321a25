//! Papers about people that no voucher is: they go with the person, unless they prove something of somebody else as well.
//!
//! Rooms that have such papers say which are a person's and whether others need them. A paper that goes is closed at once and taken by
//! the next sweep, file and all; one that stays for others is closed as well, and has no name any more.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::closures::{self, Closing, Reason};
use super::persons;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::{document, document_closure, document_link};
use crate::house::errand::Errand;
use crate::house::papers::Paper;
use crate::house::persons::PersonsError;

/// A paper, by all the hashes that a record may name it by.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Known {
    pub id: Uuid,
    /// Of what is stored, cleaned.
    pub sha256: String,
    /// Of what was sent.
    pub uploaded_sha256: String,
}

const COLUMNS: (document::id, document::sha256, document::uploaded_sha256) =
    (document::id, document::sha256, document::uploaded_sha256);

/// The papers of these purposes with this content, wherever they are kept.
pub fn by_content(conn: &mut PgConnection, papers: &[&Paper], hash: &str) -> Result<Vec<Known>, DbError> {
    let purposes: Vec<&str> = papers.iter().map(|paper| paper.purpose).collect();
    let of = document::table.filter(document::sha256.eq(hash).or(document::uploaded_sha256.eq(hash)));
    Ok(of.filter(document::purpose.eq_any(purposes)).order(document::id).select(COLUMNS).load(conn)?)
}

/// The papers of these purposes with this content at some chapters that are not closed.
pub fn open_at(conn: &mut PgConnection, papers: &[&Paper], hash: &str, chapters: &[Uuid]) -> Result<Option<Uuid>, DbError> {
    let purposes: Vec<&str> = papers.iter().map(|paper| paper.purpose).collect();
    let closed = document_closure::table.filter(document_closure::document_id.eq(document::id));
    let of = document::table.filter(document::sha256.eq(hash).or(document::uploaded_sha256.eq(hash)));
    let of = of.filter(document::purpose.eq_any(purposes)).filter(document::chapter_id.eq_any(chapters));
    let of = of.filter(diesel::dsl::not(diesel::dsl::exists(closed))).order(document::id);
    Ok(of.select(document::id).first(conn).optional()?)
}

/// The papers that hang on a record.
pub fn on_record(conn: &mut PgConnection, paper: &Paper, record: Uuid) -> Result<Vec<Known>, DbError> {
    let links = document_link::table.on(document_link::document_id.eq(document::id));
    let of = document::table.inner_join(links).filter(document_link::subject_kind.eq(paper.purpose));
    Ok(of.filter(document_link::subject_id.eq(record)).order(document::id).select(COLUMNS).load(conn)?)
}

/// The names of the papers that hang on a record and when they came, for the copy that its person may ask for.
pub fn held(errand: &mut Errand<'_>, paper: &Paper, record: Uuid) -> Result<Vec<(String, DateTime<Utc>)>, PersonsError> {
    let ids: Vec<Uuid> = on_record(errand.conn, paper, record)?.into_iter().map(|known| known.id).collect();
    persons::names_of(errand, &ids)
}

/// The records that papers hang on, each with its paper.
pub fn records(conn: &mut PgConnection, papers: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, DbError> {
    use document_link as l;
    Ok(l::table.filter(l::document_id.eq_any(papers)).select((l::document_id, l::subject_id)).load(conn)?)
}

/// Closes papers of somebody who goes, for good: those that `go` with the person, whatever they hang on, and those that `stay` for
/// others.
pub fn let_go(errand: &mut Errand<'_>, of: Uuid, go: &[Uuid], stay: &[Uuid]) -> Result<(), PersonsError> {
    // The sweep takes what was kept until a day that is over.
    let today = vietnam_date(errand.now);
    let kept_until = today.pred_opt().unwrap_or(today);
    let closing = |(document, gift): (Uuid, Uuid)| Closing { document, gift, kept_until };
    let mut all: Vec<Closing> = go.iter().chain(stay).map(|id| closing((*id, of))).collect();
    all.extend(records(errand.conn, go)?.into_iter().map(closing));
    closures::close(errand.conn, errand.now, Reason::Erased, &all)?;
    let ids: Vec<Uuid> = go.iter().chain(stay).copied().collect();
    persons::forget_names_of(errand, &ids)
}

/// Closes what hangs on a record while its person's data may not be used.
pub fn restrict(conn: &mut PgConnection, now: DateTime<Utc>, paper: &Paper, record: Uuid) -> Result<(), DbError> {
    let kept_until = vietnam_date(now);
    let of = on_record(conn, paper, record)?.into_iter();
    let closings: Vec<Closing> = of.map(|known| Closing { document: known.id, gift: record, kept_until }).collect();
    closures::close(conn, now, Reason::Restricted, &closings)
}
