//! The audit of the tree: all leaves once more into tiles, compared with the tiles that are kept and with every root that was
//! ever signed. It names the entry where they part.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;

use super::note::Verifier;
use super::tile_store::head;
use super::tiles::read_hashes;
use super::tree::{Edge, GrownTile, Hash, Head, TILE_WIDTH};
use super::{checkpoint, checkpoint_store, key_log};
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::db::schema::{log_checkpoint, log_leaf, log_tile};

/// Leaves at a time; a multiple of a tile's width.
const PAGE: u64 = 32_768;

/// Checks tiles, tree and checkpoints against the leaves.
pub fn audit(conn: &mut PgConnection, findings: &mut Findings) -> Result<(), DbError> {
    audit_in_pages(conn, findings, PAGE)
}

/// The same with `page` leaves at a time, a multiple of a tile's width.
pub fn audit_in_pages(conn: &mut PgConnection, findings: &mut Findings, page: u64) -> Result<(), DbError> {
    let kept = head(conn)?;
    let (mut edge, mut signed) = (Edge::default(), SignedRoots::read(conn)?);
    // Of a tile that grew several times the longest counts; one that is still growing is compared in the end.
    let mut by_place: HashMap<(u8, u64), GrownTile> = HashMap::new();
    signed.compare_from(conn, findings, 0, 0, |_| edge.head().root)?;
    while edge.size() < kept.size {
        let from = edge.size();
        let leaves = hashes(conn, from, (kept.size - from).min(page))?;
        if leaves.is_empty() {
            findings.found("log_tree", "tree", format!("says {} leaves; there are {from}", kept.size));
            return Ok(());
        }
        let mut grown = Vec::new();
        signed.compare_from(conn, findings, from, leaves.len() as u64, |size| {
            let already = edge.size() - from;
            let more = leaves.iter().skip(already as usize).take((size - edge.size()) as usize);
            grown.extend(edge.append(more.map(|(hash, _)| *hash)));
            edge.head().root
        })?;
        let already = edge.size() - from;
        grown.extend(edge.append(leaves.iter().skip(already as usize).map(|(hash, _)| *hash)));
        let last = edge.size() == kept.size;
        by_place.extend(grown.into_iter().map(|tile| ((tile.level, tile.n), tile)));
        let is_done = |tile: &GrownTile| last || tile.hashes.len() as u64 == TILE_WIDTH;
        let (done, growing): (HashMap<_, _>, _) = by_place.into_iter().partition(|(_, tile)| is_done(tile));
        by_place = growing;
        compare_tiles(conn, findings, done.into_values().collect(), from, &leaves)?;
        findings.looked("log_tree", leaves.len());
    }
    if edge.head() != kept {
        findings.found("log_tree", "tree", "the root is not the one over its leaves");
    }
    let beyond: i64 = log_checkpoint::table
        .filter(log_checkpoint::size.gt(i64::try_from(kept.size).unwrap_or(i64::MAX)))
        .count()
        .get_result(conn)?;
    if beyond > 0 {
        findings.found("log_checkpoint", "checkpoints", format!("{beyond} name more leaves than the tree has"));
    }
    Ok(())
}

/// Hash and entry of leaves in order.
fn hashes(conn: &mut PgConnection, from: u64, most: u64) -> Result<Vec<(Hash, String)>, DbError> {
    let (from, most) = (i64::try_from(from).unwrap_or(i64::MAX), i64::try_from(most).unwrap_or(i64::MAX));
    let rows: Vec<(Vec<u8>, String)> = log_leaf::table
        .filter(log_leaf::idx.ge(from))
        .order(log_leaf::idx)
        .limit(most)
        .select((log_leaf::leaf_hash, log_leaf::entry))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(hash, entry)| Some((hash.try_into().ok()?, entry))).collect())
}

/// Checkpoints in order of size, read page by page.
struct SignedRoots {
    read_to: Option<i64>,
    /// The log's name, once it has one.
    origin: Option<String>,
    /// Everybody's keys that ever signed, by the name they sign under.
    keys: HashMap<String, Vec<Verifier>>,
}

impl SignedRoots {
    fn read(conn: &mut PgConnection) -> Result<Self, DbError> {
        Ok(Self { read_to: None, origin: checkpoint_store::origin(conn)?, keys: HashMap::new() })
    }

    /// Compares the checkpoints whose size lies within this page of leaves; `root_at` advances to a size.
    fn compare_from(
        &mut self,
        conn: &mut PgConnection,
        findings: &mut Findings,
        from: u64,
        leaves: u64,
        mut root_at: impl FnMut(u64) -> Hash,
    ) -> Result<(), DbError> {
        let to = i64::try_from(from + leaves).unwrap_or(i64::MAX);
        let after = self.read_to.unwrap_or(-1);
        let page: Vec<(i64, Vec<u8>, String)> = log_checkpoint::table
            .filter(log_checkpoint::size.gt(after).and(log_checkpoint::size.le(to)))
            .order(log_checkpoint::size)
            .select((log_checkpoint::size, log_checkpoint::root, log_checkpoint::note))
            .load(conn)?;
        self.read_to = Some(to);
        findings.looked("log_checkpoint", page.len());
        for (size, root, note) in page {
            let head = Head { size: u64::try_from(size).unwrap_or(0), root: root_at(u64::try_from(size).unwrap_or(0)) };
            let subject = || format!("checkpoint of {size} leaves");
            if head.root.as_slice() != root.as_slice() {
                findings.found("log_checkpoint", subject(), "the leaves make another root than was signed");
            }
            // What the note must say is what stands beside it; whether that is right was just asked.
            let beside = root.try_into().map_or(head, |root| Head { root, ..head });
            if let Some(why) = self.wrong_in(conn, &note, &beside)? {
                findings.found("log_checkpoint", subject(), why);
            }
        }
        Ok(())
    }

    /// What is wrong with a signed note.
    fn wrong_in(&mut self, conn: &mut PgConnection, note: &str, head: &Head) -> Result<Option<String>, DbError> {
        let named = note.lines().next().unwrap_or_default();
        // Before its first leaf a log may have had another name.
        if head.size > 0 && self.origin.as_deref().is_some_and(|origin| origin != named) {
            return Ok(Some("its note names another log".to_owned()));
        }
        if !self.keys.contains_key(named) {
            let known = key_log::keys(conn, named)?;
            let keys = known.iter().filter_map(|key| Verifier::parse(&key.vkey).ok()).collect();
            self.keys.insert(named.to_owned(), keys);
        }
        let keys = self.keys.get(named).map(Vec::as_slice).unwrap_or_default();
        Ok(match checkpoint::open(note.as_bytes(), keys) {
            Ok(signed) if signed == *head => None,
            Ok(_) => Some("its note signs another size or root".to_owned()),
            Err(error) => Some(format!("its note: {error}")),
        })
    }
}

fn compare_tiles(
    conn: &mut PgConnection,
    findings: &mut Findings,
    tiles: Vec<GrownTile>,
    from: u64,
    leaves: &[(Hash, String)],
) -> Result<(), DbError> {
    let levels: Vec<i16> = tiles.iter().map(|tile| i16::from(tile.level)).collect();
    let numbers: Vec<i64> = tiles.iter().map(|tile| i64::try_from(tile.n).unwrap_or(i64::MAX)).collect();
    let rows: Vec<(i16, i64, Vec<u8>)> = log_tile::table
        .filter(log_tile::level.eq_any(levels).and(log_tile::n.eq_any(numbers)))
        .select((log_tile::level, log_tile::n, log_tile::data))
        .load(conn)?;
    let kept: HashMap<(i16, i64), Vec<u8>> = rows.into_iter().map(|(level, n, data)| ((level, n), data)).collect();
    for tile in tiles {
        let key = (i16::from(tile.level), i64::try_from(tile.n).unwrap_or(i64::MAX));
        let there = kept.get(&key).and_then(|data| read_hashes(data)).unwrap_or_default();
        let name = format!("tile {} of level {}", tile.n, tile.level);
        if there.len() != tile.hashes.len() {
            findings.found("log_tile", name, format!("has {} hashes, expected {}", there.len(), tile.hashes.len()));
            continue;
        }
        let differ = there.iter().zip(&tile.hashes).enumerate().filter(|(_, (kept, computed))| kept != computed);
        for (at, _) in differ {
            let index = tile.n * TILE_WIDTH + at as u64;
            let place = index.checked_sub(from).filter(|_| tile.level == 0).and_then(|place| usize::try_from(place).ok());
            let entry = place.and_then(|place| leaves.get(place));
            let subject = entry.map_or_else(|| format!("{name}, hash {at}"), |(_, entry)| entry.clone());
            findings.found("log_tile", subject, format!("leaf or hash {index} is not the one that was taken into the tree"));
        }
    }
    Ok(())
}
