//! The thread that folds booked entries into the sums by day and month ([`super::sums`]), in the order of the log.
//!
//! Nobody waits for it: what it has not folded yet is added by whoever reads. So it keeps out of the way of those who book and
//! folds when the log is quiet, or when much has gathered. A step is one transaction with the note of how far it is: killed
//! anywhere, nothing is lost or counted twice, whichever server takes the next one.

use std::io;
use std::time::Duration;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text};

use crate::db::schema::account_folded;
use crate::db::statement::statement;
use crate::db::worker::{Declared, Next, Worker};
use crate::db::{Db, DbError};
use crate::house::audit::{Audit, Audits};
use crate::house::thread::Means;
use crate::log;

/// Between two looks at the log.
const LOOK: Duration = Duration::from_secs(1);
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(5);
/// Leaves that are folded even while more come. Of a rush, most is folded after it; who reads meanwhile adds up so many at most.
const MANY: i64 = 30_000;
/// Leaves in one step.
const STEP: i64 = 10_000;

/// One connection: a transaction at a time.
pub static WORKER: Declared = Declared::new("folding");

/// Starts behind a server.
pub fn begin(means: &mut Means) -> io::Result<Worker> {
    let db = means.get::<Db>()?;
    let mut seen = 0;
    Worker::start(&WORKER, move |_| match look(&db, &mut seen) {
        Ok(next) => next,
        Err(error) => {
            tracing::warn!(%error, "the sums of accounts wait for the database");
            Next::After(PAUSE_AFTER_FAILURE)
        }
    })
}

fn look(db: &Db, seen: &mut i64) -> Result<Next, DbError> {
    let (folded, size) = db.read_blocking(|conn| -> Result<(i64, i64), DbError> {
        Ok((account_folded::table.select(account_folded::size).first(conn)?, log::store::size(conn)?))
    })?;
    let is_quiet = std::mem::replace(seen, size) == size;
    if size == folded || (!is_quiet && size - folded < MANY) {
        return Ok(Next::After(LOOK));
    }
    let taken = db.tx_blocking(|conn| fold(conn, STEP))?;
    Ok(if taken == STEP { Next::Again } else { Next::After(LOOK) })
}

statement! {
    struct Fold { codes: Vec<String> => Array<Text> } -> (),
    "WITH own AS (
         SELECT e.chapter_id, e.day, p.fund_id, p.account, sum(greatest(p.amount, 0)) AS debit, sum(greatest(-p.amount, 0)) AS credit
         FROM entry e JOIN posting p ON p.entry_id = e.id WHERE e.code = ANY(?::text[]) GROUP BY 1, 2, 3, 4),
     added AS (
         SELECT a.ancestor_id AS scope_id, o.day, o.fund_id, o.account, coalesce(sum(o.debit) FILTER (WHERE a.depth = 0), 0)::bigint AS own_debit,
                coalesce(sum(o.credit) FILTER (WHERE a.depth = 0), 0)::bigint AS own_credit, sum(o.debit)::bigint AS subtree_debit, sum(o.credit)::bigint AS subtree_credit
         FROM own o JOIN chapter_ancestor a ON a.chapter_id = o.chapter_id GROUP BY 1, 2, 3, 4),
     months AS (
         INSERT INTO account_by_month AS t (scope_id, month, fund_id, account, own_debit, own_credit, subtree_debit, subtree_credit)
         SELECT scope_id, date_trunc('month', day::timestamp)::date, fund_id, account, sum(own_debit)::bigint, sum(own_credit)::bigint, sum(subtree_debit)::bigint, sum(subtree_credit)::bigint
         FROM added GROUP BY 1, 2, 3, 4
         ON CONFLICT (scope_id, month, fund_id, account) DO UPDATE SET own_debit = t.own_debit + excluded.own_debit, own_credit = t.own_credit + excluded.own_credit,
             subtree_debit = t.subtree_debit + excluded.subtree_debit, subtree_credit = t.subtree_credit + excluded.subtree_credit)
     INSERT INTO account_by_day AS t (scope_id, day, fund_id, account, own_debit, own_credit, subtree_debit, subtree_credit)
     SELECT scope_id, day, fund_id, account, own_debit, own_credit, subtree_debit, subtree_credit FROM added
     ON CONFLICT (scope_id, day, fund_id, account) DO UPDATE SET own_debit = t.own_debit + excluded.own_debit, own_credit = t.own_credit + excluded.own_credit,
         subtree_debit = t.subtree_debit + excluded.subtree_debit, subtree_credit = t.subtree_credit + excluded.subtree_credit"
}

/// Folds the next leaves, at most so many; returns how many there were. None while another server folds.
pub fn fold(conn: &mut PgConnection, most: i64) -> Result<i64, DbError> {
    let folded = account_folded::table.select(account_folded::size).for_update().skip_locked();
    let Some(size) = folded.first::<i64>(conn).optional()? else { return Ok(0) };
    let codes = log::store::entries_from(conn, size, most)?;
    if codes.is_empty() {
        return Ok(0);
    }
    // Leaves without money have no entry, and add nothing.
    Fold { codes: &codes }.execute(conn)?;
    let taken = i64::try_from(codes.len()).unwrap_or(i64::MAX);
    diesel::update(account_folded::table).set(account_folded::size.eq(size + taken)).execute(conn)?;
    Ok(taken)
}

/// The stored sums must be those of the postings up to where they say they are.
pub struct Folded;

impl Audits for Folded {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        let days = differing("account_by_day", "day", "the postings sum to", DAYS);
        audit.findings.ask(audit.conn, "account_by_day", &days)?;
        let months = differing("account_by_month", "month", "the days sum to", MONTHS);
        audit.findings.ask(audit.conn, "account_by_month", &months)
    }
}

/// What the folded entries moved by day, as SQL.
pub(super) const DAYS: &str = "SELECT a.ancestor_id AS scope_id, o.day, o.fund_id, o.account, coalesce(sum(o.debit) FILTER (WHERE a.depth = 0), 0)::bigint AS own_debit,
           coalesce(sum(o.credit) FILTER (WHERE a.depth = 0), 0)::bigint AS own_credit, sum(o.debit)::bigint AS subtree_debit, sum(o.credit)::bigint AS subtree_credit
    FROM (SELECT e.chapter_id, e.day, p.fund_id, p.account, sum(greatest(p.amount, 0)) AS debit, sum(greatest(-p.amount, 0)) AS credit
          FROM log_leaf l JOIN entry e ON e.code = l.entry JOIN posting p ON p.entry_id = e.id
          WHERE l.idx < (SELECT size FROM account_folded) GROUP BY 1, 2, 3, 4) o
    JOIN chapter_ancestor a USING (chapter_id) GROUP BY 1, 2, 3, 4";

/// What the days add up to by month.
pub(super) const MONTHS: &str = "SELECT scope_id, date_trunc('month', day::timestamp)::date AS month, fund_id, account, sum(own_debit)::bigint AS own_debit,
           sum(own_credit)::bigint AS own_credit, sum(subtree_debit)::bigint AS subtree_debit, sum(subtree_credit)::bigint AS subtree_credit
    FROM account_by_day GROUP BY 1, 2, 3, 4";

/// A row of nothing is as good as none: that is how wrong ones are mended ([`super::rebuilding`]).
fn differing(stored: &str, day: &str, said: &str, wanted: &str) -> String {
    let sums = |of: &str| {
        format!(
            "coalesce({of}.own_debit, 0), coalesce({of}.own_credit, 0), coalesce({of}.subtree_debit, 0), coalesce({of}.subtree_credit, 0)"
        )
    };
    let (is, should) = (sums("t"), sums("w"));
    format!(
        "SELECT concat_ws(' ', scope_id, {day}, fund_id, account), format('is %s, {said} %s', concat_ws('/', {is}), concat_ws('/', {should}))
         FROM {stored} t FULL JOIN ({wanted}) w USING (scope_id, {day}, fund_id, account) WHERE ({is}) <> ({should})"
    )
}
