//! The Merkle tree of RFC 6962 over SHA-256: hashes, proofs and their verification, and the growing right edge.
//!
//! Pure. A tree is given by its *tiles* (see [`tiles`](super::tiles)): what lies between two levels of tiles is computed
//! again from the lower one. The root is a function of the ordered leaves and nothing else; nothing is ever doubled to fill a
//! level up. Sizes above [`MAX_SIZE`] are refused before anything is computed with them, so no arithmetic here can overflow.

use std::ops::Range;

use sha2::{Digest, Sha256};

/// A SHA-256 hash of the tree: of a leaf, a node or a root.
pub type Hash = [u8; 32];

/// The largest tree anybody may claim: 2^40 leaves, a thousand years of a billion gifts each.
pub const MAX_SIZE: u64 = 1 << 40;
/// Hashes in a full tile, and levels of the tree from one level of tiles to the next.
pub const TILE_WIDTH: u64 = 256;
/// Binary logarithm of [`TILE_WIDTH`].
pub const TILE_HEIGHT: u32 = 8;
/// Levels of tiles that a tree of [`MAX_SIZE`] leaves can have.
pub const MAX_LEVEL: u8 = 5;
/// More hashes than this no proof in a tree of [`MAX_SIZE`] has.
pub const MAX_PROOF: usize = 82;

/// The root of the tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// `SHA-256(0x00 ‖ entry)`.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    let mut hash = Sha256::new();
    hash.update([0u8]);
    hash.update(entry);
    hash.finalize().into()
}

/// `SHA-256(0x01 ‖ left ‖ right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut hash = Sha256::new();
    hash.update([1u8]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}

/// The largest power of two below `n`, for `n` above 1: where RFC 6962 splits a range of `n` leaves.
fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// The root over these hashes, each the root of one leaf or of equally many leaves.
pub fn root_over(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => empty_root(),
        [one] => *one,
        _ => {
            let (left, right) = hashes.split_at(split(hashes.len() as u64) as usize);
            node_hash(&root_over(left), &root_over(right))
        }
    }
}

/// Where the hashes of a tree come from: files, rows or a server.
pub trait Hashes {
    type Error;

    /// Hashes `from..to` of tile `n` of `level`. Asked only for what exists in the tree one speaks of, and never beyond
    /// the tile's 256.
    fn hashes(&mut self, level: u8, n: u64, within: Range<u64>) -> Result<Vec<Hash>, Self::Error>;
}

/// The root of the leaves `range` of a tree that has at least so many.
fn range_root<H: Hashes>(from: &mut H, range: Range<u64>) -> Result<Hash, H::Error> {
    let n = range.end - range.start;
    if n == 0 {
        return Ok(empty_root());
    }
    // Ranges come from splitting at powers of two, so one of 2^h leaves begins at a multiple of 2^h: it is a node.
    if n.is_power_of_two() && range.start.is_multiple_of(n) {
        return perfect_root(from, n.trailing_zeros(), range.start >> n.trailing_zeros());
    }
    let middle = range.start + split(n);
    let left = range_root(from, range.start..middle)?;
    Ok(node_hash(&left, &range_root(from, middle..range.end)?))
}

/// The `at`-th node over 2^height leaves, from the hashes of the tile level below it.
fn perfect_root<H: Hashes>(from: &mut H, height: u32, at: u64) -> Result<Hash, H::Error> {
    let (level, inside) = (height / TILE_HEIGHT, height % TILE_HEIGHT);
    let (first, many) = (at << inside, 1u64 << inside);
    let within = first % TILE_WIDTH;
    let hashes = from.hashes(u8::try_from(level).unwrap_or(u8::MAX), first / TILE_WIDTH, within..within + many)?;
    Ok(root_over(&hashes))
}

/// The root the tree had when it had `size` leaves.
pub fn root_at<H: Hashes>(from: &mut H, size: u64) -> Result<Hash, H::Error> {
    range_root(from, 0..size)
}

/// What proves that leaf `index` is in the tree of `size` leaves: siblings, the leaf's first. `None` when it cannot be.
pub fn prove_inclusion<H: Hashes>(from: &mut H, index: u64, size: u64) -> Result<Option<Vec<Hash>>, H::Error> {
    if index >= size || size > MAX_SIZE {
        return Ok(None);
    }
    let (mut proof, mut range) = (Vec::new(), 0..size);
    while range.end - range.start > 1 {
        let middle = range.start + split(range.end - range.start);
        let (into, beside) =
            if index < middle { (range.start..middle, middle..range.end) } else { (middle..range.end, range.start..middle) };
        proof.push(range_root(from, beside)?);
        range = into;
    }
    proof.reverse();
    Ok(Some(proof))
}

/// What proves that the tree of `old` leaves is the beginning of the tree of `new` (RFC 6962 §2.1.2). Empty when `old` is
/// 0 or equal to `new`; `None` when `old` is larger.
pub fn prove_consistency<H: Hashes>(from: &mut H, old: u64, new: u64) -> Result<Option<Vec<Hash>>, H::Error> {
    if old > new || new > MAX_SIZE {
        return Ok(None);
    }
    let (mut proof, mut range, mut whole) = (Vec::new(), 0..new, true);
    if old == 0 || old == new {
        return Ok(Some(proof));
    }
    while old != range.end {
        let middle = range.start + split(range.end - range.start);
        let (into, beside) = if old <= middle {
            (range.start..middle, middle..range.end)
        } else {
            whole = false;
            (middle..range.end, range.start..middle)
        };
        proof.push(range_root(from, beside)?);
        range = into;
    }
    // The verifier knows the old root; only a part of the old tree has to be told to it.
    if !whole {
        proof.push(range_root(from, range)?);
    }
    proof.reverse();
    Ok(Some(proof))
}

/// Whether `proof` leads from a leaf at `index` to the `root` of a tree of `size` leaves. Proofs that are too long or too
/// short fail.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size || size > MAX_SIZE || proof.len() > MAX_PROOF {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    last == 0 && hash == *root
}

/// A tree as a checkpoint names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Leaves.
    pub size: u64,
    pub root: Hash,
}

/// Whether `proof` shows that `old` is the beginning of `new` (RFC 9162 §2.1.4.2).
pub fn verify_consistency(old: &Head, new: &Head, proof: &[Hash]) -> bool {
    if old.size > new.size || new.size > MAX_SIZE || proof.len() > MAX_PROOF {
        return false;
    }
    if old.size == new.size {
        return proof.is_empty() && old.root == new.root;
    }
    if old.size == 0 {
        return proof.is_empty() && old.root == empty_root();
    }
    let (mut node, mut last) = (old.size - 1, new.size - 1);
    while node & 1 == 1 {
        (node, last) = (node >> 1, last >> 1);
    }
    // Where the old tree is perfect, its root is the first hash and is not told again.
    let mut rest = proof.iter();
    let first = if old.size.is_power_of_two() { Some(&old.root) } else { rest.next() };
    let Some(first) = first else {
        return false;
    };
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while node & 1 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    last == 0 && old_hash == old.root && new_hash == new.root
}

/// A tile that grew: all its hashes, as they stand now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrownTile {
    pub level: u8,
    pub n: u64,
    pub hashes: Vec<Hash>,
}

/// The right edge of a tree: of each level of tiles the hashes that fill no tile yet. It is all one needs to append.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edge {
    size: u64,
    levels: Vec<Vec<Hash>>,
}

/// What was given is not the edge of a tree of that size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the last tiles do not fit a tree of {0} leaves")]
pub struct NoEdge(pub u64);

impl Edge {
    /// Reads the edge of a tree of `size` leaves from its last tiles.
    pub fn read<H: Hashes>(from: &mut H, size: u64) -> Result<Result<Self, NoEdge>, H::Error> {
        let mut levels = Vec::new();
        for level in 0..=MAX_LEVEL {
            let count = size >> (TILE_HEIGHT * u32::from(level));
            if count == 0 {
                break;
            }
            let width = count % TILE_WIDTH;
            let hashes = if width == 0 { Vec::new() } else { from.hashes(level, count / TILE_WIDTH, 0..width)? };
            if hashes.len() as u64 != width || size > MAX_SIZE {
                return Ok(Err(NoEdge(size)));
            }
            levels.push(hashes);
        }
        Ok(Ok(Self { size, levels }))
    }

    /// Leaves of the tree.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    pub fn head(&self) -> Head {
        // From right to left: each set bit of a level's width is a perfect subtree, the smallest outermost.
        let mut root: Option<Hash> = None;
        for hashes in &self.levels {
            let mut end = hashes.len();
            while end > 0 {
                let many = 1 << end.trailing_zeros();
                let left = root_over(hashes.get(end - many..end).unwrap_or_default());
                root = Some(root.map_or(left, |right| node_hash(&left, &right)));
                end -= many;
            }
        }
        Head { size: self.size, root: root.unwrap_or_else(empty_root) }
    }

    /// Appends leaves and returns every tile that grew, each once, full ones in order.
    pub fn append(&mut self, leaves: impl IntoIterator<Item = Hash>) -> Vec<GrownTile> {
        let mut grown = Vec::new();
        let before = self.size;
        for leaf in leaves {
            self.push(leaf, &mut grown);
        }
        for (level, hashes) in (0u8..).zip(&self.levels) {
            let shift = TILE_HEIGHT * u32::from(level);
            if !hashes.is_empty() && self.size >> shift != before >> shift {
                grown.push(GrownTile { level, n: (self.size >> shift) / TILE_WIDTH, hashes: hashes.clone() });
            }
        }
        grown
    }

    fn push(&mut self, leaf: Hash, grown: &mut Vec<GrownTile>) {
        self.size += 1;
        let mut hash = leaf;
        for level in 0u8.. {
            let at = usize::from(level);
            if self.levels.len() == at {
                self.levels.push(Vec::with_capacity(TILE_WIDTH as usize));
            }
            let Some(hashes) = self.levels.get_mut(at) else {
                return;
            };
            hashes.push(hash);
            if hashes.len() < TILE_WIDTH as usize {
                return;
            }
            let full = std::mem::replace(hashes, Vec::with_capacity(TILE_WIDTH as usize));
            hash = root_over(&full);
            let count = self.size >> (TILE_HEIGHT * u32::from(level));
            grown.push(GrownTile { level, n: count / TILE_WIDTH - 1, hashes: full });
        }
    }
}

/// A whole tree in memory: for tests, and for what is small.
#[derive(Debug, Clone, Default)]
pub struct MemoryTiles {
    tiles: std::collections::HashMap<(u8, u64), Vec<Hash>>,
    edge: Edge,
}

impl MemoryTiles {
    /// Appends leaves.
    pub fn append(&mut self, leaves: impl IntoIterator<Item = Hash>) -> Vec<GrownTile> {
        let grown = self.edge.append(leaves);
        for tile in &grown {
            self.tiles.insert((tile.level, tile.n), tile.hashes.clone());
        }
        grown
    }

    /// The tree as it stands.
    pub fn head(&self) -> Head {
        self.edge.head()
    }
}

/// A tile was asked for that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("tile {1} of level {0} is missing or too short")]
pub struct NoTile(pub u8, pub u64);

impl Hashes for MemoryTiles {
    type Error = NoTile;

    fn hashes(&mut self, level: u8, n: u64, within: Range<u64>) -> Result<Vec<Hash>, NoTile> {
        let tile = self.tiles.get(&(level, n)).and_then(|hashes| hashes.get(within.start as usize..within.end as usize));
        tile.map(<[Hash]>::to_vec).ok_or(NoTile(level, n))
    }
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
