//! SQL of the tree: leaves that have their place become tiles, and tiles become roots and proofs.

use std::collections::HashMap;
use std::ops::Range;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, SmallInt};

use super::checkpoint_store::Signed;
use super::receipt::Receipt;
use super::store::{self, LoggedLeaf, try_lock};
use super::tiles::{self, Of, Piece, read_hashes};
use super::tree::{self, Edge, Hash, Hashes, Head, NoEdge};
use crate::db::DbError;
use crate::db::schema::{log_leaf, log_tile, log_tree};
use crate::db::shown;
use crate::db::statement::statement;

/// The tiles are not what the tree says they are.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("tile {1} of level {0} is missing, too short or damaged")]
    Tile(u8, u64),
    #[error(transparent)]
    Edge(#[from] NoEdge),
    #[error("the tiles of {0} leaves do not make the root that is written down for them")]
    Root(u64),
}

impl From<diesel::result::Error> for TreeError {
    fn from(error: diesel::result::Error) -> Self {
        TreeError::Db(error.into())
    }
}

/// Tiles out of the database. Each is read once and kept for the life of this value, a proof's length.
pub struct RowTiles<'a> {
    conn: &'a mut PgConnection,
    kept: HashMap<(u8, u64), Vec<Hash>>,
}

impl<'a> RowTiles<'a> {
    pub fn new(conn: &'a mut PgConnection) -> Self {
        Self { conn, kept: HashMap::new() }
    }
}

impl Hashes for RowTiles<'_> {
    type Error = TreeError;

    fn hashes(&mut self, level: u8, n: u64, within: Range<u64>) -> Result<Vec<Hash>, TreeError> {
        let missing = TreeError::Tile(level, n);
        let tile = match self.kept.entry((level, n)) {
            std::collections::hash_map::Entry::Occupied(kept) => kept.into_mut(),
            std::collections::hash_map::Entry::Vacant(free) => {
                let data = tile(self.conn, level, n)?.and_then(|data| read_hashes(&data));
                free.insert(data.ok_or(TreeError::Tile(level, n))?)
            }
        };
        let range = usize::try_from(within.start).ok().zip(usize::try_from(within.end).ok());
        let hashes = range.and_then(|(start, end)| tile.get(start..end));
        hashes.map(<[Hash]>::to_vec).ok_or(missing)
    }
}

/// A tile's row.
fn tile(conn: &mut PgConnection, level: u8, n: u64) -> Result<Option<Vec<u8>>, DbError> {
    let key = (i16::from(level), i64::try_from(n).unwrap_or(i64::MAX));
    Ok(log_tile::table.find(key).select(log_tile::data).first(conn).optional()?)
}

/// The tree as it stands: all leaves that tiles have taken in.
pub fn head(conn: &mut PgConnection) -> Result<Head, DbError> {
    let (size, root): (i64, Vec<u8>) = log_tree::table.select((log_tree::size, log_tree::root)).first(conn)?;
    let root = root.try_into().map_err(|_| diesel::result::Error::NotFound)?;
    Ok(Head { size: u64::try_from(size).unwrap_or(0), root })
}

/// What one step of growing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grown {
    /// Another server is at it.
    Busy,
    /// Another server was faster; nothing was written.
    Lost,
    /// So many leaves were taken into the tree.
    By(usize),
}

/// Takes up to `most` leaves into the tree. As with the leaves' places, the compare-and-swap on the size is what forbids two
/// trees; the lock only spares needless work.
pub fn grow(conn: &mut PgConnection, most: i64, polite: bool) -> Result<Grown, TreeError> {
    if polite && !try_lock(conn)? {
        return Ok(Grown::Busy);
    }
    let before = head(conn)?;
    let size = i64::try_from(before.size).unwrap_or(i64::MAX);
    let leaves: Vec<Vec<u8>> =
        log_leaf::table.filter(log_leaf::idx.ge(size)).order(log_leaf::idx).limit(most).select(log_leaf::leaf_hash).load(conn)?;
    if leaves.is_empty() {
        return Ok(Grown::By(0));
    }
    let mut edge = Edge::read(&mut RowTiles::new(conn), before.size)??;
    if edge.head() != before {
        return Err(TreeError::Root(before.size));
    }
    let hashes: Option<Vec<Hash>> = leaves.iter().map(|hash| hash.as_slice().try_into().ok()).collect();
    let grown = edge.append(hashes.ok_or(TreeError::Root(before.size))?);
    let after = edge.head();
    let swapped = diesel::update(log_tree::table.filter(log_tree::size.eq(size)))
        .set((log_tree::size.eq(size + leaves.len() as i64), log_tree::root.eq(after.root.as_slice())))
        .execute(conn)?;
    if swapped == 0 {
        return Ok(Grown::Lost);
    }
    shown::adds(conn);
    let data: Vec<Vec<u8>> = grown.iter().map(|tile| tile.hashes.concat()).collect();
    GrowTiles {
        levels: &grown.iter().map(|tile| i16::from(tile.level)).collect(),
        numbers: &grown.iter().map(|tile| i64::try_from(tile.n).unwrap_or(i64::MAX)).collect(),
        data: &data.iter().map(Vec::as_slice).collect(),
    }
    .execute(conn)?;
    Ok(Grown::By(leaves.len()))
}

statement! {
    struct GrowTiles {
        levels: Vec<i16> => Array<SmallInt>,
        numbers: Vec<i64> => Array<BigInt>,
        data: Vec<&'a [u8]> => Array<Binary>,
    } -> (),
    "INSERT INTO log_tile (level, n, data) SELECT * FROM unnest(?::int2[], ?::int8[], ?::bytea[])
     ON CONFLICT (level, n) DO UPDATE SET data = excluded.data"
}

/// The bytes of a piece of the log, from the database: for what is not in a file yet. `None` when there is nothing such.
pub fn piece(conn: &mut PgConnection, piece: Piece) -> Result<Option<Vec<u8>>, DbError> {
    let bytes = match piece.of {
        Of::Hashes(level) => {
            let width = usize::from(piece.width) * 32;
            tile(conn, level, piece.n)?.and_then(|data| Some(data.get(..width)?.to_vec()))
        }
        Of::Entries => tiles::write_bundle(entries(conn, piece)?.iter().map(Vec::as_slice)),
    };
    Ok(bytes.filter(|bytes| !bytes.is_empty()))
}

fn entries(conn: &mut PgConnection, piece: Piece) -> Result<Vec<Vec<u8>>, DbError> {
    let first = i64::try_from(piece.n * tree::TILE_WIDTH).unwrap_or(i64::MAX);
    let many = usize::from(piece.width);
    let range = log_leaf::idx.ge(first).and(log_leaf::idx.lt(first.saturating_add(i64::from(piece.width))));
    let entries: Vec<Vec<u8>> = log_leaf::table.filter(range).order(log_leaf::idx).select(log_leaf::leaf).load(conn)?;
    Ok(if entries.len() == many { entries } else { Vec::new() })
}

/// Proves leaf `index` in the tree of `size` leaves. `None` when the tree does not have it.
pub fn prove(conn: &mut PgConnection, index: u64, size: u64) -> Result<Option<Vec<Hash>>, TreeError> {
    tree::prove_inclusion(&mut RowTiles::new(conn), index, size)
}

/// What there is to give of an entry's receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Issued {
    /// No leaf has this code.
    NoSuchLeaf,
    /// The leaf is recorded and not under a published checkpoint yet.
    Sealing,
    /// What is published cannot be proved from this database now: it is behind, or it is not the one that was signed.
    Unproven,
    Receipt(Receipt),
}

/// The receipt of an entry under a published checkpoint, with nothing opened. Allowed to the public role.
pub fn receipt(conn: &mut PgConnection, entry: &str, signed: Option<&Signed>) -> Result<Issued, DbError> {
    let Some(LoggedLeaf { idx, leaf, .. }) = store::find(conn, entry)? else {
        return Ok(if store::waits(conn, entry)? { Issued::Sealing } else { Issued::NoSuchLeaf });
    };
    let index = u64::try_from(idx).unwrap_or(u64::MAX);
    let Some(signed) = signed else {
        return Ok(Issued::Sealing);
    };
    let Head { size, root } = signed.head;
    Ok(match prove(conn, index, size) {
        Ok(None) => Issued::Sealing,
        Ok(Some(proof)) if tree::verify_inclusion(&tree::leaf_hash(&leaf), index, size, &proof, &root) => {
            Issued::Receipt(Receipt { leaf, opened: None, index, proof, checkpoint: signed.note.clone() })
        }
        Ok(Some(_)) | Err(TreeError::Tile(..) | TreeError::Edge(_) | TreeError::Root(_)) => Issued::Unproven,
        Err(TreeError::Db(error)) => return Err(error),
    })
}

/// The root the tree had at `size` leaves, which must not be more than it has.
pub fn root_at(conn: &mut PgConnection, size: u64) -> Result<Hash, TreeError> {
    tree::root_at(&mut RowTiles::new(conn), size)
}
