//! What was sent and is neither confirmed nor back: a table of its own, because everybody may read it.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;

use crate::db::DbError;
use crate::db::schema::transfer_open;
use crate::db::shown;

/// A transfer of which something is on the way.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = transfer_open, check_for_backend(diesel::pg::Pg))]
pub struct OpenTransfer {
    /// Public code of the entry that sent it.
    pub out_code: String,
    /// Codes of the two chapters.
    pub from_chapter: String,
    pub to_chapter: String,
    /// Code of the fund.
    pub fund: String,
    pub outstanding_vnd: i64,
    pub sent_on: NaiveDate,
}

/// It was sent.
pub(super) fn opens(conn: &mut PgConnection, sent: &OpenTransfer) -> Result<(), DbError> {
    shown::adds(conn);
    diesel::insert_into(transfer_open::table).values(sent).execute(conn)?;
    Ok(())
}

/// So much of it is on the way now.
pub(super) fn left(conn: &mut PgConnection, out_code: &str, outstanding: i64) -> Result<(), DbError> {
    shown::alters(conn);
    diesel::update(transfer_open::table.find(out_code)).set(transfer_open::outstanding_vnd.eq(outstanding)).execute(conn)?;
    Ok(())
}

/// What is on the way, the oldest first. The public's database role may ask for it.
pub fn unconfirmed(conn: &mut PgConnection, limit: i64) -> Result<Vec<OpenTransfer>, DbError> {
    let rows = transfer_open::table
        .filter(transfer_open::outstanding_vnd.gt(0))
        .order((transfer_open::sent_on, transfer_open::out_code))
        .limit(limit)
        .select(OpenTransfer::as_select());
    Ok(rows.load(conn)?)
}

/// The same of a chapter, which sent it or has to confirm it, or of a fund.
pub fn unconfirmed_of(
    conn: &mut PgConnection,
    chapter: Option<&str>,
    fund: Option<&str>,
    limit: i64,
) -> Result<Vec<OpenTransfer>, DbError> {
    use transfer_open as t;
    let mut query = t::table.filter(t::outstanding_vnd.gt(0)).into_boxed();
    if let Some(chapter) = chapter {
        query = query.filter(t::from_chapter.eq(chapter).or(t::to_chapter.eq(chapter)));
    }
    if let Some(fund) = fund {
        query = query.filter(t::fund.eq(fund));
    }
    Ok(query.order((t::sent_on, t::out_code)).limit(limit).select(OpenTransfer::as_select()).load(conn)?)
}

/// The rows of these entries, for an audit.
pub(super) fn of(conn: &mut PgConnection, codes: &[&str]) -> Result<Vec<OpenTransfer>, DbError> {
    let rows = transfer_open::table.filter(transfer_open::out_code.eq_any(codes)).select(OpenTransfer::as_select());
    Ok(rows.load(conn)?)
}
