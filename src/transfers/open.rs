//! What was sent and is neither confirmed nor back: a table of its own, because everybody may read it.

use chrono::NaiveDate;
use diesel::dsl::{count_star, sql};
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

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

type Boxed<'a> = diesel::dsl::IntoBoxed<'a, transfer_open::table, Pg>;

fn narrowed<'a>(chapters: Option<&'a [String]>, fund: Option<&'a str>) -> Boxed<'a> {
    use transfer_open as t;
    let mut query = t::table.into_boxed().filter(t::outstanding_vnd.gt(0));
    if let Some(chapters) = chapters {
        query = query.filter(t::from_chapter.eq_any(chapters).or(t::to_chapter.eq_any(chapters)));
    }
    if let Some(fund) = fund {
        query = query.filter(t::fund.eq(fund));
    }
    query
}

/// The same of chapters, one of which sent it or has to confirm it, or of a fund.
pub fn unconfirmed_of(
    conn: &mut PgConnection,
    chapters: Option<&[String]>,
    fund: Option<&str>,
    limit: i64,
) -> Result<Vec<OpenTransfer>, DbError> {
    let rows = narrowed(chapters, fund).order((transfer_open::sent_on, transfer_open::out_code)).limit(limit);
    Ok(rows.select(OpenTransfer::as_select()).load(conn)?)
}

/// All of them together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpenSum {
    pub vnd: i64,
    pub count: i64,
}

/// What [`unconfirmed_of`] would list without a limit, added up.
pub fn unconfirmed_sum(conn: &mut PgConnection, chapters: Option<&[String]>, fund: Option<&str>) -> Result<OpenSum, DbError> {
    let sum = sql::<BigInt>("coalesce(sum(outstanding_vnd), 0)::bigint");
    let (vnd, count) = narrowed(chapters, fund).select((sum, count_star())).first(conn)?;
    Ok(OpenSum { vnd, count })
}

/// The rows of these entries, for an audit.
pub(super) fn of(conn: &mut PgConnection, codes: &[&str]) -> Result<Vec<OpenTransfer>, DbError> {
    let rows = transfer_open::table.filter(transfer_open::out_code.eq_any(codes)).select(OpenTransfer::as_select());
    Ok(rows.load(conn)?)
}
