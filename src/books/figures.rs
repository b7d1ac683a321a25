//! The figures of a book, from the ledger's sums.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;

use super::asked::{Days, Open};
use crate::db::DbError;
use crate::ledger::accounts::Account;
use crate::ledger::lines::{self, At};
use crate::ledger::model::FundId;
use crate::ledger::store as ledger;
use crate::ledger::sums::{self, Moved, Scope};

/// An account of a fund, in the order of books.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub account: &'static str,
    pub fund: String,
}

/// A balance at a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    pub of: (Account, FundId),
    pub place: Place,
    /// Debits less credits.
    pub amount: i64,
}

/// A line of a trial balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    pub of: (Account, FundId),
    pub place: Place,
    pub opening: i64,
    pub moved: Moved,
}

impl Trial {
    pub fn closing(&self) -> i64 {
        self.opening + self.moved.net()
    }
}

/// A balance on its side: a debit, or a credit.
pub fn sides(amount: i64) -> Moved {
    Moved { debit: amount.max(0), credit: (-amount).max(0) }
}

/// Balances at the end of a day, or as they are; those of nothing are left out.
pub fn balances(conn: &mut PgConnection, scope: Scope, day: Option<NaiveDate>) -> Result<Vec<Balance>, DbError> {
    let found = match day {
        Some(day) => sums::at(conn, scope, day)?,
        None => sums::now(conn, scope)?,
    };
    let funds = funds(conn, found.keys().map(|(_, fund)| *fund))?;
    let mut rows: Vec<Balance> = found
        .into_iter()
        .filter(|(_, amount)| *amount != 0)
        .map(|(of, amount)| Balance { of, place: place(of, &funds), amount })
        .collect();
    rows.sort_by(|a, b| a.place.cmp(&b.place));
    Ok(rows)
}

/// What stood before the first day and what moved since, to the last one.
pub fn trial(conn: &mut PgConnection, scope: Scope, days: Days) -> Result<Vec<Trial>, DbError> {
    let opening = opening(conn, scope, days)?;
    let moved = sums::moved(conn, scope, days.first(), days.last())?;
    let mut all: BTreeMap<(Account, FundId), (i64, Moved)> = BTreeMap::new();
    for (of, amount) in opening {
        all.entry(of).or_default().0 = amount;
    }
    for (of, amounts) in moved {
        all.entry(of).or_default().1 = amounts;
    }
    let funds = funds(conn, all.keys().map(|(_, fund)| *fund))?;
    let mut rows: Vec<Trial> = all
        .into_iter()
        .filter(|(_, amounts)| *amounts != (0, Moved::default()))
        .map(|(of, (opening, moved))| Trial { of, place: place(of, &funds), opening, moved })
        .collect();
    rows.sort_by(|a, b| a.place.cmp(&b.place));
    Ok(rows)
}

/// Balances before the first day.
pub fn opening(conn: &mut PgConnection, scope: Scope, days: Days) -> Result<sums::By<i64>, DbError> {
    match days.from.and_then(|from| from.pred_opt()) {
        Some(before) => sums::at(conn, scope, before),
        None => Ok(sums::By::new()),
    }
}

/// What one account, of a fund or of all, begins and ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub opening: i64,
    pub moved: Moved,
}

impl Span {
    pub fn closing(&self) -> i64 {
        self.opening + self.moved.net()
    }
}

fn sum<T: Copy>(of: &sums::By<T>, account: Account, fund: Option<FundId>) -> impl Iterator<Item = T> {
    of.iter().filter(move |((a, f), _)| *a == account && fund.is_none_or(|fund| fund == *f)).map(|(_, one)| *one)
}

fn moved(of: &sums::By<Moved>, account: Account, fund: Option<FundId>) -> Moved {
    sum(of, account, fund)
        .fold(Moved::default(), |sum, one| Moved { debit: sum.debit + one.debit, credit: sum.credit + one.credit })
}

/// See [`Span`].
pub fn span(conn: &mut PgConnection, open: &Open, account: Account, days: Days) -> Result<Span, DbError> {
    let opening = opening(conn, open.scope(), days)?;
    let all = sums::moved(conn, open.scope(), days.first(), days.last())?;
    Ok(Span { opening: sum(&opening, account, open.fund).sum(), moved: moved(&all, account, open.fund) })
}

/// What the account has after a posting of the span.
pub fn after(conn: &mut PgConnection, open: &Open, account: Account, opening: i64, days: Days, at: At) -> Result<i64, DbError> {
    let before = match at.0.pred_opt() {
        Some(before) => moved(&sums::moved(conn, open.scope(), days.first(), before)?, account, open.fund).net(),
        None => 0,
    };
    Ok(opening + before + lines::until(conn, open.chapter(), account, open.fund, at)?.net())
}

/// Codes of funds.
pub fn funds(conn: &mut PgConnection, of: impl Iterator<Item = FundId>) -> Result<BTreeMap<FundId, String>, DbError> {
    let mut ids: Vec<FundId> = of.collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(ledger::funds(conn, &ids)?.into_iter().map(|(id, fund)| (id, fund.code)).collect())
}

fn place((account, fund): (Account, FundId), funds: &BTreeMap<FundId, String>) -> Place {
    Place { account: account.name(), fund: funds.get(&fund).cloned().unwrap_or_default() }
}
