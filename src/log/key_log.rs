//! The keys of the log as the log itself tells of them: a later key that joins, and a key that is given up, are leaves of kind KEY.
//!
//! Which key a log begins with, outsiders learn by other ways. Every later one is vouched for by those before it: its leaf lies
//! under checkpoints that they signed. For [`OVERLAP`] old and new key sign together; then the old one may retire. It stays
//! known, because what it signed it still verifies.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;

use super::commitment;
use super::leaf::{CENTRAL, Change, Core, Leaf, LeafError, LeafV1, Said};
use super::note::Verifier;
use super::store::{self, LoggedLeaf, NewLeaf};
use crate::basics::PublicCode;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::db::schema::{log_key, log_key_retired};
use crate::db::shown;

/// What its leaves are called.
pub const KIND: &str = "KEY";
/// How long a key and its successor sign together before the older one may retire.
pub const OVERLAP: TimeDelta = TimeDelta::days(90);

/// The end of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retired {
    /// Code of the leaf that says so.
    pub entry: String,
    pub at: DateTime<Utc>,
}

/// A key the log has, or has had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownKey {
    /// As verifiers read it.
    pub vkey: String,
    pub added_at: DateTime<Utc>,
    /// Code of the leaf that brought it; those a log begins with have none.
    pub entry: Option<String>,
    pub retired: Option<Retired>,
}

/// A key could not be announced.
#[derive(Debug, thiserror::Error)]
pub enum KeyLogError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Leaf(#[from] LeafError),
    #[error(transparent)]
    Random(#[from] getrandom::Error),
}

impl From<diesel::result::Error> for KeyLogError {
    fn from(error: diesel::result::Error) -> Self {
        KeyLogError::Db(error.into())
    }
}

/// All keys that were announced for the log of this name, the oldest first. Allowed to the public role.
pub fn keys(conn: &mut PgConnection, origin: &str) -> Result<Vec<KnownKey>, DbError> {
    type Row = (String, DateTime<Utc>, Option<String>, Option<(String, DateTime<Utc>)>);
    let rows: Vec<Row> = log_key::table
        .left_join(log_key_retired::table.on(log_key_retired::vkey.eq(log_key::vkey)))
        .order((log_key::added_at, log_key::entry.is_not_null(), log_key::vkey))
        .select((
            log_key::vkey,
            log_key::added_at,
            log_key::entry,
            (log_key_retired::entry, log_key_retired::retired_at).nullable(),
        ))
        .load(conn)?;
    // A log that had another name before its first leaf has keys of that name too.
    let of_this = |vkey: &str| vkey.strip_prefix(origin).is_some_and(|rest| rest.starts_with('+'));
    Ok(rows
        .into_iter()
        .filter(|(vkey, ..)| of_this(vkey))
        .map(|(vkey, added_at, entry, retired)| KnownKey {
            vkey,
            added_at,
            entry,
            retired: retired.map(|(entry, at)| Retired { entry, at }),
        })
        .collect())
}

/// What verifies anything this log ever signed. Allowed to the public role.
pub fn vkeys(conn: &mut PgConnection) -> Result<Vec<String>, DbError> {
    let known = match super::checkpoint_store::origin(conn)? {
        Some(origin) => keys(conn, &origin)?,
        None => Vec::new(),
    };
    Ok(known.into_iter().map(|key| key.vkey).collect())
}

/// Notes the keys a log begins with. Where there are any, nothing happens: later ones are [`announce`]d.
pub fn begin(conn: &mut PgConnection, origin: &str, own: &[Verifier], now: DateTime<Utc>) -> Result<(), DbError> {
    if keys(conn, origin)?.is_empty() {
        for key in own {
            insert(conn, &key.to_string(), None, now)?;
        }
    }
    Ok(())
}

/// Announces those of our keys that are new, each with its leaf. Several servers may do it at once.
pub fn announce(conn: &mut PgConnection, origin: &str, own: &[Verifier], now: DateTime<Utc>) -> Result<(), KeyLogError> {
    let known = keys(conn, origin)?;
    for vkey in own.iter().map(ToString::to_string).filter(|own| known.iter().all(|key| key.vkey != *own)) {
        let code = PublicCode::random()?;
        if insert(conn, &vkey, Some(code.as_str()), now)? {
            append(conn, code.as_str(), &vkey, Change::Added, now)?;
        }
    }
    Ok(())
}

/// Gives a key up. `false`: it was before.
pub fn retire(conn: &mut PgConnection, vkey: &str, now: DateTime<Utc>) -> Result<bool, KeyLogError> {
    let code = PublicCode::random()?;
    let given_up = insert_retired(conn, vkey, code.as_str(), now)?;
    if given_up {
        append(conn, code.as_str(), vkey, Change::Retired, now)?;
    }
    Ok(given_up)
}

fn insert(conn: &mut PgConnection, vkey: &str, entry: Option<&str>, now: DateTime<Utc>) -> Result<bool, DbError> {
    shown::alters(conn);
    let row = (log_key::vkey.eq(vkey), log_key::entry.eq(entry), log_key::added_at.eq(now));
    let added = diesel::insert_into(log_key::table).values(row).on_conflict(log_key::vkey).do_nothing().execute(conn)?;
    Ok(added == 1)
}

fn insert_retired(conn: &mut PgConnection, vkey: &str, entry: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    use log_key_retired as r;
    shown::alters(conn);
    let row = (r::vkey.eq(vkey), r::entry.eq(entry), r::retired_at.eq(now));
    Ok(diesel::insert_into(r::table).values(row).on_conflict(r::vkey).do_nothing().execute(conn)? == 1)
}

fn append(conn: &mut PgConnection, code: &str, vkey: &str, change: Change, now: DateTime<Utc>) -> Result<(), KeyLogError> {
    let leaf = leaf_of(code, vkey, change, vietnam_date(now))?;
    store::append(conn, &[NewLeaf { entry: code.to_owned(), leaf, opening: None }])?;
    Ok(())
}

/// The leaf of a change. All of it is public, so its `pd` commits to no fields.
fn leaf_of(code: &str, vkey: &str, change: Change, day: NaiveDate) -> Result<Leaf, LeafError> {
    let mut leaf = LeafV1::of(Core {
        kind: KIND,
        entry: code,
        // The log is nobody's but the centre's.
        chapter: CENTRAL,
        province: CENTRAL,
        day,
        booked: day,
        pd: commitment::commit(&[0; 32], &[]),
    });
    leaf.reason = Some(change.name());
    leaf.key = Some(vkey);
    leaf.encode()
}

/// Takes in what a leaf that came back from a mirror says of a key. `false`: it says nothing of any.
pub(super) fn put_back(conn: &mut PgConnection, leaf: &LoggedLeaf, now: DateTime<Utc>) -> Result<bool, DbError> {
    let said = Said::read(&leaf.leaf).filter(|said| said.kind == KIND);
    let Some((said, key)) = said.and_then(|mut said| said.key.take().map(|key| (said, key))) else {
        return Ok(false);
    };
    // The leaf names a day; the time of day is gone with the old database.
    let at =
        if vietnam_date(now) == said.booked { now } else { said.booked.and_hms_opt(5, 0, 0).map_or(now, |noon| noon.and_utc()) };
    match said.change() {
        Some(Change::Added) => insert(conn, &key, Some(&leaf.entry), at),
        Some(Change::Retired) => insert_retired(conn, &key, &leaf.entry, at),
        None => Ok(false),
    }
}

/// Which of these codes of leaves are of kind KEY.
pub fn known(conn: &mut PgConnection, codes: &[String]) -> Result<HashSet<String>, DbError> {
    let added: Vec<Option<String>> = log_key::table.filter(log_key::entry.eq_any(codes)).select(log_key::entry).load(conn)?;
    let retired: Vec<String> =
        log_key_retired::table.filter(log_key_retired::entry.eq_any(codes)).select(log_key_retired::entry).load(conn)?;
    Ok(added.into_iter().flatten().chain(retired).collect())
}

/// Each change has its leaf, which says what the row says. Returns how many there are.
pub fn audit(conn: &mut PgConnection, findings: &mut Findings) -> Result<u64, DbError> {
    const CHECK: &str = "log_key";
    let Some(origin) = super::checkpoint_store::origin(conn)? else {
        return Ok(0);
    };
    let mut with_leaf = 0;
    for key in keys(conn, &origin)? {
        let added = key.entry.as_deref().map(|entry| (entry, Change::Added, key.added_at));
        let retired = key.retired.as_ref().map(|retired| (retired.entry.as_str(), Change::Retired, retired.at));
        for (entry, change, at) in added.into_iter().chain(retired) {
            findings.looked(CHECK, 1);
            let kept = super::kept::kept(conn, &[entry])?;
            let Some(leaf) = kept.get(entry) else {
                findings.found("leaf", entry, "there is no leaf");
                continue;
            };
            with_leaf += 1;
            match leaf_of(entry, &key.vkey, change, vietnam_date(at)) {
                Err(error) => findings.found(CHECK, entry, error.to_string()),
                Ok(again) if again.bytes != leaf.leaf || again.hash[..] != leaf.leaf_hash => {
                    findings.found(CHECK, entry, "its leaf says something else");
                }
                Ok(_) if leaf.opening.is_some() => findings.found(CHECK, entry, "something is sealed behind its leaf"),
                Ok(_) => {}
            }
        }
    }
    Ok(with_leaf)
}
