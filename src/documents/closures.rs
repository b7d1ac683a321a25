//! Closed papers: kept because the law has them kept, or because a restriction may be lifted, and shown to nobody who
//! works with them. A closed paper has no name and only those who INSPECT read it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Text};
use uuid::Uuid;

use super::store::DocumentRow;
use crate::authz::{Denied, Inspect, Read, Refusal, Seen, Visit};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::{document, document_closure, document_link};
use crate::db::statement::statement;
use crate::http::{Kind, Problem};

/// Why a paper is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The data of its giver, or of somebody it names, were erased.
    Erased,
    /// They may be kept and not used.
    Restricted,
}

impl Reason {
    pub fn name(self) -> &'static str {
        match self {
            Reason::Erased => "ERASED",
            Reason::Restricted => "RESTRICTED",
        }
    }
}

/// A paper about to be closed because of one gift, or of another record of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    pub document: Uuid,
    pub gift: Uuid,
    pub kept_until: NaiveDate,
}

/// Closes papers. What is closed already stays closed, at least as long.
pub fn close(conn: &mut PgConnection, now: DateTime<Utc>, reason: Reason, of: &[Closing]) -> Result<(), DbError> {
    use document_closure as c;
    if of.is_empty() {
        return Ok(());
    }
    let mut of = of.to_vec();
    of.sort_by_key(|closing| (closing.document, closing.gift, std::cmp::Reverse(closing.kept_until)));
    of.dedup_by_key(|closing| (closing.document, closing.gift));
    let rows: Vec<_> = of
        .iter()
        .map(|closing| {
            (
                c::document_id.eq(closing.document),
                c::reason.eq(reason.name()),
                c::subject_id.eq(closing.gift),
                c::closed_at.eq(now),
                c::kept_until.eq(closing.kept_until),
            )
        })
        .collect();
    diesel::insert_into(c::table)
        .values(rows)
        .on_conflict((c::document_id, c::reason, c::subject_id))
        .do_nothing()
        .execute(conn)?;
    Ok(())
}

/// Opens papers that were closed because these gifts' givers were restricted.
pub fn reopen(conn: &mut PgConnection, gifts: &[Uuid]) -> Result<(), DbError> {
    use document_closure as c;
    let lifted = c::table.filter(c::reason.eq(Reason::Restricted.name())).filter(c::subject_id.eq_any(gifts));
    diesel::delete(lifted).execute(conn)?;
    Ok(())
}

/// Why and how long a paper is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    pub reason: String,
    pub kept_until: NaiveDate,
}

/// The closed ones among these documents; an erasure weighs more than a restriction.
pub fn of_documents(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Closed>, DbError> {
    use document_closure as c;
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, String, NaiveDate)> = c::table
        .filter(c::document_id.eq_any(ids))
        .order((c::reason.desc(), c::kept_until))
        .select((c::document_id, c::reason, c::kept_until))
        .load(conn)?;
    // The last one stands: of erasures, which come last, the one that holds longest.
    Ok(rows.into_iter().map(|(id, reason, kept_until)| (id, Closed { reason, kept_until })).collect())
}

/// How somebody came to the bytes of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admitted {
    AsReader,
    /// It is closed; they inspect.
    ToClosed,
}

impl Admitted {
    /// What the audit trail calls it.
    pub fn action(self) -> &'static str {
        match self {
            Admitted::AsReader => "DOCUMENT_READ",
            Admitted::ToClosed => "CLOSED_DOCUMENT_READ",
        }
    }
}

/// Whether this reader may have the bytes of a document they can find.
pub fn admit(v: &mut Visit<'_>, row: &DocumentRow, reads: &Seen<Read>) -> Result<Admitted, Problem> {
    let Some(closed) = of_documents(v.conn, &[row.id])?.remove(&row.id) else { return Ok(Admitted::AsReader) };
    match v.see::<Inspect>(reads.chapter()) {
        Ok(_) => Ok(Admitted::ToClosed),
        Err(Denied::Refused(Refusal::NotAllowed)) => Err(no_entry(&closed, vietnam_date(v.now))),
        Err(denied) => Err(denied.into()),
    }
}

fn no_entry(closed: &Closed, today: NaiveDate) -> Problem {
    let until = closed.kept_until;
    if closed.reason == Reason::Erased.name() && until <= today {
        return Problem::say(
            Kind::Forbidden,
            "Dữ liệu của một người trong giấy tờ này đã được xóa: giấy không dùng được nữa, chỉ còn lưu nếu là bằng chứng đồng ý của người khác.",
            "The data of somebody on this paper were erased: it is used no more, and kept only if it proves the consent of others.",
        );
    }
    if closed.reason == Reason::Restricted.name() {
        return Problem::say(
            Kind::Forbidden,
            "Dữ liệu của người có tên trong giấy tờ này đang bị hạn chế xử lý: giấy chỉ được lưu giữ. Chỉ người có quyền kiểm tra xem được.",
            "The data of whoever is on this paper are restricted: it is kept and not used. Only those who inspect may read it.",
        );
    }
    Problem::say(
        Kind::Forbidden,
        format!(
            "Dữ liệu của người ủng hộ đã được xóa: giấy tờ này chỉ còn lưu theo luật kế toán đến {until}. Chỉ người có quyền kiểm tra xem được."
        ),
        format!(
            "The giver's data were erased: this paper is kept until {until} as accounting law requires. Only those who inspect may read it."
        ),
    )
}

statement! {
    struct PastIts {
        day: NaiveDate => Date,
        ending: Vec<&'a str> => Array<Text>,
        also: NaiveDate => Date,
        most: i64 => BigInt,
    } -> (diesel::sql_types::Uuid,),
    "SELECT DISTINCT c.document_id FROM document_closure c JOIN document d ON d.id = c.document_id
     WHERE c.reason = 'ERASED' AND c.kept_until < ? AND d.purpose = ANY (?)
       AND NOT EXISTS (SELECT FROM document_link l WHERE l.document_id = c.document_id AND NOT EXISTS (
           SELECT FROM document_closure o WHERE o.document_id = l.document_id AND o.subject_id = l.subject_id AND o.reason = 'ERASED' AND o.kept_until < ?))
     LIMIT ?"
}

/// Forgets papers of erased givers whose time is over, of the purposes that have an end; the sweep takes their files. Returns how
/// many. Nothing else takes a document away.
pub fn forget_past(conn: &mut PgConnection, now: DateTime<Utc>, ending: &[&str]) -> Result<usize, DbError> {
    const MOST: i64 = 500;
    let today = vietnam_date(now);
    let over: Vec<(Uuid,)> = PastIts { day: &today, ending: &ending.to_vec(), also: &today, most: &MOST }.load(conn)?;
    let over: Vec<Uuid> = over.into_iter().map(|(id,)| id).collect();
    if over.is_empty() {
        return Ok(0);
    }
    diesel::delete(document_closure::table.filter(document_closure::document_id.eq_any(&over))).execute(conn)?;
    diesel::delete(document_link::table.filter(document_link::document_id.eq_any(&over))).execute(conn)?;
    Ok(diesel::delete(document::table.filter(document::id.eq_any(&over))).execute(conn)?)
}
