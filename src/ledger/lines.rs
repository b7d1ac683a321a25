//! The postings of a chapter in the order of its days, as its books list them: with what stands against each in its entry.
//!
//! They are read through a cursor of the database, inside one transaction: however many there are, the answer is of one moment and
//! neither side holds more than a page of them.

use chrono::NaiveDate;
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, Nullable, SmallInt, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::accounts::Account;
use super::model::FundId;
use super::sums::{self, Moved};
use crate::db::DbError;
use crate::db::statement::statement;
use crate::tree::ChapterId;

/// Which postings.
#[derive(Debug, Clone, Copy)]
pub struct LinesOf {
    pub chapter: ChapterId,
    /// Of this account alone.
    pub account: Option<Account>,
    /// Of this fund alone.
    pub fund: Option<FundId>,
    /// First and last day.
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// Where a posting stands: day, entry, number in its entry.
pub type At = (NaiveDate, Uuid, i16);

/// A posting.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Line {
    #[diesel(sql_type = SqlUuid)]
    pub entry: Uuid,
    #[diesel(sql_type = SmallInt)]
    pub n: i16,
    /// Public code of the entry.
    #[diesel(sql_type = Text)]
    pub code: String,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Date)]
    pub day: NaiveDate,
    #[diesel(sql_type = Date)]
    pub booked: NaiveDate,
    /// Public code of the entry that this one reverses.
    #[diesel(sql_type = Nullable<Text>)]
    pub reverses: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub category: Option<String>,
    #[diesel(sql_type = Text)]
    pub account: String,
    #[diesel(sql_type = Integer)]
    pub fund_id: i32,
    /// Debits are positive.
    #[diesel(sql_type = BigInt)]
    pub amount: i64,
    /// Accounts on the other side of its entry, in the same fund.
    #[diesel(sql_type = Array<Text>)]
    pub against: Vec<String>,
}

impl Line {
    pub fn at(&self) -> At {
        (self.day, self.entry, self.n)
    }

    pub fn moved(&self) -> Moved {
        Moved { debit: self.amount.max(0), credit: (-self.amount).max(0) }
    }
}

/// Entries come out of the index of their chapter's days in order, a day at a time, and each is looked up by its key: the first
/// lines are there at once, however many follow. Left to itself PostgreSQL, which plans without knowing how many there are,
/// would read and sort all of them first.
const IN_ORDER: &str = "SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off;
    SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL work_mem = '16MB'";
/// The plan is made when the cursor is declared; what is asked beside it is planned as always.
const AS_ALWAYS: &str = "SET LOCAL enable_sort = on; SET LOCAL enable_bitmapscan = on; SET LOCAL enable_seqscan = on;
    SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on";

const COLUMNS: &str = "e.id AS entry, p.n, e.code, e.kind, e.day, e.booked, o.code AS reverses, coalesce(e.reason, d.reason) AS reason, d.category, p.account, p.fund_id, p.amount,
           ARRAY(SELECT DISTINCT x.account FROM posting x WHERE x.entry_id = e.id AND x.fund_id = p.fund_id AND (x.amount > 0) <> (p.amount > 0) ORDER BY 1) AS against";

/// What belongs to a posting, by the keys of its entry.
const BESIDE: &str = "LEFT JOIN entry o ON o.id = e.reverses LEFT JOIN entry_detail d ON d.code = e.code";

/// A chapter's whole book.
const OF_ALL: &str = "(SELECT s.id, s.code, s.kind, s.day, s.booked, s.reverses, s.reason FROM entry s
          WHERE s.chapter_id = $1 AND s.day >= $2 AND s.day <= $3 AND ($6 IS NULL OR s.day > $2 OR s.id >= $6) ORDER BY s.day, s.id OFFSET 0) e
    JOIN posting p ON p.entry_id = e.id AND ($4 IS NULL OR p.account = $4) AND ($5 IS NULL OR p.fund_id = $5)
         AND ($6 IS NULL OR e.day > $2 OR e.id > $6 OR p.n > $7)";

/// One account: only days on which it moved are looked at, as the sums by day say, and those of what is not among these yet ($8).
/// The book of an account that moves once a year costs what it shows, whatever else the chapter books.
const OF_ACCOUNT: &str = "(SELECT m.day FROM (
              SELECT a.day FROM account_by_day a WHERE a.scope_id = $1 AND a.account = $4 AND a.day >= $2 AND a.day <= $3
                     AND ($5 IS NULL OR a.fund_id = $5) AND (a.own_debit, a.own_credit) <> (0, 0)
              UNION SELECT b.day FROM entry b WHERE b.code = ANY($8) AND b.chapter_id = $1 AND b.day >= $2 AND b.day <= $3) m
          ORDER BY m.day OFFSET 0) moved
    CROSS JOIN LATERAL (SELECT s.id, s.code, s.kind, s.day, s.booked, s.reverses, s.reason FROM entry s
          WHERE s.chapter_id = $1 AND s.day = moved.day AND ($6 IS NULL OR s.day > $2 OR s.id >= $6) OFFSET 0) e
    JOIN posting p ON p.entry_id = e.id AND p.account = $4 AND ($5 IS NULL OR p.fund_id = $5)
         AND ($6 IS NULL OR e.day > $2 OR e.id > $6 OR p.n > $7)";

/// Opens the cursor, after a posting or at the beginning. There is one a transaction.
pub fn open(conn: &mut PgConnection, of: &LinesOf, after: Option<At>) -> Result<(), DbError> {
    let (from, day, beyond) = match of.account {
        None => (OF_ALL, "e.day", Vec::new()),
        Some(_) => (OF_ACCOUNT, "moved.day", sums::beyond(conn)?),
    };
    // The last parameter has to be there in both.
    let declare = format!(
        "DECLARE book_lines NO SCROLL CURSOR FOR SELECT {COLUMNS} FROM {from} {BESIDE}
         WHERE $8::text[] IS NOT NULL ORDER BY {day}, e.id, p.n"
    );
    conn.batch_execute(IN_ORDER)?;
    diesel::sql_query(declare)
        .bind::<SqlUuid, _>(of.chapter.0)
        .bind::<Date, _>(after.map_or(of.from, |(day, ..)| day.max(of.from)))
        .bind::<Date, _>(of.to)
        .bind::<Nullable<Text>, _>(of.account.map(Account::name))
        .bind::<Nullable<Integer>, _>(of.fund.map(|fund| fund.0))
        .bind::<Nullable<SqlUuid>, _>(after.map(|(_, entry, _)| entry))
        .bind::<SmallInt, _>(after.map_or(0, |(.., n)| n))
        .bind::<Array<Text>, _>(beyond)
        .execute(conn)?;
    Ok(conn.batch_execute(AS_ALWAYS)?)
}

/// The next postings, at most so many; none at the end.
pub fn next(conn: &mut PgConnection, most: i64) -> Result<Vec<Line>, DbError> {
    Ok(diesel::sql_query(format!("FETCH {most} FROM book_lines")).load(conn)?)
}

statement! {
    struct Until {
        chapter: Uuid => SqlUuid,
        day: NaiveDate => Date,
        account: &'static str => Text,
        fund: Option<i32> => Nullable<Integer>,
        entry: Uuid => SqlUuid,
        n: i16 => SmallInt,
    } -> (BigInt, BigInt),
    "SELECT coalesce(sum(greatest(p.amount, 0)), 0)::bigint, coalesce(sum(greatest(-p.amount, 0)), 0)::bigint
     FROM (SELECT ?::uuid AS chapter, ?::date AS day, ?::text AS account, ?::int4 AS fund, ?::uuid AS entry, ?::int2 AS n) q
     JOIN entry e ON e.chapter_id = q.chapter AND e.day = q.day AND e.id <= q.entry
     JOIN posting p ON p.entry_id = e.id AND p.account = q.account AND (q.fund IS NULL OR p.fund_id = q.fund) AND (e.id < q.entry OR p.n <= q.n)"
}

/// What an account moved on the day of a posting, up to it and with it.
pub fn until(
    conn: &mut PgConnection,
    chapter: ChapterId,
    account: Account,
    fund: Option<FundId>,
    (day, entry, n): At,
) -> Result<Moved, DbError> {
    let (debit, credit) =
        Until { chapter: &chapter.0, day: &day, account: &account.name(), fund: &fund.map(|fund| fund.0), entry: &entry, n: &n }
            .get_result(conn)?;
    Ok(Moved { debit, credit })
}
