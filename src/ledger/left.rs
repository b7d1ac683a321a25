//! What is left, account by account, of a place and everything below it: read in one index range, whatever is below.
//!
//! A gift writes nothing here: it lies where its channel puts it, and what was received is kept by channel
//! ([`super::totals`]). So a flood of gifts pays nothing for it. All other entries add what they move.

use std::collections::BTreeMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::accounts::Account;
use super::entry::NewEntry;
use super::kinds::Channel;
use super::measures::Measure;
use super::totals::TotalRow;
use crate::db::DbError;
use crate::db::schema::{fund, left_overall};

/// (scope, fund, account) → what is added to its own and to that with everything below, in the order in which everybody locks them.
pub(super) type Moved = BTreeMap<(Uuid, i32, &'static str), (i64, i64)>;

/// What entries move on the accounts of what is left; what gifts move follows from what was received.
pub(super) fn moved<'e>(entries: impl Iterator<Item = &'e NewEntry>) -> Moved {
    let mut sums = Moved::new();
    for entry in entries.filter(|entry| !entry.postings.counts_as().is_gift()) {
        for posting in entry.postings.postings().iter().filter(|posting| posting.account.is_left()) {
            for step in &entry.place.path {
                let (own, subtree) = sums.entry((step.id.0, posting.fund.0, posting.account.name())).or_default();
                *subtree += posting.amount;
                if step.id == entry.place.id {
                    *own += posting.amount;
                }
            }
        }
    }
    sums
}

/// What is left of a fund on an account.
#[derive(Debug, Clone)]
pub struct LeftRow {
    pub restriction: String,
    pub account: Account,
    pub own_vnd: i64,
    pub subtree_vnd: i64,
}

/// On which account a gift by this channel lies until something moves it.
fn account_of(channel: &str) -> Option<Account> {
    Channel::parse(channel)?.gift_kind().row().debits.first().copied()
}

/// What is left of a scope, a few rows for each account: what gifts brought, and what all other entries moved. `received` are
/// the scope's totals.
pub fn overall(
    conn: &mut PgConnection,
    scope: Uuid,
    appeal: Option<&str>,
    received: &[TotalRow],
) -> Result<Vec<LeftRow>, DbError> {
    use left_overall as t;
    let mut query = t::table
        .inner_join(fund::table.on(fund::id.eq(t::fund_id)))
        .filter(t::scope_id.eq(scope))
        .select((fund::restriction, t::account, t::own_vnd, t::subtree_vnd))
        .into_boxed();
    if let Some(appeal) = appeal {
        query = query.filter(fund::appeal.eq(appeal.to_owned()));
    }
    let moved: Vec<(String, String, i64, i64)> = query.load(conn)?;
    let moved = moved.into_iter().filter_map(|(restriction, account, own_vnd, subtree_vnd)| {
        Some(LeftRow { restriction, account: Account::parse(&account)?, own_vnd, subtree_vnd })
    });
    let given = received.iter().filter(|row| row.is(Measure::Received)).filter_map(|row| {
        let account = account_of(&row.part)?;
        Some(LeftRow { restriction: row.restriction.clone(), account, own_vnd: row.own_vnd, subtree_vnd: row.subtree_vnd })
    });
    Ok(given.chain(moved).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::kinds::KINDS;

    /// A gift debits one account and no other, whichever it is for its channel: what is left follows from what was received.
    #[test]
    fn a_gift_lies_where_its_channel_puts_it() {
        for row in KINDS.iter().filter(|row| row.kind.is_gift()) {
            assert!(matches!(row.debits, [account] if account.is_left()), "{}", row.kind);
        }
        assert_eq!(Channel::ALL.map(|channel| account_of(channel.name()).is_some()), Channel::ALL.map(|_| true));
        assert_eq!((account_of("SMS"), account_of("")), (Some(Account::InTransit), None));
    }
}
