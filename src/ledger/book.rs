//! A chapter's own entries with all their postings, in the order of days: its book.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::public;
use crate::db::DbError;
use crate::db::schema::{entry, fund, log_leaf, posting};
use crate::tree::ChapterId;

/// An entry of a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookEntry {
    pub id: Uuid,
    pub code: String,
    pub kind: String,
    pub channel: Option<String>,
    pub day: NaiveDate,
    pub booked: NaiveDate,
    /// Public code of the entry that this one reverses, and why.
    pub reverses: Option<String>,
    pub reason: Option<String>,
    /// Public code of the entry that this one is about.
    pub of: Option<String>,
    /// Code of the chapter it goes to.
    pub to: Option<String>,
    pub category: Option<String>,
    /// The giver in the form the public sees.
    pub giver: Option<String>,
    /// Its place in the log.
    pub index: i64,
    pub lines: Vec<BookLine>,
}

/// A posting of it; debits are positive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookLine {
    pub account: String,
    pub fund: String,
    pub amount: i64,
}

/// Which part of a book: its chapter, the size of the log it is read at, and the days, both included.
#[derive(Debug, Clone, Copy)]
pub struct BookOf {
    pub chapter: ChapterId,
    pub size: i64,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

type Header = (Uuid, String, String, Option<String>, NaiveDate, NaiveDate, Option<Uuid>, Option<String>, i64);

/// The entries after one of them, `limit` at most, oldest day first.
pub fn page(
    conn: &mut PgConnection,
    of: BookOf,
    after: Option<(NaiveDate, Uuid)>,
    limit: i64,
) -> Result<Vec<BookEntry>, DbError> {
    let mut query = entry::table
        .inner_join(log_leaf::table.on(log_leaf::entry.eq(entry::code)))
        .filter(entry::chapter_id.eq(of.chapter.0))
        .filter(log_leaf::idx.lt(of.size))
        .into_boxed();
    if let Some(from) = of.from {
        query = query.filter(entry::day.ge(from));
    }
    if let Some(to) = of.to {
        query = query.filter(entry::day.le(to));
    }
    if let Some((day, id)) = after {
        query = query.filter(entry::day.ge(day).and(entry::day.gt(day).or(entry::id.gt(id))));
    }
    let headers: Vec<Header> = query
        .order((entry::day, entry::id))
        .limit(limit)
        .select((
            entry::id,
            entry::code,
            entry::kind,
            entry::channel,
            entry::day,
            entry::booked,
            entry::reverses,
            entry::reason,
            log_leaf::idx,
        ))
        .load(conn)?;
    with_lines(conn, headers)
}

fn with_lines(conn: &mut PgConnection, headers: Vec<Header>) -> Result<Vec<BookEntry>, DbError> {
    let ids: Vec<Uuid> = headers.iter().map(|header| header.0).collect();
    let codes: Vec<&str> = headers.iter().map(|header| header.1.as_str()).collect();
    let reversed: Vec<Uuid> = headers.iter().filter_map(|header| header.6).collect();
    let mut givers = public::givers(conn, &codes)?;
    let mut details = super::detail::of(conn, &codes)?;
    let originals = super::store::codes(conn, &reversed)?;
    let mut lines = lines(conn, &ids)?;
    let entry = |(id, code, kind, channel, day, booked, reverses, reason, index): Header| {
        let (of, to, category, why) = match details.remove(&code) {
            Some(detail) => (detail.of_code, detail.to_chapter, detail.category, detail.reason),
            None => Default::default(),
        };
        BookEntry {
            giver: givers.remove(&code),
            reverses: reverses.and_then(|id| originals.get(&id).cloned()),
            lines: lines.remove(&id).unwrap_or_default(),
            reason: reason.or(why),
            of,
            to,
            category,
            id,
            code,
            kind,
            channel,
            day,
            booked,
            index,
        }
    };
    Ok(headers.into_iter().map(entry).collect())
}

/// The postings of entries, in their order.
pub fn lines(conn: &mut PgConnection, entries: &[Uuid]) -> Result<HashMap<Uuid, Vec<BookLine>>, DbError> {
    let rows: Vec<(Uuid, String, String, i64)> = posting::table
        .inner_join(fund::table.on(fund::id.eq(posting::fund_id)))
        .filter(posting::entry_id.eq_any(entries))
        .order((posting::entry_id, posting::n))
        .select((posting::entry_id, posting::account, fund::code, posting::amount))
        .load(conn)?;
    let mut lines: HashMap<Uuid, Vec<BookLine>> = HashMap::new();
    for (id, account, fund, amount) in rows {
        lines.entry(id).or_default().push(BookLine { account, fund, amount });
    }
    Ok(lines)
}
