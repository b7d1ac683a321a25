//! What is booked at a chapter that went up in another one passes on to that one, at the same moment.
//!
//! A gift that was mistaken is reversed where it stands, and its money is at the successor by then; what was asked before may be
//! approved after. Both are booked at the old chapter, whose books say what it did, and beside each entry a linked pair of
//! TRANSFER_OUT and TRANSFER_IN moves what it adds to or takes from *left*: nothing is ever left at a chapter that was succeeded, and
//! the successor has to cover what is taken. Goods do not pass on: what moves them is booked at the successor.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use uuid::Uuid;

use super::accounts::Account;
use super::entry::{BookError, Detail, NewEntry, Passing, Shell};
use super::kinds::Kind;
use super::model::{Balanced, FundId, Posting};
use crate::authz::{Granted, Right};
use crate::basics::PublicCode;
use crate::basics::clock::vietnam_time;
use crate::db::DbError;
use crate::db::schema::{balance, entry, passed_on};
use crate::db::statement::statement;
use crate::log::{commitment, opening};
use crate::tree::{self, Place};
use crate::vault::{Vault, VaultError};

/// Why the codes and commitments of a pair could not be made.
#[derive(Debug, thiserror::Error)]
pub enum NoShell {
    #[error("the system's random source failed")]
    Random,
    #[error(transparent)]
    Sealing(#[from] VaultError),
}

/// What a pair needs of the keys, made before anybody knows whether and which way it goes.
pub fn shells(vault: &Vault, now: DateTime<Utc>) -> Result<Box<Passing>, NoShell> {
    Ok(Box::new(Passing { out: shell(vault, now)?, into: shell(vault, now)? }))
}

/// Both kinds of a pair commit to a note, and there is none, and to the time.
fn shell(vault: &Vault, now: DateTime<Utc>) -> Result<Shell, NoShell> {
    let code = PublicCode::random().map_err(|_| NoShell::Random)?;
    let secret = commitment::secret().map_err(|_| NoShell::Random)?;
    let time = vietnam_time(now);
    let fields = [("note", ""), ("time", time.as_str())];
    let (pd, opening) = (commitment::commit(&secret, &fields), opening::seal(vault, code.as_str(), &secret, &fields)?);
    Ok(Shell { id: Uuid::now_v7(), code, pd, opening })
}

/// Who goes on for a chapter, with the right to book there.
pub(super) struct Successor<R: Right> {
    grant: Granted<R>,
    place: Arc<Place>,
}

/// Entries with the grants to book them.
pub(super) type Granting<'a, R> = Vec<(&'a Granted<R>, NewEntry)>;

/// An entry of a pair, and the one it is there for.
pub(super) type Noted = (Uuid, Uuid);

/// The successors of the chapters of entries, in their order; empty where the books of all of them are open, which is nearly always.
pub(super) fn successors<R: Right>(
    conn: &mut PgConnection,
    entries: &[(&Granted<R>, NewEntry)],
) -> Result<Vec<Option<Successor<R>>>, DbError> {
    if entries.iter().all(|(_, entry)| entry.place.accepts_entries) {
        return Ok(Vec::new());
    }
    let mut found = Vec::with_capacity(entries.len());
    for (grant, entry) in entries {
        let at = if entry.place.accepts_entries { None } else { grant.at_successor(conn)? };
        found.push(match at {
            Some(grant) => Some(Successor { place: Arc::new(tree::place_of(conn, grant.chapter())?), grant }),
            None => None,
        });
    }
    Ok(found)
}

/// The entries, and around each one of a chapter that was succeeded its pair: what is taken comes before it, what is added goes after.
pub(super) fn with_pairs<'a, R: Right>(
    entries: Granting<'a, R>,
    successors: &'a [Option<Successor<R>>],
    day: NaiveDate,
) -> Result<(Granting<'a, R>, Vec<Noted>), BookError> {
    let (mut all, mut noted): (Granting<'a, R>, Vec<Noted>) = (Vec::new(), Vec::new());
    for ((grant, mut entry), successor) in entries.into_iter().zip(successors) {
        let passing = entry.passing.take();
        let Some(successor) = successor else {
            all.push((grant, entry));
            continue;
        };
        let passing = passing.ok_or(BookError::Closed)?;
        let left = left_of(&entry);
        let total: i64 = left.values().sum();
        if left.is_empty() {
            all.push((grant, entry));
            continue;
        }
        // Goods lie in lots, of which the books know nothing: they are booked at the successor.
        if left.keys().any(|(_, account)| *account == Account::GoodsInStock.name()) {
            return Err(BookError::Closed);
        }
        noted.extend([(passing.out.id, entry.id), (passing.into.id, entry.id)]);
        let [out, into] = pair(&entry, successor, *passing, &left, day)?;
        match total >= 0 {
            true => all.extend([(grant, entry), (grant, out), (&successor.grant, into)]),
            false => all.extend([(&successor.grant, out), (grant, into), (grant, entry)]),
        }
    }
    Ok((all, noted))
}

/// What an entry adds to each fund and account of what is left.
fn left_of(entry: &NewEntry) -> BTreeMap<(FundId, &'static str), i64> {
    let mut left = BTreeMap::new();
    for posting in entry.postings.postings().iter().filter(|posting| posting.account.is_left()) {
        *left.entry((posting.fund, posting.account.name())).or_default() += posting.amount;
    }
    left.retain(|_, amount| *amount != 0);
    left
}

fn pair<R: Right>(
    entry: &NewEntry,
    successor: &Successor<R>,
    passing: Passing,
    left: &BTreeMap<(FundId, &'static str), i64>,
    day: NaiveDate,
) -> Result<[NewEntry; 2], BookError> {
    let onward = left.values().sum::<i64>() >= 0;
    let moved: Vec<Posting> = left
        .iter()
        .filter_map(|((fund, account), amount)| Some(Posting { account: Account::parse(account)?, fund: *fund, amount: *amount }))
        .collect();
    let (at_old, at_new) = (moving(&moved, -1), moving(&moved, 1));
    let (old, new) = (&entry.place, &successor.place);
    let (from, to, leaves, comes) = if onward { (old, new, at_old, at_new) } else { (new, old, at_new, at_old) };
    let of = passing.out.code.clone();
    let balanced = |kind, postings| Balanced::new(kind, postings).map_err(|_| BookError::NotOfItsKind);
    let out = Detail { to: Some(to.code.clone()), ..Detail::default() };
    let mut out = bare(passing.out, Arc::clone(from), day, balanced(Kind::TransferOut, leaves)?, out);
    let into = Detail { of: Some(of), ..Detail::default() };
    let mut into = bare(passing.into, Arc::clone(to), day, balanced(Kind::TransferIn, comes)?, into);
    (out.document, into.document) = (entry.document, entry.document);
    Ok([out, into])
}

/// Postings on what is left, with the sign given, and against each fund what one chapter owes the other.
pub fn moving(left: &[Posting], sign: i64) -> Vec<Posting> {
    let mut postings: Vec<Posting> = left.iter().map(|posting| Posting { amount: sign * posting.amount, ..*posting }).collect();
    let mut sums: BTreeMap<FundId, i64> = BTreeMap::new();
    for posting in &postings {
        *sums.entry(posting.fund).or_default() += posting.amount;
    }
    let owed = sums.into_iter().filter(|(_, sum)| *sum != 0);
    postings.extend(owed.map(|(fund, sum)| Posting { account: Account::Interchapter, fund, amount: -sum }));
    postings
}

fn bare(shell: Shell, place: Arc<Place>, day: NaiveDate, postings: Balanced, detail: Detail) -> NewEntry {
    NewEntry {
        id: shell.id,
        code: shell.code,
        place,
        day,
        channel: None,
        postings,
        reverses: None,
        detail,
        goods: Vec::new(),
        message_count: None,
        giver_shown: None,
        document: None,
        pd: shell.pd,
        opening: Some(shell.opening),
        passing: None,
    }
}

statement! {
    struct Allow { said: &'static str => Text } -> (Text,),
    "SELECT set_config('so_nhan_ai.passes_on', ?, true)"
}

/// Lets entries through at chapters that were succeeded, or no longer: those of nobody who looked too early.
pub(super) fn allow(conn: &mut PgConnection, whether: bool) -> Result<(), DbError> {
    Allow { said: &if whether { "on" } else { "off" } }.execute(conn)?;
    Ok(())
}

/// Notes what each pair is there for.
pub(super) fn note(conn: &mut PgConnection, noted: &[Noted]) -> Result<(), DbError> {
    let rows: Vec<_> = noted.iter().map(|(id, of)| (passed_on::entry_id.eq(id), passed_on::for_id.eq(of))).collect();
    diesel::insert_into(passed_on::table).values(rows).execute(conn)?;
    Ok(())
}

/// How many entries of each kind are halves of such pairs.
pub fn count(conn: &mut PgConnection) -> Result<Vec<(String, i64)>, DbError> {
    Ok(passed_on::table
        .inner_join(entry::table.on(entry::id.eq(passed_on::entry_id)))
        .group_by(entry::kind)
        .select((entry::kind, diesel::dsl::count_star()))
        .load(conn)?)
}

/// Those of these entries that are halves of such pairs.
pub fn among(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    Ok(passed_on::table.filter(passed_on::entry_id.eq_any(ids)).select(passed_on::entry_id).load(conn)?)
}

/// What is left at chapters, by fund and account: whatever is not nothing. Of either sign.
pub fn left_at(conn: &mut PgConnection, chapters: &[Uuid]) -> Result<Vec<(Uuid, Posting)>, DbError> {
    let accounts: Vec<&str> = Account::ALL.into_iter().filter(|account| account.is_left()).map(Account::name).collect();
    let rows: Vec<(Uuid, i32, String, i64)> = balance::table
        .filter(balance::chapter_id.eq_any(chapters))
        .filter(balance::account.eq_any(accounts))
        .filter(balance::amount_vnd.ne(0))
        .order((balance::chapter_id, balance::fund_id, balance::account))
        .select((balance::chapter_id, balance::fund_id, balance::account, balance::amount_vnd))
        .load(conn)?;
    let posting = |(chapter, fund, account, amount): (Uuid, i32, String, i64)| {
        Some((chapter, Posting { account: Account::parse(&account)?, fund: FundId(fund), amount }))
    };
    Ok(rows.into_iter().filter_map(posting).collect())
}
