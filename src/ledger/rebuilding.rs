//! Totals added up again from the postings, for who found them wrong: `so-nhan-ai migrate --rebuild-totals`.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_query;

use super::audit_sums::{BALANCES, wanted, wanted_left};
use super::folding::{DAYS, MONTHS};
use crate::db::DbError;
use crate::db::schema::account_folded;
use crate::db::shown;

/// Mends every total that is not the sum of its postings; returns how many were wrong. Whoever books meanwhile waits, and
/// then adds to what is right.
pub fn rebuild(conn: &mut PgConnection) -> Result<usize, DbError> {
    shown::alters(conn);
    // Over a large ledger it takes its time. The tables are held in the order in which an entry writes them.
    conn.batch_execute(
        "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL plan_cache_mode = 'auto';
         LOCK TABLE balance, left_overall, total_overall, total_by_day IN EXCLUSIVE MODE",
    )?;
    let mut mended = balances(conn)? + accounts(conn)?;
    mended += sql_query(mend_left("left_overall")).execute(conn)? + sql_query(empty_left("left_overall")).execute(conn)?;
    for (table, day) in [("total_by_day", ", day"), ("total_overall", "")] {
        mended += sql_query(mend(table, day)).execute(conn)?;
        mended += sql_query(empty(table, day)).execute(conn)?;
    }
    Ok(mended)
}

/// What each chapter has of each fund on each account.
fn balances(conn: &mut PgConnection) -> Result<usize, DbError> {
    let mended = sql_query(format!(
        "INSERT INTO balance AS t (chapter_id, fund_id, account, amount_vnd) SELECT chapter_id, fund_id, account, amount FROM ({BALANCES}) w
         ON CONFLICT (chapter_id, fund_id, account) DO UPDATE SET amount_vnd = excluded.amount_vnd WHERE t.amount_vnd <> excluded.amount_vnd"
    ));
    let emptied = sql_query(format!(
        "UPDATE balance t SET amount_vnd = 0 WHERE amount_vnd <> 0
           AND NOT EXISTS (SELECT FROM ({BALANCES}) w WHERE (w.chapter_id, w.fund_id, w.account) = (t.chapter_id, t.fund_id, t.account))"
    ));
    Ok(mended.execute(conn)? + emptied.execute(conn)?)
}

/// What accounts moved by day and by month, as far as it is folded: nobody folds on meanwhile.
fn accounts(conn: &mut PgConnection) -> Result<usize, DbError> {
    account_folded::table.select(account_folded::size).for_update().first::<i64>(conn)?;
    let mut mended = 0;
    for (table, day, wanted) in [("account_by_day", "day", DAYS), ("account_by_month", "month", MONTHS)] {
        mended += sql_query(mend_accounts(table, day, wanted)).execute(conn)?;
        mended += sql_query(empty_accounts(table, day, wanted)).execute(conn)?;
    }
    Ok(mended)
}

fn mend_accounts(table: &str, day: &str, wanted: &str) -> String {
    format!(
        "INSERT INTO {table} AS t (scope_id, {day}, fund_id, account, own_debit, own_credit, subtree_debit, subtree_credit)
         SELECT scope_id, {day}, fund_id, account, own_debit, own_credit, subtree_debit, subtree_credit FROM ({wanted}) w
         ON CONFLICT (scope_id, {day}, fund_id, account) DO UPDATE SET own_debit = excluded.own_debit, own_credit = excluded.own_credit,
             subtree_debit = excluded.subtree_debit, subtree_credit = excluded.subtree_credit
         WHERE (t.own_debit, t.own_credit, t.subtree_debit, t.subtree_credit)
               <> (excluded.own_debit, excluded.own_credit, excluded.subtree_debit, excluded.subtree_credit)"
    )
}

fn empty_accounts(table: &str, day: &str, wanted: &str) -> String {
    format!(
        "UPDATE {table} t SET own_debit = 0, own_credit = 0, subtree_debit = 0, subtree_credit = 0
         WHERE (own_debit, own_credit, subtree_debit, subtree_credit) <> (0, 0, 0, 0)
           AND NOT EXISTS (SELECT FROM ({wanted}) w
               WHERE (w.scope_id, w.{day}, w.fund_id, w.account) = (t.scope_id, t.{day}, t.fund_id, t.account))"
    )
}

fn mend_left(table: &str) -> String {
    format!(
        "INSERT INTO {table} AS t (scope_id, fund_id, account, own_vnd, subtree_vnd)
         SELECT scope_id, fund_id, account, own_vnd, subtree_vnd FROM ({}) w
         ON CONFLICT (scope_id, fund_id, account) DO UPDATE SET own_vnd = excluded.own_vnd, subtree_vnd = excluded.subtree_vnd
         WHERE (t.own_vnd, t.subtree_vnd) <> (excluded.own_vnd, excluded.subtree_vnd)",
        wanted_left()
    )
}

fn empty_left(table: &str) -> String {
    format!(
        "UPDATE {table} t SET own_vnd = 0, subtree_vnd = 0
         WHERE (own_vnd, subtree_vnd) <> (0, 0)
           AND NOT EXISTS (SELECT FROM ({}) w WHERE (w.scope_id, w.fund_id, w.account) = (t.scope_id, t.fund_id, t.account))",
        wanted_left()
    )
}

/// Writes what should stand where something else stands, or nothing.
fn mend(table: &str, day: &str) -> String {
    format!(
        "INSERT INTO {table} AS t (scope_id, fund_id, measure, part {day}, own_vnd, own_count, subtree_vnd, subtree_count)
         SELECT scope_id, fund_id, measure, part {day}, own_vnd, own_count, subtree_vnd, subtree_count FROM ({}) w
         ON CONFLICT (scope_id, fund_id, measure, part {day}) DO UPDATE SET own_vnd = excluded.own_vnd, own_count = excluded.own_count,
             subtree_vnd = excluded.subtree_vnd, subtree_count = excluded.subtree_count
         WHERE (t.own_vnd, t.own_count, t.subtree_vnd, t.subtree_count)
               <> (excluded.own_vnd, excluded.own_count, excluded.subtree_vnd, excluded.subtree_count)",
        wanted(day)
    )
}

/// A total of nothing is nothing: rows are never taken away.
fn empty(table: &str, day: &str) -> String {
    let same_day = if day.is_empty() { "" } else { "AND w.day = t.day" };
    format!(
        "UPDATE {table} t SET own_vnd = 0, own_count = 0, subtree_vnd = 0, subtree_count = 0
         WHERE (own_vnd, own_count, subtree_vnd, subtree_count) <> (0, 0, 0, 0)
           AND NOT EXISTS (SELECT FROM ({}) w
               WHERE (w.scope_id, w.fund_id, w.measure, w.part) = (t.scope_id, t.fund_id, t.measure, t.part) {same_day})",
        wanted(day)
    )
}
