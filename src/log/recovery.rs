//! Mending the log after a restore: taking responsibility for what was signed last ([`adopt`]), and bringing leaves back that
//! the world has and this database lacks ([`recover`]).
//!
//! Both only ever make this database agree with what was published; neither can be used to publish something else. Leaves
//! that come back are the log's; the books behind them are gone, and `log_recovered` lists them until somebody has seen to it.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::Deserialize;

use super::checkpoint::{self, CheckpointError};
use super::checkpoint_store::{self as checkpoints, Signed};
use super::folder::LogFolder;
use super::guard::{Guard, GuardError};
use super::key_log;
use super::keys::verifiers;
use super::note::Signer;
use super::store::{self, LoggedLeaf};
use super::tile_store::{self, Grown, RowTiles, TreeError};
use super::tiles::{Of, Piece, read_bundle};
use super::tree::{Edge, Head, TILE_WIDTH, leaf_hash};
use crate::basics::hex;
use crate::db::schema::{log_head, log_pending, log_recovered};
use crate::db::shown;
use crate::db::{Db, DbError};

/// Why the log was left as it is.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    #[error(transparent)]
    Tree(#[from] TreeError),
    #[error(transparent)]
    Guard(#[from] GuardError),
    #[error("the mirror's checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    #[error("the mirror cannot be read: {0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Refused(String),
}

impl From<diesel::result::Error> for RecoveryError {
    fn from(error: diesel::result::Error) -> Self {
        RecoveryError::Tree(error.into())
    }
}

impl From<DbError> for RecoveryError {
    fn from(error: DbError) -> Self {
        RecoveryError::Tree(error.into())
    }
}

fn refused<T>(why: impl Into<String>) -> Result<T, RecoveryError> {
    Err(RecoveryError::Refused(why.into()))
}

/// For a server without a guard: somebody who looked it up says that `published` is the newest checkpoint there is. Only a head
/// that this database has, and that is not older than its own newest checkpoint, is believed.
pub fn adopt(
    conn: &mut PgConnection,
    origin: &str,
    signers: &[Signer],
    guard: &Guard,
    published: &Head,
) -> Result<(), RecoveryError> {
    if let Some(known) = guard.read(&verifiers(signers))?.filter(|known| known.size > 0) {
        return refused(format!(
            "this server knows what was signed last ({} leaves, root {}): there is nothing to adopt",
            known.size,
            hex(&known.root)
        ));
    }
    let here = tile_store::head(conn)?;
    if published.size > here.size {
        return refused(format!(
            "this database has {} leaves under its tree, not {}: bring the others back first with `log recover --from MIRROR`",
            here.size, published.size
        ));
    }
    if tile_store::root_at(conn, published.size)? != published.root {
        return refused(format!("the first {} leaves of this database have another root", published.size));
    }
    if let Some(newest) = checkpoints::latest(conn)?.filter(|newest| newest.head.size > published.size) {
        return refused(format!("this database itself knows a newer checkpoint, of {} leaves", newest.head.size));
    }
    guard.raise(published, &checkpoint::sign(origin, published, signers), &verifiers(signers))?;
    Ok(())
}

/// What came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovered {
    /// The log as it is now: that of the mirror.
    pub head: Head,
    /// Leaves that were added.
    pub leaves: u64,
    /// Those of them whose entries are not in the books of this database.
    pub without_entry: u64,
    /// Whether this server knows what was signed last, and goes on; otherwise [`adopt`] comes next.
    pub guarded: bool,
}

/// Brings the missing leaves back from a mirror, and lets signing go on where the guard says that nothing newer was signed. Everything or nothing: the leaves must make the root
/// that one of our keys signed.
pub fn recover(
    db: &Db,
    signers: &[Signer],
    guard: &Guard,
    mirror: &LogFolder,
    now: DateTime<Utc>,
) -> Result<Recovered, RecoveryError> {
    let keys = verifiers(signers);
    let note = mirror.checkpoint()?.ok_or_else(|| RecoveryError::Refused("there is no checkpoint in the mirror".to_owned()))?;
    let head = checkpoint::open(note.as_bytes(), &keys)?;
    let guarded = guard.read(&keys)?.filter(|known| known.size > 0);
    if let Some(known) = guarded.filter(|known| known.size > head.size) {
        return refused(format!("the mirror has {} leaves and {} were signed: find a newer mirror", head.size, known.size));
    }
    while let Grown::By(1..) = db.tx_blocking(|conn| tile_store::grow(conn, 50_000, false))? {}
    let recovered = db.tx_blocking(|conn| {
        let recovered = put_back(conn, mirror, head, now)?;
        checkpoints::note(conn, &Signed { head, note: note.clone(), signed_at: now })?;
        checkpoints::release(conn)?;
        Ok::<_, RecoveryError>(recovered)
    })?;
    // A server that did not know what was signed last does not know it now either: the mirror may be older than that.
    match guarded {
        Some(_) => guard.raise(&head, &note, &keys)?,
        None => guard.forget_if_unused()?,
    }
    Ok(Recovered { guarded: guarded.is_some(), ..recovered })
}

fn put_back(conn: &mut PgConnection, mirror: &LogFolder, head: Head, now: DateTime<Utc>) -> Result<Recovered, RecoveryError> {
    let here = tile_store::head(conn)?;
    if here.size > head.size {
        return refused(format!("this database has {} leaves and the mirror {}", here.size, head.size));
    }
    let missing = leaves_of(mirror, here.size, head.size)?;
    let mut edge = Edge::read(&mut RowTiles::new(conn), here.size).and_then(|edge| Ok(edge?))?;
    edge.append(missing.iter().map(|leaf| leaf_hash(&leaf.leaf)).collect::<Vec<_>>());
    if edge.head() != head {
        return refused("with the leaves of the mirror this database does not make the signed root: it is another log");
    }
    let without_entry = place(conn, here.size, &missing, now)?;
    while let Grown::By(1..) = tile_store::grow(conn, 50_000, false)? {}
    Ok(Recovered { head, leaves: missing.len() as u64, without_entry, guarded: false })
}

/// The leaves `from..to` out of the mirror's bundles.
fn leaves_of(mirror: &LogFolder, from: u64, to: u64) -> Result<Vec<LoggedLeaf>, RecoveryError> {
    #[derive(Deserialize)]
    struct Named {
        entry: String,
    }
    let mut leaves = Vec::new();
    for n in from / TILE_WIDTH..to.div_ceil(TILE_WIDTH) {
        let Some(piece) = Piece::at(Of::Entries, n, to) else {
            break;
        };
        let bundle = mirror.read(piece)?.ok_or_else(|| RecoveryError::Refused(format!("the mirror lacks {}", piece.path())))?;
        let entries = read_bundle(&bundle).ok_or_else(|| RecoveryError::Refused(format!("{} is damaged", piece.path())))?;
        for (index, leaf) in (n * TILE_WIDTH..).zip(entries).filter(|(index, _)| (from..to).contains(index)) {
            let named: Named =
                serde_json::from_slice(leaf).map_err(|_| RecoveryError::Refused(format!("leaf {index} names no entry")))?;
            leaves.push(LoggedLeaf {
                idx: i64::try_from(index).unwrap_or(i64::MAX),
                entry: named.entry,
                leaf: leaf.to_vec(),
                leaf_hash: leaf_hash(leaf).to_vec(),
            });
        }
    }
    Ok(leaves)
}

/// Gives the leaves their places. A leaf may wait here too, when the backup was made before it was sequenced.
fn place(conn: &mut PgConnection, size: u64, missing: &[LoggedLeaf], now: DateTime<Utc>) -> Result<u64, RecoveryError> {
    if missing.is_empty() {
        return Ok(0);
    }
    let entries: Vec<&str> = missing.iter().map(|leaf| leaf.entry.as_str()).collect();
    let waiting: HashMap<String, Vec<u8>> = log_pending::table
        .filter(log_pending::entry.eq_any(&entries))
        .select((log_pending::entry, log_pending::leaf))
        .load::<(String, Vec<u8>)>(conn)?
        .into_iter()
        .collect();
    if let Some(other) = missing.iter().find(|leaf| waiting.get(&leaf.entry).is_some_and(|waits| *waits != leaf.leaf)) {
        return refused(format!("entry {} waits here with another leaf than was published", other.entry));
    }
    let lost: Vec<&LoggedLeaf> = missing.iter().filter(|leaf| !waiting.contains_key(&leaf.entry)).collect();
    if lost.iter().map(|leaf| &leaf.entry).collect::<HashSet<_>>().len() != lost.len() {
        return refused("the mirror has an entry twice");
    }
    shown::alters(conn);
    store::wait(conn, &lost)?;
    let mut without_entry = Vec::new();
    for leaf in lost {
        // What is said of a key is known again with its leaf.
        if !key_log::put_back(conn, leaf, now)? {
            without_entry.push(leaf);
        }
    }
    let last = i64::try_from(size).unwrap_or(i64::MAX) + i64::try_from(missing.len()).unwrap_or(i64::MAX);
    diesel::update(log_head::table).set(log_head::size.eq(last)).execute(conn)?;
    store::place(conn, missing)?;
    diesel::delete(log_pending::table.filter(log_pending::entry.eq_any(&entries))).execute(conn)?;
    let rows: Vec<_> = without_entry
        .iter()
        .map(|leaf| (log_recovered::entry.eq(&leaf.entry), log_recovered::idx.eq(leaf.idx), log_recovered::recovered_at.eq(now)))
        .collect();
    for page in rows.chunks(5_000) {
        diesel::insert_into(log_recovered::table).values(page).execute(conn)?;
    }
    Ok(without_entry.len() as u64)
}
