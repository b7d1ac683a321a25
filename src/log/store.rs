//! SQL of the log: leaves wait in `log_pending`, the sequencer moves them into `log_leaf`.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Text};

use super::leaf::Leaf;
use crate::db::DbError;
use crate::db::schema::{log_head, log_leaf, log_pending, pd_opening};
use crate::db::shown;
use crate::db::statement::statement;

/// Any constant: names the sequencers' courtesy lock.
const SEQUENCER_LOCK: i64 = 0x534e_415f_5345_5155;

/// A leaf and, sealed, what opens its commitment.
pub struct NewLeaf {
    pub entry: String,
    pub leaf: Leaf,
    /// `None` when nothing personal stands behind `pd`.
    pub opening: Option<Vec<u8>>,
}

statement! {
    struct InsertPending {
        opened: Vec<&'a str> => Array<Text>,
        sealed: Vec<&'a [u8]> => Array<Binary>,
        entries: Vec<&'a str> => Array<Text>,
        leaves: Vec<&'a [u8]> => Array<Binary>,
        hashes: Vec<&'a [u8]> => Array<Binary>,
    } -> (BigInt, Text),
    "WITH opening AS (INSERT INTO pd_opening (entry, sealed) SELECT * FROM unnest(?::text[], ?::bytea[]))
     INSERT INTO log_pending (entry, leaf, leaf_hash)
     SELECT entry, leaf, hash FROM unnest(?::text[], ?::bytea[], ?::bytea[]) WITH ORDINALITY AS a(entry, leaf, hash, n) ORDER BY n
     RETURNING seq, entry"
}

/// Writes leaves in the transaction of their entries. Returns each leaf's waiting number, in the order given.
pub fn append(conn: &mut PgConnection, leaves: &[NewLeaf]) -> Result<Vec<i64>, DbError> {
    shown::adds(conn);
    let opened: Vec<(&str, &[u8])> = leaves.iter().filter_map(|l| l.opening.as_deref().map(|o| (l.entry.as_str(), o))).collect();
    let rows: Vec<(i64, String)> = InsertPending {
        opened: &opened.iter().map(|(e, _)| *e).collect(),
        sealed: &opened.iter().map(|(_, s)| *s).collect(),
        entries: &leaves.iter().map(|l| l.entry.as_str()).collect(),
        leaves: &leaves.iter().map(|l| l.leaf.bytes.as_slice()).collect(),
        hashes: &leaves.iter().map(|l| l.leaf.hash.as_slice()).collect(),
    }
    .load(conn)?;
    let by_entry: std::collections::HashMap<&str, i64> = rows.iter().map(|(seq, entry)| (entry.as_str(), *seq)).collect();
    Ok(leaves.iter().map(|l| by_entry.get(l.entry.as_str()).copied().unwrap_or_default()).collect())
}

/// What one step of the sequencer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sequenced {
    /// Another server is at it.
    Busy,
    /// Another server was faster; nothing was written.
    Lost,
    /// This database is not what was signed: nothing gets a place until that is mended.
    Held,
    /// This many leaves got their index.
    Moved(usize),
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Bool)]
    locked: bool,
}

/// The courtesy among sequencers, until the transaction ends.
pub(super) fn try_lock(conn: &mut PgConnection) -> Result<bool, DbError> {
    let lock: Locked =
        diesel::sql_query("SELECT pg_try_advisory_xact_lock($1) AS locked").bind::<BigInt, _>(SEQUENCER_LOCK).get_result(conn)?;
    Ok(lock.locked)
}

/// Moves up to `most` waiting leaves into the log. The compare-and-swap on the head is what forbids two leaves at one
/// index; the advisory lock only spares needless work. A database with fewer places than leaves were `signed` is an older
/// one than was signed.
pub fn sequence(conn: &mut PgConnection, most: i64, polite: bool, signed: u64) -> Result<Sequenced, DbError> {
    if polite && !try_lock(conn)? {
        return Ok(Sequenced::Busy);
    }
    if super::checkpoint_store::hold(conn)?.is_some() {
        return Ok(Sequenced::Held);
    }
    let size: i64 = log_head::table.select(log_head::size).first(conn)?;
    if u64::try_from(size).unwrap_or(0) < signed {
        return Ok(Sequenced::Held);
    }
    let waiting: Vec<i64> = log_pending::table.order(log_pending::seq).limit(most).select(log_pending::seq).load(conn)?;
    if waiting.is_empty() {
        return Ok(Sequenced::Moved(0));
    }
    let count = i64::try_from(waiting.len()).unwrap_or(i64::MAX);
    let swapped =
        diesel::update(log_head::table.filter(log_head::size.eq(size))).set(log_head::size.eq(size + count)).execute(conn)?;
    if swapped == 0 {
        return Ok(Sequenced::Lost);
    }
    shown::adds(conn);
    // The leaves stay where they are: only their numbers travel.
    let placed = PlaceWaiting { first: &(size - 1), waiting: &waiting }.execute(conn)?;
    let moved = diesel::delete(log_pending::table.filter(log_pending::seq.eq_any(&waiting))).execute(conn)?;
    if placed != waiting.len() || moved != waiting.len() {
        // Somebody moved one of these already: the head's swap makes this impossible, so refuse rather than fork.
        return Err(DbError::Query(diesel::result::Error::RollbackTransaction));
    }
    Ok(Sequenced::Moved(moved))
}

statement! {
    struct PlaceWaiting {
        first: i64 => BigInt,
        waiting: Vec<i64> => Array<BigInt>,
    } -> (),
    "INSERT INTO log_leaf (idx, entry, leaf, leaf_hash)
     SELECT ? + row_number() OVER (ORDER BY seq), entry, leaf, leaf_hash FROM log_pending WHERE seq = ANY(?::int8[])"
}

statement! {
    struct InsertLeaves {
        first: i64 => BigInt,
        entries: Vec<&'a str> => Array<Text>,
        leaves: Vec<&'a [u8]> => Array<Binary>,
        hashes: Vec<&'a [u8]> => Array<Binary>,
    } -> (),
    "INSERT INTO log_leaf (idx, entry, leaf, leaf_hash)
     SELECT ? + n, entry, leaf, hash FROM unnest(?::text[], ?::bytea[], ?::bytea[]) WITH ORDINALITY AS a(entry, leaf, hash, n)"
}

/// Lets leaves wait again that came back from a mirror.
pub(super) fn wait(conn: &mut PgConnection, leaves: &[&LoggedLeaf]) -> Result<(), DbError> {
    shown::adds(conn);
    // What opens their commitments is there, or was erased.
    InsertPending {
        opened: &Vec::new(),
        sealed: &Vec::new(),
        entries: &leaves.iter().map(|leaf| leaf.entry.as_str()).collect(),
        leaves: &leaves.iter().map(|leaf| leaf.leaf.as_slice()).collect(),
        hashes: &leaves.iter().map(|leaf| leaf.leaf_hash.as_slice()).collect(),
    }
    .execute(conn)?;
    Ok(())
}

/// Gives leaves the places they had; the guards see to it that these follow the last one.
pub(super) fn place(conn: &mut PgConnection, leaves: &[LoggedLeaf]) -> Result<(), DbError> {
    let Some(first) = leaves.first() else {
        return Ok(());
    };
    shown::adds(conn);
    InsertLeaves {
        first: &(first.idx - 1),
        entries: &leaves.iter().map(|leaf| leaf.entry.as_str()).collect(),
        leaves: &leaves.iter().map(|leaf| leaf.leaf.as_slice()).collect(),
        hashes: &leaves.iter().map(|leaf| leaf.leaf_hash.as_slice()).collect(),
    }
    .execute(conn)?;
    Ok(())
}

/// How many leaves the log holds.
pub fn size(conn: &mut PgConnection) -> Result<i64, DbError> {
    Ok(log_head::table.select(log_head::size).first(conn)?)
}

/// How many leaves wait for their place, counted up to 10,000: more is simply too many.
pub fn waiting(conn: &mut PgConnection) -> Result<i64, DbError> {
    let some = log_pending::table.select(log_pending::seq).limit(10_000);
    Ok(i64::try_from(some.load::<i64>(conn)?.len()).unwrap_or(i64::MAX))
}

/// The indices of entries that have one.
pub fn indices_of(conn: &mut PgConnection, entries: &[&str]) -> Result<std::collections::HashMap<String, i64>, DbError> {
    let rows = log_leaf::table.filter(log_leaf::entry.eq_any(entries)).select((log_leaf::entry, log_leaf::idx));
    Ok(rows.load::<(String, i64)>(conn)?.into_iter().collect())
}

/// The hash of the leaf at an index.
pub fn leaf_hash_at(conn: &mut PgConnection, idx: i64) -> Result<Option<Vec<u8>>, DbError> {
    Ok(log_leaf::table.find(idx).select(log_leaf::leaf_hash).first(conn).optional()?)
}

/// A leaf as a follower of the log reads it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct LoggedLeaf {
    pub idx: i64,
    pub entry: String,
    pub leaf: Vec<u8>,
    pub leaf_hash: Vec<u8>,
}

/// The leaf that has this code and its place. Allowed to the public role.
pub fn find(conn: &mut PgConnection, entry: &str) -> Result<Option<LoggedLeaf>, DbError> {
    let columns = (log_leaf::idx, log_leaf::entry, log_leaf::leaf, log_leaf::leaf_hash);
    Ok(log_leaf::table.filter(log_leaf::entry.eq(entry)).select(columns).first(conn).optional()?)
}

/// Whether a leaf with this code waits for its place. That much is known to the public role, and not yet what it says.
pub fn waits(conn: &mut PgConnection, entry: &str) -> Result<bool, DbError> {
    let waiting = log_pending::table.filter(log_pending::entry.eq(entry)).select(log_pending::seq);
    Ok(waiting.first::<i64>(conn).optional()?.is_some())
}

/// Those of some codes that leaves have, placed or waiting.
pub fn known(conn: &mut PgConnection, entries: &[&str]) -> Result<Vec<String>, DbError> {
    let placed = log_leaf::table.filter(log_leaf::entry.eq_any(entries)).select(log_leaf::entry);
    let mut known: Vec<String> = placed.load(conn)?;
    known.extend(log_pending::table.filter(log_pending::entry.eq_any(entries)).select(log_pending::entry).load::<String>(conn)?);
    known.sort();
    known.dedup();
    Ok(known)
}

/// Leaves from index `from` on, in order.
pub fn leaves_from(conn: &mut PgConnection, from: i64, most: i64) -> Result<Vec<LoggedLeaf>, DbError> {
    Ok(log_leaf::table
        .filter(log_leaf::idx.ge(from))
        .order(log_leaf::idx)
        .limit(most)
        .select((log_leaf::idx, log_leaf::entry, log_leaf::leaf, log_leaf::leaf_hash))
        .load(conn)?)
}

/// The entries of the leaves from an index on, in the order of the log.
pub fn entries_from(conn: &mut PgConnection, from: i64, most: i64) -> Result<Vec<String>, DbError> {
    Ok(log_leaf::table.filter(log_leaf::idx.ge(from)).order(log_leaf::idx).limit(most).select(log_leaf::entry).load(conn)?)
}

/// Entries whose leaf has an index above `idx` or none yet, at most `most` of either. Allowed to the public role.
pub fn entries_beyond(conn: &mut PgConnection, idx: i64, most: i64) -> Result<Vec<String>, DbError> {
    // Two queries and both in the order of an index: where leaves come and go, a walk over the table meets the dead. What waits
    // is read first: a leaf that is given its place between the two is then found twice, and not missed.
    let waiting = log_pending::table.order(log_pending::seq).limit(most).select(log_pending::entry);
    let mut entries: Vec<String> = waiting.load(conn)?;
    let placed = log_leaf::table.filter(log_leaf::idx.gt(idx)).order(log_leaf::idx).limit(most).select(log_leaf::entry);
    entries.extend(placed.load::<String>(conn)?);
    Ok(entries)
}

/// The sealed openings of these entries that still have one.
pub fn openings(conn: &mut PgConnection, entries: &[&str]) -> Result<std::collections::HashMap<String, Vec<u8>>, DbError> {
    let rows = pd_opening::table.filter(pd_opening::entry.eq_any(entries)).select((pd_opening::entry, pd_opening::sealed));
    Ok(rows.load::<(String, Vec<u8>)>(conn)?.into_iter().collect())
}

/// Forgets what opens the commitments of these entries, secrets and values alike. Their leaves and every proof stand.
pub fn forget_openings(conn: &mut PgConnection, entries: &[&str]) -> Result<(), DbError> {
    diesel::delete(pd_opening::table.filter(pd_opening::entry.eq_any(entries))).execute(conn)?;
    Ok(())
}
