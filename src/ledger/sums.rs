//! What each account was debited and credited, by day and by month: balances of any day, without a walk over the ledger.
//!
//! The stored sums follow the log ([`super::folding`]) and are behind it by what was booked last. Whoever reads adds those
//! entries, in the same snapshot: every entry is either among the folded or beyond them, so the answer is that of the postings
//! at every moment.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, Integer, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::accounts::Account;
use super::model::FundId;
use crate::db::DbError;
use crate::db::schema::account_folded;
use crate::db::statement::statement;
use crate::log;
use crate::tree::ChapterId;

/// Whose accounts: a chapter's own, or those of everything below it as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    pub chapter: ChapterId,
    pub subtree: bool,
}

/// What an account of a fund was debited and credited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    pub debit: i64,
    pub credit: i64,
}

impl Moved {
    /// Debits less credits.
    pub fn net(self) -> i64 {
        self.debit - self.credit
    }
}

/// Balances or movements by account and fund.
pub type By<T> = BTreeMap<(Account, FundId), T>;

statement! {
    struct Now {
        scope: Uuid => SqlUuid,
        subtree: bool => Bool,
    } -> (Text, Integer, BigInt),
    "SELECT b.account, b.fund_id, sum(b.amount_vnd)::bigint FROM (SELECT ?::uuid AS scope, ?::bool AS subtree) q
     JOIN chapter_ancestor a ON a.ancestor_id = q.scope AND (q.subtree OR a.chapter_id = q.scope)
     JOIN balance b ON b.chapter_id = a.chapter_id
     WHERE b.account <> 'BANK_GROUP' GROUP BY 1, 2"
}

statement! {
    struct Between {
        scope: Uuid => SqlUuid,
        subtree: bool => Bool,
        first: NaiveDate => Date,
        last: NaiveDate => Date,
        whole: NaiveDate => Date,
        rest: NaiveDate => Date,
        beyond: Vec<String> => Array<Text>,
    } -> (Text, Integer, BigInt, BigInt),
    "WITH q AS (SELECT ?::uuid AS scope, ?::bool AS subtree, ?::date AS first, ?::date AS last, ?::date AS whole, ?::date AS rest)
     SELECT m.account, m.fund_id, sum(m.debit)::bigint, sum(m.credit)::bigint FROM (
         SELECT d.account, d.fund_id, CASE WHEN q.subtree THEN d.subtree_debit ELSE d.own_debit END AS debit,
                CASE WHEN q.subtree THEN d.subtree_credit ELSE d.own_credit END AS credit
         FROM q JOIN account_by_day d ON d.scope_id = q.scope AND d.day >= q.first AND d.day < q.whole
         UNION ALL
         SELECT d.account, d.fund_id, CASE WHEN q.subtree THEN d.subtree_debit ELSE d.own_debit END,
                CASE WHEN q.subtree THEN d.subtree_credit ELSE d.own_credit END
         FROM q JOIN account_by_day d ON d.scope_id = q.scope AND d.day >= q.rest AND d.day <= q.last
         UNION ALL
         SELECT d.account, d.fund_id, CASE WHEN q.subtree THEN d.subtree_debit ELSE d.own_debit END,
                CASE WHEN q.subtree THEN d.subtree_credit ELSE d.own_credit END
         FROM q JOIN account_by_month d ON d.scope_id = q.scope AND d.month >= q.whole AND d.month < q.rest
         UNION ALL
         SELECT p.account, p.fund_id, greatest(p.amount, 0), greatest(-p.amount, 0)
         FROM entry e JOIN q ON e.day BETWEEN q.first AND q.last AND (e.chapter_id = q.scope
              OR q.subtree AND EXISTS (SELECT FROM chapter_ancestor a WHERE a.chapter_id = e.chapter_id AND a.ancestor_id = q.scope))
         JOIN posting p ON p.entry_id = e.id
         WHERE e.code = ANY(?::text[])
     ) m WHERE (m.debit, m.credit) <> (0, 0) GROUP BY 1, 2"
}

/// Long after every day that can be asked about.
fn end_of_days() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX)
}

/// The whole months between two days: first day of the first, and first day after the last. Without any, both are the day
/// after the last one.
fn whole_months(first: NaiveDate, last: NaiveDate) -> (NaiveDate, NaiveDate) {
    let after = last.succ_opt().unwrap_or(last);
    let month_of = |day: NaiveDate| day.with_day(1).unwrap_or(day);
    let whole =
        if first.day() == 1 { first } else { month_of(first).checked_add_months(chrono::Months::new(1)).unwrap_or(after) };
    let rest = month_of(after);
    if whole < rest { (whole, rest) } else { (after, after) }
}

/// The codes of what is booked and not folded yet, in the snapshot of whoever asks.
pub(super) fn beyond(conn: &mut PgConnection) -> Result<Vec<String>, DbError> {
    let folded: i64 = account_folded::table.select(account_folded::size).first(conn)?;
    log::store::entries_beyond(conn, folded - 1, i64::MAX)
}

/// Balances as they are: debits less credits.
pub fn now(conn: &mut PgConnection, scope: Scope) -> Result<By<i64>, DbError> {
    let rows = Now { scope: &scope.chapter.0, subtree: &scope.subtree }.load::<(String, i32, i64)>(conn)?;
    Ok(rows.into_iter().filter_map(|(account, fund, amount)| Some(((Account::parse(&account)?, FundId(fund)), amount))).collect())
}

/// What moved from a day to another, both included; accounts that did not move are absent.
pub fn moved(conn: &mut PgConnection, scope: Scope, first: NaiveDate, last: NaiveDate) -> Result<By<Moved>, DbError> {
    if first > last {
        return Ok(By::new());
    }
    let beyond = beyond(conn)?;
    let (whole, rest) = whole_months(first, last);
    let asked = Between {
        scope: &scope.chapter.0,
        subtree: &scope.subtree,
        first: &first,
        last: &last,
        whole: &whole,
        rest: &rest,
        beyond: &beyond,
    };
    let rows: Vec<(String, i32, i64, i64)> = asked.load(conn)?;
    let row = |(account, fund, debit, credit): (String, i32, i64, i64)| {
        Some(((Account::parse(&account)?, FundId(fund)), Moved { debit, credit }))
    };
    Ok(rows.into_iter().filter_map(row).collect())
}

/// Balances at the end of a day: those of now less what came later.
pub fn at(conn: &mut PgConnection, scope: Scope, day: NaiveDate) -> Result<By<i64>, DbError> {
    let mut balances = now(conn, scope)?;
    let Some(after) = day.succ_opt() else { return Ok(balances) };
    for (key, later) in moved(conn, scope, after, end_of_days())? {
        *balances.entry(key).or_default() -= later.net();
    }
    balances.retain(|_, amount| *amount != 0);
    Ok(balances)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Days before, whole months and days after make up the span, each day once.
        #[test]
        fn a_span_is_cut_without_gaps(first in 0i32..2_000, length in 0i32..1_000) {
            let day = |n| NaiveDate::from_num_days_from_ce_opt(738_000 + n).unwrap();
            let (first, last) = (day(first), day(first + length));
            let (whole, rest) = whole_months(first, last);
            prop_assert!(whole <= rest && first <= whole && rest <= last.succ_opt().unwrap());
            prop_assert!(whole == rest || whole.day() == 1 && rest.day() == 1);
            // No whole month is left among the days.
            prop_assert!((whole - first).num_days() < 62 && (last - rest).num_days() < 31);
        }
    }
}
