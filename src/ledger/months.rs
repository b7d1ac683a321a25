//! What months of chapters hold once they are closed: sums of exactly those entries that count in them, set-wise.
//!
//! A month is closed at a size of the log. In it count the chapter's entries of its days below that size, and those of earlier
//! days that came too late for the closing before: their place in the log is at or beyond the size that one names. What has a place
//! below a size never changes, so neither do these sums; nobody who books has to wait for whoever closes.

use chrono::{DateTime, Days, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::accounts::Account;
use super::kinds::Kind;
use super::measures::Measure;
use crate::db::DbError;
use crate::db::schema::entry;

/// What entries that come late have to be looked for is bounded by when they were recorded: not long before the closing that
/// they missed. So many days are more than any clock or any transaction was ever behind.
const MARGIN: Days = Days::new(7);

/// A month to be added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    pub chapter: Uuid,
    /// Its first day and its last.
    pub first: NaiveDate,
    pub last: NaiveDate,
    /// The closing before it, of the same chapter: the size it names, and when it was.
    pub before: Option<(i64, DateTime<Utc>)>,
    /// The size of the log below which entries count.
    pub size: i64,
}

/// What entries of one kind moved on an account of a fund in a month.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Moved {
    #[diesel(sql_type = SqlUuid)]
    pub chapter_id: Uuid,
    #[diesel(sql_type = Date)]
    pub first: NaiveDate,
    #[diesel(sql_type = Text)]
    pub fund: String,
    #[diesel(sql_type = Text)]
    pub account: String,
    /// Of a reversal, that of its original.
    #[diesel(sql_type = Text)]
    pub counts_as: String,
    /// Of gifts; else empty.
    #[diesel(sql_type = Text)]
    pub channel: String,
    /// Of what has one; else empty.
    #[diesel(sql_type = Text)]
    pub category: String,
    #[diesel(sql_type = BigInt)]
    pub debit: i64,
    #[diesel(sql_type = BigInt)]
    pub credit: i64,
}

impl Moved {
    /// What it adds to which measure, and what divides that further, as in [`super::totals`]; `None` for what is part of what is left.
    pub fn measured(&self) -> Option<(Measure, &str, i64)> {
        let (measure, sign) = Measure::of(Kind::parse(&self.counts_as)?, Account::parse(&self.account)?)?;
        let part = match measure {
            Measure::Received => self.channel.as_str(),
            Measure::Paid | Measure::OtherIncome => self.category.as_str(),
            _ => "",
        };
        Some((measure, part, sign * (self.debit - self.credit)))
    }
}

/// How many entries count in a month, and how many of these are of days of a month before.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Counted {
    #[diesel(sql_type = SqlUuid)]
    pub chapter_id: Uuid,
    #[diesel(sql_type = Date)]
    pub first: NaiveDate,
    #[diesel(sql_type = BigInt)]
    pub entries: i64,
    #[diesel(sql_type = BigInt)]
    pub late: i64,
}

/// The entries that count, as SQL: chapter_id, first, id, code, kind, channel, reverses, late.
fn counted(months: &[Month]) -> String {
    let month = |month: &Month| {
        let Month { chapter, first, last, before, size } = month;
        let (before, since) = before.unwrap_or((*size, DateTime::UNIX_EPOCH));
        let since = since.checked_sub_days(MARGIN).unwrap_or(since).to_rfc3339();
        format!("('{chapter}'::uuid, '{first}'::date, '{last}'::date, {before}::bigint, '{since}'::timestamptz, {size}::bigint)")
    };
    let months: Vec<String> = months.iter().map(month).collect();
    format!(
        "WITH month(chapter_id, first, last, before, since, size) AS MATERIALIZED (VALUES {}),
         counted AS MATERIALIZED (
            SELECT m.chapter_id, m.first, e.id, e.code, e.kind, e.channel, e.reverses, false AS late
            FROM month m JOIN entry e ON e.chapter_id = m.chapter_id AND e.day BETWEEN m.first AND m.last
            JOIN log_leaf l ON l.entry = e.code AND l.idx < m.size
            UNION ALL
            SELECT m.chapter_id, m.first, e.id, e.code, e.kind, e.channel, e.reverses, true
            FROM month m JOIN entry e ON e.chapter_id = m.chapter_id AND e.day < m.first AND e.recorded_at >= m.since
            JOIN log_leaf l ON l.entry = e.code AND l.idx >= m.before AND l.idx < m.size WHERE m.before < m.size)",
        months.join(", ")
    )
}

/// What accounts moved in months, by kinds of entries; in the order of chapters, months, funds and accounts.
pub fn moved(conn: &mut PgConnection, months: &[Month]) -> Result<Vec<Moved>, DbError> {
    if months.is_empty() {
        return Ok(Vec::new());
    }
    // One index look-up an entry: a plain join may be planned as a walk over the whole ledger.
    let sql = format!(
        "{} SELECT c.chapter_id, c.first, f.code AS fund, p.account, coalesce(o.kind, c.kind) AS counts_as,
                coalesce(c.channel, '') AS channel, coalesce(d.category, '') AS category,
                coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0)::bigint AS debit,
                coalesce(-sum(p.amount) FILTER (WHERE p.amount < 0), 0)::bigint AS credit
         FROM counted c LEFT JOIN entry o ON o.id = c.reverses LEFT JOIN entry_detail d ON d.code = c.code
         JOIN LATERAL (SELECT a.account, a.fund_id, a.amount FROM posting a WHERE a.entry_id = c.id OFFSET 0) p ON true
         JOIN fund f ON f.id = p.fund_id GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7",
        counted(months)
    );
    Ok(diesel::sql_query(sql).load(conn)?)
}

/// How many entries count in months; a month without any is absent.
pub fn counts(conn: &mut PgConnection, months: &[Month]) -> Result<Vec<Counted>, DbError> {
    if months.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "{} SELECT chapter_id, first, count(*)::bigint AS entries, (count(*) FILTER (WHERE late))::bigint AS late
         FROM counted GROUP BY 1, 2",
        counted(months)
    );
    Ok(diesel::sql_query(sql).load(conn)?)
}

#[derive(QueryableByName)]
struct Sum {
    #[diesel(sql_type = Text)]
    fund: String,
    #[diesel(sql_type = Text)]
    account: String,
    #[diesel(sql_type = BigInt)]
    amount: i64,
}

/// What the accounts of a chapter stood at before a day, by entries below a size of the log: (fund, account, amount), in their order.
pub fn standing(
    conn: &mut PgConnection,
    chapter: Uuid,
    before: NaiveDate,
    size: i64,
) -> Result<Vec<(String, String, i64)>, DbError> {
    let rows: Vec<Sum> = diesel::sql_query(
        "SELECT f.code AS fund, p.account, sum(p.amount)::bigint AS amount
         FROM entry e JOIN log_leaf l ON l.entry = e.code AND l.idx < $3
         JOIN posting p ON p.entry_id = e.id JOIN fund f ON f.id = p.fund_id
         WHERE e.chapter_id = $1 AND e.day < $2 GROUP BY 1, 2 HAVING sum(p.amount) <> 0 ORDER BY 1, 2",
    )
    .bind::<SqlUuid, _>(chapter)
    .bind::<Date, _>(before)
    .bind::<BigInt, _>(size)
    .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.fund, row.account, row.amount)).collect())
}

/// The day of the first thing that happened in a chapter's books: what they were opened with was before.
pub fn first_day(conn: &mut PgConnection, chapter: Uuid) -> Result<Option<NaiveDate>, DbError> {
    Ok(entry::table
        .filter(entry::chapter_id.eq(chapter))
        .filter(entry::kind.ne(Kind::OpeningBalance.name()))
        .order(entry::day)
        .select(entry::day)
        .first(conn)
        .optional()?)
}

/// How many of these codes are entries of a chapter of a day or before it.
pub fn among(conn: &mut PgConnection, codes: &[String], chapter: Uuid, until: NaiveDate) -> Result<i64, DbError> {
    Ok(entry::table
        .filter(entry::code.eq_any(codes))
        .filter(entry::chapter_id.eq(chapter))
        .filter(entry::day.le(until))
        .count()
        .get_result(conn)?)
}
