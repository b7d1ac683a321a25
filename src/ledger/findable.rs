//! Public rows as an index of them reads them: what a row is found by, in the order of writing or by code.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text};

use crate::db::DbError;
use crate::db::schema::public_entry;

/// The numbers of these entries' rows.
pub fn seqs_of(conn: &mut PgConnection, codes: &[String]) -> Result<Vec<i64>, DbError> {
    Ok(public_entry::table.filter(public_entry::code.eq_any(codes)).select(public_entry::seq).load(conn)?)
}

/// What a row is found by.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Findable {
    pub seq: i64,
    pub chapter: String,
    pub grassroots: Option<String>,
    pub province: Option<String>,
    pub appeal: Option<String>,
    pub channel: Option<String>,
    pub day: NaiveDate,
    pub amount_vnd: i64,
    /// Words and pairs, each once.
    pub words: Vec<String>,
}

type FindableColumns = (
    public_entry::seq,
    public_entry::chapter,
    public_entry::grassroots,
    public_entry::province,
    public_entry::appeal,
    public_entry::channel,
    public_entry::day,
    public_entry::amount_vnd,
    diesel::expression::SqlLiteral<Array<Text>>,
);

fn findable() -> FindableColumns {
    use public_entry as p;
    let words = diesel::dsl::sql::<Array<Text>>("tsvector_to_array(words)");
    (p::seq, p::chapter, p::grassroots, p::province, p::appeal, p::channel, p::day, p::amount_vnd, words)
}

/// Rows after `after` in writing order, for whoever keeps an index of them.
pub fn findable_after(conn: &mut PgConnection, after: i64, most: i64) -> Result<Vec<Findable>, DbError> {
    Ok(public_entry::table
        .filter(public_entry::seq.gt(after))
        .order(public_entry::seq)
        .limit(most)
        .select(findable())
        .load(conn)?)
}

/// The rows of these entries, as far as they have one.
pub fn findable_of(conn: &mut PgConnection, codes: &[String]) -> Result<Vec<Findable>, DbError> {
    Ok(public_entry::table.filter(public_entry::code.eq_any(codes)).order(public_entry::seq).select(findable()).load(conn)?)
}
